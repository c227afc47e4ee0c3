//! What of the credentials travels in the open.

use crate::error::{InvalidHeader, InvalidText, SignError};
use crate::text::{checked, checked_id};
use sts_types::Credentials;

/// Credentials whose id and token have been looked at.
pub(crate) struct KeyId {
    credentials: Credentials,
    /// What of them cannot be sent.
    problem: Option<InvalidText>,
}

impl KeyId {
    pub(crate) fn new(credentials: &Credentials) -> Self {
        let token = credentials.security_token().map(|token| token.expose_secret()).unwrap_or_default();
        let problem =
            checked_id(credentials.access_key_id()).and_then(|_| checked("security token", token)).err();
        Self { credentials: credentials.clone(), problem }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The access key id, or what is wrong with it or with the token.
    pub(crate) fn id(&self) -> Result<&str, SignError> {
        match &self.problem {
            Some(problem) => Err(problem.clone().into()),
            None => Ok(self.credentials.access_key_id().trim_ascii()),
        }
    }

    /// An empty token is none.
    pub(crate) fn token(&self) -> Option<&str> {
        let token = self.credentials.security_token()?.expose_secret().trim_ascii();
        (!token.is_empty()).then_some(token)
    }
}

/// A URL that has a token is refused with another one in a header.
pub(crate) fn no_token(headers: &[(&str, &str)]) -> Result<(), SignError> {
    match headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-oss-security-token")) {
        Some((name, _)) => {
            Err(InvalidHeader::new(name, "does not go with the token in the url: leave it out").into())
        }
        None => Ok(()),
    }
}
