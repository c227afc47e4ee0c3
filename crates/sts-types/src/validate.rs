//! Whether credentials are worth signing with.

use crate::Credentials;
use std::time::{Duration, SystemTime};

/// Why credentials are not worth signing with. Holds nothing of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCredentials {
    /// A part is missing.
    #[error("the {0} is missing or empty")]
    Missing(&'static str),
    /// A part has white space or control characters in it, as a stray line break.
    #[error("the {0} has white space or control characters in it; check where the credentials come from")]
    Malformed(&'static str),
    /// They have expired.
    #[error("the credentials have expired; ask for others")]
    Expired,
    /// They are valid, and not for as long as was asked.
    #[error("the credentials are valid for {} s more, and {} s are needed", left.as_secs(), needed.as_secs())]
    ExpireTooSoon {
        /// How long they are valid.
        left: Duration,
        /// How long they are needed.
        needed: Duration,
    },
}

impl Credentials {
    /// Checks that they are complete and valid for at least that long after `now`, by the service's time (`ali_sts::Clock::now`).
    /// The service may refuse them all the same.
    ///
    /// Complete means an id and a secret, and a token where the id begins with `STS.`. What has no expiration is valid for
    /// ever.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use sts_types::{Credentials, InvalidCredentials};
    ///
    /// let now = SystemTime::now();
    /// let session = Credentials::new("STS.NTExample", "secret").with_expiration(now + Duration::from_secs(60));
    /// assert_eq!(session.validate(now, Duration::ZERO), Err(InvalidCredentials::Missing("security token")));
    /// let session = session.with_security_token("CAIS…");
    /// assert_eq!(session.validate(now, Duration::from_secs(60)), Ok(()));
    /// assert!(session.validate(now, Duration::from_secs(61)).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong first, in the order of [`InvalidCredentials`]' variants.
    pub fn validate(&self, now: SystemTime, at_least: Duration) -> Result<(), InvalidCredentials> {
        let token = self.security_token().map(|token| token.expose_secret());
        let needs_token = self.access_key_id().starts_with("STS.");
        let parts = [
            ("access key id", Some(self.access_key_id())),
            ("access key secret", Some(self.access_key_secret().expose_secret())),
            ("security token", token.or(needs_token.then_some(""))),
        ];
        let parts = || parts.iter().filter_map(|(name, text)| Some((*name, (*text)?)));
        if let Some((name, _)) = parts().find(|(_, text)| text.is_empty()) {
            return Err(InvalidCredentials::Missing(name));
        }
        let is_broken = |text: &str| text.contains(|c: char| c.is_whitespace() || c.is_control());
        if let Some((name, _)) = parts().find(|(_, text)| is_broken(text)) {
            return Err(InvalidCredentials::Malformed(name));
        }
        let Some(expiration) = self.expiration() else {
            return Ok(());
        };
        match expiration.duration_since(now) {
            Ok(left) if left.is_zero() => Err(InvalidCredentials::Expired),
            Ok(left) if left < at_least => Err(InvalidCredentials::ExpireTooSoon { left, needed: at_least }),
            Ok(_) => Ok(()),
            Err(_) => Err(InvalidCredentials::Expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Credentials, InvalidCredentials};
    use std::time::{Duration, SystemTime};

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn check(credentials: &Credentials) -> Result<(), InvalidCredentials> {
        credentials.validate(NOW + Duration::from_secs(100), Duration::from_secs(10))
    }

    #[test]
    fn complete_or_not() {
        let key = |id: &str, secret: &str| Credentials::new(id, secret);
        assert_eq!(check(&key("LTAI", "s")), Ok(()));
        assert_eq!(check(&key("", "s")), Err(InvalidCredentials::Missing("access key id")));
        assert_eq!(check(&key("LTAI", "")), Err(InvalidCredentials::Missing("access key secret")));
        assert_eq!(check(&key("STS.x", "s")), Err(InvalidCredentials::Missing("security token")));
        let empty = key("LTAI", "s").with_security_token("");
        assert_eq!(check(&empty), Err(InvalidCredentials::Missing("security token")));
        assert_eq!(check(&key("LTAI", "s\n")), Err(InvalidCredentials::Malformed("access key secret")));
        let spaced = key("LTAI", "s").with_security_token("a b");
        assert_eq!(check(&spaced), Err(InvalidCredentials::Malformed("security token")));
    }

    #[test]
    fn how_long_they_are_valid() {
        let until = |seconds| {
            let end = NOW + Duration::from_secs(seconds);
            check(&Credentials::new("STS.x", "s").with_security_token("t").with_expiration(end))
        };
        assert_eq!(until(99), Err(InvalidCredentials::Expired));
        assert_eq!(until(100), Err(InvalidCredentials::Expired));
        let (left, needed) = (Duration::from_secs(9), Duration::from_secs(10));
        assert_eq!(until(109), Err(InvalidCredentials::ExpireTooSoon { left, needed }));
        assert_eq!(until(110), Ok(()));
    }
}
