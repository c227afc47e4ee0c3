//! Vectors of ACS3.

use super::tamper::{Covered, every_part, header_behind};
use super::wire::{Encoding, Wire};
use super::{Broken, Judged, Official, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, acs3::Claim};
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
        body: inputs.get("body").and_then(Value::as_str).unwrap_or_default().to_owned(),
    };
    official.accepts(&wire, judge)?;
    official.accepts(&Wire { encoding: Encoding::Form, ..wire.clone() }, judge)?;

    let names: Vec<&str> = text(line, "signed_headers")?.split(';').collect();
    let covered =
        Covered { parameter: |_: &str| true, header: |name: &str| names.contains(&name), body: true };
    let mut tampered = every_part(&wire, &covered);
    tampered.push(header_behind(&wire, "authorization", "Signature="));
    for name in &names {
        let mut fewer = wire.clone();
        for (_, value) in fewer.headers.iter_mut().filter(|(header, _)| header == "authorization") {
            let rest: Vec<&str> = names.iter().copied().filter(|other| other != name).collect();
            *value = value.replace(&names.join(";"), &rest.join(";"));
        }
        tampered.push((format!("{name} no longer listed"), fewer));
    }
    official.refuses(&wire, tampered, judge)
}

fn judge(wire: &Wire, secret: &Secret) -> Result<Judged, ReadError> {
    let claim = wire.with_request(Claim::read)?;
    Ok(Judged {
        access_key_id: claim.access_key_id().to_owned(),
        security_token: claim.security_token().map(str::to_owned),
        string_to_sign: claim.string_to_sign().to_owned(),
        canonical_request: Some(claim.canonical_request().to_owned()),
        signature: claim.check_signature(secret),
    })
}
