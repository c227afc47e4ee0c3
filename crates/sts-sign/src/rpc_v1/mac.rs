//! The keyed hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Mac;
use hmac::digest::KeyInit;
use zeroize::Zeroizing;

/// Base64 of the longest signature: 32 bytes.
const LONGEST: usize = 44;

/// Room for a key on the stack: the block size of both hashes. Keys of the service are 30 to 44 characters long.
const BLOCK: usize = 64;

/// An HMAC ready to be fed, with the key of RPC v1: the access key secret and one `&`, for temporary keys too.
pub(super) fn keyed<M: KeyInit + Mac>(access_key_secret: &str) -> M {
    let secret = access_key_secret.as_bytes();
    let mut short = Zeroizing::new([0; BLOCK]);
    let mut long = Zeroizing::new(Vec::new());
    let key = match short.get_mut(..=secret.len()) {
        Some(key) => key,
        None => {
            long.resize(secret.len() + 1, 0);
            long.as_mut_slice()
        }
    };
    if let Some((separator, start)) = key.split_last_mut() {
        start.copy_from_slice(secret);
        *separator = b'&';
    }
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    <M as KeyInit>::new_from_slice(key).expect("a key of any length")
}

/// A finished signature in Base64.
pub(super) struct Signature {
    text: [u8; LONGEST],
    length: usize,
}

impl Signature {
    pub(super) fn of(mac: impl Mac) -> Self {
        let mut text = [0; LONGEST];
        // Never the default: both hashes fit.
        let length = STANDARD.encode_slice(mac.finalize().into_bytes(), &mut text).unwrap_or_default();
        Self { text, length }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        self.as_bytes().iter().copied().map(char::from).collect()
    }
}
