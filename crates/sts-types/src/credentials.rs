//! The credentials that requests are signed with.

use crate::Secret;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// An access key (id and secret), with the security token and expiration that a temporary one has.
///
/// Cloning is cheap: all clones share one allocation, so id, secret and token always belong together; the secrets are
/// overwritten when the last clone is dropped. `Debug` shows the access key id only.
///
/// ```
/// use sts_types::Credentials;
///
/// let own = Credentials::new("LTAI5tExample", "secret");
/// assert_eq!(own.security_token().map(|t| t.expose_secret()), None);
///
/// let session = Credentials::new("STS.NTExample", "secret").with_security_token("CAIS…");
/// assert_eq!(session.security_token().map(|t| t.expose_secret()), Some("CAIS…"));
/// ```
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    access_key_id: String,
    access_key_secret: Secret,
    security_token: Option<Secret>,
    expiration: Option<SystemTime>,
    provider_name: Option<Cow<'static, str>>,
}

impl Credentials {
    /// A long-term access key. Add a security token for a temporary one.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, access_key_secret: impl Into<Secret>) -> Self {
        Self(Arc::new(Inner {
            access_key_id: access_key_id.into(),
            access_key_secret: access_key_secret.into(),
            security_token: None,
            expiration: None,
            provider_name: None,
        }))
    }

    /// The token that must accompany a key whose id begins with `STS.`; default none.
    #[must_use]
    pub fn with_security_token(mut self, token: impl Into<Secret>) -> Self {
        Arc::make_mut(&mut self.0).security_token = Some(token.into());
        self
    }

    /// When the service stops accepting them; default never.
    #[must_use]
    pub fn with_expiration(mut self, expiration: SystemTime) -> Self {
        Arc::make_mut(&mut self.0).expiration = Some(expiration);
        self
    }

    /// Which provider they came from, for diagnosis; default none.
    #[must_use]
    pub fn with_provider_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        Arc::make_mut(&mut self.0).provider_name = Some(name.into());
        self
    }

    /// The access key id. It is not secret; it begins with `STS.` for a key that STS issued.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.0.access_key_id
    }

    /// The access key secret.
    #[must_use]
    pub fn access_key_secret(&self) -> &Secret {
        &self.0.access_key_secret
    }

    /// The security token of a temporary key.
    #[must_use]
    pub fn security_token(&self) -> Option<&Secret> {
        self.0.security_token.as_ref()
    }

    /// When the service stops accepting them, by the service's clock; `None` for a long-term key.
    #[must_use]
    pub fn expiration(&self) -> Option<SystemTime> {
        self.0.expiration
    }

    /// Which provider they came from.
    #[must_use]
    pub fn provider_name(&self) -> Option<&str> {
        self.0.provider_name.as_deref()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.0.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Credentials;
    use std::time::SystemTime;

    #[test]
    fn debug_shows_the_key_id_only() {
        let credentials = Credentials::new("STS.id", "s3cret")
            .with_security_token("t0ken")
            .with_provider_name("environment");
        assert_eq!(format!("{credentials:?}"), r#"Credentials { access_key_id: "STS.id", .. }"#);
    }

    #[test]
    fn setters_leave_other_clones_alone() {
        let first = Credentials::new("id", "secret");
        let second = first.clone().with_security_token("token").with_expiration(SystemTime::UNIX_EPOCH);
        assert!(first.security_token().is_none() && first.expiration().is_none());
        assert_eq!(second.expiration(), Some(SystemTime::UNIX_EPOCH));
        assert_eq!(second.security_token().unwrap().expose_secret(), "token");
    }
}
