//! One sweep over what is signed: the form is written, and its string to sign hashed, at the same time.
//!
//! The string to sign never exists as a whole. Each text is encoded eight bytes at a time, once into the form and twice
//! into a small buffer, from which the hash takes 64 bytes (its block) at a time, so that the hash needs no buffering of
//! its own. Hash and encoder wait for different things, so a processor that looks far enough ahead does both at once.

mod base64;

use crate::encode::{ONCE, TWICE, is_unreserved_line, is_unreserved_word};
use crate::hmac::{BLOCK, Hash, Key, State};
use base64::{BASE64_ROOM, write_base64};

/// The hash stays so far behind the encoder that what it reads was stored well before: a read of bytes that are still
/// on their way to the cache would wait for them.
const LAG: usize = 64;

/// Size of the text's buffer, which is wound back after a half of it. INVARIANT: between two calls of
/// [`Sweep::hash`] less than half + `LAG` + `BLOCK` of it is filled, so `STEP` bytes always fit.
const BUFFER: usize = 512;

/// Most bytes that are added to the text in one go.
const STEP: usize = 64;

/// Bytes encoded in one step, and what they can become.
const WORD: usize = 8;
const WORD_ONCE: usize = 3 * WORD + 8;
const WORD_TWICE: usize = 5 * WORD + 8;

/// Room that a form needs behind its end, since pieces of a fixed size are written there and overwritten again.
pub(super) const SLACK: usize = 128;

/// `&Signature=` and the 44 characters of the longest one, each encoded.
pub(super) const SIGNATURE_LONGEST: usize = 11 + 3 * 44;

const _: () = assert!(BASE64_ROOM <= SIGNATURE_LONGEST - 11 + SLACK, "room behind every form");

/// What ends a message for the hash, but for its length: one bit, then zeros.
const PADDING: [u8; BLOCK + 8] = {
    let mut padding = [0; BLOCK + 8];
    padding[0] = 0x80;
    padding
};

/// Bytes that are looked at together before it is known that they need encoding.
const LINE: usize = 2 * WORD;

/// Letters stay as they are in every encoding, so that they can fill up a word and be cut off again.
const LETTERS: u64 = u64::from_le_bytes([b'A'; WORD]);

/// See the module.
pub(super) struct Sweep<'o, H: Hash> {
    form: &'o mut [u8],
    /// Filled part of `form`.
    formed: usize,
    text: [u8; BUFFER],
    /// Filled part of `text`.
    staged: usize,
    /// Hashed part of `text`.
    hashed: usize,
    state: State<H>,
}

impl<'o, H: Hash> Sweep<'o, H> {
    /// `form` has room for the longest form that there can be, for [`SIGNATURE_LONGEST`] and [`SLACK`].
    #[inline]
    pub(super) fn new(form: &'o mut [u8], state: State<H>) -> Self {
        Self { form, formed: 0, text: [0; BUFFER], staged: 0, hashed: 0, state }
    }

    /// The beginning of the string to sign.
    #[inline]
    pub(super) fn method(&mut self, method: &str) {
        if method == "POST" {
            self.literal(b"", b"POST&%2F&");
        } else {
            self.append(b"", method.to_ascii_uppercase().as_bytes());
            self.literal(b"", b"&%2F&");
        }
    }

    /// A name, its value, and what comes after.
    #[inline]
    pub(super) fn param(&mut self, name: &str, value: &str, end: End) {
        self.encode(name, End::Equals);
        self.encode(value, end);
    }

    /// Adds what is encoded already: once, and twice.
    #[inline(always)]
    pub(super) fn literal<const FORM: usize, const TEXT: usize>(
        &mut self,
        form: &[u8; FORM],
        text: &[u8; TEXT],
    ) {
        const { assert!(TEXT <= STEP, "see BUFFER") };
        let (Some(form_slot), Some(text_slot)) =
            (slot(self.form, self.formed), slot(&mut self.text, self.staged))
        else {
            return debug_assert!(false, "room for a literal");
        };
        *form_slot = *form;
        *text_slot = *text;
        self.formed += FORM;
        self.staged += TEXT;
        self.hash();
    }

    /// [`literal`](Self::literal) for any length.
    pub(super) fn append(&mut self, form: &[u8], text: &[u8]) {
        let form_slot = self.form.get_mut(self.formed..).and_then(|rest| rest.get_mut(..form.len()));
        if let Some(slot) = form_slot {
            slot.copy_from_slice(form);
            self.formed += form.len();
        }
        for piece in text.chunks(STEP) {
            if let Some(slot) = self.text.get_mut(self.staged..).and_then(|rest| rest.get_mut(..piece.len()))
            {
                slot.copy_from_slice(piece);
                self.staged += piece.len();
            }
            self.hash();
        }
    }

