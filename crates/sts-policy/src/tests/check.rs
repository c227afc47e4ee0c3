//! What is written in policies. docs/policy-findings.md has an example for each rule, which `tests/findings_page.rs` checks;
//! here are the borders of rules, and what must not be found.

mod borders;
mod conditions;
mod kinds;
mod never;
mod sizes;

use crate::{Document, Finding, PolicyKind};

/// The codes that are found in a policy, with what each is about.
fn found(text: &str, kind: PolicyKind) -> Vec<(&'static str, &str)> {
    let report = Document::parse(text).check(kind);
    let about = |finding: &Finding| (finding.code(), text.get(finding.place().span()).unwrap());
    report.findings().iter().map(about).collect()
}

fn codes(text: &str, kind: PolicyKind) -> Vec<&'static str> {
    found(text, kind).into_iter().map(|(code, _)| code).collect()
}

/// Asserts that a code is found, or is not.
fn check(text: &str, code: &str, expected: bool) {
    let found = codes(text, PolicyKind::Identity);
    assert_eq!(found.contains(&code), expected, "{code} in {text}: {found:?}");
}

/// An identity policy of one statement.
fn statement(members: &str) -> String {
    format!(r#"{{"Version":"1","Statement":[{{{members}}}]}}"#)
}

/// One that allows reading objects under a condition.
fn conditional(condition: &str) -> String {
    statement(&format!(
        r#""Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:photos/*","Condition":{condition}"#
    ))
}
