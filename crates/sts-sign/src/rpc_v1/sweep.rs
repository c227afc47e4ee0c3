//! One sweep over what is signed: the form is written, and its string to sign hashed, at the same time.
//!
//! The string to sign never exists as a whole. Each text is encoded eight bytes at a time, once into the form and twice
//! into a small buffer, from which the hash takes 64 bytes (its block) at a time, so that the hash needs no buffering of
//! its own. Hash and encoder wait for different things, so a processor that looks far enough ahead does both at once.

use crate::encode::{ONCE, TWICE, is_unreserved_word};
use crate::hmac::{BLOCK, Hash, Key, State};

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
pub(super) const SLACK: usize = 64;

/// `&Signature=` and the 44 characters of the longest one, each encoded.
pub(super) const SIGNATURE_LONGEST: usize = 11 + 3 * 44;

/// What ends a message for the hash, but for its length: one bit, then zeros.
const PADDING: [u8; BLOCK + 8] = {
    let mut padding = [0; BLOCK + 8];
    padding[0] = 0x80;
    padding
};

/// Eight letters. They stay as they are in every encoding, so that they can fill up a word and be cut off again.
const LETTERS: u64 = u64::from_le_bytes(*b"AAAAAAAA");

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

    /// A name and its value.
    #[inline]
    pub(super) fn param(&mut self, name: &str, value: &str) {
        self.encode(name);
        self.literal(b"=", b"%3D");
        self.encode(value);
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

    /// Adds a text, encoded.
    pub(super) fn encode(&mut self, text: &str) {
        let (words, tail) = text.as_bytes().as_chunks();
        // Names, numbers and tokens are nearly all unreserved, JSON is not: the cheap way is left for good at the first
        // word that needs more.
        let plain = words.iter().take_while(|word| self.copy_word(u64::from_le_bytes(**word), WORD)).count();
        self.encode_words(words.get(plain..).unwrap_or_default());
        if let Some((word, length)) = last_word(text.as_bytes(), tail)
            && !self.copy_word(word, length)
        {
            self.encode_last_word(word, length);
        }
    }

    /// Adds the first `length` bytes of a word if it is unreserved, and says whether.
    #[inline(always)]
    fn copy_word(&mut self, word: u64, length: usize) -> bool {
        let (Some(form), Some(text)) = (slot(self.form, self.formed), slot(&mut self.text, self.staged))
        else {
            debug_assert!(false, "room for a word");
            return true;
        };
        if !is_unreserved_word(word) {
            return false;
        }
        *form = word.to_le_bytes();
        *text = word.to_le_bytes();
        self.formed += length;
        self.staged += length;
        self.hash();
        true
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

    /// Adds the first `length` bytes of a word that [`LETTERS`] fill up.
    #[inline(never)]
    fn encode_last_word(&mut self, word: u64, length: usize) {
        self.encode_words(&[word.to_le_bytes()]);
        self.formed -= WORD - length;
        self.staged -= WORD - length;
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

    /// Ends the form with the signature; its length.
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
        self.formed += write_base64(self.form.get_mut(self.formed..).unwrap_or_default(), signature.as_ref());
        self.formed
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

/// The tail of a text, fewer than eight bytes, as a padded word; `None` where there is no tail. Loads of fixed size
/// stand in for a copy of a length that varies.
#[inline(always)]
fn last_word(text: &[u8], tail: &[u8]) -> Option<(u64, usize)> {
    let length = tail.len();
    let word = match (text.last_chunk::<WORD>(), tail) {
        (_, []) => return None,
        (Some(end), _) => u64::from_le_bytes(*end) >> (8 * (WORD - length)),
        (None, &[first]) => first.into(),
        (None, &[first, second]) => u16::from_le_bytes([first, second]).into(),
        (None, &[first, second, third]) => u32::from_le_bytes([first, second, third, 0]).into(),
        (None, _) => {
            let half =
                |bytes: Option<&[u8; 4]>| u64::from(u32::from_le_bytes(bytes.copied().unwrap_or_default()));
            half(tail.first_chunk()) | half(tail.last_chunk()) << (8 * (length - 4))
        }
    };
    Some((word | LETTERS << (8 * length), length))
}

/// Writes a hash as Base64 that is percent-encoded; its length.
#[inline]
fn write_base64(form: &mut [u8], hash: &[u8]) -> usize {
    let mut formed = 0;
    let mut add = |text: u32| {
        if let Some(slot) = slot(form, formed) {
            *slot = text.to_le_bytes();
        }
        formed += (text >> 24) as usize;
    };
    let (triples, rest) = hash.as_chunks();
    for [first, second, third] in triples {
        let bits = u32::from_be_bytes([0, *first, *second, *third]);
        [18, 12, 6, 0].into_iter().for_each(|shift| add(SEXTETS[(bits >> shift & 63) as usize]));
    }
    // Both hashes leave two bytes.
    if let [first, second] = rest {
        let bits = u32::from_be_bytes([0, *first, *second, 0]);
        [18, 12, 6].into_iter().for_each(|shift| add(SEXTETS[(bits >> shift & 63) as usize]));
        add(u32::from_le_bytes(*b"%3D\x03"));
    }
    formed
}

/// The digits of Base64, percent-encoded: the text, first byte lowest, and its length in the highest byte.
const SEXTETS: [u32; 64] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [0; 64];
    let mut value = 0;
    while value < table.len() {
        let once = ONCE[digits[value] as usize];
        let length = if once >> 8 == 0 { 1 } else { 3 };
        table[value] = once | length << 24;
        value += 1;
    }
    table
};
