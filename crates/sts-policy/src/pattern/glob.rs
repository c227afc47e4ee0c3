//! A pattern cut at its stars.
//!
//! What stands before the first star must be at the start of the text and what stands after the last one at its end. The
//! stretches between are looked for one after the other, each at the first place that is left to it: an earlier match of
//! one never spoils a later one, so there is nothing to go back to.

use memchr::{memchr, memmem};

/// Needles from this length on are looked for only where their rarest byte is: a search that is linear, but slow,
/// starts only if it has a chance.
const LONG_NEEDLE: usize = 64;

/// A text with `*` and `?`, compiled.
#[derive(Clone)]
pub(super) struct Glob {
    /// What the text starts with: everything, where there is no star.
    head: Anchored,
    stars: Option<Box<Stars>>,
}

/// What comes with the first star.
#[derive(Clone)]
struct Stars {
    between: Box<[Stretch]>,
    /// Characters that must at least lie between the last stretch and the tail.
    gap: usize,
    tail: Anchored,
    shortest: usize,
}

/// Characters at one end of the text. `?` is any one of them.
#[derive(Clone)]
struct Anchored {
    text: Box<[u8]>,
    has_wild: bool,
}

/// Characters between two stars. `?`s beside a star count towards the gap, so that a stretch begins and ends with a
/// literal character.
#[derive(Clone)]
struct Stretch {
    /// Characters that must at least lie before it.
    gap: usize,
    needle: Needle,
}

#[derive(Clone)]
enum Needle {
    /// Stretches of one byte each, one after the other: hostile patterns have thousands of them, and small they stay.
    Bytes(Vec<u8>),
    Literal(Box<Literal>),
    /// The first literal of the stretch, and the rest of it from its first `?` on.
    Spread(Box<Literal>, Box<[u8]>),
}

#[derive(Clone)]
struct Literal {
    finder: memmem::Finder<'static>,
    /// The byte that is rarest in a long one.
    rare: Option<u8>,
}

impl Glob {
    pub(super) fn new(text: &str) -> Self {
        let Some((head, rest)) = text.split_once('*') else {
            return Self { head: Anchored::new(text), stars: None };
        };
        let (inner, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
        let mut between: Vec<Stretch> = Vec::new();
        let mut gap = 0;
        for part in inner.split('*') {
            let bare = part.trim_start_matches('?');
            gap += part.len() - bare.len();
            let trimmed = bare.trim_end_matches('?');
            if !trimmed.is_empty() {
                match (between.last_mut(), trimmed.as_bytes()) {
                    (Some(Stretch { needle: Needle::Bytes(bytes), .. }), [byte]) if gap == 0 => {
                        bytes.push(*byte)
                    }
                    (_, trimmed) => between.push(Stretch { gap, needle: Needle::new(trimmed) }),
                }
                gap = 0;
            }
            gap += bare.len() - trimmed.len();
        }
        let shortest = text.bytes().filter(|byte| *byte != b'*').count();
        let (head, tail) = (Anchored::new(head), Anchored::new(tail));
        Self { head, stars: Some(Box::new(Stars { between: between.into(), gap, tail, shortest })) }
    }

    /// Whether the whole of a UTF-8 text is of this form.
    #[inline]
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let Some(stars) = &self.stars else {
            return self.head.is_whole(text);
        };
        text.len() >= stars.shortest && self.head.cut_from_start(text).is_some_and(|text| stars.matches(text))
    }

    /// Bytes that a matching text has at least.
    pub(super) fn shortest(&self) -> usize {
        self.stars.as_ref().map_or(self.head.text.len(), |stars| stars.shortest)
    }

    pub(super) fn literal(&self) -> Option<&[u8]> {
        (self.stars.is_none() && !self.head.has_wild).then_some(&self.head.text)
    }

    pub(super) fn stretches(&self) -> impl Iterator<Item = &[u8]> {
        let head = self.head.text.split(|byte| *byte == b'?');
        let stars = self.stars.iter().flat_map(|stars| {
            let between = stars.between.iter().flat_map(|stretch| stretch.needle.stretches());
            between.chain(stars.tail.text.split(|byte| *byte == b'?'))
        });
        head.chain(stars)
    }
}

impl Stars {
    #[inline]
    fn matches(&self, text: &[u8]) -> bool {
        let Some(mut rest) = self.tail.cut_from_end(text) else { return false };
        for stretch in &self.between {
            let Some(after) = skip(rest, stretch.gap).and_then(|rest| stretch.needle.find(rest)) else {
                return false;
            };
            rest = after;
        }
        skip(rest, self.gap).is_some()
    }
}

impl Anchored {
    fn new(text: &str) -> Self {
        Self { text: text.as_bytes().into(), has_wild: text.contains('?') }
    }

