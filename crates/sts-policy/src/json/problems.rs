//! What is wrong with a text, collected.

use std::borrow::Cow;
use std::ops::Range;

use super::Tape;
use crate::finding::{Edit, Finding, Fix, Place, Rule, Severity};
use crate::rules;

/// A finding whose line, column and path are still to be told.
#[derive(Debug)]
pub(crate) struct Problem {
    rule: &'static Rule,
    span: Range<usize>,
    message: Cow<'static, str>,
    fix: Option<Fix>,
}

impl Problem {
    pub(crate) fn new(
        rule: &'static Rule,
        span: Range<usize>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { rule, span, message: message.into(), fix: None }
    }

    pub(crate) fn with_fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    pub(crate) fn with_fix_if_any(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }
}

/// Problems in the order they were met, and what follows from them.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Problem>,
    left_off: usize,
    errors: bool,
    unfixable: bool,
    // Odd white space comes by the hundred, copied from a web page: one problem with many edits.
    odd_spaces: Vec<Edit>,
}

impl Problems {
    /// More problems than this are counted, not kept: nobody reads them, and each costs memory.
    pub(crate) const MOST: usize = 100;

    pub(crate) fn push(&mut self, problem: Problem) {
        if problem.rule.severity == Severity::Error {
            self.errors = true;
            self.unfixable |= problem.fix.is_none();
        }
        if !self.is_full() {
            self.list.push(problem);
        } else {
            self.left_off += 1;
            // Fixes that nobody sees cannot be made.
            self.unfixable |= problem.rule.severity == Severity::Error;
        }
    }

    pub(crate) fn push_odd_space(&mut self, span: Range<usize>, replacement: &'static str) {
        self.errors = true;
        if self.odd_spaces.is_empty() && self.is_full() {
            self.left_off += 1;
            self.unfixable = true;
        } else {
            self.odd_spaces.push(Edit::new(span, replacement));
        }
    }

    /// Whether the service would refuse the text.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors
    }

    /// Whether some error has no fix.
    pub(crate) fn is_unfixable(&self) -> bool {
        self.unfixable
    }

    /// Whether more problems would only be counted.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() + usize::from(!self.odd_spaces.is_empty()) >= Self::MOST
    }

    /// How many problems were not kept.
    pub(crate) fn left_off(&self) -> usize {
        self.left_off
    }

    /// The findings, in the order of the text.
    pub(crate) fn finish(mut self, text: &str, tape: &Tape) -> Vec<Finding> {
        if let Some(first) = self.odd_spaces.first() {
            let message = match self.odd_spaces.len() {
                1 => "this character is not white space in JSON; replace it by a blank".to_owned(),
                count => format!(
                    "this character is not white space in JSON; replace it, and {} more like it, by a blank",
                    count - 1
                ),
            };
            let span = first.span();
            let fix = Fix::new("replace it by a blank", self.odd_spaces);
            self.list.push(Problem::new(&rules::WHITE_SPACE, span, message).with_fix(fix));
        }
        self.list.sort_by_key(|problem| problem.span.start);
        // One sweep over the text for all lines and columns.
        let (mut line, mut column, mut done) = (1, 1, 0);
        let mut findings = Vec::with_capacity(self.list.len());
        for Problem { rule, span, message, fix } in self.list {
            advance(text.get(done..span.start).unwrap_or_default(), &mut line, &mut column);
            done = span.start.max(done);
            let place = Place { line, column, path: tape.path_at(text, span.start), span };
            findings.push(Finding { rule, message, place, fix });
        }
        findings
    }
}

/// Moves line and column over a piece of text.
pub(crate) fn advance(piece: &str, line: &mut usize, column: &mut usize) {
    for c in piece.chars() {
        if c == '\n' {
            *line += 1;
            *column = 1;
        } else {
            *column += 1;
        }
    }
}