    /// Adds a text, encoded, and what comes after. Names, numbers and tokens are nearly all unreserved, JSON is not: a text is copied line by
    /// line for as long as that is enough, then encoded to its end.
    pub(super) fn encode(&mut self, text: &str, end: End) {
        let text = text.as_bytes();
        let (lines, tail) = text.as_chunks::<LINE>();
        for (index, line) in lines.iter().enumerate() {
            if !is_unreserved_line(line) {
                return self.encode_rest(text.get(index * LINE..).unwrap_or_default(), end);
            }
            self.copy(line);
        }
        match text.last_chunk() {
            None => self.encode_short(text, end),
            // The last line once more, over what is there already: it ends where the text does.
            Some(last) if is_unreserved_line(last) => {
                let twice = LINE - tail.len();
                self.formed -= twice;
                self.staged -= twice;
                self.copy(last);
                self.end(end);
            }
            Some(_) => self.encode_rest(tail, end),
        }
    }

    /// A text that is shorter than a line: copies two words, which may overlap.
    #[inline(always)]
    #[expect(
        clippy::indexing_slicing,
        reason = "a text shorter than a line, and 8 bytes more, end within two lines"
    )]
    fn encode_short(&mut self, bytes: &[u8], end: End) {
        let (first, last, second) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => {
                (u64::from_le_bytes(*first), u64::from_le_bytes(*last), bytes.len() - WORD)
            }
            _ if bytes.is_empty() => return self.end(end),
            _ => {
                let word = last_word(bytes, bytes);
                (word, word, 0)
            }
        };
        if !is_unreserved_word(first) || (second > 0 && !is_unreserved_word(last)) {
            return self.encode_rest(bytes, end);
        }
        let room = (slot(self.form, self.formed), slot(&mut self.text, self.staged));
        if let (Some::<&mut [u8; 2 * LINE]>(form), Some::<&mut [u8; 2 * LINE]>(text)) = room {
            // Smaller already; said so for the compiler, which then needs no check of the bounds.
            let (second, length) = (second % LINE, bytes.len() % LINE);
            for to in [&mut *form, &mut *text] {
                to[..WORD].copy_from_slice(&first.to_le_bytes());
                to[second..second + WORD].copy_from_slice(&last.to_le_bytes());
            }
            let (once, twice) = end.bytes();
            form[length] = once;
            text[length..length + WORD].copy_from_slice(&twice.to_le_bytes());
            self.formed += length + end.length();
            self.staged += length + 3 * end.length();
        }
        self.hash();
    }

    /// Adds a line as it is.
    #[inline(always)]
    fn copy(&mut self, line: &[u8; LINE]) {
        if let (Some(form), Some(text)) = (slot(self.form, self.formed), slot(&mut self.text, self.staged)) {
            *form = *line;
            *text = *line;
            self.formed += LINE;
            self.staged += LINE;
        }
        self.hash();
    }

    /// What comes after a text.
    fn end(&mut self, end: End) {
        if let (Some(form), Some(text)) = (slot(self.form, self.formed), slot(&mut self.text, self.staged)) {
            let (once, twice) = end.bytes();
            *form = [once];
            *text = twice.to_le_bytes();
            self.formed += end.length();
            self.staged += 3 * end.length();
        }
        self.hash();
    }

    /// A text that has reserved bytes.
    #[inline(never)]
    fn encode_rest(&mut self, text: &[u8], end: End) {
        let (words, tail) = text.as_chunks();
        self.encode_words(words);
        if !tail.is_empty() {
            self.encode_words(&[last_word(text, tail).to_le_bytes()]);
            self.formed -= WORD - tail.len();
            self.staged -= WORD - tail.len();
        }
        self.end(end);
    }

    fn encode_words(&mut self, words: &[[u8; WORD]]) {
        // Kept out of `self`, where each would be read and written for every word.
        let (mut formed, mut staged) = (self.formed, self.staged);
        for word in words {
            let (Some(form), Some(text)) = (slot(self.form, formed), slot(&mut self.text, staged)) else {
                return debug_assert!(false, "room for a word");
            };
            let reserved = encode_word(form, text, *word);
            formed += WORD + 2 * reserved;
            staged += WORD + 4 * reserved;
            if staged >= self.hashed + LAG + BLOCK {
                self.staged = staged;
                self.hash_block();
                staged = self.staged;
            }
        }
        self.formed = formed;
        self.staged = staged;
    }

    /// Hashes a block where there is enough.
    #[inline(always)]
    fn hash(&mut self) {
        if self.staged >= self.hashed + LAG + BLOCK {
            self.hash_block();
        }
    }

    #[inline(never)]
    fn hash_block(&mut self) {
        if let Some(block) = slot(&mut self.text, self.hashed) {
            self.state.compress(block);
            self.hashed += BLOCK;
        }
        if self.hashed >= BUFFER / 2 {
            let rest: Option<[u8; LAG + BLOCK]> = slot(&mut self.text, self.hashed).copied();
            if let (Some(rest), Some(start)) = (rest, slot(&mut self.text, 0)) {
                *start = rest;
            }
            self.staged -= self.hashed;
            self.hashed = 0;
        }
    }

    /// Ends the form with the signature; the form's length.
    #[inline]
    pub(super) fn sign(mut self, key: &Key<H>) -> usize {
        let signed = self.state.length() + (self.staged - self.hashed) as u64;
        if let Some(end) = slot(&mut self.text, self.staged) {
            *end = PADDING;
        }
        // With the padding's first byte and the length.
        let blocks = (self.staged - self.hashed + 1 + 8).div_ceil(BLOCK);
        if let Some(length) = slot(&mut self.text, self.hashed + blocks * BLOCK - 8) {
            *length = (8 * signed).to_be_bytes();
        }
        for _ in 0..blocks {
            if let Some(block) = slot(&mut self.text, self.hashed) {
                self.state.compress(block);
            }
            self.hashed += BLOCK;
        }
        let signature = key.seal(&self.state);
        if let Some(slot) = slot(self.form, self.formed) {
            *slot = *b"&Signature=";
            self.formed += slot.len();
        }
        if let Some(slot) = slot(self.form, self.formed) {
            self.formed += write_base64(slot, signature.as_ref());
        }
        self.formed
    }
}

