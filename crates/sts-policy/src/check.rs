//! What is wrong with a document that is good grammar: what the service refuses in a policy of its kind, and what does not
//! do what it looks like.

mod action;
mod breadth;
mod contradiction;
mod covers;
mod key;
mod kind;
mod mismatch;
mod policy_report;
mod principal;
mod private_address;
mod resource;
mod shadow;
mod size;
mod subject;
mod value;

use std::borrow::Cow;
use std::ops::Range;

use crate::finding::{Fix, Rule};
use crate::json::{Problem, Problems};
use crate::{Document, Location, Policy, rules};
use subject::Subject;

pub use kind::PolicyKind;
pub use policy_report::Report;

/// Comparisons of short patterns with one another that a document may cost, a long one counting as many; policies within the
/// limits of the service need far fewer. What would cost more is not looked for.
const MOST_WORK: usize = 200_000;

impl<'t> Document<'t> {
    /// Checks the document as a policy of this kind: all [`findings`](Self::findings), and what there is to say about the
    /// content. For a document that has errors without a fix the content is not looked at.
    ///
    /// It takes time that grows with the text's length, and asks nobody: what it knows about services is a catalogue of
    /// actions and condition keys of OSS, STS and RAM. It does not find everything, and it is no promise that the service takes
    /// the policy.
    ///
    /// ```
    /// use sts_policy::{Document, PolicyKind, Severity};
    ///
    /// let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:b/*"}]}"#;
    /// let report = Document::parse(text).check(PolicyKind::Session);
    /// assert_eq!(report.findings()[0].code(), "action-resource-mismatch");
    /// assert_eq!(report.findings()[0].severity(), Severity::Warning);
    /// ```
    #[must_use]
    pub fn check(&self, kind: PolicyKind) -> Report<'t> {
        let mut checker = Checker { document: self, kind, problems: Problems::default(), work: MOST_WORK };
        if let Some(policy) = self.policy() {
            checker.policy(policy);
        }
        Report::new(self, checker.problems)
    }
}

/// What goes from rule to rule.
struct Checker<'d, 't> {
    document: &'d Document<'t>,
    kind: PolicyKind,
    problems: Problems,
    work: usize,
}

impl Checker<'_, '_> {
    fn policy(&mut self, policy: &Policy) {
        self.size(policy);
        let statements = policy.statements().iter().enumerate();
        let subjects: Vec<Subject<'_>> =
            statements.map(|(index, statement)| Subject::new(index, statement)).collect();
        for subject in &subjects {
            self.principal(subject);
            self.actions(subject);
            self.resources(subject);
            self.mismatches(subject);
            self.keys(subject);
            self.values(subject);
            self.contradictions(subject);
            self.breadth(subject);
        }
        self.shadows(&subjects);
        if self.kind == PolicyKind::Session && !subjects.iter().any(Subject::is_allow) {
            let message =
                "this allows nothing, and a session may do only what its policy allows; add what it needs";
            self.report(Location::Policy, &rules::SESSION_GRANTS_NOTHING, message);
        }
    }

    fn report(&mut self, at: Location, rule: &'static Rule, message: impl Into<Cow<'static, str>>) {
        self.report_fixed(at, rule, message, None);
    }

    fn report_fixed(
        &mut self,
        at: Location,
        rule: &'static Rule,
        message: impl Into<Cow<'static, str>>,
        fix: Option<Fix>,
    ) {
        // What is only counted needs no place.
        let span = if self.problems.is_full() { 0..0 } else { self.document.span(at) };
        self.problems.push(Problem::new(rule, span, message).with_fix_if_any(fix));
    }

    /// A fix that writes a name of the catalogue instead.
    fn rename(&self, at: Location, name: impl Into<Cow<'static, str>>) -> Option<Fix> {
        let name = name.into();
        self.rewrite(at, format!("write `{name}`"), name)
    }

    /// A fix that writes another string, which has nothing in it that JSON escapes. The label must not show what is in it:
    /// labels hold no values of policies.
    fn rewrite(
        &self,
        at: Location,
        label: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Option<Fix> {
        let inside = self.letters(at)?;
        Some(Fix::replace(label, inside, text))
    }

    /// Where the letters of a string are, if a fix can change them and somebody will see it.
    fn letters(&self, at: Location) -> Option<Range<usize>> {
        if self.problems.is_full() { None } else { self.document.letters(at) }
    }

    /// Whether this much work may still be done; then it counts as done.
    fn may_work(&mut self, work: usize) -> bool {
        let left = self.work.checked_sub(work);
        self.work = left.unwrap_or(0);
        left.is_some()
    }
}
