//! Vectors of form uploads to OSS.

use super::tamper::flip;
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

    let mut tampered = Vec::new();
    for (index, (name, _)) in form.iter().enumerate() {
        // V1 signs the policy alone: another id is another secret, and the token belongs to the id.
        let is_signed = match name.as_str() {
            "Key" | "ossaccesskeyid" => false,
            "x-oss-security-token" => is_v4,
            _ => true,
        };
        if !is_signed {
            continue;
        }
        let mut changed = form.clone();
        flip(&mut changed[index].1);
        tampered.push((format!("value of {name}"), changed));
        let mut longer = form.clone();
        longer[index].1.push('x');
        tampered.push((format!("longer value of {name}"), longer));
        if name != "x-oss-security-token" {
            let mut fewer = form.clone();
            fewer.remove(index);
            tampered.push((format!("without {name}"), fewer));
        }
        let mut twice = form.clone();
        twice.push(form[index].clone());
        tampered.push((format!("{name} twice"), twice));
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
