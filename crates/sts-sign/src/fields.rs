//! Header fields as they are signed: names in lower case, values trimmed, in order.

use crate::error::{InvalidHeader, SignError};
use crate::sink::Sink;
use crate::text::has_control;
use std::cmp::Ordering;

/// A header field: name and value.
type Field<'a> = (&'a str, &'a str);

/// So many fields are sorted without asking for memory.
const INLINE: usize = 16;

/// Fields of a request that are signed.
pub(crate) struct Fields<'a> {
    /// INVARIANT: the first `length` are in use, unless `spilt` holds all.
    inline: [Field<'a>; INLINE],
    length: usize,
    spilt: Vec<Field<'a>>,
    /// Whether a name has an upper-case letter.
    mixed: bool,
    /// Whether there are fields of the caller's: those of the scheme come in order, no name twice.
    given: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn new() -> Self {
        Self { inline: [("", ""); INLINE], length: 0, spilt: Vec::new(), mixed: false, given: false }
    }

    /// Adds a field of the scheme: a name in lower case that comes after those before, a value that is known to be good.
    pub(crate) fn push(&mut self, name: &'a str, value: &'a str) {
        debug_assert!(
            self.given || self.as_slice().last().is_none_or(|(before, _)| *before < name),
            "in order"
        );
        match self.inline.get_mut(self.length) {
            Some(place) => {
                *place = (name, value);
                self.length += 1;
            }
            None => {
                if self.spilt.is_empty() {
                    self.spilt.extend_from_slice(&self.inline);
                }
                self.spilt.push((name, value));
            }
        }
    }

    /// Adds a field of the caller's.
    #[expect(clippy::indexing_slicing, reason = "a byte is an index below 256")]
    pub(crate) fn push_given(&mut self, name: &'a str, value: &'a str) -> Result<(), SignError> {
        let kinds = name.bytes().fold(0, |kinds, byte| kinds | KINDS[usize::from(byte)]);
        if name.is_empty() || kinds & NO_TOKEN != 0 {
            return Err(InvalidHeader::new(
                name,
                "has a name that HTTP does not allow: correct or remove it",
            )
            .into());
        }
        let value = checked_value(name, value)?;
        self.given = true;
        self.mixed |= kinds & UPPER_CASE != 0;
        self.push(name, value);
        Ok(())
    }

    /// The value of a name that has one, by the name in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.as_slice().iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Brings the fields into the order of the signature: by lower-case name, those of one name by value.
    pub(crate) fn sort(&mut self) {
        if !self.given {
            return;
        }
        let mixed = self.mixed;
        self.as_mut_slice().sort_unstable_by(|(a, v), (b, w)| compare(mixed, a, b).then_with(|| v.cmp(w)));
    }

    /// Brings the fields into the order of their names in lower case; those of one name stay as they were given.
    pub(crate) fn sort_by_name(&mut self) {
        if !self.given {
            return;
        }
        let mixed = self.mixed;
        self.as_mut_slice().sort_by(|(a, _), (b, _)| compare(mixed, a, b));
    }

    /// Each name with its values. To be called when sorted.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[Field<'a>]> {
        self.as_slice().chunk_by(|(a, _), (b, _)| self.given && compare(self.mixed, a, b) == Ordering::Equal)
    }

    /// Each name that is wanted, in lower case, in pieces, with semicolons between.
    #[cfg(feature = "sha256")]
    pub(crate) fn write_names(&self, is_wanted: impl Fn(&str) -> bool, mut put: impl FnMut(&str)) {
        let names = self.groups().filter_map(<[_]>::first).filter(|(name, _)| is_wanted(name));
        for (index, (name, _)) in names.enumerate() {
            if index > 0 {
                put(";");
            }
            self.write_name(name, &mut put);
        }
    }

    fn write_name(&self, name: &str, mut put: impl FnMut(&str)) {
        if self.mixed {
            name.chars().for_each(|letter| put(letter.to_ascii_lowercase().encode_utf8(&mut [0; 4])));
        } else {
            put(name);
        }
    }

    /// A line for each name that is wanted: `name:value`, several values with commas between.
    pub(crate) fn write_lines(&self, is_wanted: impl Fn(&str) -> bool, sink: &mut impl Sink) {
        for group in self.groups().filter(|group| group.first().is_some_and(|(name, _)| is_wanted(name))) {
            for (index, (name, value)) in group.iter().enumerate() {
                if index == 0 {
                    self.write_name(name, |piece| sink.put(piece.as_bytes()));
                }
                sink.put(if index == 0 { b":" } else { b"," });
                sink.put(value.as_bytes());
            }
            sink.put(b"\n");
        }
    }

    fn as_slice(&self) -> &[Field<'a>] {
        if self.spilt.is_empty() { self.inline.get(..self.length).unwrap_or_default() } else { &self.spilt }
    }

    fn as_mut_slice(&mut self) -> &mut [Field<'a>] {
        if self.spilt.is_empty() {
            self.inline.get_mut(..self.length).unwrap_or_default()
        } else {
            &mut self.spilt
        }
    }
}

/// The value of a field without blanks around it. A line break at its end is one too many: it is the caller who sends it.
pub(crate) fn checked_value<'a>(name: &str, value: &'a str) -> Result<&'a str, InvalidHeader> {
    let value = value.trim_matches([' ', '\t']);
    if has_control(value) {
        return Err(InvalidHeader::new(name, "has a control character in its value: take it out"));
    }
    Ok(value)
}

/// By the names in lower case. `mixed`: whether there is an upper-case letter.
fn compare(mixed: bool, first: &str, second: &str) -> Ordering {
    if mixed {
        let lower = |byte: u8| byte.to_ascii_lowercase();
        first.bytes().map(lower).cmp(second.bytes().map(lower))
    } else {
        first.cmp(second)
    }
}

const UPPER_CASE: u8 = 1;
/// Not to be in a name (RFC 9110, section 5.6.2).
const NO_TOKEN: u8 = 2;

/// What is to be known of each byte of a name.
#[expect(clippy::indexing_slicing, reason = "a byte is an index below 256")]
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    loop {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' => UPPER_CASE,
            b'a'..=b'z' | b'0'..=b'9' => 0,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~' => 0,
            _ => NO_TOKEN,
        };
        if byte == u8::MAX {
            break kinds;
        }
        byte += 1;
    }
};
