//! HMAC whose key is made ready once: the two hash states after the padded key, from which every signature starts.
//!
//! Over the compression functions of the `sha1` and `sha2` crates: the `hmac` crate's values cannot be kept between calls
//! and then be overwritten, nor stopped at a block's end and taken up again. It is the reference of this file's tests.

mod sha1;
#[cfg(feature = "sha256")]
mod sha256;

pub(crate) use sha1::Sha1;
#[cfg(feature = "sha256")]
pub(crate) use sha256::Sha256;

use std::io::Write as _;
use zeroize::{Zeroize, Zeroizing};

/// Bytes that a hash takes at a time, the same for both.
pub(crate) const BLOCK: usize = 64;

/// A hash of blocks of 64 bytes whose length is appended in 64 bits, big end first.
pub(crate) trait Hash {
    type State: Copy + Zeroize;
    type Output: AsRef<[u8]> + Copy;

    /// The state before the first byte.
    const INITIAL: Self::State;

    fn compress(state: &mut Self::State, block: &[u8; BLOCK]);

    /// The state as bytes: after the last block that is the hash.
    fn output(state: &Self::State) -> Self::Output;
}

/// What a hash has made of whole blocks.
pub(crate) struct State<H: Hash> {
    words: H::State,
    /// Bytes taken so far.
    length: u64,
}

impl<H: Hash> State<H> {
    #[inline]
    pub(crate) fn compress(&mut self, block: &[u8; BLOCK]) {
        H::compress(&mut self.words, block);
        self.length += BLOCK as u64;
    }

    /// Bytes taken so far.
    #[inline]
    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

impl<H: Hash> Clone for State<H> {
    #[inline]
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<H: Hash> Zeroize for State<H> {
    fn zeroize(&mut self) {
        self.words.zeroize();
        self.length.zeroize();
    }
}

/// A hash that is being made of bytes as they come.
pub(crate) struct Digest<H: Hash> {
    state: State<H>,
    buffer: [u8; BLOCK],
    /// Filled part of `buffer`. INVARIANT: less than all of it.
    filled: usize,
}

impl<H: Hash> Digest<H> {
    pub(crate) fn new() -> Self {
        Self::resume(State { words: H::INITIAL, length: 0 })
    }

    /// From a state on.
    pub(crate) fn resume(state: State<H>) -> Self {
        Self { state, buffer: [0; BLOCK], filled: 0 }
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        // Most pieces are short and fill no block.
        let end = self.filled + bytes.len();
        if end < BLOCK {
            if let Some(places) = self.buffer.get_mut(self.filled..end) {
                places.copy_from_slice(bytes);
            }
            self.filled = end;
            return;
        }
        if self.filled > 0 {
            let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
            if let Some((now, later)) = bytes.split_at_checked(free.len()) {
                free.copy_from_slice(now);
                bytes = later;
            }
            self.state.compress(&self.buffer);
        }
        let (blocks, rest) = bytes.as_chunks();
        for block in blocks {
            self.state.compress(block);
        }
        if let Some(places) = self.buffer.get_mut(..rest.len()) {
            places.copy_from_slice(rest);
        }
        self.filled = rest.len();
    }

    /// The state after the last whole block, and the bytes after it.
    pub(crate) fn split(&self) -> (State<H>, &[u8]) {
        (self.state.clone(), self.buffer.get(..self.filled).unwrap_or_default())
    }

    pub(crate) fn finish(self) -> H::Output {
        H::output(&self.last_state().words)
    }

    /// The state after the length.
    fn last_state(mut self) -> State<H> {
        /// Where the length goes.
        const END: usize = BLOCK - 8;
        let length = self.state.length + self.filled as u64;
        if let Some((first, others)) = self.buffer.get_mut(self.filled..).and_then(<[u8]>::split_first_mut) {
            *first = 0x80;
            others.fill(0);
        }
        if self.filled >= END {
            self.state.compress(&self.buffer);
            self.buffer = [0; BLOCK];
        }
        if let Some(end) = self.buffer.last_chunk_mut() {
            *end = (8 * length).to_be_bytes();
        }
        self.state.compress(&self.buffer);
        self.state
    }
}

/// A key that is ready. Overwritten when dropped.
pub(crate) struct Key<H: Hash> {
    inner: H::State,
    outer: H::State,
}

impl<H: Hash> Key<H> {
    /// The key is all parts, one after the other; together of any length.
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        let mut key = Zeroizing::new([0; BLOCK]);
        let mut free = key.as_mut_slice();
        let length: usize = parts.iter().map(|part| part.len()).sum();
        // Neither write ever fails: there is room.
        if length <= BLOCK {
            parts.iter().for_each(|part| free.write_all(part).unwrap_or_default());
        } else {
            let mut digest = Digest::<H>::new();
            parts.iter().for_each(|part| digest.update(part));
            free.write_all(digest.finish().as_ref()).unwrap_or_default();
        }
        let state = |pad: u8| {
            let block = Zeroizing::new(key.map(|byte| byte ^ pad));
            let mut state = H::INITIAL;
            H::compress(&mut state, &block);
            state
        };
        Self { inner: state(0x36), outer: state(0x5c) }
    }

