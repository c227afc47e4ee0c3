//! Where canonical text goes: into a text that can be looked at, or straight into a hash.

use crate::encode::{ONCE, PATH, encode};
use crate::hmac::{Digest, Hash};

/// Takes a text piece by piece.
pub(crate) trait Sink {
    fn put(&mut self, piece: &[u8]);

    /// Takes a text in upper case (ASCII letters only).
    fn put_upper(&mut self, text: &str) {
        if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            text.bytes().for_each(|byte| self.put(&[byte.to_ascii_uppercase()]));
        } else {
            self.put(text.as_bytes());
        }
    }

    /// Takes a text percent-encoded.
    fn put_encoded(&mut self, text: &str) {
        encode(&ONCE, text.as_bytes(), |piece| self.put(piece));
    }

    /// Takes a text percent-encoded but for its slashes.
    fn put_path(&mut self, path: &str) {
        encode(&PATH, path.as_bytes(), |piece| self.put(piece));
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, piece: &[u8]) {
        self.extend_from_slice(piece);
    }
}

impl<H: Hash> Sink for Digest<H> {
    fn put(&mut self, piece: &[u8]) {
        self.update(piece);
    }
}

/// What is written as text.
pub(crate) fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut text = Vec::new();
    write(&mut text);
    #[expect(clippy::expect_used, reason = "whole texts and ASCII are written")]
    String::from_utf8(text).expect("UTF-8")
}
