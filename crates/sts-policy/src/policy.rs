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
        minify(text).map(|json| Self { statements: shim(&json), json })
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({} characters)", self.json.chars().count())
    }
}

// Until the parser comes: whatever is well-formed is read, the rest is left out.
fn shim(json: &str) -> Vec<Statement> {
    use crate::statement::Member;
    use crate::*;
    use serde_json::Value;
    let many = |v: &Value| -> Option<OneOrMany> {
        match v {
            Value::String(s) => Some(OneOrMany::one(s.as_str())),
            Value::Array(a) => OneOrMany::many(a.iter().filter_map(|v| v.as_str())),
            _ => None,
        }
    };
    let Ok(value) = serde_json::from_str::<Value>(json) else { return Vec::new() };
    let mut out = Vec::new();
    for st in value.get("Statement").and_then(Value::as_array).into_iter().flatten() {
        let effect = if st.get("Effect").and_then(Value::as_str) == Some("Deny") {
            Effect::Deny
        } else {
            Effect::Allow
        };
        let action = st
            .get("Action")
            .and_then(many)
            .map(ActionElement::Action)
            .or_else(|| st.get("NotAction").and_then(many).map(ActionElement::NotAction));
        let Some(action) = action else { continue };
        let resource = st
            .get("Resource")
            .and_then(many)
            .map(ResourceElement::Resource)
            .or_else(|| st.get("NotResource").and_then(many).map(ResourceElement::NotResource));
        let principal = match st.get("Principal") {
            Some(Value::String(_)) => Some(Principal::Everybody),
            Some(Value::Array(a)) => {
                Some(Principal::List(a.iter().filter_map(|v| v.as_str()).map(str::to_owned).collect()))
            }
            Some(Value::Object(o)) => Some(Principal::Typed(
                o.iter()
                    .filter_map(|(k, v)| {
                        Some(TypedPrincipal {
                            kind: PrincipalKind::ALL.into_iter().find(|kind| kind.as_str() == k)?,
                            values: many(v)?,
                        })
                    })
                    .collect(),
            )),
            _ => None,
        };
        let conditions = st.get("Condition").and_then(Value::as_object).map(|o| {
            o.iter()
                .flat_map(|(op, keys)| {
                    keys.as_object().into_iter().flatten().filter_map(move |(key, v)| {
                        Some(Condition {
                            operator: Operator::from_name(op)?,
                            key: key.clone(),
                            values: many(v)?,
                        })
                    })
                })
                .collect()
        });
        out.push(Statement {
            sid: None,
            effect,
            principal,
            action,
            resource,
            conditions,
            order: Member::USUAL,
        });
    }
    out
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
