//! Vectors of ROA v1.

use super::tamper::{Covered, every_part, header_behind};
use super::wire::{Encoding, Wire};
use super::{Broken, Judged, Official, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, roa::Claim};
use sts_types::Secret;

pub(super) fn check(line: &Map<String, Value>) -> Result<(), Broken> {
    let (inputs, official) = (object(line, "inputs")?, Official::read(line)?);
    let mut headers = pairs(object(inputs, "headers")?)?;
    headers.reverse();
    headers.push(("authorization".to_owned(), text(line, "authorization")?.to_owned()));
    let wire = Wire {
        method: text(inputs, "method")?.to_owned(),
        path: text(inputs, "pathname")?.to_owned(),
        query: pairs(object(inputs, "query")?)?,
        encoding: Encoding::Percent,
        headers,
        body: text(inputs, "body")?.to_owned(),
    };
    official.accepts(&wire, judge)?;
    official.accepts(&Wire { encoding: Encoding::Form, ..wire.clone() }, judge)?;

    let is_signed = |name: &str| {
        matches!(name, "accept" | "content-md5" | "content-type" | "date") || name.starts_with("x-acs-")
    };
    let has_md5 = wire.headers.iter().any(|(name, _)| name == "content-md5");
    let covered = Covered { parameter: |_: &str| true, header: is_signed, body: has_md5 };
    let mut tampered = every_part(&wire, &covered);
    tampered.push(header_behind(&wire, "authorization", ":"));
    let mut more = wire.clone();
    more.headers.push(("X-Acs-Added".to_owned(), "1".to_owned()));
    tampered.push(("a header more".to_owned(), more));
    official.refuses(&wire, tampered, judge)
}

fn judge(wire: &Wire, secret: &Secret) -> Result<Judged, ReadError> {
    let claim = wire.with_request(Claim::read)?;
    Ok(Judged {
        access_key_id: claim.access_key_id().to_owned(),
        security_token: claim.security_token().map(str::to_owned),
        string_to_sign: claim.string_to_sign().to_owned(),
        canonical_request: None,
        signature: claim.check_signature(secret),
    })
}
