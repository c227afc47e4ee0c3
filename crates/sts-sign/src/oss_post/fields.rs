//! What a form gets.

use crate::Headers;
use crate::error::{InvalidText, SignError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Fields of a form, or conditions of a policy: names and values.
///
/// For temporary credentials they hold the security token. The values are overwritten when dropped, and `Debug` does not
/// show them.
pub struct FormFields(Headers);

impl FormFields {
    pub(super) fn new(fields: &[(&'static str, &str)], token: Option<&str>) -> Self {
        let token = token.map(|token| ("x-oss-security-token", token));
        let all = || fields.iter().copied().chain(token);
        let mut out = Headers::with_capacity(all().map(|(_, value)| value.len()).sum());
        all().for_each(|(name, value)| out.push(name, &[value]));
        Self(out)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter()
    }

    /// The value of a field, by its name as [`iter`](Self::iter) gives it.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }
}

/// Names only.
impl fmt::Debug for FormFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A policy as it is sent and signed.
pub(super) fn encoded(policy: &str) -> Result<String, SignError> {
    let trimmed = policy.trim_ascii();
    if !trimmed.starts_with('{') || !trimmed.ends_with('}') {
        let problem = "is no JSON object: give the document with its `expiration` and `conditions`";
        return Err(InvalidText::new("policy", problem).into());
    }
    Ok(STANDARD.encode(policy))
}

#[cfg(test)]
mod tests {
    use super::encoded;
    use crate::oss_v1::Signer;
    use sts_types::Credentials;

    #[test]
    fn a_policy_is_encoded_byte_for_byte() {
        assert_eq!(encoded("{}").unwrap(), "e30=");
        assert_eq!(encoded(" { }\n").unwrap(), "IHsgfQo=");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for policy in ["", " ", "[]", "{", "}", "\"{}\"", "null", "e30="] {
            let error = encoded(policy).unwrap_err().to_string();
            assert_eq!(
                error,
                "the policy is no JSON object: give the document with its `expiration` and `conditions`"
            );
        }
    }

    #[test]
    fn values_are_not_shown() {
        let session = Credentials::new("id", "secret").with_security_token("t0ken");
        let fields = Signer::new(&session).sign_post("{}").unwrap();
        assert_eq!(fields.get("x-oss-security-token"), Some("t0ken"));
        let expected = r#"["OSSAccessKeyId", "policy", "Signature", "x-oss-security-token"]"#;
        assert_eq!(format!("{fields:?}"), expected);
    }
}
