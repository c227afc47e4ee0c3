//! Decision cases of `sts-policy`: files of them, a JSON object a line.
//!
//! A case is `{id, policy | layers, request, expect}`, and may have `kind`, `principal` and whatever else a reader wants to
//! know. `layers` holds policies by layer, `request` an action, a resource and a context; several checks of one call are an
//! array of those, or `checks` beside a common `context`.

mod case;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use case::check_case;

/// How many cases were decided as expected, and how many were not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Decided as expected.
    pub passed: usize,
    /// Decided otherwise, or not readable; and files that cannot be read or hold nothing.
    pub failed: usize,
}

impl Tally {
    /// Whether something was decided and nothing failed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

/// `N passed, N failed`.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Decides the cases of files, or of `cases.jsonl` in folders; writes each failure.
///
/// # Errors
///
/// Only when the report cannot be written; what cannot be read is counted as failed.
pub fn check_paths(paths: &[PathBuf], report: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for path in paths {
        let path = if path.is_dir() { path.join("cases.jsonl") } else { path.clone() };
        match read(&path) {
            Ok(text) => check_file(&path, &text, report, &mut tally)?,
            Err(error) => {
                tally.failed += 1;
                writeln!(report, "{}: failed: {error}", path.display())?;
            }
        }
    }
    Ok(tally)
}

fn check_file(path: &Path, text: &str, report: &mut dyn Write, tally: &mut Tally) -> io::Result<()> {
    let before = *tally;
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        match check_case(line) {
            Ok(()) => tally.passed += 1,
            Err(failure) => {
                tally.failed += 1;
                writeln!(report, "{}:{number}: {failure}", path.display())?;
            }
        }
    }
    if *tally == before {
        tally.failed += 1;
        writeln!(report, "{}: failed: no case in it", path.display())?;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool that is handed paths has nothing else to read them with"
)]
fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}
