//! Why a template, or a value for it, is refused.

use std::error::Error;
use std::fmt;

use crate::ParseErrors;

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// It is no policy, whatever the holes are.
    NotAPolicy(ParseErrors),
    /// A hole is wrong.
    Hole(HoleError),
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAPolicy(_) => f.write_str("the template is not a policy with holes"),
            Self::Hole(_) => f.write_str("a hole of the template is wrong"),
        }
    }
}

impl Error for TemplateError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotAPolicy(errors) => Some(errors),
            Self::Hole(error) => Some(error),
        }
    }
}

impl From<HoleError> for TemplateError {
    fn from(error: HoleError) -> Self {
        Self::Hole(error)
    }
}

/// What is wrong with a hole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoleError {
    name: String,
    reason: &'static str,
}

impl HoleError {
    pub(super) fn new(name: &str, reason: &'static str) -> Self {
        // What looks like a hole may be anything.
        Self { name: name.chars().filter(|c| !c.is_control()).take(64).collect(), reason }
    }

    /// The hole's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for HoleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() {
            f.write_str(self.reason)
        } else {
            write!(f, "`{}`: {}", self.name, self.reason)
        }
    }
}

impl Error for HoleError {}

/// Why a template cannot be filled: every value that is refused or missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillError {
    refusals: Vec<Refusal>,
}

impl FillError {
    pub(super) fn new(refusals: Vec<Refusal>) -> Self {
        Self { refusals }
    }

    /// The refusals, in the order of the values; holes without a value come last.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }
}

impl fmt::Display for FillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, refusal) in self.refusals.iter().enumerate() {
            write!(f, "{}{refusal}", if index > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

impl Error for FillError {}

/// A value that is refused. It is not repeated, since it may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    name: String,
    reason: RefusalReason,
}

impl Refusal {
    pub(crate) fn new(name: &str, reason: RefusalReason) -> Self {
        Self { name: name.chars().filter(|c| !c.is_control()).take(64).collect(), reason }
    }

    /// What the value was for: the hole's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it is refused.
    #[must_use]
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason {
            RefusalReason::Missing => write!(f, "there is no value for `{}`", self.name),
            RefusalReason::NoSuchHole => {
                write!(f, "there is a value for `{}`, which is no hole of the template", self.name)
            }
            reason => write!(f, "the value for `{}` is refused: {}", self.name, reason.as_str()),
        }
    }
}

/// Why a value is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// There is none.
    Missing,
    /// There is no hole of that name.
    NoSuchHole,
    /// There are two.
    Twice,
    /// It is empty.
    Empty,
    /// It is longer than its kind allows.
    TooLong,
    /// It holds `*` or `?`.
    Wildcard,
    /// It holds `$`, of which a variable could begin.
    Variable,
    /// It holds a control character, or one that cannot be seen.
    ControlCharacter,
    /// It holds `/`, or begins or ends with it, or has two in a row, as its kind goes.
    Slash,
    /// It holds `:`.
    Colon,
    /// It is, or has between slashes, `.` or `..`.
    Dots,
    /// It has other characters than its kind allows.
    Characters,
    /// It is not an address.
    NotAnAddress,
    /// It is not an instant.
    NotADate,
    /// It is not a number.
    NotANumber,
}

impl RefusalReason {
    /// The reason in words: `it is empty`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "it is missing",
            Self::NoSuchHole => "there is no such hole",
            Self::Twice => "it is given twice",
            Self::Empty => "it is empty",
            Self::TooLong => "it is too long",
            Self::Wildcard => "it holds `*` or `?`, which would be a pattern",
            Self::Variable => "it holds `$`, of which a variable could begin",
            Self::ControlCharacter => "it holds a character that cannot be seen",
            Self::Slash => "it holds a `/` where none may be, and would lead to another folder",
            Self::Colon => "it holds `:`, which separates the parts of a resource's name",
            Self::Dots => "it holds `.` or `..` as the name of a folder",
            Self::Characters => "it holds characters that such names do not have",
            Self::NotAnAddress => "it is not one IPv4 or IPv6 address",
            Self::NotADate => "it is not an instant such as `2030-01-01T00:00:00Z`",
            Self::NotANumber => "it is not a decimal number",
        }
    }
}
