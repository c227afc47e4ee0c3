//! Files and folders of vectors.

use super::vector::{Failure, Outcome, check_line};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many lines passed, failed, and were left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines whose every stage was right.
    pub passed: usize,
    /// Lines with a wrong stage, lines that cannot be read, and files and folders that cannot be read.
    pub failed: usize,
    /// Lines of schemes that are not supported yet.
    pub skipped: usize,
}

impl Tally {
    /// Whether something was checked and nothing failed.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

/// `N passed, N failed`, and `, N skipped` where any was.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// Checks files, and the files in folders (and folders in them); writes each failure and what was skipped.
///
/// # Errors
///
/// Only when the report cannot be written; what cannot be read is counted as failed.
pub fn check_paths(paths: &[PathBuf], report: &mut dyn Write) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for path in paths {
        check_path(path, report, &mut tally)?;
    }
    Ok(tally)
}

fn check_path(path: &Path, report: &mut dyn Write, tally: &mut Tally) -> io::Result<()> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries: Vec<PathBuf> = match entries {
            Ok(entries) => entries.into_iter().map(|entry| entry.path()).collect(),
            Err(error) => return unreadable(path, &error, report, tally),
        };
        entries.sort();
        return entries.iter().try_for_each(|entry| check_path(entry, report, tally));
    }
    // Whatever else lies there (a README, a JSON document) holds no vectors; a file that is missing is looked for.
    if path.exists() && path.extension().is_none_or(|extension| extension != "jsonl") {
        return writeln!(report, "{}: not a vector file, skipped", path.display());
    }
    match read(path) {
        Ok(text) => check_file(path, &text, report, tally),
        Err(error) => unreadable(path, &error, report, tally),
    }
}

fn check_file(path: &Path, text: &str, report: &mut dyn Write, tally: &mut Tally) -> io::Result<()> {
    let outcomes: Vec<(usize, Outcome)> = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| (number, check_line(line)))
        .collect();
    if outcomes.iter().all(|(_, outcome)| *outcome == Outcome::NotAVector) && !outcomes.is_empty() {
        return writeln!(report, "{}: not a vector file, skipped", path.display());
    }
    if outcomes.is_empty() {
        tally.failed += 1;
        return writeln!(report, "{}: failed: the file is empty", path.display());
    }
    let mut unsupported = BTreeMap::<String, usize>::new();
    for (number, outcome) in outcomes {
        let failure = match outcome {
            Outcome::Passed => {
                tally.passed += 1;
                continue;
            }
            Outcome::Unsupported(scheme) => {
                *unsupported.entry(scheme).or_default() += 1;
                continue;
            }
            Outcome::Failed(failure) => failure,
            Outcome::NotAVector => Failure {
                id: "?".to_owned(),
                stage: "line",
                detail: "neither `inputs` nor `signature`, among lines that have them".to_owned(),
            },
        };
        tally.failed += 1;
        let Failure { id, stage, detail } = failure;
        writeln!(report, "{}:{number}: {id}: {stage}: {detail}", path.display())?;
    }
    for (scheme, lines) in unsupported {
        tally.skipped += lines;
        writeln!(
            report,
            "{}: scheme `{scheme}` is not supported yet, {lines} lines skipped",
            path.display()
        )?;
    }
    Ok(())
}

fn unreadable(path: &Path, error: &io::Error, report: &mut dyn Write, tally: &mut Tally) -> io::Result<()> {
    tally.failed += 1;
    writeln!(report, "{}: failed: {error}", path.display())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a tool that is handed paths has nothing else to read them with"
)]
fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}
