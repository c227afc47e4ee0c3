//! One line of a vector file.

use super::{rpc_v1, verify};
use serde_json::{Map, Value};
use sts_sign::rpc_v1::Algorithm;

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every stage gave what the official clients give.
    Passed,
    /// A stage gave something else, or the line cannot be read.
    Failed(Failure),
    /// The line is of a scheme that is not supported yet; its name.
    Unsupported(String),
    /// The line is no vector: it has neither inputs nor a signature.
    NotAVector,
}

/// Which vector failed, where and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The vector's id, or `?` where there is none.
    pub id: String,
    /// The stage that broke: `line`, `canonical query`, `string to sign`, `signature`, `form` or `request`; and those of the
    /// verifier, which begin `verifier: `.
    pub stage: &'static str,
    /// What was expected and what came.
    pub detail: String,
}

/// Checks one line: a JSON object as `tests/vectors/README.md` describes it.
#[must_use]
pub fn check_line(line: &str) -> Outcome {
    let malformed =
        |id: &str, detail: String| Outcome::Failed(Failure { id: id.to_owned(), stage: "line", detail });
    let object = match serde_json::from_str::<Map<String, Value>>(line) {
        Ok(object) => object,
        Err(error) => return malformed("?", error.to_string()),
    };
    if !object.contains_key("inputs") && !object.contains_key("signature") {
        return Outcome::NotAVector;
    }
    let id = object.get("id").and_then(Value::as_str).unwrap_or("?");
    let check = || {
        let scheme = text(&object, "scheme")?;
        let signer = match scheme {
            "rpc-v1-sha1" => Some(rpc_v1::Vector::read(Algorithm::HmacSha1, &object)?.check()),
            "rpc-v1-sha256" => Some(rpc_v1::Vector::read(Algorithm::HmacSha256, &object)?.check()),
            _ => None,
        };
        // Signer and verifier, each against the official values.
        let broken = match (signer, verify::check(scheme, &object)) {
            (None, None) => return Ok(Outcome::Unsupported(scheme.to_owned())),
            (signer, verifier) => signer.unwrap_or(Ok(())).and(verifier.unwrap_or(Ok(()))),
        };
        Ok(match broken {
            Ok(()) => Outcome::Passed,
            Err((stage, detail)) => Outcome::Failed(Failure { id: id.to_owned(), stage, detail }),
        })
    };
    check().unwrap_or_else(|detail| malformed(id, detail))
}

/// A member that is text.
pub(super) fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    object.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is missing or no text"))
}

/// A member that is an object.
pub(super) fn object<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Result<&'a Map<String, Value>, String> {
    object.get(name).and_then(Value::as_object).ok_or_else(|| format!("`{name}` is missing or no object"))
}
