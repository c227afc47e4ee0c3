//! Credentials as the JSON that JavaScript programs pass around.

use crate::reply::json::{read_object, texts};
use crate::reply::{Text, filled};
use crate::timestamp;
use sts_types::{Credentials, InvalidInput, Secret};

/// Credentials as the JSON that ali-oss's documentation and browsers' upload code pass around: `accessKeyId`, `accessKeySecret`,
/// and where there are such `securityToken` and `expiration` (`YYYY-MM-DDThh:mm:ssZ`).
///
/// It is how a server hands a session to a browser. No type of this crate can be serialized by accident: this conversion is
/// asked for by name, and what it makes comes out by [`expose_secret`](Self::expose_secret) alone.
///
/// ```
/// use ali_sts::{Credentials, CredentialsJson};
///
/// let session = Credentials::new("STS.id", "s3cret").with_security_token("t0ken");
/// let json = CredentialsJson::from(&session);
/// assert_eq!(
///     json.expose_secret(),
///     r#"{"accessKeyId":"STS.id","accessKeySecret":"s3cret","securityToken":"t0ken"}"#
/// );
/// assert_eq!(format!("{json:?}"), "CredentialsJson(..)");
///
/// // The way back. ali-oss's own names and those of the service are understood as well.
/// let other = CredentialsJson::new(r#"{"accessKeyId":"STS.id","accessKeySecret":"s3cret","stsToken":"t0ken"}"#);
/// assert_eq!(Credentials::try_from(other)?.access_key_id(), "STS.id");
/// # Ok::<(), ali_sts::InvalidInput>(())
/// ```
#[derive(Clone)]
pub struct CredentialsJson(Secret);

impl CredentialsJson {
    /// JSON that somebody sent, to be made into [`Credentials`].
    #[must_use]
    pub fn new(text: impl Into<Secret>) -> Self {
        Self(text.into())
    }

    /// The JSON, with the secrets in it. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for CredentialsJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CredentialsJson(..)")
    }
}

impl From<&Credentials> for CredentialsJson {
    fn from(credentials: &Credentials) -> Self {
        let expiration = credentials.expiration().and_then(|end| sts_sign::Timestamp::new(end).ok());
        let members = [
            ("accessKeyId", Some(credentials.access_key_id())),
            ("accessKeySecret", Some(credentials.access_key_secret().expose_secret())),
            ("securityToken", credentials.security_token().map(Secret::expose_secret)),
            ("expiration", expiration.as_ref().map(sts_sign::Timestamp::as_str)),
        ];
        let length: usize =
            members.iter().map(|(name, text)| name.len() + text.map_or(0, str::len) + 6).sum();
        // Room for all of it, and for some escapes, so that no copy is left behind by growing.
        let mut json = String::with_capacity(2 + 2 * length);
        json.push('{');
        for (name, text) in members.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            if json.len() > 1 {
                json.push(',');
            }
            quote(&mut json, name);
            json.push(':');
            quote(&mut json, text);
        }
        json.push('}');
        Self(Secret::new(json))
    }
}

/// RFC 8259, section 7.
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
}

/// `accessKeyId` and so on, in the spellings of ali-oss's documentation, its options (`stsToken`) and the service.
impl TryFrom<CredentialsJson> for Credentials {
    type Error = InvalidInput;

    fn try_from(json: CredentialsJson) -> Result<Self, InvalidInput> {
        let wrong = |problem: &'static str| InvalidInput::new("CredentialsJson", problem);
        let fields: Fields<'_> =
            read_object(json.expose_secret().as_bytes()).ok_or_else(|| wrong("it is not a JSON object"))?;
        let id = filled(&fields.id).ok_or_else(|| wrong("it has no `accessKeyId`"))?;
        let secret = filled(&fields.secret).ok_or_else(|| wrong("it has no `accessKeySecret`"))?;
        let mut credentials = Self::new(id, secret);
        if let Some(token) = filled(&fields.token) {
            credentials = credentials.with_security_token(token);
        }
        if let Some(expiration) = filled(&fields.expiration) {
            let expiration = timestamp::parse(expiration)
                .ok_or_else(|| wrong("its `expiration` is not a time such as `2026-01-31T12:00:00Z`"))?;
            credentials = credentials.with_expiration(expiration);
        }
        Ok(credentials)
    }
}

#[derive(Default)]
struct Fields<'a> {
    id: Text<'a>,
    secret: Text<'a>,
    token: Text<'a>,
    expiration: Text<'a>,
}

texts!(Fields {
    "accessKeyId" | "AccessKeyId" => id,
    "accessKeySecret" | "AccessKeySecret" => secret,
    "securityToken" | "stsToken" | "SecurityToken" => token,
    "expiration" | "Expiration" => expiration,
});

#[cfg(test)]
mod tests {
    use super::CredentialsJson;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    #[test]
    fn with_all_members() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_428_580_339);
        let session = Credentials::new("STS.id", "s").with_security_token("t").with_expiration(end);
        let json = CredentialsJson::from(&session);
        let expected = serde_json::json!({
            "accessKeyId": "STS.id", "accessKeySecret": "s", "securityToken": "t",
            "expiration": "2015-04-09T11:52:19Z",
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(json.expose_secret()).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_read_is_told_without_the_text() {
        for (text, told) in [
            ("hunter2", "it is not a JSON object"),
            (r#"{"accessKeySecret":"hunter2"}"#, "it has no `accessKeyId`"),
            (r#"{"accessKeyId":"","accessKeySecret":"hunter2"}"#, "it has no `accessKeyId`"),
            (r#"{"AccessKeyId":"hunter2"}"#, "it has no `accessKeySecret`"),
            (r#"{"AccessKeyId":"x","AccessKeySecret":"y","Expiration":"hunter2"}"#, "is not a time"),
        ] {
            let error = Credentials::try_from(CredentialsJson::new(text)).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("hunter2"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(id in "\\PC{1,20}", secret in "\\PC{1,20}", token in "[\\x00-\\x7f]{1,20}") {
            let there = Credentials::new(id.as_str(), secret.as_str()).with_security_token(token.as_str());
            let json = CredentialsJson::from(&there);
            // A second opinion.
            let value: serde_json::Value = serde_json::from_str(json.expose_secret()).unwrap();
            prop_assert_eq!(value["securityToken"].as_str(), Some(token.as_str()));
            let back = Credentials::try_from(json).unwrap();
            prop_assert_eq!(back.access_key_id(), id);
            prop_assert_eq!(back.access_key_secret().expose_secret(), secret);
            prop_assert_eq!(back.security_token().unwrap().expose_secret(), token);
        }
    }
}
