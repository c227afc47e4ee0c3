//! What names and narrows a role session.

use crate::InvalidInput;
use crate::text::{checked_text, scan, shown_text};
use std::fmt;

/// The name of a role session: 2 to 64 characters of `A-Z a-z 0-9 . @ _ -`. It shows up in audit logs.
///
/// Source: STS API 2015-04-01, `RoleSessionName` (documentation of 2021 still says 2 to 32).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(String);

checked_text!(SessionName);
shown_text!(SessionName);

impl SessionName {
    /// Fewest characters.
    pub const MIN_CHARS: usize = 2;
    /// Most characters.
    pub const MAX_CHARS: usize = 64;

    /// Whether a session name may hold this character.
    #[must_use]
    pub const fn allows(c: char) -> bool {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '@' | '_' | '-')
    }

    fn check(text: &str) -> Result<(), InvalidInput> {
        let limits = Limits { parameter: "RoleSessionName", min: Self::MIN_CHARS, max: Self::MAX_CHARS };
        limits.check(text, Self::allows, "letters, digits and `.@_-`")
    }
}

/// An agreed text that the role's trust policy can ask for: 2 to 1,224 characters of `A-Z a-z 0-9 _ + = , . @ : / -`.
///
/// Source: STS API 2015-04-01, `ExternalId` (its regular expression; the prose beside it leaves out `+`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(String);

checked_text!(ExternalId);
shown_text!(ExternalId);

impl ExternalId {
    fn check(text: &str) -> Result<(), InvalidInput> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
        let limits = Limits { parameter: "ExternalId", min: 2, max: 1224 };
        limits.check(text, allowed, "letters, digits and `_+=,.@:/-`")
    }
}

/// Who is behind a role session: 2 to 64 characters of `A-Z a-z 0-9 _ + = , . @ -`, not beginning with `acs:`,
/// `aliyun:` or `alibabacloud:`. Once set it stays through the whole chain of roles and cannot be changed.
///
/// Source: STS API 2015-04-01, `SourceIdentity`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceIdentity(String);

checked_text!(SourceIdentity);
shown_text!(SourceIdentity);

impl SourceIdentity {
    fn check(text: &str) -> Result<(), InvalidInput> {
        for prefix in ["acs:", "aliyun:", "alibabacloud:"] {
            if text.starts_with(prefix) {
                let problem = format!("it must not begin with `{prefix}`");
                return Err(InvalidInput::new("SourceIdentity", problem).with_value(text));
            }
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let limits = Limits { parameter: "SourceIdentity", min: 2, max: 64 };
        limits.check(text, allowed, "letters, digits and `_+=,.@-`")
    }
}

/// The text of a session policy: the JSON document that narrows what a role session may do; 1 to 2,048 characters.
///
/// This type checks the length alone. Whether the text is JSON, and a good policy, is asked where JSON is at hand.
/// The text names resources and people, so `Debug` shows its length only and there is no `Display`.
///
/// Source of the limit: STS API 2015-04-01, `Policy` (2026; documentation of 2021 says 1,024).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionPolicy(String);

checked_text!(SessionPolicy);

impl SessionPolicy {
    /// Most characters that the service accepts.
    pub const MAX_CHARS: usize = 2048;

    fn check(text: &str) -> Result<(), InvalidInput> {
        match text.chars().count() {
            0 => Err(InvalidInput::new(
                "Policy",
                "it is empty; leave it out to keep all of the role's permissions",
            )),
            1..=Self::MAX_CHARS => Ok(()),
            n => {
                let problem =
                    format!("it has {n} characters, {} more than the 2048 allowed", n - Self::MAX_CHARS);
                Err(InvalidInput::new("Policy", problem))
            }
        }
    }
}

impl fmt::Debug for SessionPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionPolicy({} characters)", self.0.chars().count())
    }
}

struct Limits {
    parameter: &'static str,
    min: usize,
    max: usize,
}

impl Limits {
    fn check(&self, text: &str, allowed: impl Fn(char) -> bool, listed: &str) -> Result<(), InvalidInput> {
        let (chars, stranger) = scan(text, allowed);
        let problem = match stranger {
            Some(c) => format!("`{}` is not allowed; use {listed}", c.escape_debug()),
            None if (self.min..=self.max).contains(&chars) => return Ok(()),
            None => format!("it has {chars} characters; {} to {} are allowed", self.min, self.max),
        };
        Err(InvalidInput::new(self.parameter, problem).with_value(text))
    }
}

#[cfg(test)]
mod tests {
    use super::{ExternalId, SessionName, SessionPolicy, SourceIdentity};

    #[test]
    fn session_names() {
        for good in ["ab", "A.b@c_d-9", &"x".repeat(64)] {
            assert_eq!(good.parse::<SessionName>().unwrap().as_str(), good);
        }
        for bad in ["", "a", &"x".repeat(65), "a b", "a+b", "käse", "a/b", "ab\n"] {
            assert!(bad.parse::<SessionName>().is_err(), "{bad:?}");
        }
        let error = "upload-a+b".parse::<SessionName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "RoleSessionName `upload-a+b` is not valid: `+` is not allowed; use letters, digits and `.@_-`"
        );
    }

    #[test]
    fn external_ids() {
        for good in ["ab", "tenant_7+x=1,a.b@c:d/e-f", &"x".repeat(1224)] {
            assert!(good.parse::<ExternalId>().is_ok(), "{good:?}");
        }
        for bad in ["", "a", &"x".repeat(1225), "a b", "é1", "a*b"] {
            assert!(bad.parse::<ExternalId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn source_identities() {
        for good in ["ab", "alice@example.com", "a+b=c,d"] {
            assert!(good.parse::<SourceIdentity>().is_ok(), "{good:?}");
        }
        for bad in ["a", "acs:alice", "aliyun:x", "alibabacloud:x", "a:b", "a/b", &"x".repeat(65)] {
            assert!(bad.parse::<SourceIdentity>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn policies_are_counted_in_characters_and_not_shown() {
        assert!("".parse::<SessionPolicy>().is_err());
        let wide = "é".repeat(2048);
        let policy: SessionPolicy = wide.parse().unwrap();
        assert_eq!(format!("{policy:?}"), "SessionPolicy(2048 characters)");
        let error = SessionPolicy::try_from(wide + "x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "Policy is not valid: it has 2049 characters, 1 more than the 2048 allowed"
        );
    }
}
