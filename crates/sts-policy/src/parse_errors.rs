//! Why a text is no policy.

use std::fmt;

use crate::finding::Finding;

/// Why a text is no policy: all that the service would refuse, in the order of the text.
///
/// `Display` is the first error and the number of the others, in one line. It names members, operators and keys, and
/// shows no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseErrors {
    // INVARIANT: the first finding, at least, is an error.
    findings: Vec<Finding>,
    left_off: usize,
}

impl ParseErrors {
    pub(crate) fn new(mut findings: Vec<Finding>, left_off: usize) -> Self {
        findings.retain(Finding::is_error);
        Self { findings, left_off }
    }

    /// The errors, in the order of the text.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for ParseErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a valid policy")?;
        if let Some(first) = self.findings.first() {
            write!(f, ": {first}")?;
        }
        match self.findings.len().saturating_sub(1) + self.left_off {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl std::error::Error for ParseErrors {}
