//! Credentials of the environment's variables.

use crate::os::Os;
use std::fmt;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};

const NAME: &str = "environment";
const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// Provides the credentials of `ALIBABA_CLOUD_ACCESS_KEY_ID`, `ALIBABA_CLOUD_ACCESS_KEY_SECRET` and, for temporary ones,
/// `ALIBABA_CLOUD_SECURITY_TOKEN`. An empty variable is as good as none. They are read anew each time.
///
/// With neither id nor secret it is *not configured*; with one of the two, or a token alone, it is *broken*, and says
/// which variable is missing.
pub struct Environment {
    os: Os,
}

impl Environment {
    /// Reads this process's environment.
    #[must_use]
    pub fn new() -> Self {
        Self { os: Os::process() }
    }

    fn credentials(&self) -> Result<Credentials, ProviderError> {
        let variable = |name| {
            self.os
                .variable(name)
                .map_err(|error| ProviderError::new(ProviderErrorKind::Invalid, NAME, error.to_string()))
        };
        let missing = |name, other| {
            let message = format!("`{other}` is set and `{name}` is not; set both");
            Err(ProviderError::new(ProviderErrorKind::Invalid, NAME, message))
        };
        let credentials = match (variable(ID)?, variable(SECRET)?) {
            (Some(id), Some(secret)) => Credentials::new(id, secret).with_provider_name(NAME),
            (Some(_), None) => return missing(SECRET, ID),
            (None, Some(_)) => return missing(ID, SECRET),
            (None, None) if variable(TOKEN)?.is_some() => return missing(ID, TOKEN),
            (None, None) => {
                let message = format!("`{ID}` and `{SECRET}` are not set");
                return Err(ProviderError::new(ProviderErrorKind::NotConfigured, NAME, message));
            }
        };
        let credentials = match variable(TOKEN)? {
            Some(token) => credentials.with_security_token(token),
            None => credentials,
        };
        Ok(credentials)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredentials for Environment {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        self.credentials()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, ID, SECRET, TOKEN};
    use crate::os::Os;
    use sts_types::ProviderErrorKind::{Invalid, NotConfigured};

    fn with(variables: &[(&str, &str)]) -> Environment {
        Environment { os: Os::fixed("/", variables.iter().copied()) }
    }

    #[test]
    fn all_three_or_two() {
        let long_term = with(&[(ID, "id"), (SECRET, "secret")]).credentials().unwrap();
        assert_eq!(long_term.access_key_id(), "id");
        assert_eq!(long_term.access_key_secret().expose_secret(), "secret");
        assert!(long_term.security_token().is_none());
        assert_eq!(long_term.provider_name(), Some("environment"));
        let temporary = with(&[(ID, "id"), (SECRET, "secret"), (TOKEN, "token")]).credentials().unwrap();
        assert_eq!(temporary.security_token().unwrap().expose_secret(), "token");
    }

    #[test]
    fn half_set_is_broken_and_unset_is_not_configured() {
        let text = "no credentials from environment: `ALIBABA_CLOUD_ACCESS_KEY_ID` is set and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not; set both";
        let error = with(&[(ID, "x")]).credentials().unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (Invalid, text.to_owned()));
        for half in [SECRET, TOKEN] {
            assert_eq!(with(&[(half, "x")]).credentials().unwrap_err().kind(), Invalid);
        }
        assert_eq!(with(&[]).credentials().unwrap_err().kind(), NotConfigured);
    }
}
