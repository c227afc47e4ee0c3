//! Resources: their form.

use super::subject::{Subject, is_stars};
use super::{Checker, PolicyKind};
use crate::finding::{Edit, Fix};
use crate::{Location, catalogue, rules};

/// `acs:service:region:account:name`.
pub(super) const SEGMENTS: usize = 5;

/// A fix of more edits than this is not offered.
const MOST_EDITS: usize = 100;

impl Checker<'_, '_> {
    pub(super) fn resources(&mut self, subject: &Subject<'_>) {
        let index = subject.index;
        let Some(resource) = subject.statement.resource() else {
            if !matches!(self.kind, PolicyKind::Trust | PolicyKind::Resource) {
                let message = format!("a statement of {} needs a `Resource`; `*` is all", self.kind.phrase());
                self.report(Location::Statement(index), &rules::RESOURCE_MISSING, message);
            }
            return;
        };
        if resource.is_negated() {
            let message =
                "`NotResource` is in an old copy of the grammar only; name the resources under `Resource`";
            self.report(Location::Resources(index), &rules::NOT_RESOURCE, message);
        }
        for (number, text) in resource.patterns().iter().enumerate() {
            let at = Location::Resource(index, number);
            self.resource_form(at, text);
            if !(self.kind.is_of_oss() && self.consecutive_stars(at, text)) {
                self.stars(at, text);
            }
        }
    }

    fn resource_form(&mut self, at: Location, text: &str) {
        if is_stars(text) || is_placeholder(text) {
            return;
        }
        if !has_form(text) {
            let is_in_other_case = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("acs:"));
            let message = if is_in_other_case {
                "letter case counts in resources, and this matches nothing; write `acs:` and the service in lower case"
            } else {
                "this is no resource: resources are `acs:service:region:account:name`, or `*`"
            };
            return self.report(at, &rules::RESOURCE_FORM, message);
        }
        let segments = text.splitn(SEGMENTS, ':').count();
        if segments == SEGMENTS {
            return;
        }
        let last = text.rsplit(':').next().unwrap_or_default();
        let earlier = text.strip_suffix(last).unwrap_or_default();
        if earlier.contains('*') {
            let message = format!(
                "this has {segments} segments where a resource has five, so it matches only if `*` may stand for a `:` \
                 too, which is not documented; write `acs:service:region:account:name`"
            );
            self.report(at, &rules::STAR_ACROSS_COLONS, message);
        } else if !(segments == 1 && last.contains('*')) {
            let and_so = if last.contains('*') { "" } else { ", and so matches nothing" };
            let message = format!(
                "this has {segments} segments where a resource has five{and_so}; write `acs:service:region:account:name`"
            );
            self.report(at, &rules::RESOURCE_SEGMENTS, message);
        }
    }

    /// `**`, which OSS refuses in resources and values of conditions.
    pub(super) fn consecutive_stars(&mut self, at: Location, text: &str) -> bool {
        let found = text.contains("**");
        if found {
            let message = "OSS refuses two `*` in a row; one means the same";
            let fix = self.single_stars(at);
            self.report_fixed(at, &rules::CONSECUTIVE_STARS, message, fix);
        }
        found
    }

    /// `**`, where nobody says what it means.
    pub(super) fn stars(&mut self, at: Location, text: &str) {
        if text.contains("**") {
            let message = "`**` means no more than `*`, and OSS refuses it; write `*`";
            let fix = self.single_stars(at);
            self.report_fixed(at, &rules::DOUBLE_STAR, message, fix);
        }
    }

    fn single_stars(&self, at: Location) -> Option<Fix> {
        let letters = self.letters(at)?;
        let text = self.document.text().get(letters.clone())?;
        let mut edits = Vec::new();
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find("**")) {
            let first = from + found;
            let count = text.bytes().skip(first).take_while(|byte| *byte == b'*').count();
            edits.push(Edit::new(letters.start + first + 1..letters.start + first + count, ""));
            from = first + count;
            if edits.len() > MOST_EDITS {
                return None;
            }
        }
        Some(Fix::new("write one `*`", edits))
    }
}

/// Whether it begins as resources do, in the letters of services that are known.
pub(super) fn has_form(text: &str) -> bool {
    if text.starts_with(['*', '?']) {
        return true;
    }
    let code = text.strip_prefix("acs:").map(|rest| rest.split(':').next().unwrap_or_default());
    code.is_some_and(|code| catalogue::service(code).is_none_or(|service| service.code == code))
}

/// Whether something else will be put here before the service sees it; the parser has said so.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.contains("${") || text.starts_with('{')
}
