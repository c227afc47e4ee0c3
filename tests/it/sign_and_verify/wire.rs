//! Requests as bytes, written and read by this test alone.

use super::Pairs;
use std::fmt;
use sts_sign::verify::Request;

/// One request as it travels.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) method: String,
    pub(super) path: Vec<u8>,
    pub(super) query: Vec<u8>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
}

impl Wire {
    pub(super) fn request(&self) -> Request<'_> {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        Request::new(&self.method, &self.path).query(&self.query).headers(headers).body(&self.body)
    }

    /// The values of a header, without blanks around them.
    pub(super) fn values(&self, name: &str) -> Vec<Vec<u8>> {
        let of_name = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        of_name.map(|(_, value)| trimmed(value).to_vec()).collect()
    }

    /// The value of a header that comes once; empty where it does not come. None where it comes twice.
    pub(super) fn one(&self, name: &str) -> Option<Vec<u8>> {
        let mut values = self.values(name);
        let value = values.pop().unwrap_or_default();
        values.is_empty().then_some(value)
    }

    /// Names in lower case with their values, sorted by name.
    pub(super) fn fields(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, Vec<Vec<u8>>)> {
        let mut names: Vec<String> = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        names.sort();
        names.dedup();
        let wanted = names.into_iter().filter(|name| is_wanted(name));
        wanted.map(|name| (name.clone(), self.values(&name))).collect()
    }
}

/// As text.
impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, query, body) =
            (self.path.escape_ascii(), self.query.escape_ascii(), self.body.escape_ascii());
        let headers = self.headers.iter().map(|(name, value)| format!("{name}: {}", value.escape_ascii()));
        write!(f, "{} {path}?{query} {:?} {body}", self.method, headers.collect::<Vec<_>>())
    }
}

fn trimmed(value: &[u8]) -> &[u8] {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !is_blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !is_blank(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// A throw of dice that begins the same way every time (splitmix64). From 0 on, all of them show 0, which is the plain way.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        if self.0 == 0 {
            return 0;
        }
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, last - usize::try_from(self.roll(last as u64 + 1)).unwrap());
        }
    }
}

/// A query or form, as one HTTP stack or another writes it: in another order, with lower-case digits, with `+` for a space
/// where the scheme allows it, letters encoded that need not be, punctuation left alone that may be, a name without `=`.
pub(super) fn write_pairs(pairs: &Pairs, plus: bool, dice: &mut Dice) -> Vec<u8> {
    let mut pairs: Vec<_> = pairs.iter().collect();
    dice.shuffle(&mut pairs);
    let style = Style::throw(plus, dice);
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&style.encode(name, dice));
        if !value.is_empty() || name.is_empty() || dice.roll(2) == 0 {
            out.push('=');
            out.push_str(&style.encode(value, dice));
        }
    }
    out.into_bytes()
}

/// A path whose slashes stay.
pub(super) fn write_path(path: &str, dice: &mut Dice) -> Vec<u8> {
    let style = Style::throw(false, dice);
    let pieces: Vec<String> = path.split('/').map(|piece| style.encode(piece, dice)).collect();
    pieces.join("/").into_bytes()
}

struct Style {
    plus: bool,
    lower: bool,
    bare: bool,
    eager: bool,
}

impl Style {
    fn throw(plus: bool, dice: &mut Dice) -> Self {
        let mut flag = || dice.roll(2) == 1;
        Self { plus: flag() && plus, lower: flag(), bare: flag(), eager: flag() }
    }

    fn encode(&self, text: &str, dice: &mut Dice) -> String {
        let mut out = String::new();
        for byte in text.bytes() {
            let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            match byte {
                _ if plain && !(self.eager && dice.roll(4) == 1) => out.push(char::from(byte)),
                b' ' if self.plus => out.push('+'),
                _ if self.bare && b"!$'()*,:;@".contains(&byte) => out.push(char::from(byte)),
                _ if self.lower => out.push_str(&format!("%{byte:02x}")),
                _ => out.push_str(&format!("%{byte:02X}")),
            }
        }
        out
    }
}

/// The caller's headers with the signer's in place of those of the same name; names in any case, blanks around values,
/// in another order, but for values of one name.
pub(super) fn write_headers<'a>(
    given: &'a Pairs,
    added: impl IntoIterator<Item = (&'static str, &'a str)>,
    dice: &mut Dice,
) -> Vec<(String, Vec<u8>)> {
    let added: Vec<(&str, &str)> = added.into_iter().collect();
    let is_added = |name: &str| added.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let kept =
        given.iter().filter(|(name, _)| !is_added(name)).map(|(name, value)| (name.as_str(), value.as_str()));
    let all: Vec<(&str, &str)> = kept.chain(added.iter().copied()).collect();
    let mut names: Vec<String> = all.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    dice.shuffle(&mut names);
    let mut out = Vec::new();
    for wanted in names {
        for (name, value) in all.iter().filter(|(name, _)| name.eq_ignore_ascii_case(&wanted)) {
            let name = name.chars().map(|letter| match dice.roll(3) {
                1 => letter.to_ascii_uppercase(),
                2 => letter.to_ascii_lowercase(),
                _ => letter,
            });
            let name: String = name.collect();
            let mut blanks = || ["", "", " ", "\t "][usize::try_from(dice.roll(4)).unwrap()];
            out.push((name, format!("{}{value}{}", blanks(), blanks()).into_bytes()));
        }
    }
    out
}

/// The pairs that a query or form stands for, sorted; none where it stands for nothing.
pub(super) fn read_pairs(bytes: &[u8], plus: bool) -> Option<Pairs> {
    let text = |bytes: &[u8]| String::from_utf8(read(bytes, plus)?).ok();
    let pieces = bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let pairs = pieces.map(|piece| match piece.iter().position(|byte| *byte == b'=') {
        Some(at) => Some((text(&piece[..at])?, text(&piece[at + 1..])?)),
        None => Some((text(piece)?, String::new())),
    });
    let mut pairs: Pairs = pairs.collect::<Option<_>>()?;
    pairs.sort();
    Some(pairs)
}

/// Percent-decoding.
pub(super) fn read(bytes: &[u8], plus: bool) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                let digits =
                    bytes.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
                out.push(u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap());
                at += 2;
            }
            b'+' if plus => out.push(b' '),
            byte => out.push(byte),
        }
        at += 1;
    }
    Some(out)
}
