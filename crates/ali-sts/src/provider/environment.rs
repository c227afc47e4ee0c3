//! Credentials of the environment's variables.

use crate::client::check_usable;
use crate::error::CredentialsError;
use crate::os::Os;
use std::fmt;
use sts_types::ProviderErrorKind::{Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials, ProviderError};

pub(super) const NAME: &str = "environment";

/// Provides the credentials of the environment's variables, which are read anew each time.
///
/// | id | secret | token, for temporary credentials | who else reads them |
/// | --- | --- | --- | --- |
/// | `ALIBABA_CLOUD_ACCESS_KEY_ID` | `ALIBABA_CLOUD_ACCESS_KEY_SECRET` | `ALIBABA_CLOUD_SECURITY_TOKEN` | every official SDK |
/// | `ALIBABACLOUD_ACCESS_KEY_ID` | `ALIBABACLOUD_ACCESS_KEY_SECRET` | `ALIBABACLOUD_SECURITY_TOKEN` | the aliyun CLI |
/// | `ALICLOUD_ACCESS_KEY_ID`, `ALICLOUD_ACCESS_KEY` | `ALICLOUD_ACCESS_KEY_SECRET`, `ALICLOUD_SECRET_KEY` | `ALICLOUD_SECURITY_TOKEN`, `ALICLOUD_ACCESS_KEY_STS_TOKEN` | the aliyun CLI, Terraform |
/// | `OSS_ACCESS_KEY_ID` | `OSS_ACCESS_KEY_SECRET` | `OSS_SESSION_TOKEN` | tools of OSS |
///
/// The first row of which any variable is set counts, alone: a key of one row is never used with the token of another.
/// An empty variable is as good as none. With no row it is *not configured*; with half of one, or a value that has
/// white space in it, it is *broken*, and says which variable to look at.
///
/// Not read are the aliyun CLI's `ACCESS_KEY_ID`, `ACCESS_KEY_SECRET` and `SECURITY_TOKEN`, which may be any vendor's.
pub struct Environment {
    os: Os,
}

/// Variables that belong together; of each part, the names that mean the same.
struct Family {
    id: &'static [&'static str],
    secret: &'static [&'static str],
    token: &'static [&'static str],
}

const FAMILIES: [Family; 4] = [
    Family {
        id: &["ALIBABA_CLOUD_ACCESS_KEY_ID"],
        secret: &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
        token: &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    },
    Family {
        id: &["ALIBABACLOUD_ACCESS_KEY_ID"],
        secret: &["ALIBABACLOUD_ACCESS_KEY_SECRET"],
        token: &["ALIBABACLOUD_SECURITY_TOKEN"],
    },
    Family {
        id: &["ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"],
        secret: &["ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_KEY"],
        token: &["ALICLOUD_SECURITY_TOKEN", "ALICLOUD_ACCESS_KEY_STS_TOKEN"],
    },
    Family { id: &["OSS_ACCESS_KEY_ID"], secret: &["OSS_ACCESS_KEY_SECRET"], token: &["OSS_SESSION_TOKEN"] },
];

