//! Strings, numbers and words, also those written as another language would.

use std::ops::Range;

use super::super::string::escape;
use super::{Kind, Reader, short};
use crate::finding::{Edit, Fix};
use crate::rules;

impl Reader<'_> {
    /// A string or a name between the quotes of JSON.
    pub(super) fn string(&mut self, kind: Kind) {
        self.pos += 1;
        let start = self.pos;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.pos..).unwrap_or_default();
            self.pos += rest.iter().position(|b| matches!(b, b'"' | b'\\' | ..b' ')).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape();
                }
                Some(b'\n') | None => return self.not_closed(kind, start, escaped),
                Some(b) => self.control_character(b),
            }
        }
        self.push_string(kind, start..self.pos, (1, 1), escaped);
        self.pos += 1;
    }

    fn push_string(&mut self, kind: Kind, inside: Range<usize>, quotes: (u8, u8), escaped: bool) {
        let index = self.token(kind, inside.start, inside.end);
        if let Some(token) = self.tape.get_mut(index) {
            (token.open, token.close) = quotes;
            token.escaped = escaped;
            if kind == Kind::Name {
                // Mended when the value has been read.
                token.next = short(index + 2);
            }
        }
    }

    fn escape(&mut self) {
        let after = self.text.get(self.pos + 1..).unwrap_or_default();
        if let Some((_, length)) = escape(after) {
            self.pos += 1 + length;
            return;
        }
        let end = (self.pos + 1 + after.chars().next().map_or(0, char::len_utf8)).min(self.text.len());
        let message = if after.starts_with('u') {
            "this is no character: `\\u` takes four hexadecimal digits, and two such for characters beyond U+FFFF"
        } else {
            "no escape starts like this; a backslash itself is written `\\\\`"
        };
        self.problem(&rules::ESCAPE, self.pos, end, message);
        // The character after the backslash is read again: it may be the end of the line or of the string.
        self.pos += 1;
    }

    fn control_character(&mut self, b: u8) {
        let escape = match b {
            b'\t' => "\\t".to_owned(),
            b'\r' => "\\r".to_owned(),
            b => format!("\\u{b:04x}"),
        };
        let (start, end) = (self.pos, self.pos + 1);
        let fix = Fix::replace("write it as an escape", start..end, escape);
        let message = "a control character in a string must be written as an escape";
        self.fixable(&rules::CONTROL_CHARACTER, start, end, message, fix);
        self.pos = end;
    }

    fn not_closed(&mut self, kind: Kind, start: usize, escaped: bool) {
        if self.peek().is_none() {
            self.unexpected_end();
        } else {
            let message = "this string is not closed in its line";
            self.problem(&rules::STRING_NOT_CLOSED, start - 1, self.pos, message);
        }
        self.push_string(kind, start..self.pos, (1, 0), escaped);
    }

    /// The closing quote, if the text goes on with an opening quote that is not JSON's.
    pub(super) fn other_quote(&self) -> Option<(char, char)> {
        let open = self.rest().chars().next()?;
        let close = match open {
            '\'' | '`' => open,
            '“' | '”' => '”',
            '‘' | '’' => '’',
            _ => return None,
        };
        Some((open, close))
    }

    /// A string between other quotes, as Python and word processors write it.
    pub(super) fn other_string(&mut self, kind: Kind) {
        let Some((open, close)) = self.other_quote() else { return };
        let (outer, width) = (self.pos, open.len_utf8());
        let start = outer + width;
        let after = self.rest().get(width..).unwrap_or_default();
        let message = "a string stands between `\"` and `\"`";
        let length = after.find([close, '\n']).unwrap_or(after.len());
        let (inside, rest) = after.split_at_checked(length).unwrap_or_default();
        let end = start + length;
        if !rest.starts_with(close) {
            self.pos = end;
            self.problem(&rules::QUOTES, outer, end, message);
            return self.push_string(kind, start..end, (short_width(open), 0), false);
        }
        self.pos = end + close.len_utf8();
        if inside.bytes().any(|b| b < b' ' || matches!(b, b'"' | b'\\')) {
            // What would have to be escaped in them is for a person to tell.
            self.problem(&rules::QUOTES, outer, self.pos, message);
        } else {
            let edits = vec![Edit::new(outer..start, "\""), Edit::new(end..self.pos, "\"")];
            self.fixable(&rules::QUOTES, outer, self.pos, message, Fix::new("write `\"`", edits));
        }
        self.push_string(kind, start..end, (short_width(open), short_width(close)), false);
    }

    /// A name without quotes.
    pub(super) fn bare_name(&mut self) {
        let length = self.rest().bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        self.unquoted(Kind::Name, length);
    }

    /// `true`, `false`, `null`, or a string without quotes.
    pub(super) fn word(&mut self) {
        let inside =
            |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':' | b'*' | b'/' | b'?');
        let length = self.rest().bytes().take_while(inside).count();
        let kind = match self.rest().get(..length).unwrap_or_default() {
            "true" => Kind::True,
            "false" => Kind::False,
            "null" => Kind::Null,
            // Some other language's word for one of these, not a string.
            "True" | "False" | "None" | "undefined" | "NaN" | "Infinity" => {
                let (start, end) = (self.pos, self.pos + length);
                self.problem(&rules::UNEXPECTED_TEXT, start, end, "JSON does not have this word");
                Kind::Unreadable
            }
            _ => return self.unquoted(Kind::String, length),
        };
        self.token(kind, self.pos, self.pos + length);
        self.pos += length;
    }

    fn unquoted(&mut self, kind: Kind, length: usize) {
        let (start, end) = (self.pos, self.pos + length);
        let edits = vec![Edit::new(start..start, "\""), Edit::new(end..end, "\"")];
        let fix = Fix::new("put it between quotes", edits);
        self.fixable(&rules::NO_QUOTES, start, end, "strings and names stand between `\"` and `\"`", fix);
        self.pos = end;
        self.push_string(kind, start..end, (0, 0), false);
    }

    pub(super) fn number(&mut self) {
        let inside = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
        let length = self.rest().bytes().take_while(inside).count();
        let (start, end) = (self.pos, self.pos + length);
        if !is_number(self.rest().get(..length).unwrap_or_default()) {
            self.problem(&rules::NUMBER, start, end, "this is neither a number nor a string");
        }
        self.token(Kind::Number, start, end);
        self.pos = end;
    }
}

fn short_width(c: char) -> u8 {
    u8::try_from(c.len_utf8()).unwrap_or_default()
}

fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
