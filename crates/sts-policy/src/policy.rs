//! A policy document.

use crate::{Document, ParseErrors, PolicyBuilder, PolicyKind, Report, Statement, print};
use std::fmt;
use std::str::FromStr;

/// A policy document: what it means, and its text as compact JSON, with members in the order and spelling they were
/// written in.
///
/// `Debug` shows the length only, since a policy names resources and people.
#[derive(Clone, PartialEq, Eq)]
pub struct Policy {
    // INVARIANT: the document of `statements`.
    json: String,
    statements: Vec<Statement>,
}

impl Policy {
    /// Starts to put a policy together.
    ///
    /// ```
    /// use sts_policy::{Condition, Policy, Statement};
    ///
    /// let policy = Policy::builder()
    ///     .statement(
    ///         Statement::allow()
    ///             .actions(["oss:GetObject"])
    ///             .resources(["acs:oss:*:*:my-bucket/public/*"])
    ///             .condition(Condition::ip_address("acs:SourceIp", ["203.0.113.0/24"])),
    ///     )
    ///     .build()?;
    /// assert_eq!(
    ///     policy.as_json(),
    ///     r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:my-bucket/public/*","Condition":{"IpAddress":{"acs:SourceIp":"203.0.113.0/24"}}}]}"#
    /// );
    /// # Ok::<(), sts_policy::BuildError>(())
    /// ```
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }

    /// Reads a policy. It asks for JSON and for the grammar, not for what is in the policy; a list of all that is wrong,
    /// with fixes, is in the error, and [`Document`] has more of it.
    ///
    /// Texts over 256 KB or more than 32 brackets deep are not read.
    ///
    /// # Errors
    ///
    /// [`ParseErrors`] when the service would refuse the text wherever it is used.
    pub fn parse(text: &str) -> Result<Self, ParseErrors> {
        let document = Document::parse(text);
        document.into_policy()
    }

    /// The document, whose compact text is known.
    pub(crate) fn from_text(json: String, statements: Vec<Statement>) -> Self {
        Self { json, statements }
    }

    pub(crate) fn from_statements(statements: Vec<Statement>, statement_first: bool) -> Self {
        Self { json: print::compact(&statements, statement_first), statements }
    }

    /// The document, without white space between tokens: what a request carries.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The document for people: line breaks, and two spaces a level.
    #[must_use]
    pub fn to_json_pretty(&self) -> String {
        print::pretty(&self.json)
    }

    /// What there is to say about it as a policy of this kind. Places are those of [`as_json`](Self::as_json): for a text that
    /// somebody wrote, ask [`Document::check`], which has its lines.
    ///
    /// ```
    /// use sts_policy::{Policy, PolicyKind, Statement};
    ///
    /// let list = Statement::allow().actions(["oss:ListObjects"]).resources(["acs:oss:*:*:my-bucket/*"]);
    /// let policy = Policy::builder().statement(list).build()?;
    /// let report = policy.check(PolicyKind::Session);
    /// assert!(!report.has_errors());
    /// assert_eq!(report.findings()[0].code(), "action-resource-mismatch");
    /// # Ok::<(), sts_policy::BuildError>(())
    /// ```
    #[must_use]
    pub fn check(&self, kind: PolicyKind) -> Report<'_> {
        Document::parse(&self.json).check(kind)
    }

    /// The statements, in the order they were written in.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl FromStr for Policy {
    type Err = ParseErrors;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} characters)", self.json.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn debug_shows_the_length_only() {
        let text =
            r#"{ "Version": "1", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "ö b" }] }"#;
        let policy: Policy = text.parse().unwrap();
        assert_eq!(format!("{policy:?}"), "Policy(77 characters)");
    }
}
