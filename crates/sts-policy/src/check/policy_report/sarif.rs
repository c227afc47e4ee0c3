//! For code scanning: SARIF 2.1.0, the Static Analysis Results Interchange Format of OASIS.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::{Value, json};

use super::Report;
use crate::json::advance;
use crate::{Finding, Fix, Rule, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

impl Report<'_> {
    /// The findings as a SARIF 2.1.0 log of one run, for services that show them beside the code.
    ///
    /// `uri` is where the text is, relative to the root of the sources, with `/` between folders; it is a URI, so that a
    /// blank is `%20`. Advice becomes the level `note`. Columns count Unicode characters.
    #[must_use]
    pub fn to_sarif(&self, uri: &str) -> String {
        let mut rules: Vec<&'static Rule> = Vec::new();
        for finding in self.findings() {
            if !rules.contains(&finding.rule()) {
                rules.push(finding.rule());
            }
        }
        let places = Places::of(self);
        let results: Vec<Value> =
            self.findings().iter().map(|finding| result(finding, &rules, &places, uri)).collect();
        let rules: Vec<Value> = rules.iter().map(|rule| descriptor(rule)).collect();
        let log = json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": env!("CARGO_PKG_NAME"),
                    "version": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": rules,
                }},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        log.to_string()
    }
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.code(),
        "shortDescription": { "text": rule.meaning() },
        "fullDescription": { "text": rule.meaning() },
        "help": { "text": rule.source() },
        "defaultConfiguration": { "level": level(rule.severity()) },
    })
}

fn result(finding: &Finding, rules: &[&'static Rule], places: &Places, uri: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": rules.iter().position(|rule| *rule == finding.rule()),
        "level": level(finding.severity()),
        "message": { "text": finding.message() },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri },
                "region": places.region(finding.place().span()),
            },
            "logicalLocations": [{ "fullyQualifiedName": finding.place().path() }],
        }],
    });
    if let (Some(fix), Some(members)) = (finding.fix(), result.as_object_mut()) {
        members.insert("fixes".to_owned(), json!([changes(fix, places, uri)]));
    }
    result
}

fn changes(fix: &Fix, places: &Places, uri: &str) -> Value {
    let replacements: Vec<Value> = fix
        .edits()
        .iter()
        .map(|edit| {
            json!({
                "deletedRegion": places.region(edit.span()),
                "insertedContent": { "text": edit.replacement() },
            })
        })
        .collect();
    json!({
        "description": { "text": fix.label() },
        "artifactChanges": [{ "artifactLocation": { "uri": uri }, "replacements": replacements }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// Lines and columns of all the bytes that are spoken of.
struct Places(BTreeMap<usize, (usize, usize)>);

impl Places {
    /// One sweep over the text: there may be thousands of edits in one line.
    fn of(report: &Report<'_>) -> Self {
        let mut places = BTreeMap::new();
        for finding in report.findings() {
            let edits = finding.fix().map(Fix::edits).unwrap_or_default();
            for span in edits.iter().map(|edit| edit.span()).chain([finding.place().span()]) {
                places.insert(span.start, (1, 1));
                places.insert(span.end, (1, 1));
            }
        }
        let (mut line, mut column, mut done) = (1, 1, 0);
        for (offset, place) in &mut places {
            advance(report.text().get(done..*offset).unwrap_or_default(), &mut line, &mut column);
            done = *offset;
            *place = (line, column);
        }
        Self(places)
    }

    fn region(&self, span: Range<usize>) -> Value {
        let place = |offset: usize| self.0.get(&offset).copied().unwrap_or((1, 1));
        let ((line, column), (end_line, end_column)) = (place(span.start), place(span.end));
        json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
    }
}
