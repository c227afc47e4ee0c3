//! How long a session lasts.

use crate::InvalidInput;
use std::fmt;
use std::time::Duration;

/// How long a role session's credentials are valid: 900 to 43,200 whole seconds, 3,600 by default.
///
/// The role's own `MaxSessionDuration` (3,600 unless raised) is the true upper bound; only the service knows it and
/// answers `InvalidParameter.DurationSeconds` above it. Source of the range: STS API 2015-04-01, `DurationSeconds`,
/// and RAM's `MaxSessionDuration` (2026).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionDuration(u64);

impl SessionDuration {
    /// The shortest that the service accepts: 900 s.
    pub const MIN: Self = Self(900);
    /// The longest that any role can allow: 43,200 s.
    pub const MAX: Self = Self(43_200);
    /// What the service uses when none is sent: 3,600 s.
    pub const DEFAULT: Self = Self(3_600);

    /// Takes any number of seconds, for a limit that the service has changed since this was written.
    #[must_use]
    pub const fn unchecked(seconds: u64) -> Self {
        Self(seconds)
    }

    /// In seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}

impl Default for SessionDuration {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<Duration> for SessionDuration {
    type Error = InvalidInput;

    fn try_from(duration: Duration) -> Result<Self, Self::Error> {
        if duration.subsec_nanos() != 0 {
            return Err(refused("give whole seconds").with_value(&format!("{duration:?}")));
        }
        Self::try_from(duration.as_secs())
    }
}

impl TryFrom<u64> for SessionDuration {
    type Error = InvalidInput;

    fn try_from(seconds: u64) -> Result<Self, Self::Error> {
        if (Self::MIN.0..=Self::MAX.0).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(refused("it must be 900 to 43200 seconds").with_value(&seconds.to_string()))
        }
    }
}

fn refused(problem: &'static str) -> InvalidInput {
    InvalidInput::new("DurationSeconds", problem)
}

impl From<SessionDuration> for Duration {
    fn from(duration: SessionDuration) -> Self {
        Self::from_secs(duration.0)
    }
}

impl fmt::Display for SessionDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for SessionDuration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for SessionDuration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = <u64 as serde::Deserialize>::deserialize(deserializer)?;
        Self::try_from(seconds).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::SessionDuration;
    use std::time::Duration;

    #[test]
    fn the_range_is_closed() {
        for (seconds, fine) in [(0, false), (899, false), (900, true), (43_200, true), (43_201, false)] {
            assert_eq!(SessionDuration::try_from(Duration::from_secs(seconds)).is_ok(), fine, "{seconds}");
        }
        let error = SessionDuration::try_from(Duration::from_millis(900_500)).unwrap_err();
        assert_eq!(error.to_string(), "DurationSeconds `900.5s` is not valid: give whole seconds");
    }
}
