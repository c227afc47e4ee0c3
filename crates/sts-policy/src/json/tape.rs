//! Tokens in the order of the text.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use super::string::unescape;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    /// The name of a member; its value follows.
    Name,
    String,
    Number,
    True,
    False,
    Null,
    /// A value that could not be read.
    Unreadable,
}

/// A token and its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Whether a string holds escapes.
    pub(super) escaped: bool,
    /// Bytes of a string's quotes; 1 and 1, unless the text is faulty.
    pub(super) open: u8,
    pub(super) close: u8,
    /// Of a string: of what is between the quotes.
    pub(super) start: u32,
    pub(super) end: u32,
    /// The token after this one and all it holds; for a name: after its value.
    pub(super) next: u32,
}

impl Token {
    const NONE: Self =
        Self { kind: Kind::Unreadable, escaped: false, open: 0, close: 0, start: 0, end: 0, next: u32::MAX };

    /// The bytes of the text, quotes included.
    pub(crate) fn span(self) -> Range<usize> {
        let (open, close) = (u32::from(self.open), u32::from(self.close));
        self.start.saturating_sub(open) as usize..self.end.saturating_add(close) as usize
    }
    /// Whether a string has quotes, be they the wrong ones.
    pub(crate) fn is_quoted(self) -> bool {
        self.open > 0
    }

    /// The bytes between the quotes of a string, where a fix may put other text whatever becomes of the quotes.
    pub(crate) fn inside(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The tokens of a text, in its order: a container before what it holds, a name before its value.
#[derive(Debug, Default)]
pub(crate) struct Tape(pub(super) Vec<Token>);

impl Tape {
    pub(crate) fn token(&self, index: usize) -> Token {
        self.0.get(index).copied().unwrap_or(Token::NONE)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a string or a name.
    pub(crate) fn text<'t>(&self, text: &'t str, index: usize) -> Cow<'t, str> {
        let token = self.token(index);
        let raw = text.get(token.start as usize..token.end as usize).unwrap_or_default();
        if token.escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }

    /// The members of an object: indices of name and value.
    pub(crate) fn members(&self, object: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.inside(object, Kind::Object).map(|name| (name, name + 1))
    }

    /// The elements of an array.
    pub(crate) fn elements(&self, array: usize) -> impl Iterator<Item = usize> + '_ {
        self.inside(array, Kind::Array)
    }

    fn inside(&self, container: usize, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        let token = self.token(container);
        let end = if token.kind == kind { (token.next as usize).min(self.0.len()) } else { 0 };
        let mut index = container + 1;
        std::iter::from_fn(move || {
            let current = index;
            // INVARIANT: `next` is greater than the token's own index; `max` keeps even a broken tape finite.
            index = (self.token(current).next as usize).max(current + 1);
            (current < end).then_some(current)
        })
    }

    /// The path of the innermost value around a byte of the text.
    pub(crate) fn path_at(&self, text: &str, offset: usize) -> String {
        let mut path = String::from("$");
        let mut container = 0;
        loop {
            let around = |from: usize, to: usize| {
                self.token(from).span().start <= offset && offset < self.token(to).span().end
            };
            match self.token(container).kind {
                Kind::Object => {
                    let Some((name, value)) =
                        self.members(container).find(|(name, value)| around(*name, *value))
                    else {
                        return path;
                    };
                    push_name(&mut path, &self.text(text, name));
                    container = value;
                }
                Kind::Array => {
                    let found =
                        self.elements(container).enumerate().find(|(_, element)| around(*element, *element));
                    let Some((index, element)) = found else { return path };
                    let _infallible = write!(path, "[{index}]");
                    container = element;
                }
                _ => return path,
            }
        }
    }
}

/// Longer names are cut: a path is for reading.
const LONGEST_NAME: usize = 64;

fn push_name(path: &mut String, name: &str) {
    if !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        path.push('.');
        path.push_str(name);
        return;
    }
    path.push_str("['");
    for c in name.chars().take(LONGEST_NAME) {
        match c {
            '\'' | '\\' => path.extend(['\\', c]),
            c if c.is_control() => {
                let _infallible = write!(path, "\\u{:04x}", u32::from(c));
            }
            c => path.push(c),
        }
    }
    if name.chars().nth(LONGEST_NAME).is_some() {
        path.push('…');
    }
    path.push_str("']");
}
