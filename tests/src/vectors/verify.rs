//! The verifier against the vectors: the official request is put on a raw wire, by code that is neither the verifier's nor the
//! signers', and the verifier must come to the official string to sign, take it with the right secret, and refuse it with
//! another secret or with any part of it changed.

mod acs3;
mod oss;
mod oss_post;
mod oss_v1;
mod oss_v4;
mod roa;
mod rpc_v1;
mod tamper;
mod wire;

use serde_json::{Map, Value};
use sts_sign::verify::{Mismatch, ReadError};
use sts_types::Secret;

/// A stage's name, and what was expected and came.
type Broken = (&'static str, String);

/// What the verifier made of a request.
struct Judged {
    access_key_id: String,
    security_token: Option<String>,
    string_to_sign: String,
    canonical_request: Option<String>,
    signature: Result<(), Mismatch>,
}

/// What it should have made of it.
struct Official<'a> {
    access_key_id: &'a str,
    secret: &'a str,
    security_token: Option<&'a str>,
    string_to_sign: &'a str,
    canonical_request: Option<&'a str>,
}

/// Checks a line of a scheme; none where there is no verifier for it.
pub(super) fn check(scheme: &str, line: &Map<String, Value>) -> Option<Result<(), Broken>> {
    let check = match scheme {
        "rpc-v1-sha1" | "rpc-v1-sha256" => rpc_v1::check,
        "acs3" => acs3::check,
        "roa" => roa::check,
        "oss-v1" => oss_v1::check,
        "oss-v4" | "oss-v4-presign" => oss_v4::check,
        "oss-postobject" => oss_post::check,
        _ => return None,
    };
    Some(check(line))
}

impl<'a> Official<'a> {
    fn read(line: &'a Map<String, Value>) -> Result<Self, Broken> {
        let inputs = object(line, "inputs")?;
        Ok(Self {
            access_key_id: text(inputs, "access_key_id")?,
            secret: text(inputs, "access_key_secret")?,
            // A header's value travels without the blanks around it.
            security_token: inputs.get("security_token").and_then(Value::as_str).map(str::trim),
            string_to_sign: text(line, "string_to_sign")?,
            canonical_request: line.get("canonical_request").and_then(Value::as_str),
        })
    }

    /// The request as it is.
    fn accepts<W>(
        &self,
        wire: &W,
        judge: impl Fn(&W, &Secret) -> Result<Judged, ReadError>,
    ) -> Result<(), Broken> {
        let secret = Secret::new(self.secret);
        let judged = judge(wire, &secret).map_err(|error| ("verifier: read", error.to_string()))?;
        let got = (judged.access_key_id.as_str(), judged.security_token.as_deref());
        if got != (self.access_key_id, self.security_token) {
            return Err(("verifier: read", format!("another id or token: {got:?}")));
        }
        if let Some(expected) = self.canonical_request {
            compare(
                "verifier: canonical request",
                expected,
                judged.canonical_request.as_deref().unwrap_or_default(),
            )?;
        }
        compare("verifier: string to sign", self.string_to_sign, &judged.string_to_sign)?;
        let Err(mismatch) = judged.signature else { return Ok(()) };
        compare("verifier: string to sign", self.string_to_sign, mismatch.string_to_sign())?;
        Err(("verifier: signature", "the official signature is refused".to_owned()))
    }

    /// Another secret, and every request that differs in something signed.
    fn refuses<W>(
        &self,
        wire: &W,
        tampered: impl IntoIterator<Item = (String, W)>,
        judge: impl Fn(&W, &Secret) -> Result<Judged, ReadError>,
    ) -> Result<(), Broken> {
        for wrong in [format!("{}x", self.secret), self.secret.chars().skip(1).collect(), String::new()] {
            if judge(wire, &Secret::new(wrong)).is_ok_and(|judged| judged.signature.is_ok()) {
                return Err(("verifier: wrong secret", "is accepted".to_owned()));
            }
        }
        let secret = Secret::new(self.secret);
        for (what, wire) in tampered {
            if judge(&wire, &secret).is_ok_and(|judged| judged.signature.is_ok()) {
                return Err(("verifier: tampered", format!("is accepted: {what}")));
            }
        }
        Ok(())
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a str, Broken> {
    super::vector::text(object, name).map_err(line)
}

fn object<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Broken> {
    super::vector::object(object, name).map_err(line)
}

/// The members of an object that are text.
fn pairs(object: &Map<String, Value>) -> Result<Vec<(String, String)>, Broken> {
    object.keys().map(|name| Ok((name.clone(), text(object, name)?.to_owned()))).collect()
}

fn line(detail: String) -> Broken {
    ("line", detail)
}

fn compare(stage: &'static str, expected: &str, got: &str) -> Result<(), Broken> {
    if expected == got { Ok(()) } else { Err((stage, format!("expected {expected}\n  got      {got}"))) }
}
