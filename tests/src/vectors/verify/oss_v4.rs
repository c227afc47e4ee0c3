//! Vectors of OSS V4, header and presigned.

use super::oss::{Addressed, both_ways, official_urls, request_of};
use super::tamper::{Covered, every_part, header_behind};
use super::{Broken, Judged, Official, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, oss_v4::Claim};
use sts_types::Secret;

pub(super) fn check(line: &Map<String, Value>) -> Result<(), Broken> {
    let (inputs, official) = (object(line, "inputs")?, Official::read(line)?);
    let is_presigned = text(line, "mode")? == "query";
    let mut wire = request_of(inputs)?;
    if is_presigned {
        wire.query = pairs(object(line, "signed_query")?)?;
    } else {
        wire.headers = pairs(object(inputs, "sent_headers")?)?;
        wire.headers.push(("Date".to_owned(), "Thu, 15 Jan 2026 08:30:45 GMT".to_owned()));
        wire.headers.push(("authorization".to_owned(), text(line, "authorization")?.to_owned()));
    }
    let addressed = both_ways(inputs, &wire);
    for wire in addressed.iter().chain(&official_urls(line, inputs, &wire)?) {
        official.accepts(wire, judge)?;
    }
    for mut other_order in addressed.iter().filter(|_| !is_presigned).cloned() {
        // As oss2 writes it.
        for (_, value) in other_order.wire.headers.iter_mut().filter(|(name, _)| name == "authorization") {
            let (algorithm, parts) = value.split_once(' ').unwrap_or_default();
            let mut parts: Vec<&str> = parts.split(',').collect();
            parts.rotate_left(1);
            *value = format!("{algorithm} {}", parts.join(", "));
        }
        official.accepts(&other_order, judge)?;
    }

    let additional: Vec<&str> = inputs
        .get("additional_headers")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let is_signed_header = |name: &str| {
        let name = name.to_ascii_lowercase();
        matches!(name.as_str(), "content-md5" | "content-type")
            || name.starts_with("x-oss-")
            || additional.iter().any(|listed| listed.eq_ignore_ascii_case(&name))
    };
    for Addressed { bucket, wire } in addressed {
        let covered = Covered { parameter: |_: &str| true, header: is_signed_header, body: false };
        let mut tampered = every_part(&wire, &covered);
        if !is_presigned {
            // The day of the scope, what follows it (the region), the product and what ends the scope.
            let day = format!("/{}", text(inputs, "date")?.split('T').next().unwrap_or_default());
            let region = format!("{day}/");
            let product = format!("/{}", text(inputs, "region")?);
            let mut marks = vec!["Signature=", "/2", region.as_str(), product.as_str(), "/aliyun_"];
            if !additional.is_empty() {
                marks.push("AdditionalHeaders=");
            }
            tampered.extend(marks.into_iter().map(|mark| header_behind(&wire, "authorization", mark)));
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
        canonical_request: Some(claim.canonical_request().to_owned()),
        signature: claim.check_signature(secret),
    })
}
