//! Why a request makes no claim that could be checked.

use crate::error::on_one_line;

/// A request that is not signed as its scheme wants it. Tells names of headers and parameters, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Something that a signed request has is not there, or empty.
    #[error(transparent)]
    Missing(#[from] MissingField),
    /// Something that has one value is given more than once.
    #[error(transparent)]
    Repeated(#[from] RepeatedField),
    /// Something is not written as it should be.
    #[error(transparent)]
    Malformed(#[from] MalformedField),
    /// An algorithm, a version or a kind of signature that is not verified here.
    #[error(transparent)]
    Unsupported(#[from] UnsupportedField),
    /// Something that the signature must cover is not covered by it.
    #[error(transparent)]
    Unsigned(#[from] UnsignedField),
    /// Two parts of the request say different things.
    #[error(transparent)]
    Contradiction(#[from] Contradiction),
    /// More parameters or headers than any honest request has.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

/// See [`ReadError::Missing`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is missing: a signed request has it")]
pub struct MissingField {
    name: &'static str,
}

/// See [`ReadError::Repeated`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is given more than once: send it once")]
pub struct RepeatedField {
    name: Box<str>,
}

/// See [`ReadError::Malformed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not written as the scheme asks")]
pub struct MalformedField {
    name: Box<str>,
}

/// See [`ReadError::Unsupported`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what `{name}` asks for is not verified here")]
pub struct UnsupportedField {
    name: &'static str,
}

/// See [`ReadError::Unsigned`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not covered by the signature: sign it")]
pub struct UnsignedField {
    name: &'static str,
}

/// See [`ReadError::Contradiction`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` does not go with `{other}`")]
pub struct Contradiction {
    name: &'static str,
    other: &'static str,
}

/// See [`ReadError::TooMany`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the request has too many {what}")]
pub struct TooMany {
    what: &'static str,
}

impl MissingField {
    /// The name of the header or parameter, as documented.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl RepeatedField {
    /// The name as the request gave it, shortened and with control characters escaped.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl MalformedField {
    /// The name of the header or parameter, `path`, `query` or `body`; shortened, with control characters escaped.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl UnsupportedField {
    /// The name of the header or parameter, as documented.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl UnsignedField {
    /// The name of the header or parameter, as documented.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl Contradiction {
    /// The two parts: names of headers or parameters, as documented, or `body`.
    #[must_use]
    pub fn names(&self) -> [&'static str; 2] {
        [self.name, self.other]
    }
}

impl TooMany {
    /// `parameters`, `headers` or `fields`.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }
}

impl ReadError {
    pub(super) fn missing(name: &'static str) -> Self {
        MissingField { name }.into()
    }

    pub(super) fn repeated(name: &str) -> Self {
        RepeatedField { name: on_one_line(name) }.into()
    }

    pub(super) fn malformed(name: &str) -> Self {
        MalformedField { name: on_one_line(name) }.into()
    }

    pub(super) fn unsupported(name: &'static str) -> Self {
        UnsupportedField { name }.into()
    }

    pub(super) fn unsigned(name: &'static str) -> Self {
        UnsignedField { name }.into()
    }

    pub(super) fn contradiction(name: &'static str, other: &'static str) -> Self {
        Contradiction { name, other }.into()
    }

    pub(super) fn too_many(what: &'static str) -> Self {
        TooMany { what }.into()
    }
}
