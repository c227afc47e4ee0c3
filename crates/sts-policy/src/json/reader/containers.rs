//! Objects and arrays.

use std::ops::Range;

use super::{Kind, MOST_DEEP, Reader, short};
use crate::finding::{Edit, Fix};
use crate::rules;

/// The commas people type with a Chinese keyboard, and the colons.
const WIDE_COMMA: char = '，';
const WIDE_COLON: char = '：';

impl Reader<'_> {
    pub(super) fn object(&mut self) {
        let Some(object) = self.open(Kind::Object, b'}') else { return };
        let mut first = true;
        while self.goes_on(b'}') {
            let start = self.pos;
            let Some(name) = self.name() else { continue };
            self.skip_space();
            match self.colon() {
                true => self.value(),
                false if first && matches!(self.peek(), Some(b',' | b'}')) => {
                    return self.list_in_braces(object, name);
                }
                false => self.no_colon(start),
            }
            self.close(name);
            first = false;
            self.separator(b'}');
        }
        self.close(object);
    }

    pub(super) fn array(&mut self) {
        let Some(array) = self.open(Kind::Array, b']') else { return };
        while self.goes_on(b']') {
            self.value();
            self.separator(b']');
        }
        self.close(array);
    }

    fn open(&mut self, kind: Kind, close: u8) -> Option<usize> {
        let container = self.token(kind, self.pos, self.pos + 1);
        if self.open.len() >= MOST_DEEP {
            let message = "the text has more brackets in brackets than any policy";
            self.problem(&rules::TOO_DEEP, self.pos, self.pos + 1, message);
            // What follows cannot be understood.
            self.ended = true;
            self.pos = self.text.len();
            return None;
        }
        self.open.push(close);
        self.pos += 1;
        Some(container)
    }

    /// Whether a member or element follows; otherwise the container has been closed.
    fn goes_on(&mut self, close: u8) -> bool {
        loop {
            self.skip_space();
            match self.peek() {
                None => {
                    self.unexpected_end();
                    self.open.pop();
                    return false;
                }
                Some(b) if b == close => {
                    self.pos += 1;
                    self.open.pop();
                    return false;
                }
                Some(b',') => self.extra_comma(self.pos, "this comma separates nothing; remove it"),
                Some(b @ (b'}' | b']')) => {
                    let message = "another bracket must be closed first";
                    self.problem(&rules::BRACKET, self.pos, self.pos + 1, message);
                    self.open.pop();
                    // It closes what lies around, if that is of its kind.
                    if !self.open.contains(&b) {
                        self.pos += 1;
                    }
                    return false;
                }
                Some(_) => return true,
            }
        }
    }

    fn extra_comma(&mut self, at: usize, message: &'static str) {
        let fix = Fix::replace("remove the comma", at..at + 1, "");
        self.fixable(&rules::EXTRA_COMMA, at, at + 1, message, fix);
        self.pos = self.pos.max(at + 1);
    }

    /// Reads a member's name. `None`: it was something else, which has been passed over.
    fn name(&mut self) -> Option<usize> {
        let name = self.tape.len();
        match self.peek() {
            Some(b'"') => self.string(Kind::Name),
            Some(_) if self.other_quote().is_some() => self.other_string(Kind::Name),
            Some(b) if b.is_ascii_alphabetic() || b == b'_' => self.bare_name(),
            Some(b'{' | b'[') => {
                self.problem(&rules::UNEXPECTED_TEXT, self.pos, self.pos + 1, "a member needs a name");
                // Read for what is wrong inside, and forgotten.
                let tape = self.tape.len();
                self.value();
                self.tape.truncate(tape);
                self.comma();
                return None;
            }
            _ => {
                self.skip_unexpected();
                self.comma();
                return None;
            }
        }
        Some(name)
    }

    fn colon(&mut self) -> bool {
        if self.peek() == Some(b':') {
            self.pos += 1;
            return true;
        }
        if self.rest().starts_with(WIDE_COLON) {
            let start = self.pos;
            self.pos += WIDE_COLON.len_utf8();
            self.wide(start..self.pos, ":");
            return true;
        }
        false
    }

    fn wide(&mut self, span: Range<usize>, narrow: &'static str) {
        let fix = Fix::replace("replace it by the ASCII character", span.clone(), narrow);
        let message = "JSON wants the ASCII character in place of this wide one";
        self.fixable(&rules::PUNCTUATION, span.start, span.end, message, fix);
    }

    fn no_colon(&mut self, name: usize) {
        if matches!(self.peek(), Some(b',' | b'}' | b']')) {
            self.problem(&rules::MISSING_VALUE, name, self.pos, "this member has no value");
            self.token(Kind::Unreadable, self.pos, self.pos);
            return;
        }
        if self.peek().is_some() {
            let fix = Fix::replace("insert a colon", self.pos..self.pos, ":");
            let message = "a colon is missing between the member's name and its value";
            self.fixable(&rules::MISSING_COLON, self.pos, self.pos, message, fix);
        }
        self.value();
    }

    /// `{"a", "b"}`: a list between the wrong brackets.
    fn list_in_braces(&mut self, object: usize, first: usize) {
        for (index, kind) in [(object, Kind::Array), (first, Kind::String)] {
            if let Some(token) = self.tape.get_mut(index) {
                token.kind = kind;
                // An element; it had been told to wait for a value.
                token.next = short(index + 1);
            }
        }
        self.separator(b'}');
        let mut close = self.pos;
        while self.goes_on(b'}') {
            self.value();
            self.separator(b'}');
            close = self.pos;
        }
        self.close(object);
        let start = self.tape.get(object).map_or(0, |token| token.start as usize);
        let end = self.pos;
        // The closing brace has just been read, unless the text ended or another bracket came.
        let closed = self.bytes.get(end.wrapping_sub(1)) == Some(&b'}') && end > close;
        let message = "braces hold members with names and values; a list is written between `[` and `]`";
        if closed {
            let edits = vec![Edit::new(start..start + 1, "["), Edit::new(end - 1..end, "]")];
            self.fixable(&rules::LIST_IN_BRACES, start, end, message, Fix::new("write `[` and `]`", edits));
        } else {
            self.problem(&rules::LIST_IN_BRACES, start, end, message);
        }
    }

    /// Reads the comma after a member or element, if there is one.
    fn separator(&mut self, close: u8) {
        let end_of_value = self.pos;
        self.skip_space();
        let comma = self.pos;
        match self.peek() {
            Some(b',') => {
                self.pos += 1;
                self.after_comma(comma, close);
            }
            Some(_) if self.rest().starts_with(WIDE_COMMA) => {
                self.pos += WIDE_COMMA.len_utf8();
                if !self.after_comma(comma, close) {
                    self.wide(comma..comma + WIDE_COMMA.len_utf8(), ",");
                }
            }
            None | Some(b'}' | b']') => {}
            Some(b'"' | b'{' | b'[') => {
                let fix = Fix::replace("insert a comma", end_of_value..end_of_value, ",");
                let message = "a comma is missing here";
                self.fixable(&rules::MISSING_COMMA, end_of_value, end_of_value, message, fix);
            }
            Some(_) => {
                self.skip_unexpected();
                self.comma();
            }
        }
    }

    /// Whether a comma that has been read was one too many.
    fn after_comma(&mut self, comma: usize, close: u8) -> bool {
        let end = self.pos;
        self.skip_space();
        // Of several commas the others are extra, and this one may trail all the same.
        while self.peek() == Some(b',') {
            self.extra_comma(self.pos, "this comma separates nothing; remove it");
            self.skip_space();
        }
        let trails = self.peek() == Some(close);
        if trails {
            let fix = Fix::replace("remove the comma", comma..end, "");
            self.fixable(&rules::TRAILING_COMMA, comma, end, "nothing follows this comma; remove it", fix);
        }
        trails
    }

    /// A comma after something that had to be passed over.
    fn comma(&mut self) {
        self.skip_space();
        if self.peek() == Some(b',') {
            self.pos += 1;
        }
    }
}
