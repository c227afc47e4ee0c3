//! Vectors of OSS V1, header and presigned.

use super::oss::{Addressed, both_ways, official_urls, request_of};
use super::tamper::{Covered, every_part, header_behind};
use super::{Broken, Judged, Official, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, oss_v1::Claim};
use sts_types::Secret;

pub(super) fn check(line: &Map<String, Value>) -> Result<(), Broken> {
    let (inputs, official) = (object(line, "inputs")?, Official::read(line)?);
    let is_presigned = text(line, "mode")? == "query";
    let mut wire = request_of(inputs)?;
    if is_presigned {
        wire.query = pairs(object(line, "signed_query")?)?;
    } else {
        wire.headers = pairs(object(inputs, "sent_headers")?)?;
        if text(inputs, "date_header_used")? == "Date" {
            wire.headers.push(("Date".to_owned(), text(inputs, "date")?.to_owned()));
        }
        wire.headers.push(("authorization".to_owned(), text(line, "authorization")?.to_owned()));
    }
    let addressed = both_ways(inputs, &wire);
    for wire in addressed.iter().chain(&official_urls(line, inputs, &wire)?) {
        official.accepts(wire, judge)?;
    }

    // What the official client left out of its string to sign is not covered.
    let sent: Vec<&str> = wire.query.iter().map(|(name, _)| name.as_str()).collect();
    let (_, resource) = official.string_to_sign.rsplit_once('\n').unwrap_or_default();
    let is_signed_parameter = |name: &str| match name {
        "OSSAccessKeyId" => false,
        "Expires" | "Signature" => is_presigned,
        name if sent.contains(&name) => {
            resource.contains(&format!("?{name}")) || resource.contains(&format!("&{name}"))
        }
        name => name.starts_with("x-oss-"),
    };
    let is_signed_header = |name: &str| {
        let name = name.to_ascii_lowercase();
        matches!(name.as_str(), "content-md5" | "content-type" | "date") || name.starts_with("x-oss-")
    };
    for Addressed { bucket, wire } in addressed {
        let covered = Covered { parameter: is_signed_parameter, header: is_signed_header, body: false };
        let mut tampered = every_part(&wire, &covered);
        if !is_presigned {
            tampered.push(header_behind(&wire, "authorization", ":"));
        }
        let mut more = wire.clone();
        more.headers.push(("X-OSS-Added".to_owned(), "1".to_owned()));
        tampered.push(("a header more".to_owned(), more));
        let tampered = tampered.into_iter().map(|(what, wire)| (what, Addressed { bucket, wire }));
        official.refuses(&Addressed { bucket, wire }, tampered, judge)?;
    }
    Ok(())
}

fn judge(addressed: &Addressed<'_>, secret: &Secret) -> Result<Judged, ReadError> {
    let claim = addressed.wire.with_request(|request| Claim::read(request, addressed.bucket))?;
    Ok(Judged {
        access_key_id: claim.access_key_id().to_owned(),
        security_token: claim.security_token().map(str::to_owned),
        string_to_sign: claim.string_to_sign().to_owned(),
        canonical_request: None,
        signature: claim.check_signature(secret),
    })
}
