//! The cases: environment, files, and what each reader is expected to find.

use std::error::Error;
use std::path::Path;

use serde_json::{Map, Value};

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) env: Map<String, Value>,
    /// By their place in the home folder: JSON as it is, other text as an array of lines.
    pub(crate) files: Map<String, Value>,
    pub(crate) expected: Expected,
}

pub(crate) enum Expected {
    /// The same by everybody.
    Same(String),
    /// A difference that was chosen.
    Each { python: String, node: String, ours: String },
}

impl Expected {
    /// What is expected of a reader.
    pub(crate) fn by(&self, reader: &str) -> &str {
        match (self, reader) {
            (Self::Same(answer), "ali-sts") => answer,
            // Kinds of errors are ours.
            (Self::Same(answer), _) => answer.split_once(" (").map_or(answer, |(answer, _)| answer),
            (Self::Each { python, .. }, "python") => python,
            (Self::Each { node, .. }, "node") => node,
            (Self::Each { ours, .. }, _) => ours,
        }
    }
}

/// Reads the table. A difference needs a reason, and what is the same needs none.
pub(crate) fn read(path: &Path) -> Result<Vec<Case>, Box<dyn Error>> {
    #[expect(clippy::disallowed_methods, reason = "this program is about files")]
    let text = std::fs::read(path)?;
    cases(&serde_json::from_slice(&text)?)
}

fn cases(table: &Value) -> Result<Vec<Case>, Box<dyn Error>> {
    let common = members(table, "env");
    let cases = table.get("cases").and_then(Value::as_array).into_iter().flatten();
    let cases: Vec<Case> = cases.map(|value| case(value, &common)).collect::<Result<_, _>>()?;
    if cases.is_empty() {
        return Err("there is no case".into());
    }
    Ok(cases)
}

/// `common` are the variables of every case; one that a case sets to `null` it does not have.
fn case(value: &Value, common: &Map<String, Value>) -> Result<Case, Box<dyn Error>> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let name = text("case").ok_or("a case has no name")?.to_owned();
    let known = ["case", "env", "files", "expected", "because"];
    let unknown = value.as_object().into_iter().flatten().find(|(key, _)| !known.contains(&key.as_str()));
    if let Some((key, _)) = unknown {
        return Err(format!("{name}: `{key}` means nothing").into());
    }
    let each = |reader: &str| {
        let expected = value.get("expected").and_then(|expected| expected.get(reader)?.as_str());
        expected.map(str::to_owned).ok_or(format!("{name}: nothing is expected of {reader}"))
    };
    let expected = match (text("expected"), text("because")) {
        (Some(answer), None) => Expected::Same(answer.to_owned()),
        (Some(_), Some(_)) => return Err(format!("{name}: what is the same needs no reason").into()),
        (None, None) => return Err(format!("{name}: a difference needs a reason").into()),
        (None, Some(_)) => {
            Expected::Each { python: each("python")?, node: each("node")?, ours: each("ali-sts")? }
        }
    };
    let mut env = common.clone();
    env.extend(members(value, "env"));
    env.retain(|_, value| !value.is_null());
    Ok(Case { env, files: members(value, "files"), name, expected })
}

fn members(value: &Value, name: &str) -> Map<String, Value> {
    value.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Value, cases};
    use serde_json::json;

    fn refusal(case: &Value) -> String {
        cases(&json!({ "cases": [case] })).err().unwrap().to_string()
    }

    #[test]
    fn kinds_of_errors_are_expected_of_ours_alone() {
        let table = json!({ "env": { "A": "1", "B": "2" }, "cases": [
            { "case": "same", "env": { "B": null, "C": "3" }, "expected": "none (Invalid)" },
            { "case": "other", "expected": { "python": "p", "node": "n", "ali-sts": "none (Failed)" }, "because": "so" },
        ] });
        let cases = cases(&table).unwrap();
        let by = |case: usize| ["python", "node", "ali-sts"].map(|reader| cases[case].expected.by(reader));
        assert_eq!(by(0), ["none", "none", "none (Invalid)"]);
        assert_eq!(by(1), ["p", "n", "none (Failed)"]);
        assert_eq!(Value::from(cases[0].env.clone()), json!({ "A": "1", "C": "3" }));
    }

    #[test]
    fn a_difference_needs_a_reason_and_every_reader() {
        let each = json!({ "python": "a", "node": "b" });
        assert_eq!(refusal(&json!({ "case": "x", "expected": each })), "x: a difference needs a reason");
        let refused = refusal(&json!({ "case": "x", "expected": each, "because": "so" }));
        assert_eq!(refused, "x: nothing is expected of ali-sts");
        let refused = refusal(&json!({ "case": "x", "expected": "a", "because": "so" }));
        assert_eq!(refused, "x: what is the same needs no reason");
        assert_eq!(refusal(&json!({ "case": "x", "expect": "a" })), "x: `expect` means nothing");
        assert!(cases(&json!({ "cases": [] })).is_err());
    }
}
