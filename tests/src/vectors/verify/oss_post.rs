//! Vectors of form uploads to OSS.

use super::tamper::every_pair;
use super::{Broken, Judged, Official, object, text};
use serde_json::{Map, Value};
use sts_sign::verify::{ReadError, oss_post::Claim};
use sts_types::Secret;

type Form = Vec<(String, String)>;

pub(super) fn check(line: &Map<String, Value>) -> Result<(), Broken> {
    let (inputs, official) = (object(line, "inputs")?, Official::read(line)?);
    let is_v4 = text(line, "version")? == "v4";
    let mut form: Form = Vec::new();
    let mut add = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
    // Names have no case.
    add("Key", "a/b");
    add("policy", text(inputs, "policy_base64")?);
    if is_v4 {
        add("x-oss-signature-version", "OSS4-HMAC-SHA256");
        add("X-Oss-Credential", text(inputs, "x_oss_credential")?);
        add("x-oss-date", text(inputs, "x_oss_date")?);
        add("x-oss-signature", text(line, "signature")?);
    } else {
        add("ossaccesskeyid", official.access_key_id);
        add("Signature", text(line, "signature")?);
    }
    if let Some(token) = official.security_token {
        add("x-oss-security-token", token);
    }
    official.accepts(&form, judge)?;

    // V1 signs the policy alone: another id is another secret, and the token belongs to the id.
    let is_signed = |name: &str| match name {
        "Key" | "ossaccesskeyid" => false,
        "x-oss-security-token" => is_v4,
        _ => true,
    };
    let mut tampered = every_pair(&form, is_signed, |name| name.push('x'));
    // A form without its token is a form of another key; that the token belongs to the key is the server's to know.
    tampered
        .retain(|(what, _)| what != "without x-oss-security-token" && what != "name of x-oss-security-token");
    for pair in &form {
        let mut twice = form.clone();
        twice.push(pair.clone());
        tampered.push((format!("{} twice", pair.0), twice));
    }
    official.refuses(&form, tampered, judge)
}

fn judge(form: &Form, secret: &Secret) -> Result<Judged, ReadError> {
    let fields: Vec<(&str, &[u8])> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let claim = Claim::read(&fields)?;
    Ok(Judged {
        access_key_id: claim.access_key_id().to_owned(),
        security_token: claim.security_token().map(str::to_owned),
        string_to_sign: claim.string_to_sign().to_owned(),
        canonical_request: None,
        signature: claim.check_signature(secret),
    })
}