    #[inline]
    fn is_whole(&self, text: &[u8]) -> bool {
        if self.has_wild {
            after(&self.text, text).is_some_and(<[u8]>::is_empty)
        } else {
            *self.text == *text
        }
    }

    #[inline]
    fn cut_from_start<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        // Comparing with nothing is not free: the call costs more than the answer.
        if self.text.is_empty() {
            Some(text)
        } else if self.has_wild {
            after(&self.text, text)
        } else {
            text.strip_prefix(&*self.text)
        }
    }

    #[inline]
    fn cut_from_end<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        if self.text.is_empty() {
            Some(text)
        } else if self.has_wild {
            before(&self.text, text)
        } else {
            text.strip_suffix(&*self.text)
        }
    }
}

impl Needle {
    /// `text` is not empty and begins with a literal character.
    fn new(text: &[u8]) -> Self {
        if let [byte] = text {
            return Self::Bytes(vec![*byte]);
        }
        let literal = text.split(|byte| *byte == b'?').next().unwrap_or_default();
        match text.get(literal.len()..) {
            Some(rest) if !rest.is_empty() => Self::Spread(Box::new(Literal::new(literal)), rest.into()),
            _ => Self::Literal(Box::new(Literal::new(literal))),
        }
    }

    /// What follows the first place where it is found.
    #[inline]
    fn find<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match self {
            Self::Bytes(bytes) => bytes.iter().try_fold(text, |text, byte| match text {
                // Often it is at hand, and a search costs more than a look.
                [first, rest @ ..] if first == byte => Some(rest),
                _ => text.get(memchr(*byte, text)? + 1..),
            }),
            Self::Literal(literal) => literal.find(text).map(|(_, rest)| rest),
            Self::Spread(literal, rest) => {
                let mut text = text;
                loop {
                    let (start, follows) = literal.find(text)?;
                    if let Some(found) = after(rest, follows) {
                        return Some(found);
                    }
                    text = text.get(start + 1..)?;
                }
            }
        }
    }

    fn stretches(&self) -> impl Iterator<Item = &[u8]> {
        let (bytes, literal, rest): (&[u8], _, _) = match self {
            Self::Bytes(bytes) => (bytes, None, None),
            Self::Literal(literal) => (&[], Some(literal), None),
            Self::Spread(literal, rest) => (&[], Some(literal), Some(rest)),
        };
        let rest = rest.into_iter().flat_map(|rest| rest.split(|byte| *byte == b'?').skip(1));
        bytes.chunks(1).chain(literal.map(|literal| literal.finder.needle())).chain(rest)
    }
}

impl Literal {
    fn new(text: &[u8]) -> Self {
        let mut counts = [0_usize; 256];
        for byte in text {
            if let Some(count) = counts.get_mut(usize::from(*byte)) {
                *count += 1;
            }
        }
        let count = |byte: u8| counts.get(usize::from(byte)).copied().unwrap_or_default();
        let rarest = text.iter().copied().min_by_key(|byte| count(*byte));
        let rare = if text.len() < LONG_NEEDLE { None } else { rarest };
        Self { finder: memmem::Finder::new(text).into_owned(), rare }
    }

    /// Where it starts and what follows it.
    #[inline]
    fn find<'t>(&self, text: &'t [u8]) -> Option<(usize, &'t [u8])> {
        if let Some(rare) = self.rare {
            memchr(rare, text)?;
        }
        let start = self.finder.find(text)?;
        Some((start, text.get(start + self.finder.needle().len()..)?))
    }
}

/// The text without its first characters, `None` where it has fewer.
#[inline]
fn skip(mut text: &[u8], characters: usize) -> Option<&[u8]> {
    for _ in 0..characters {
        text = after_one(text)?;
    }
    Some(text)
}

/// The text without its first character.
fn after_one(text: &[u8]) -> Option<&[u8]> {
    let (_, rest) = text.split_first()?;
    let end = rest.iter().position(|byte| !is_continuation(*byte)).unwrap_or(rest.len());
    rest.get(end..)
}

/// What follows `wild`, a text with `?`s, at the start of the text.
fn after<'t>(wild: &[u8], mut text: &'t [u8]) -> Option<&'t [u8]> {
    for byte in wild {
        text = match (byte, text) {
            (b'?', _) => after_one(text)?,
            (byte, [first, rest @ ..]) if byte == first => rest,
            _ => return None,
        };
    }
    Some(text)
}

/// What precedes `wild`, a text with `?`s, at the end of the text.
fn before<'t>(wild: &[u8], mut text: &'t [u8]) -> Option<&'t [u8]> {
    for byte in wild.iter().rev() {
        text = match (byte, text) {
            (b'?', _) => text.get(..text.iter().rposition(|byte| !is_continuation(*byte))?)?,
            (byte, [rest @ .., last]) if byte == last => rest,
            _ => return None,
        };
    }
    Some(text)
}

/// Whether a byte of UTF-8 is not the first of its character.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