    /// The state before a message's first byte.
    #[inline]
    pub(crate) fn state(&self) -> State<H> {
        State { words: self.inner, length: BLOCK as u64 }
    }

    /// A message's beginning. [`finish`](Self::finish) ends it.
    pub(crate) fn begin(&self) -> Digest<H> {
        Digest::resume(self.state())
    }

    /// The signature of a message that [`begin`](Self::begin) began.
    pub(crate) fn finish(&self, message: Digest<H>) -> H::Output {
        self.seal(&message.last_state())
    }

    /// The signature of a message that began with [`state`](Self::state), from the state after its padding.
    #[inline]
    pub(crate) fn seal(&self, message: &State<H>) -> H::Output {
        let hash = H::output(&message.words);
        let hash = hash.as_ref();
        // The hash, one bit, zeros, and the length of both key and hash.
        let mut block = [0; BLOCK];
        let length = 8 * (BLOCK + hash.len()) as u64;
        if let Some((place, [bit, ..])) = block.split_at_mut_checked(hash.len()) {
            place.copy_from_slice(hash);
            *bit = 0x80;
        }
        if let Some(end) = block.last_chunk_mut() {
            *end = length.to_be_bytes();
        }
        let mut outer = self.outer;
        H::compress(&mut outer, &block);
        H::output(&outer)
    }

    /// The signature of a whole message.
    pub(crate) fn sign(&self, message: &[u8]) -> H::Output {
        let mut digest = self.begin();
        digest.update(message);
        self.finish(digest)
    }
}

impl<H: Hash> Clone for Key<H> {
    fn clone(&self) -> Self {
        Self { inner: self.inner, outer: self.outer }
    }
}

impl<H: Hash> Drop for Key<H> {
    fn drop(&mut self) {
        self.inner.zeroize();
        self.outer.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::{Digest, Hash, Key, Sha1};
    use ::hmac::digest::{KeyInit, Update};
    use ::hmac::{Hmac, Mac};
    use proptest::prelude::*;

    fn check<H: Hash, M: Mac + KeyInit>(key: &[u8], message: &[u8], cuts: [usize; 3]) {
        let mut reference = <M as Mac>::new_from_slice(key).unwrap();
        Mac::update(&mut reference, message);
        let expected = reference.finalize().into_bytes();

        let (start, end) = key.split_at(cuts[2] % (key.len() + 1));
        let ready = Key::<H>::new(&[start, end]);
        assert_eq!(ready.sign(message).as_ref(), &*expected);

        let mut pieces = ready.begin();
        let mut rest = message;
        for cut in cuts {
            let (piece, after) = rest.split_at(cut % (rest.len() + 1));
            pieces.update(piece);
            rest = after;
        }
        pieces.update(rest);
        assert_eq!(ready.finish(pieces).as_ref(), &*expected);
    }

    fn check_all(key: &[u8], message: &[u8], cuts: [usize; 3]) {
        check::<Sha1, Hmac<sha1::Sha1>>(key, message, cuts);
        #[cfg(feature = "sha256")]
        check::<super::Sha256, Hmac<sha2::Sha256>>(key, message, cuts);
    }

    #[test]
    fn every_length_around_the_blocks() {
        let bytes: Vec<u8> = (0..300).map(|n| (n % 251) as u8).collect();
        for length in 0..bytes.len() {
            check_all(b"a secret&", &bytes[..length], [length / 3, 64, 7]);
            check_all(&bytes[..length], b"message", [1, 2, length / 2]);
        }
    }

    #[test]
    fn the_bare_hash_is_the_crates() {
        for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 1000] {
            let bytes = vec![b'x'; length];
            let mut digest = Digest::<Sha1>::new();
            digest.update(&bytes);
            let expected = sha1::digest::Digest::finalize(sha1::Sha1::default().chain(&bytes));
            assert_eq!(digest.finish().as_ref(), &*expected);
        }
    }

    proptest! {
        #[test]
        fn same_as_the_hmac_crate(
            key in proptest::collection::vec(any::<u8>(), 0..150),
            message in proptest::collection::vec(any::<u8>(), 0..500),
            cuts in any::<[usize; 3]>(),
        ) {
            check_all(&key, &message, cuts);
        }
    }
}
