//! One line of a vector file.

use super::{acs3, oss_post, oss_v1, oss_v4, roa, rpc_v1};
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};
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
    /// The stage that broke: `line`, `request` (the paved path), or what the scheme calls it: `canonical query`,
    /// `string to sign`, `signature` and so on.
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
        let checked = match text(&object, "scheme")? {
            "acs3" => acs3::Vector::read(&object)?.check(),
            "oss-postobject" => oss_post::Vector::read(&object)?.check(),
            "oss-v1" => oss_v1::Vector::read(&object)?.check(),
            "oss-v4" => oss_v4::Vector::read_header(&object)?.check(),
            "oss-v4-presign" => oss_v4::Vector::read_presign(&object)?.check(),
            "roa" => roa::Vector::read(&object)?.check(),
            "rpc-v1-sha1" => rpc_v1::Vector::read(Algorithm::HmacSha1, &object)?.check(),
            "rpc-v1-sha256" => rpc_v1::Vector::read(Algorithm::HmacSha256, &object)?.check(),
            other => return Ok(Outcome::Unsupported(other.to_owned())),
        };
        Ok(match checked {
            Ok(()) => Outcome::Passed,
            Err((stage, detail)) => Outcome::Failed(Failure { id: id.to_owned(), stage, detail }),
        })
    };
    check().unwrap_or_else(|detail| malformed(id, detail))
}

/// A stage's name, and what was expected and came.
pub(super) type Broken = (&'static str, String);

pub(super) fn compare(stage: &'static str, expected: &str, got: &str) -> Result<(), Broken> {
    if expected == got { Ok(()) } else { Err((stage, format!("expected {expected}\n  got      {got}"))) }
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

/// A member that is text, or nothing.
pub(super) fn optional_text<'a>(
    object: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(object, name).map(Some),
    }
}

/// The members of an object, all of them text; backwards, so that sorted is what they become and not what they were.
pub(super) fn pairs(object: &Map<String, Value>) -> Result<Vec<(&str, &str)>, String> {
    object.keys().rev().map(|name| Ok((name.as_str(), text(object, name)?))).collect()
}

/// A time without a fraction. Some clients sign milliseconds; the paved paths never write them.
pub(super) fn whole_seconds(text: &str) -> Option<SystemTime> {
    if text.contains('.') {
        return None;
    }
    let seconds = text.parse::<jiff::Timestamp>().ok()?.as_second();
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).ok()?))
}
