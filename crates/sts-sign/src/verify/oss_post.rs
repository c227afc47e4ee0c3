//! OSS `PostObject`: a form upload whose policy is signed, by V1 (HMAC-SHA1) or V4 (HMAC-SHA256).
//!
//! What is signed is the policy alone. That the form keeps to it (key, sizes, every condition) is the server's to check; what this
//! module checks of it is the expiration and, in V4, that the fields of the signature are those of the policy.

use super::oss_v4::Scope;
use super::signed::{Key, Signed, from_base64, from_digits};
use super::time::{from_basic, from_iso};
use super::{Mismatch, ReadError, TimeError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;
use sts_types::Secret;

/// More than any form has.
const MOST: usize = 1000;

/// What a signed form claims.
#[derive(Clone)]
pub struct Claim {
    access_key_id: String,
    security_token: Option<String>,
    policy: String,
    expiration: String,
    /// In V4.
    scope: Option<(Scope, String)>,
    signed: Signed,
}

impl Claim {
    /// Reads the text fields of the form, without `file`: names, in any case, and values. V4 where there is an
    /// `x-oss-signature-version`, V1 otherwise.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `policy` and, in V1, `OSSAccessKeyId` and `Signature`, in V4 `x-oss-credential`, `x-oss-date`
    /// and `x-oss-signature`; [`ReadError::Unsupported`] for another `x-oss-signature-version`;
    /// [`ReadError::Malformed`] for a `policy` that is not Base64 of a JSON object with `expiration` and `conditions`;
    /// [`ReadError::Contradiction`] for an `x-oss-date` that is not of the scope's day, and for an `x-oss-security-token` that
    /// is not the one of the policy, where that asks for one, in V1 too; [`ReadError::Unsigned`] where a
    /// policy of V4 has no condition that says what `x-oss-signature-version`, `x-oss-credential`, `x-oss-date` or
    /// `x-oss-security-token` says; [`ReadError::Repeated`] for a field that is given twice; [`ReadError::TooMany`] for
    /// more than 1,000.
    pub fn read(fields: &[(&str, &[u8])]) -> Result<Self, ReadError> {
        let form = Form::read(fields)?;
        let encoded = form.required("policy")?;
        let json = STANDARD.decode(encoded).ok().and_then(|json| String::from_utf8(json).ok());
        let json = json.ok_or_else(|| ReadError::malformed("policy"))?;
        let policy = Policy::parse(&json).ok_or_else(|| ReadError::malformed("policy"))?;
        let security_token = form.optional("x-oss-security-token")?;
        // Without this, a token could be taken out on the way.
        policy.must_allow("x-oss-security-token", security_token.unwrap_or_default())?;
        let (access_key_id, key, signature, scope) = match form.optional("x-oss-signature-version")? {
            None => {
                let signature = from_base64("Signature", form.required("Signature")?, 20)?;
                (form.required("OSSAccessKeyId")?.to_owned(), Key::Sha1(""), signature, None)
            }
            Some("OSS4-HMAC-SHA256") => {
                let credential = form.required("x-oss-credential")?;
                let date = form.required("x-oss-date")?;
                let signature = from_digits("x-oss-signature", form.required("x-oss-signature")?)?;
                let scope =
                    Scope::parse(credential).ok_or_else(|| ReadError::malformed("x-oss-credential"))?;
                if !date.starts_with(&scope.date) {
                    return Err(ReadError::contradiction("x-oss-date", "x-oss-credential"));
                }
                policy.must_say("x-oss-signature-version", "OSS4-HMAC-SHA256")?;
                policy.must_say("x-oss-credential", credential)?;
                policy.must_say("x-oss-date", date)?;
                security_token.map_or(Ok(()), |token| policy.must_say("x-oss-security-token", token))?;
                (scope.access_key_id.clone(), scope.key(), signature, Some((scope, date.to_owned())))
            }
            Some(_) => return Err(ReadError::unsupported("x-oss-signature-version")),
        };
        let (security_token, expiration) = (security_token.map(str::to_owned), policy.expiration);
        let signed = Signed { key, signature, string_to_sign: encoded.to_owned(), canonical_request: None };
        Ok(Self { access_key_id, security_token, policy: json, expiration, scope, signed })
    }

    /// `OSSAccessKeyId`, or the id in `x-oss-credential`.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// `x-oss-security-token`, where it is there and not empty. In V1 no signature covers it.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// The region of the scope, in V4. It takes part in the key, so compare it with the server's own.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.scope.as_ref().map(|(scope, _)| scope.region.as_str())
    }

    /// The product of the scope, in V4: `oss`.
    #[must_use]
    pub fn product(&self) -> Option<&str> {
        self.scope.as_ref().map(|(scope, _)| scope.product.as_str())
    }

    /// The policy, a JSON object, decoded from Base64.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The server's string to sign: the policy in Base64, as sent.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.signed.string_to_sign
    }

    /// Whether the policy was signed with this secret.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with the server's string to sign.
    pub fn check_signature(&self, secret: &Secret) -> Result<(), Mismatch> {
        self.signed.check(secret)
    }

    /// Whether the policy's `expiration` is not past. `x-oss-date` of V4 says when it was signed, and must be a time.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`] and [`TimeError::Expired`].
    pub fn check_time(&self, now: SystemTime) -> Result<(), TimeError> {
        if self.scope.as_ref().is_some_and(|(_, date)| from_basic(date).is_none()) {
            return Err(TimeError::Malformed);
        }
        let expiration = from_iso(&self.expiration).ok_or(TimeError::Malformed)?;
        if now <= expiration { Ok(()) } else { Err(TimeError::Expired) }
    }
}