/// What comes after a text.
#[derive(Clone, Copy)]
pub(super) enum End {
    Nothing,
    Equals,
    Ampersand,
}

impl End {
    /// How many bytes of the first, and three times as many of the second, are meant.
    #[inline(always)]
    fn length(self) -> usize {
        usize::from(!matches!(self, Self::Nothing))
    }

    /// Encoded once and twice; bytes past the end are zero.
    #[inline(always)]
    fn bytes(self) -> (u8, u64) {
        match self {
            Self::Nothing | Self::Ampersand => (b'&', u64::from_le_bytes(*b"%26\0\0\0\0\0")),
            Self::Equals => (b'=', u64::from_le_bytes(*b"%3D\0\0\0\0\0")),
        }
    }
}

/// Writes eight bytes, once and twice encoded, without a branch: which bytes are reserved is as good as random. A reserved
/// byte makes what follows it lie two bytes later in the form and four in the text. Gives how many are.
#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "all indices are constants plus 7 times 4 at most")]
fn encode_word(form: &mut [u8; WORD_ONCE], text: &mut [u8; WORD_TWICE], word: [u8; WORD]) -> usize {
    let mut reserved = 0;
    for (index, byte) in word.into_iter().enumerate() {
        let (once, twice) = (ONCE[usize::from(byte)], TWICE[usize::from(byte)]);
        // Never more than 7 here; said so for the compiler, which then needs no check of the bounds.
        let before = reserved & 7;
        form[index + 2 * before..index + 2 * before + 4].copy_from_slice(&once.to_le_bytes());
        text[index + 4 * before..index + 4 * before + 8].copy_from_slice(&twice.to_le_bytes());
        reserved += (twice >> 63) as usize;
    }
    reserved
}

/// So many bytes of a buffer from a position on.
#[inline(always)]
fn slot<const LENGTH: usize>(buffer: &mut [u8], at: usize) -> Option<&mut [u8; LENGTH]> {
    buffer.get_mut(at..).and_then(<[u8]>::first_chunk_mut)
}

/// The tail of a text, one byte to seven, as a word that [`LETTERS`] fill up. Loads of fixed size stand in for a copy of a
/// length that varies.
#[inline(always)]
fn last_word(text: &[u8], tail: &[u8]) -> u64 {
    let length = tail.len();
    let half = |bytes: Option<&[u8; 4]>| u64::from(u32::from_le_bytes(bytes.copied().unwrap_or_default()));
    let word = match (text.last_chunk::<WORD>(), tail) {
        (Some(end), _) => u64::from_le_bytes(*end) >> (8 * (WORD - length) % 64),
        (None, &[first]) => first.into(),
        (None, &[first, second]) => u16::from_le_bytes([first, second]).into(),
        (None, &[first, second, third]) => u32::from_le_bytes([first, second, third, 0]).into(),
        (None, _) => {
            half(tail.first_chunk())
                | half(tail.last_chunk()) << (8 * (length % WORD) as u32).saturating_sub(32)
        }
    };
    word | LETTERS << (8 * (length % WORD))
}
