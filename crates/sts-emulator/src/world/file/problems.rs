//! What is wrong with a world, and where.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// More are counted, not kept.
const MOST: usize = 100;

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(WorldUnreadable),
    /// The name of the file does not say what is in it.
    #[error(transparent)]
    Format(WorldFormat),
    /// What is written there makes no world.
    #[error(transparent)]
    Faults(WorldFaults),
}

/// See [`WorldError::Unreadable`].
#[derive(Debug, thiserror::Error)]
#[error("the world `{}` cannot be read", path.display())]
pub struct WorldUnreadable {
    path: PathBuf,
    source: io::Error,
}

/// See [`WorldError::Format`].
#[derive(Debug, thiserror::Error)]
#[error("the world `{}` has to be named `.toml` or `.json`, by what is in it", path.display())]
pub struct WorldFormat {
    path: PathBuf,
}

/// See [`WorldError::Faults`]. `Display` is the first of the problems, and how many there are.
#[derive(Debug)]
pub struct WorldFaults {
    path: Option<PathBuf>,
    // INVARIANT: not empty, and in the order of the text.
    problems: Vec<WorldProblem>,
    left_off: usize,
}

/// One thing that is wrong with a world. `Display` is the place and the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldProblem {
    line: usize,
    column: usize,
    message: Cow<'static, str>,
}

impl WorldError {
    pub(super) fn in_file(self, path: &Path) -> Self {
        match self {
            Self::Faults(faults) => Self::Faults(WorldFaults { path: Some(path.to_owned()), ..faults }),
            other => other,
        }
    }

    /// What is wrong with the text, in its order; at most 100 problems, and none where the text could not be read at all.
    #[must_use]
    pub fn problems(&self) -> &[WorldProblem] {
        match self {
            Self::Faults(faults) => &faults.problems,
            Self::Unreadable(_) | Self::Format(_) => &[],
        }
    }
}

impl WorldUnreadable {
    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        Self { path: path.to_owned(), source }
    }
}

impl WorldFormat {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }
}

impl WorldProblem {
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

    /// What is wrong and what to do about it: one line. It holds no secret.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for WorldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl fmt::Display for WorldFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{}, ", path.display())?;
        }
        if let Some(first) = self.problems.first() {
            write!(f, "{first}")?;
        }
        match self.problems.len() + self.left_off {
            0 | 1 => Ok(()),
            2 => f.write_str(" (and one problem more)"),
            all => write!(f, " (and {} problems more)", all - 1),
        }
    }
}

impl std::error::Error for WorldFaults {}

/// Gathers problems of a text.
pub(super) struct Problems<'t> {
    text: &'t str,
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    problems: Vec<(usize, Cow<'static, str>)>,
    left_off: usize,
}

impl<'t> Problems<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, found: RefCell::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.borrow().problems.is_empty()
    }

    /// Whether more are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.found.borrow().problems.len() >= MOST
    }

    pub(super) fn report(&self, at: usize, message: impl Into<Cow<'static, str>>) {
        let mut found = self.found.borrow_mut();
        if found.problems.len() < MOST {
            found.problems.push((at, message.into()));
        } else {
            found.left_off += 1;
        }
    }

    /// The offset of a line and a column in bytes, both from 1.
    pub(super) fn offset(&self, line: usize, column: usize) -> usize {
        let before =
            self.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
        before + column.saturating_sub(1)
    }

    pub(super) fn into_error(self) -> WorldError {
        let Found { mut problems, left_off } = self.found.into_inner();
        problems.sort_by_key(|(at, _)| *at);
        if problems.is_empty() {
            // Whoever gives up says why; should one not, there is still an answer.
            problems.push((0, "this makes no world".into()));
        }
        let place = |(at, message): (usize, _)| {
            let before = self.text.as_bytes().get(..at.min(self.text.len())).unwrap_or_default();
            let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let line = before.get(line_start..).unwrap_or_default();
            WorldProblem {
                line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
                // Every byte but those that go on with a character.
                column: line.iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1,
                message,
            }
        };
        let problems = problems.into_iter().map(place).collect();
        WorldError::Faults(WorldFaults { path: None, problems, left_off })
    }
}
