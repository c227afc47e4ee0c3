//! A policy document.

use crate::{NotJson, minify};
use std::fmt;
use std::str::FromStr;

/// A policy document as compact JSON, with members in the order and spelling they were written in.
///
/// Parsing asks for JSON alone; whether it is a *good* policy is another question, and the service's to answer.
/// `Debug` shows the length only, since a policy names resources and people.
#[derive(Clone, PartialEq, Eq)]
pub struct Policy(String);

impl Policy {
    /// The document, without white space between tokens: what a request carries.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.0
    }
}

impl FromStr for Policy {
    type Err = NotJson;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        minify(text).map(Self)
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} characters)", self.0.chars().count())
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
