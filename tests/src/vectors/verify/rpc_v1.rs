//! Vectors of RPC v1.

use super::tamper::{Covered, every_pair, every_part};
use super::wire::{Encoding, Wire};
use super::{Broken, Judged, Official, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, rpc_v1::Claim};
use sts_types::Secret;

/// Where the parameters of a request travel.
#[derive(Clone, Copy)]
enum Place {
    Query,
    Form,
    Mixed,
}

pub(super) fn check(line: &Map<String, Value>) -> Result<(), Broken> {
    let (inputs, official) = (object(line, "inputs")?, Official::read(line)?);
    let params = object(inputs, "params")?;
    // An official request carries its token among the parameters.
    let official =
        Official { security_token: params.get("SecurityToken").and_then(Value::as_str), ..official };
    let mut parameters = pairs(params)?;
    parameters.push(("Signature".to_owned(), text(line, "signature")?.to_owned()));
    // Not in signing order: the verifier has to sort.
    parameters.reverse();
    for place in [Place::Query, Place::Form, Place::Mixed] {
        for encoding in [Encoding::Percent, Encoding::Form] {
            official.accepts(&wire(text(inputs, "method")?, &parameters, place, encoding), judge)?;
        }
    }
    let wire = wire(text(inputs, "method")?, &parameters, Place::Query, Encoding::Form);
    let mut tampered =
        every_part(&wire, &Covered { parameter: |_: &str| true, header: |_: &str| false, body: false });
    for (what, changed) in every_pair(&parameters, |_| true, |name| name.push('x')) {
        tampered.push((what, self::wire(&wire.method, &changed, Place::Form, Encoding::Percent)));
    }
    official.refuses(&wire, tampered, judge)
}

fn wire(method: &str, parameters: &[(String, String)], place: Place, encoding: Encoding) -> Wire {
    let (query, form) = parameters.split_at(match place {
        Place::Query => parameters.len(),
        Place::Form => 0,
        Place::Mixed => parameters.len() / 2,
    });
    Wire {
        method: method.to_owned(),
        path: "/".to_owned(),
        query: query.to_vec(),
        encoding,
        headers: vec![(
            "Content-Type".to_owned(),
            "application/x-www-form-urlencoded; charset=UTF-8".to_owned(),
        )],
        body: encoding.join(form),
    }
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
