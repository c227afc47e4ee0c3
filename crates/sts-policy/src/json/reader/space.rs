//! White space, and what people take for it.

use super::Reader;
use crate::finding::Fix;
use crate::rules;

impl Reader<'_> {
    /// Goes to the next token.
    pub(super) fn skip_space(&mut self) {
        let start = self.pos;
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.pos += 1,
                Some(b'/' | b'#') => {
                    if !self.skip_comment() {
                        break;
                    }
                }
                Some(b) if !b.is_ascii() => {
                    if !self.skip_odd_space() {
                        break;
                    }
                }
                _ => break,
            }
        }
        if self.pos > start {
            self.keep_until(start);
            self.kept = self.pos;
        }
    }

    fn skip_comment(&mut self) -> bool {
        let rest = self.rest();
        let length = if rest.starts_with("//") || rest.starts_with('#') {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else {
            return false;
        };
        let (start, end) = (self.pos, self.pos + length);
        self.pos = end;
        let fix = Fix::replace("remove the comment", start..end, "");
        self.fixable(&rules::COMMENT, start, end, "JSON has no comments; remove it", fix);
        true
    }

    fn skip_odd_space(&mut self) -> bool {
        let Some(c) = self.rest().chars().next() else { return false };
        let replacement = match c {
            // A byte-order mark, or its like between words.
            '\u{feff}' | '\u{200b}' => "",
            c if c.is_whitespace() => " ",
            _ => return false,
        };
        let (start, end) = (self.pos, self.pos + c.len_utf8());
        self.pos = end;
        if !self.ended {
            self.problems.push_odd_space(start..end, replacement);
        }
        true
    }
}
