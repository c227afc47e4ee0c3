//! One sweep over the parameters: the form is written, and its string to sign hashed, at the same time.
//!
//! The string to sign never exists as a whole. Each text is encoded eight bytes at a time into two small buffers, once
//! for the form and twice for the hash; the hash takes from its buffer 64 bytes (its block) at a time, so that the
//! hash needs no buffering of its own.

use super::mac::Signature;
use crate::encode::{ONCE, TWICE, encode_into, is_unreserved_word};
use crate::hmac::{Digest, Hash, Key};
use crate::order::Merge;

/// Block of both hashes.
const BLOCK: usize = 64;

/// The hash stays so far behind the encoder that what it reads was stored well before: a read of bytes that are still
/// on their way to the cache would wait for them.
const LAG: usize = 64;

/// Size of the buffers. The hash's is wound back after a half of it. INVARIANT: between two calls of [`Sweep::hash`]
/// less than half + `LAG` + `BLOCK` of it is filled, so a word's 48 bytes always fit; the form's buffer holds less,
/// since it is emptied at the same time and fills more slowly.
const BUFFER: usize = 512;

/// Bytes encoded in one step, and what they can become.
const WORD: usize = 8;
const WORD_ONCE: usize = 3 * WORD + 8;
const WORD_TWICE: usize = 5 * WORD + 8;

/// Eight letters. They stay as they are in every encoding, so padding can be cut off again.
const PADDING: u64 = u64::from_le_bytes(*b"AAAAAAAA");

/// See the module.
pub(super) struct Sweep<'o, H: Hash> {
    out: &'o mut Vec<u8>,
    digest: Digest<H>,
    form: [u8; BUFFER],
    /// Filled part of `form`.
    formed: usize,
    text: [u8; BUFFER],
    /// Filled part of `text`.
    staged: usize,
    /// Hashed part of `text`.
    hashed: usize,
}

impl<'o, H: Hash> Sweep<'o, H> {
    #[inline]
    pub(super) fn new(out: &'o mut Vec<u8>, digest: Digest<H>) -> Self {
        Self { out, digest, form: [0; BUFFER], formed: 0, text: [0; BUFFER], staged: 0, hashed: 0 }
    }

    /// The beginning of the string to sign.
    pub(super) fn method(&mut self, method: &str) {
        match self.text.get_mut(..method.len()).filter(|_| method.len() <= BLOCK) {
            Some(start) => {
                start.copy_from_slice(method.as_bytes());
                start.make_ascii_uppercase();
                self.staged = method.len();
            }
            // No such method exists; it is signed all the same.
            None => self.digest.update(method.to_ascii_uppercase().as_bytes()),
        }
        self.separate(None, *b"&%2F&\0\0\0", 5);
    }

    pub(super) fn params(&mut self, params: Merge<'_, '_>) {
        let mut first = true;
        for (name, value) in params {
            if !first {
                self.separate(Some(b'&'), *b"%26\0\0\0\0\0", 3);
            }
            first = false;
            self.encode(name);
            self.separate(Some(b'='), *b"%3D\0\0\0\0\0", 3);
            self.encode(value);
        }
    }

    /// Ends the form with the signature.
    #[inline]
    pub(super) fn sign(mut self, key: &Key<H>) {
        self.digest.update(self.text.get(self.hashed..self.staged).unwrap_or_default());
        self.out.extend_from_slice(self.form.get(..self.formed).unwrap_or_default());
        self.out.extend_from_slice(b"&Signature=");
        encode_into(Signature::new(key.finish(self.digest)).as_bytes(), self.out);
    }

    /// Writes a separator, and its encoded form.
    fn separate(&mut self, separator: Option<u8>, encoded: [u8; 8], length: usize) {
        if let Some(slot) = slot(&mut self.text, self.staged) {
            *slot = encoded;
            self.staged += length;
        }
        if let (Some(separator), Some(slot)) = (separator, self.form.get_mut(self.formed)) {
            *slot = separator;
            self.formed += 1;
        }
    }

    fn encode(&mut self, text: &str) {
        let text = text.as_bytes();
        let (words, tail) = text.as_chunks::<WORD>();
        // Names, numbers and tokens are nearly all unreserved, JSON is not: the cheap way is tried where it worked
        // for the word before.
        let mut plain = true;
        for word in words {
            let word = u64::from_le_bytes(*word);
            if plain && is_unreserved_word(word) {
                self.copy_word(word, WORD);
            } else {
                let before = self.formed;
                self.encode_word(word);
                plain = self.formed == before + WORD;
            }
            self.hash();
        }
        if let Some((word, length)) = last_word(text, tail) {
            if is_unreserved_word(word) {
                self.copy_word(word, length);
            } else {
                self.encode_last_word(word, length);
            }
        }
        self.hash();
    }

    /// Writes the first `length` bytes of a word that needs no encoding.
    #[inline]
    fn copy_word(&mut self, word: u64, length: usize) {
        let (Some(form), Some(text)) = (slot(&mut self.form, self.formed), slot(&mut self.text, self.staged))
        else {
            return debug_assert!(false, "room for a word");
        };
        *form = word.to_le_bytes();
        *text = word.to_le_bytes();
        self.formed += length;
        self.staged += length;
    }

    /// Writes eight bytes, once and twice encoded, without a branch: which bytes are reserved is as good as random.
    /// A reserved byte makes what follows it lie two bytes later in the form and four in the text.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "all indices are constants plus 7 times 4 at most")]
    fn encode_word(&mut self, word: u64) {
        let (Some(form), Some(text)): (Option<&mut [u8; WORD_ONCE]>, Option<&mut [u8; WORD_TWICE]>) =
            (slot(&mut self.form, self.formed), slot(&mut self.text, self.staged))
        else {
            return debug_assert!(false, "room for a word");
        };
        let mut reserved = 0;
        for (index, byte) in word.to_le_bytes().into_iter().enumerate() {
            let (once, twice) = (ONCE[usize::from(byte)], TWICE[usize::from(byte)]);
            // Never more than 7 here; said so for the compiler, which then needs no check of the bounds.
            let before = reserved & 7;
            form[index + 2 * before..index + 2 * before + 4].copy_from_slice(&once.to_le_bytes());
            text[index + 4 * before..index + 4 * before + 8].copy_from_slice(&twice.to_le_bytes());
            reserved += (twice >> 63) as usize;
        }
        self.formed += WORD + 2 * reserved;
        self.staged += WORD + 4 * reserved;
    }

    /// Writes the first `length` bytes of a word whose other bytes are [`PADDING`].
    #[inline(never)]
    fn encode_last_word(&mut self, word: u64, length: usize) {
        self.encode_word(word);
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
        if let Some(block) = slot::<BLOCK>(&mut self.text, self.hashed) {
            self.digest.update(block.as_slice());
            self.hashed += BLOCK;
        }
        if self.hashed >= BUFFER / 2 {
            let rest: Option<[u8; LAG + BLOCK]> = slot(&mut self.text, self.hashed).copied();
            if let (Some(rest), Some(start)) = (rest, slot(&mut self.text, 0)) {
                *start = rest;
            }
            self.staged -= self.hashed;
            self.hashed = 0;
            self.out.extend_from_slice(self.form.get(..self.formed).unwrap_or_default());
            self.formed = 0;
        }
    }
}

/// So many bytes of a buffer from a position on.
#[inline(always)]
fn slot<const LENGTH: usize>(buffer: &mut [u8; BUFFER], at: usize) -> Option<&mut [u8; LENGTH]> {
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
    Some((word | PADDING << (8 * length), length))
}
