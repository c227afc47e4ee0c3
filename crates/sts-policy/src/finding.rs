//! What is found in a document: a rule, a place, a message, a fix.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;

use crate::rules;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Could be better.
    Advice,
    /// The document does not do what it looks like.
    Warning,
    /// The service refuses the document.
    Error,
}

impl Severity {
    /// `advice`, `warning` or `error`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule that documents are held against.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) source: &'static str,
    pub(crate) meaning: &'static str,
}

impl Rule {
    /// All rules, those of the text before those of the grammar before those of [`Document::check`](crate::Document::check).
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        rules::ALL
    }

    /// The rule's name, as `json-trailing-comma`. It does not change from version to version.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// How bad it is to break it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What breaks it, in a sentence or two.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Where the rule comes from: a standard, a page of the documentation, an answer of the service.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.source
    }
}

/// Something found in a document. `Display` is the message and the place; it shows names of members, operators and keys,
/// never a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) rule: &'static Rule,
    pub(crate) message: Cow<'static, str>,
    pub(crate) place: Place,
    pub(crate) fix: Option<Fix>,
}

impl Finding {
    /// The rule that is broken.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// The rule's name, as `json-trailing-comma`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.rule.code
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity
    }

    pub(crate) fn is_error(&self) -> bool {
        self.rule.severity == Severity::Error
    }

    /// What is wrong and what to do about it: one line, lower case.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What would mend it, where that is certain enough to be offered.
    #[must_use]
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.place)
    }
}

/// A place in a document's text. `Display` is the path, the line and the column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) span: Range<usize>,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) path: String,
}

impl Place {
    /// The bytes of the text that are meant. It may be empty, where something is missing.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// The path of the innermost value around it, as in RFC 9535: `$.Statement[0].Condition.IpAddress['acs:SourceIp'][1]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, line {}, column {}", self.path, self.line, self.column)
    }
}

/// A change of the text that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub(crate) label: Cow<'static, str>,
    // INVARIANT: in the order of the text, without overlap.
    pub(crate) edits: Vec<Edit>,
}

impl Fix {
    pub(crate) fn new(label: impl Into<Cow<'static, str>>, edits: Vec<Edit>) -> Self {
        Self { label: label.into(), edits }
    }

    /// One replacement.
    pub(crate) fn replace(
        label: impl Into<Cow<'static, str>>,
        span: Range<usize>,
        replacement: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(label, vec![Edit { span, replacement: replacement.into() }])
    }

    /// What it does, as `remove the comma`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The replacements, in the order of the text; they do not overlap.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

/// One replacement in a text. `Debug` shows how long it is, since it may repeat names of the policy.
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    pub(crate) span: Range<usize>,
    pub(crate) replacement: Cow<'static, str>,
}

impl Edit {
    pub(crate) fn new(span: Range<usize>, replacement: impl Into<Cow<'static, str>>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// The bytes that go; empty for an insertion.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What takes their place.
    #[must_use]
    pub fn replacement(&self) -> &str {
        &self.replacement
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Edit({:?}, {} bytes)", self.span, self.replacement.len())
    }
}

/// The text with edits made. One that overlaps an earlier one is left out.
pub(crate) fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<&Edit> = edits.collect();
    // Insertions go before what is replaced at the same place, and the longest replacement wins.
    edits.sort_by_key(|edit| (edit.span.start, !edit.span.is_empty(), Reverse(edit.span.end)));
    let mut mended = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let Some(kept) = text.get(done..edit.span.start) else { continue };
        mended.push_str(kept);
        mended.push_str(&edit.replacement);
        done = edit.span.end;
    }
    mended.push_str(text.get(done..).unwrap_or_default());
    mended
}
