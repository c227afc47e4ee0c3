//! Any provider of this crate as one of reqsign, for `opendal` and whoever else signs OSS requests by reqsign. Behind the feature
//! `reqsign`.
//!
//! ```
//! use ali_sts::provider::Chain;
//! use ali_sts::Credentials;
//! use ali_sts::reqsign::ReqsignProvider;
//! use reqsign_core::{Context, ProvideCredential as _};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), reqsign_core::Error> {
//! // Instead of fixed credentials: `provider::Default::new()`, or a role's `into_provider()`.
//! let provider = ReqsignProvider::new(Chain::first(Credentials::new("id", "secret")));
//! let credential = provider.provide_credential(&Context::new()).await?;
//! assert_eq!(credential.map(|credential| credential.access_key_id).as_deref(), Some("id"));
//! # Ok(())
//! # }
//! ```

use reqsign_aliyun_oss::Credential;
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, Error, ErrorKind, ProvideCredential};
use std::time::SystemTime;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, Secret, SharedProvider};

/// A provider of this crate, as reqsign asks one.
///
/// What is *not configured* is `None` to reqsign, so that a chain of its own goes on; anything else is an error there. reqsign keeps what it is
/// given until two minutes before it expires, and in plain `String`s, which are not overwritten when dropped.
#[derive(Debug, Clone)]
pub struct ReqsignProvider(SharedProvider);

impl ReqsignProvider {
    /// Wraps a provider.
    #[must_use]
    pub fn new(provider: impl ProvideCredentials) -> Self {
        Self(SharedProvider::new(provider))
    }
}

impl ProvideCredential for ReqsignProvider {
    type Credential = Credential;

    async fn provide_credential(&self, _: &Context) -> Result<Option<Credential>, Error> {
        match self.0.provide_credentials().await {
            Ok(credentials) => credential(&credentials).map(Some),
            Err(error) => match error.kind() {
                ProviderErrorKind::NotConfigured => Ok(None),
                _ => Err(refused(error)),
            },
        }
    }
}

fn credential(credentials: &Credentials) -> Result<Credential, Error> {
    let own = |secret: &Secret| secret.expose_secret().to_owned();
    Ok(Credential {
        access_key_id: credentials.access_key_id().to_owned(),
        access_key_secret: own(credentials.access_key_secret()),
        security_token: credentials.security_token().map(own),
        expires_in: credentials.expiration().map(timestamp).transpose()?,
    })
}

/// Rounded down: better a second early.
fn timestamp(time: SystemTime) -> Result<Timestamp, Error> {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Timestamp::from_second(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn refused(error: ProviderError) -> Error {
    let (kind, retryable) = match error.kind() {
        ProviderErrorKind::Invalid => (ErrorKind::ConfigInvalid, false),
        _ => (ErrorKind::Unexpected, true),
    };
    Error::new(kind, error.to_string()).with_source(error).set_retryable(retryable)
}

#[cfg(test)]
mod tests {
    use super::ReqsignProvider;
    use crate::provider::from_fn;
    use reqsign_core::{Context, ErrorKind, ProvideCredential as _};
    use std::time::{Duration, SystemTime};
    use sts_types::{Credentials, ProviderError, ProviderErrorKind};

    #[tokio::test]
    async fn all_four_parts_go_over() {
        let end = SystemTime::UNIX_EPOCH + Duration::from_millis(1_428_580_339_900);
        let session = Credentials::new("STS.id", "secret").with_security_token("token").with_expiration(end);
        let got = ReqsignProvider::new(session).provide_credential(&Context::new()).await.unwrap().unwrap();
        assert_eq!((got.access_key_id.as_str(), got.access_key_secret.as_str()), ("STS.id", "secret"));
        assert_eq!(got.security_token.as_deref(), Some("token"));
        assert_eq!(got.expires_in.unwrap().format_rfc3339_zulu(), "2015-04-09T11:52:19Z");
        let key = ReqsignProvider::new(Credentials::new("id", "secret"));
        let got = key.provide_credential(&Context::new()).await.unwrap().unwrap();
        assert!(got.security_token.is_none() && got.expires_in.is_none());
    }

    #[tokio::test]
    async fn not_configured_is_none_and_the_rest_are_errors() {
        let refusing = |kind| {
            let provider = from_fn("x", move || async move { Err(ProviderError::new(kind, "x", "no")) });
            async move { ReqsignProvider::new(provider).provide_credential(&Context::new()).await }
        };
        assert!(refusing(ProviderErrorKind::NotConfigured).await.unwrap().is_none());
        let invalid = refusing(ProviderErrorKind::Invalid).await.unwrap_err();
        assert_eq!((invalid.kind(), invalid.is_retryable()), (ErrorKind::ConfigInvalid, false));
        assert!(refusing(ProviderErrorKind::Failed).await.unwrap_err().is_retryable());
    }
}
