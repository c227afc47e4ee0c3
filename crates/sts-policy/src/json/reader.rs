//! From text to tape, past every fault that can be named.

mod containers;
mod scalars;
mod space;

use super::{Kind, Problem, Problems, Tape, Token};
use crate::finding::{Fix, Rule};
use crate::rules;

/// Longer texts are not read. The longest policy that the service takes has 16 KB.
pub(crate) const MOST_BYTES: usize = 256 * 1024;

/// Deeper values are not read. A policy is six deep.
pub(crate) const MOST_DEEP: usize = 32;

/// What came of reading a text.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) tape: Tape,
    pub(crate) problems: Problems,
    /// The text without white space between tokens. Of use only when there is no problem.
    pub(crate) compact: String,
}

/// Reads a text in one sweep. The tape has one value, whatever the text is.
pub(crate) fn read(text: &str) -> Read {
    let mut reader = Reader::new(text);
    if text.len() > MOST_BYTES {
        let message = format!("the text is longer than {MOST_BYTES} bytes, which no policy may be");
        reader.problems.push(Problem::new(&rules::TOO_LARGE, 0..0, message));
        reader.token(Kind::Unreadable, 0, 0);
    } else {
        reader.document();
    }
    reader.keep_until(reader.pos);
    Read { tape: Tape(reader.tape), problems: reader.problems, compact: reader.compact }
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    pos: usize,
    tape: Vec<Token>,
    problems: Problems,
    compact: String,
    /// From here on nothing has gone to `compact` yet.
    kept: usize,
    /// What has been opened, the innermost last.
    open: Vec<u8>,
    /// Nothing more is reported: what follows are consequences.
    ended: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            // What policies have: a token for some twelve bytes of compact text.
            tape: Vec::with_capacity(text.len().min(MOST_BYTES) / 12 + 4),
            problems: Problems::default(),
            compact: String::with_capacity(text.len().min(MOST_BYTES)),
            kept: 0,
            open: Vec::new(),
            ended: false,
        }
    }

    fn document(&mut self) {
        self.skip_space();
        if self.peek().is_none() {
            self.problem(&rules::EMPTY, 0, 0, "there is no text; a policy starts with `{`");
            self.ended = true;
        }
        self.value();
        self.skip_space();
        if self.peek().is_some() {
            let (start, end) = (self.pos, self.text.len());
            self.problem(
                &rules::TEXT_AFTER_END,
                start,
                end,
                "the policy has ended before this text; remove it",
            );
        }
    }

    /// Reads one value and pushes exactly one token for it, besides those inside.
    fn value(&mut self) {
        self.skip_space();
        match self.peek() {
            Some(b'"') => self.string(Kind::String),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            None => {
                self.unexpected_end();
                self.token(Kind::Unreadable, self.pos, self.pos);
            }
            Some(b',' | b'}' | b']') => {
                self.problem(&rules::MISSING_VALUE, self.pos, self.pos, "a value is missing here");
                self.token(Kind::Unreadable, self.pos, self.pos);
            }
            Some(_) if self.other_quote().is_some() => self.other_string(Kind::String),
            Some(b) if b.is_ascii_alphabetic() || b == b'_' || b == b'*' => self.word(),
            Some(_) => {
                let start = self.pos;
                self.skip_unexpected();
                self.token(Kind::Unreadable, start, self.pos);
            }
        }
    }

    /// Pushes a token and tells its index; `next` is right for all but names and containers.
    fn token(&mut self, kind: Kind, start: usize, end: usize) -> usize {
        let index = self.tape.len();
        self.tape.push(Token {
            kind,
            escaped: false,
            open: 0,
            close: 0,
            start: short(start),
            end: short(end),
            next: short(index + 1),
        });
        index
    }

    /// Tells a name or a container where it ends on the tape.
    fn close(&mut self, index: usize) {
        let (next, end) = (short(self.tape.len()), short(self.pos));
        if let Some(token) = self.tape.get_mut(index) {
            token.next = next;
            if token.kind != Kind::Name {
                token.end = end;
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.pos).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn problem(&mut self, rule: &'static Rule, start: usize, end: usize, message: &'static str) {
        if !self.ended {
            self.problems.push(Problem::new(rule, start..end, message));
        }
    }

    fn fixable(&mut self, rule: &'static Rule, start: usize, end: usize, message: &'static str, fix: Fix) {
        if !self.ended {
            self.problems.push(Problem::new(rule, start..end, message).with_fix(fix));
        }
    }

    fn unexpected_end(&mut self) {
        let end = self.text.len();
        self.problem(&rules::UNEXPECTED_END, end, end, "the text ends in the middle of the policy");
        self.ended = true;
    }

    /// Something that no token starts with: it is passed over up to the next token that could be one.
    fn skip_unexpected(&mut self) {
        let start = self.pos;
        let known = |c: char| matches!(c, ',' | '{' | '}' | '[' | ']' | '"' | ':' | '\n');
        // The first character is not known, or is a colon: it goes, so that each call gets ahead.
        let length = self.rest().char_indices().skip(1).find(|(_, c)| known(*c)).map(|(at, _)| at);
        self.pos += length.unwrap_or(self.rest().len());
        self.problem(&rules::UNEXPECTED_TEXT, start, self.pos, "this text cannot be here");
    }

    fn keep_until(&mut self, end: usize) {
        self.compact.push_str(self.text.get(self.kept..end).unwrap_or_default());
        self.kept = end;
    }
}

/// INVARIANT: no text that is read has more bytes, hence tokens, than a `u32` can count.
fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
