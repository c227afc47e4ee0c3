//! What an identity provider vouches with.

use crate::{InvalidInput, Secret};

/// The token that an OIDC identity provider issued: the raw JWT, 4 to 20,000 characters.
///
/// White space around it (a token file usually ends with a line break) is cut off. Whether the JWT is good is for the
/// service to say.
#[derive(Debug, Clone)]
pub struct OidcToken(Secret);

/// The SAML response of an identity provider, in Base64 as the browser posted it, 4 to 100,000 characters.
///
/// White space around it is cut off.
#[derive(Debug, Clone)]
pub struct SamlAssertion(Secret);

macro_rules! vouched_text {
    ($type:ident, $parameter:literal, $max:literal) => {
        impl $type {
            /// Most characters that the service accepts.
            pub const MAX_CHARS: usize = $max;

            /// Takes the text as it is, for a limit that the service has raised since this was written.
            #[must_use]
            pub fn unchecked(text: impl Into<Secret>) -> Self {
                Self(text.into())
            }

            /// The text itself. Whoever calls this answers for where it goes.
            #[must_use]
            pub fn expose_secret(&self) -> &str {
                self.0.expose_secret()
            }
        }

        impl TryFrom<&str> for $type {
            type Error = InvalidInput;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                let text = text.trim_ascii();
                let problem = match text.chars().count() {
                    _ if text.contains(|c: char| c.is_ascii_control() || c == ' ') => {
                        "it has white space or control characters inside".to_owned()
                    }
                    4..=$max => return Ok(Self(Secret::new(text))),
                    n => format!("it has {n} characters; 4 to {} are allowed", $max),
                };
                Err(InvalidInput::new($parameter, problem))
            }
        }

        impl From<&$type> for $type {
            fn from(value: &$type) -> Self {
                value.clone()
            }
        }

        impl TryFrom<Secret> for $type {
            type Error = InvalidInput;

            fn try_from(text: Secret) -> Result<Self, Self::Error> {
                Self::try_from(text.expose_secret())
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidInput;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::try_from(Secret::new(text))
            }
        }

        impl TryFrom<&String> for $type {
            type Error = InvalidInput;

            fn try_from(text: &String) -> Result<Self, Self::Error> {
                Self::try_from(text.as_str())
            }
        }
    };
}

vouched_text!(OidcToken, "OIDCToken", 20_000);
vouched_text!(SamlAssertion, "SAMLAssertion", 100_000);

#[cfg(test)]
mod tests {
    use super::{OidcToken, SamlAssertion};

    #[test]
    fn trimmed_bounded_and_never_shown() {
        let token = OidcToken::try_from("eyJ.eyJ.sig\n").unwrap();
        assert_eq!(token.expose_secret(), "eyJ.eyJ.sig");
        assert_eq!(format!("{token:?}"), "OidcToken(Secret(..))");
        for bad in ["", " \n", "abc", "a b.c.d", &"x".repeat(20_001)] {
            let error = OidcToken::try_from(bad).unwrap_err();
            assert!(bad.trim().is_empty() || !error.to_string().contains(bad), "{error}");
        }
        assert!(SamlAssertion::try_from("x".repeat(100_000)).is_ok());
        assert!(SamlAssertion::try_from("x".repeat(100_001)).is_err());
    }
}
