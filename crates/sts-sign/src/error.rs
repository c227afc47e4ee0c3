//! Why a request cannot be signed.

/// A request that cannot be signed as it was given. Found before anything is written; nothing of a parameter's value,
/// and nothing of the credentials, is ever part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// A parameter has an empty name.
    #[error(transparent)]
    EmptyName(#[from] EmptyName),
    /// Two parameters have one name. A form could carry both, but the service signs a map, so one would be lost.
    #[error(transparent)]
    DuplicateName(#[from] DuplicateName),
    /// A parameter has a name that the signer fills in itself.
    #[error(transparent)]
    ReservedName(#[from] ReservedName),
    /// The nonce is empty. Every request needs one of its own, a retry too.
    #[error(transparent)]
    EmptyNonce(#[from] EmptyNonce),
    /// The time cannot be written as `YYYY-MM-DDThh:mm:ssZ`.
    #[error(transparent)]
    TimeOutOfRange(#[from] TimeOutOfRange),
    /// A header field that is to be signed cannot be sent.
    #[error(transparent)]
    InvalidHeader(#[from] InvalidHeader),
    /// A piece of the request, or of the credentials, cannot be sent.
    #[error(transparent)]
    InvalidText(#[from] InvalidText),
}

/// See [`SignError::EmptyName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a parameter has an empty name: give it one or leave it out")]
pub struct EmptyName(());

impl EmptyName {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// See [`SignError::DuplicateName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{}` is given twice: leave one out", self.name)]
pub struct DuplicateName {
    name: Box<str>,
}

impl DuplicateName {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: on_one_line(name) }
    }

    /// The name, shortened and with control characters escaped, as the message shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// See [`SignError::ReservedName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("parameter `{}` is filled in by the signer: leave it out", self.name)]
pub struct ReservedName {
    name: Box<str>,
}

impl ReservedName {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: on_one_line(name) }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// See [`SignError::EmptyNonce`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the nonce is empty: give every request a random one of its own")]
pub struct EmptyNonce(());

impl EmptyNonce {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// See [`SignError::TimeOutOfRange`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the time lies outside the years 0000 to 9999: check the clock")]
pub struct TimeOutOfRange(());

impl TimeOutOfRange {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

/// See [`SignError::InvalidHeader`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("header `{}` {}", self.name, self.problem)]
pub struct InvalidHeader {
    name: Box<str>,
    problem: &'static str,
}

impl InvalidHeader {
    /// `problem` goes after the name: "is …: do …".
    pub(crate) fn new(name: &str, problem: &'static str) -> Self {
        Self { name: on_one_line(name), problem }
    }

    pub(crate) fn given_twice(name: &str) -> Self {
        Self::new(name, "is given twice: leave one out")
    }

    /// The field's name, shortened and with control characters escaped, as the message shows it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// See [`SignError::InvalidText`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {} {}", self.what, self.problem)]
pub struct InvalidText {
    what: &'static str,
    problem: &'static str,
}

impl InvalidText {
    /// `what` is the piece, as in "the security token"; `problem` goes after it: "is …: do …".
    pub(crate) fn new(what: &'static str, problem: &'static str) -> Self {
        Self { what, problem }
    }
}

/// Longest piece of a name that a message shows, in characters; no name of the service is half as long.
const SHOWN: usize = 80;

fn on_one_line(name: &str) -> Box<str> {
    let mut shown: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if name.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::{DuplicateName, SignError};

    #[test]
    fn a_message_is_one_short_line() {
        let error = SignError::from(DuplicateName::new(&format!("a\nb{}", "é".repeat(200))));
        let text = error.to_string();
        assert!(
            text.starts_with("parameter `a\\nbé") && text.ends_with("…` is given twice: leave one out"),
            "{text}"
        );
        assert_eq!(text.lines().count(), 1);
        assert!(text.chars().count() < 130);
    }
}
