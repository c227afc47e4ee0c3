//! What may be put into a hole.

use std::net::IpAddr;

use super::RefusalReason;
use crate::ValueType;
use crate::value::decimal::Decimal;
use crate::value::instant::Instant;

/// What may be put into a hole. All kinds refuse the empty text, `*`, `?`, `$`, control characters and characters that cannot
/// be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HoleKind {
    /// One part of a path: no `/`, no `:`, not `.` or `..`; at most 255 bytes.
    PathSegment,
    /// A path of several parts, such as `2026/05/report.pdf`: none of them empty, `.` or `..`; no `:`; at most 1,023 bytes,
    /// as object names in OSS.
    Path,
    /// The value of a tag: at most 256 bytes. It stands in conditions only.
    TagValue,
    /// The number of an account or a user: 1 to 32 digits.
    AccountId,
    /// The name of a RAM user, group or role: letters, digits, `.`, `_`, `-` and `@`; at most 64.
    RamName,
    /// The name of a bucket: 3 to 63 lower-case letters, digits and hyphens, no hyphen at either end.
    BucketName,
    /// One IPv4 or IPv6 address, for conditions on addresses. A block is refused: it can be all addresses there are.
    Address,
    /// An instant such as `2030-01-01T00:00:00Z`, for conditions on dates.
    Date,
    /// A decimal number, for conditions on numbers.
    Number,
}

/// Where a hole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// Where none may be.
    None,
    Resource,
    Principal,
    Condition(ValueType),
}

impl HoleKind {
    pub(super) fn fits(self, position: Position) -> bool {
        match position {
            Position::None => false,
            Position::Resource => {
                matches!(
                    self,
                    Self::PathSegment | Self::Path | Self::AccountId | Self::RamName | Self::BucketName
                )
            }
            Position::Principal => matches!(self, Self::AccountId | Self::RamName),
            // A text with the right letters could be a block of all addresses, or any date: each type has its kind.
            Position::Condition(ValueType::String) => {
                !matches!(self, Self::Address | Self::Date | Self::Number)
            }
            Position::Condition(ValueType::IpAddress) => self == Self::Address,
            Position::Condition(ValueType::Date) => self == Self::Date,
            Position::Condition(ValueType::Numeric) => self == Self::Number,
            Position::Condition(ValueType::Bool) => false,
        }
    }

    /// Whether a value may be put into a hole of this kind.
    ///
    /// # Errors
    ///
    /// The first reason against it.
    pub fn check(self, value: &str) -> Result<(), RefusalReason> {
        literal(value)?;
        if value.len() > self.most_bytes() {
            return Err(RefusalReason::TooLong);
        }
        let each = |allowed: fn(u8) -> bool| {
            if value.bytes().all(allowed) { Ok(()) } else { Err(RefusalReason::Characters) }
        };
        match self {
            Self::PathSegment if value.contains('/') => Err(RefusalReason::Slash),
            Self::PathSegment | Self::Path => path(value),
            Self::TagValue => Ok(()),
            Self::AccountId => each(|b| b.is_ascii_digit()),
            Self::RamName if matches!(value, "." | "..") => Err(RefusalReason::Dots),
            Self::RamName => each(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'@')),
            Self::BucketName if value.len() < 3 || value.starts_with('-') || value.ends_with('-') => {
                Err(RefusalReason::Characters)
            }
            Self::BucketName => each(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            Self::Address => value.parse::<IpAddr>().map(drop).map_err(|_| RefusalReason::NotAnAddress),
            Self::Date => Instant::parse(value).map(drop).ok_or(RefusalReason::NotADate),
            Self::Number => Decimal::parse(value).map(drop).ok_or(RefusalReason::NotANumber),
        }
    }

    fn most_bytes(self) -> usize {
        match self {
            Self::PathSegment => 255,
            Self::Path => 1023,
            Self::TagValue => 256,
            Self::AccountId => 32,
            Self::RamName | Self::Address | Self::Date | Self::Number => 64,
            Self::BucketName => 63,
        }
    }
}

/// What every kind asks: that the text stands for itself.
pub(crate) fn literal(value: &str) -> Result<(), RefusalReason> {
    if value.is_empty() {
        return Err(RefusalReason::Empty);
    }
    if value.contains(['*', '?']) {
        return Err(RefusalReason::Wildcard);
    }
    if value.contains('$') {
        return Err(RefusalReason::Variable);
    }
    if value.chars().any(is_unseen) {
        return Err(RefusalReason::ControlCharacter);
    }
    Ok(())
}

/// A path relative to something, of parts that are names.
fn path(value: &str) -> Result<(), RefusalReason> {
    if value.contains(':') {
        return Err(RefusalReason::Colon);
    }
    for part in value.split('/') {
        match part {
            "" => return Err(RefusalReason::Slash),
            "." | ".." => return Err(RefusalReason::Dots),
            _ => {}
        }
    }
    Ok(())
}

/// Control characters, line and paragraph separators, fillers and tags, and those that change nothing on a screen but the
/// order of what is around them: two names must not differ by what nobody sees.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