/// The key's id only.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Values by lower-case name.
struct Form<'a>(BTreeMap<String, &'a [u8]>);

impl<'a> Form<'a> {
    fn read(fields: &[(&str, &'a [u8])]) -> Result<Self, ReadError> {
        if fields.len() > MOST {
            return Err(ReadError::too_many("fields"));
        }
        let mut by_name = BTreeMap::new();
        for (name, value) in fields {
            if by_name.insert(name.to_ascii_lowercase(), *value).is_some() {
                return Err(ReadError::repeated(name));
            }
        }
        Ok(Self(by_name))
    }

    /// A value; none where it is empty.
    fn optional(&self, name: &str) -> Result<Option<&'a str>, ReadError> {
        let Some(value) = self.0.get(&name.to_ascii_lowercase()) else { return Ok(None) };
        let text = str::from_utf8(value).map_err(|_| ReadError::malformed(name))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn required(&self, name: &'static str) -> Result<&'a str, ReadError> {
        self.optional(name)?.ok_or_else(|| ReadError::missing(name))
    }
}

struct Policy {
    expiration: String,
    conditions: Vec<Value>,
}

impl Policy {
    fn parse(json: &str) -> Option<Self> {
        let mut policy: Map<String, Value> = serde_json::from_str(json).ok()?;
        match (policy.remove("expiration")?, policy.remove("conditions")?) {
            (Value::String(expiration), Value::Array(conditions)) => Some(Self { expiration, conditions }),
            _ => None,
        }
    }

    /// A condition asks that a field have just this value.
    fn must_say(&self, name: &'static str, value: &str) -> Result<(), ReadError> {
        if self.wanted(name).any(|wanted| wanted == value) { Ok(()) } else { Err(ReadError::unsigned(name)) }
    }

    /// No condition asks that a field have another value.
    fn must_allow(&self, name: &'static str, value: &str) -> Result<(), ReadError> {
        let is_allowed = self.wanted(name).all(|wanted| wanted == value);
        if is_allowed { Ok(()) } else { Err(ReadError::contradiction(name, "policy")) }
    }

    /// The values that a field must have: `{"name": "value"}` or `["eq", "$name", "value"]`.
    fn wanted(&self, name: &str) -> impl Iterator<Item = &str> {
        self.conditions.iter().flat_map(move |condition| match condition {
            Value::Object(pairs) => {
                let of_name = pairs.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
                of_name.filter_map(|(_, wanted)| wanted.as_str()).collect()
            }
            Value::Array(parts) => match parts.as_slice() {
                [Value::String(operator), Value::String(field), Value::String(wanted)]
                    if operator == "eq"
                        && field.strip_prefix('$').is_some_and(|field| field.eq_ignore_ascii_case(name)) =>
                {
                    vec![wanted.as_str()]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, ReadError, STANDARD};
    use base64::Engine as _;

    /// A form of V1 whose policy has a condition.
    fn read(condition: &str, token: Option<&str>) -> Result<Claim, ReadError> {
        let policy = format!(r#"{{"expiration":"2026-01-15T12:00:00Z","conditions":[{condition}]}}"#);
        let policy = STANDARD.encode(policy);
        let fields =
            [("OSSAccessKeyId", "id"), ("policy", &policy), ("Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
        let token = token.map(|token| ("x-oss-security-token", token));
        let all: Vec<_> =
            fields.into_iter().chain(token).map(|(name, value)| (name, value.as_bytes())).collect();
        Claim::read(&all)
    }

    #[test]
    fn a_token_that_the_policy_asks_for_cannot_be_taken_out() {
        let refused = Some(ReadError::contradiction("x-oss-security-token", "policy"));
        for condition in [r#"{"X-Oss-Security-Token":"token"}"#, r#"["eq","$x-oss-security-token","token"]"#]
        {
            assert!(read(condition, Some("token")).is_ok());
            for token in [None, Some(""), Some("another")] {
                assert_eq!(read(condition, token).err(), refused, "{token:?}");
            }
        }
        for other in
            ["", r#"["starts-with","$x-oss-security-token",""]"#, r#"["eq",1,"$x-oss-security-token","a"]"#]
        {
            assert!(read(other, None).is_ok() && read(other, Some("token")).is_ok());
        }
    }
}