/// A variable that is set: its name, for messages, and its value.
type Set = (&'static str, String);

impl Environment {
    /// Reads this process's environment.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Os::process())
    }

    pub(super) fn of(os: Os) -> Self {
        Self { os }
    }

    pub(super) fn credentials(&self) -> Result<Credentials, ProviderError> {
        for family in &FAMILIES {
            let [id, secret, token] =
                [family.id, family.secret, family.token].map(|names| self.one_of(names));
            let (missing, set) = match (id?, secret?, token?) {
                (Some(id), Some(secret), token) => return credentials(id, secret, token),
                (None, None, None) => continue,
                (Some((set, _)), None, _) => (family.secret, set),
                (None, Some((set, _)), _) | (None, None, Some((set, _))) => (family.id, set),
            };
            let missing = missing.first().copied().unwrap_or_default();
            return Err(broken(format!("`{set}` is set and `{missing}` is not; set both")));
        }
        let message = "`ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` are not set";
        Err(ProviderError::new(NotConfigured, NAME, message))
    }

    /// The value of variables that mean the same.
    fn one_of(&self, names: &[&'static str]) -> Result<Option<Set>, ProviderError> {
        let mut found: Option<Set> = None;
        for name in names {
            let Some(value) = self.os.variable(name).map_err(|error| broken(error.to_string()))? else {
                continue;
            };
            match &found {
                Some((first, other)) if *other != value => {
                    return Err(broken(format!(
                        "`{first}` and `{name}` are set to different values; unset one"
                    )));
                }
                Some(_) => {}
                None => found = Some((name, value)),
            }
        }
        Ok(found)
    }
}

fn credentials(id: Set, secret: Set, token: Option<Set>) -> Result<Credentials, ProviderError> {
    let (id_name, secret_name, token_name) = (id.0, secret.0, token.as_ref().map_or("", |token| token.0));
    let credentials = Credentials::new(id.1, secret.1).with_provider_name(NAME);
    let credentials = match token {
        Some((_, token)) => credentials.with_security_token(token),
        None => credentials,
    };
    match check_usable(&credentials) {
        Ok(()) => Ok(credentials),
        Err(CredentialsError::Unusable(unusable)) => {
            let name = match unusable.part() {
                "access key id" => id_name,
                "access key secret" => secret_name,
                _ => token_name,
            };
            Err(broken(format!("the value of `{name}` {}; set it anew", unusable.problem)))
        }
        Err(error) => Err(broken("the values cannot be used").with_source(error)),
    }
}

fn broken(message: impl Into<std::borrow::Cow<'static, str>>) -> ProviderError {
    ProviderError::new(Invalid, NAME, message)
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
    use super::Environment;
    use crate::os::Os;
    use sts_types::ProviderErrorKind::{self, Invalid, NotConfigured};

    const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
    const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
    const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

    fn with(variables: &[(&str, &str)]) -> Environment {
        Environment::of(Os::fixed("/", variables.iter().copied()))
    }

    fn parts(variables: &[(&str, &str)]) -> (String, String, Option<String>) {
        let credentials = with(variables).credentials().unwrap();
        let token = credentials.security_token().map(|token| token.expose_secret().to_owned());
        let secret = credentials.access_key_secret().expose_secret().to_owned();
        (credentials.access_key_id().to_owned(), secret, token)
    }

    fn refusal(variables: &[(&str, &str)]) -> (ProviderErrorKind, String) {
        let error = with(variables).credentials().unwrap_err();
        (error.kind(), error.to_string())
    }

    #[test]
    fn all_three_or_two() {
        let own = |text: &str| text.to_owned();
        assert_eq!(parts(&[(ID, "id"), (SECRET, "secret")]), (own("id"), own("secret"), None));
        let temporary = parts(&[(ID, "id"), (SECRET, "secret"), (TOKEN, "token")]);
        assert_eq!(temporary, (own("id"), own("secret"), Some(own("token"))));
    }

    #[test]
    fn every_row_is_read() {
        for (id, secret, token) in [
            ("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"),
            ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECURITY_TOKEN"),
            ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_ACCESS_KEY_STS_TOKEN"),
            ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
            ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"),
        ] {
            let found = parts(&[(id, "i"), (secret, "s"), (token, "t")]);
            assert_eq!(found, ("i".to_owned(), "s".to_owned(), Some("t".to_owned())), "{id}");
        }
    }

    /// A key of one family and a token of another would be somebody's stale token.
    #[test]
    fn rows_are_never_mixed() {
        let (id, secret, token) = parts(&[
            (ID, "new"),
            (SECRET, "new"),
            ("ALICLOUD_ACCESS_KEY_ID", "old"),
            ("ALICLOUD_ACCESS_KEY_SECRET", "old"),
            ("ALIBABACLOUD_SECURITY_TOKEN", "old"),
            ("SECURITY_TOKEN", "old"),
        ]);
        assert_eq!((id.as_str(), secret.as_str(), token), ("new", "new", None));
        let other_row = [(ID, "x"), ("ALICLOUD_ACCESS_KEY_ID", "y"), ("ALICLOUD_ACCESS_KEY_SECRET", "y")];
        assert_eq!(refusal(&other_row).0, Invalid);
        let (kind, text) = refusal(&[("ALICLOUD_ACCESS_KEY_ID", "x"), ("ALICLOUD_ACCESS_KEY", "y")]);
        assert_eq!(kind, Invalid);
        assert!(text.ends_with(
            "`ALICLOUD_ACCESS_KEY_ID` and `ALICLOUD_ACCESS_KEY` are set to different values; unset one"
        ));
    }

    #[test]
    fn half_set_is_broken_and_unset_is_not_configured() {
        let text = "no credentials from environment: `ALIBABA_CLOUD_ACCESS_KEY_ID` is set and `ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not; set both";
        assert_eq!(refusal(&[(ID, "x")]), (Invalid, text.to_owned()));
        assert_eq!(refusal(&[(ID, "x"), (SECRET, "")]), (Invalid, text.to_owned()));
        for half in [SECRET, TOKEN, "OSS_SESSION_TOKEN"] {
            assert_eq!(refusal(&[(half, "x")]).0, Invalid);
        }
        assert_eq!(refusal(&[]).0, NotConfigured);
        assert_eq!(refusal(&[("ACCESS_KEY_ID", "x"), ("SECURITY_TOKEN", "x")]).0, NotConfigured);
    }

    #[test]
    fn a_stray_line_break_is_told_without_the_value() {
        let (kind, text) = refusal(&[(ID, "id"), (SECRET, "hunter2\n")]);
        assert_eq!(kind, Invalid);
        assert!(text.contains("the value of `ALIBABA_CLOUD_ACCESS_KEY_SECRET` has white space"), "{text}");
        assert!(!text.contains("hunter2"));
    }
}
