//! The table of refusals: every reason to say no, with code and status.

mod sts;

use std::collections::HashSet;

use super::call::Response;

/// Counts its rows, and sees that no two are called the same.
pub(super) struct Table(HashSet<&'static str>);

impl Table {
    pub(super) fn new() -> Self {
        Self(HashSet::new())
    }

    /// One row: what is wrong, what came, and what has to come.
    #[track_caller]
    pub(super) fn row(&mut self, what: &'static str, response: &Response, expected: (u16, &str)) {
        let (status, code) = response.refusal();
        assert_eq!((status, code.as_str()), expected, "{what}: {}", response.body);
        assert!(self.0.insert(what), "there are two rows called `{what}`");
    }

    pub(super) fn has_at_least(&self, rows: usize) {
        assert!(self.0.len() >= rows, "{} rows", self.0.len());
    }
}
