//! What can be given as a session policy.

use sts_policy::{Policy, minify};
use sts_types::{InvalidInput, SessionPolicy};

/// What can be given as a session policy: a [`Policy`], JSON text, or a [`SessionPolicy`] taken as it is.
///
/// JSON text loses the white space between its tokens, nothing else. It is refused before anything is sent when it is
/// not JSON or is then longer than 2,048 characters; all other questions are left to the service.
pub trait IntoSessionPolicy {
    /// The text that is sent.
    ///
    /// # Errors
    ///
    /// [`InvalidInput`] for a text that is not JSON or too long.
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput>;
}

impl IntoSessionPolicy for &Policy {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        self.as_json().parse()
    }
}

impl IntoSessionPolicy for Policy {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        (&self).into_session_policy()
    }
}

impl IntoSessionPolicy for &str {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        minify(self).map_err(|error| InvalidInput::new("Policy", error.to_string()))?.try_into()
    }
}

impl IntoSessionPolicy for String {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        self.as_str().into_session_policy()
    }
}

impl IntoSessionPolicy for &String {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        self.as_str().into_session_policy()
    }
}

impl IntoSessionPolicy for SessionPolicy {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        Ok(self)
    }
}

impl IntoSessionPolicy for &SessionPolicy {
    fn into_session_policy(self) -> Result<SessionPolicy, InvalidInput> {
        Ok(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::IntoSessionPolicy;
    use sts_types::SessionPolicy;

    #[test]
    fn text_is_checked_and_made_compact_and_raw_text_is_not() {
        let policy = " { \"Version\" : \"1\" } ".into_session_policy().unwrap();
        assert_eq!(policy.as_str(), r#"{"Version":"1"}"#);
        let error = "{ Version: 1 }".into_session_policy().unwrap_err();
        assert_eq!(
            error.to_string(),
            "Policy is not valid: it is not JSON: unexpected text in line 1, column 3"
        );
        // Counted without the white space.
        let long = format!("[{}\"{}\"]", " ".repeat(3000), "x".repeat(2044));
        assert_eq!(long.as_str().into_session_policy().unwrap().as_str().len(), 2048);
        assert!(format!("[\"{}\"]", "x".repeat(2045)).into_session_policy().is_err());
        let raw = SessionPolicy::unchecked("{ not json");
        assert_eq!(raw.into_session_policy().unwrap().as_str(), "{ not json");
    }
}
