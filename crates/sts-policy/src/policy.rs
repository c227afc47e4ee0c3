//! A policy document.

use crate::{NotJson, Statement, minify, print};
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

    /// The statements, in the order they were written in.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }
}

impl FromStr for Policy {
    type Err = NotJson;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The parser comes with the next commit.
        minify(text).map(|json| Self { json, statements: Vec::new() })
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
        let policy: Policy = r#"{ "a" : "ö b" }"#.parse().unwrap();
        assert_eq!(format!("{policy:?}"), "Policy(11 characters)");
    }
}
