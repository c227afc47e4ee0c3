//! What a check found.

#[cfg(feature = "report")]
mod json;
#[cfg(feature = "report")]
mod sarif;
#[cfg(feature = "report")]
mod text;

use crate::Document;
use crate::finding::{Finding, apply};
use crate::json::Problems;

/// All that was found in a document: in its text, its grammar and its content.
///
/// With the feature `report` it can be written down for people, as compilers do, and for machines, as JSON and as SARIF.
/// `Debug` shows the findings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report<'t> {
    text: Source<'t>,
    findings: Vec<Finding>,
    left_off: usize,
    has_errors: bool,
}

/// A text that `Debug` does not show.
#[derive(Clone)]
struct Source<'t>(&'t str);

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<'t> Report<'t> {
    pub(super) fn new(document: &Document<'t>, problems: Problems) -> Self {
        let left_off = document.left_off() + problems.left_off();
        let has_errors = document.has_errors() || problems.has_errors();
        let mut findings = document.findings().to_vec();
        findings.extend(document.place_problems(problems));
        findings.sort_by_key(|finding| finding.place.span.start);
        Self { text: Source(document.text()), findings, left_off, has_errors }
    }

    /// The text that was checked.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text.0
    }

    /// What was found, in the order of the text: at most [`Document::MOST_FINDINGS`] by the parser, and as many besides.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings there are beyond those that were kept.
    #[must_use]
    pub fn left_off(&self) -> usize {
        self.left_off
    }

    /// Whether the service would refuse the policy, as far as is known.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// The text with every fix made that is offered. Where two would change the same place, the second is left out: check
    /// again.
    #[must_use]
    pub fn fixed(&self) -> String {
        let fixes = self.findings.iter().filter_map(Finding::fix);
        apply(self.text.0, fixes.flat_map(|fix| fix.edits()))
    }
}
