//! The keyed hash: the key of RPC v1, and the signature as text.

use super::Algorithm;
use crate::hmac;
use crate::hmac::Sha1;
#[cfg(feature = "sha256")]
use crate::hmac::Sha256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Base64 of the longest signature: 32 bytes.
const LONGEST: usize = 44;

/// A key that is ready: the access key secret and one `&`, for temporary keys too.
pub(super) enum Key {
    Sha1(hmac::Key<Sha1>),
    #[cfg(feature = "sha256")]
    Sha256(hmac::Key<Sha256>),
}

impl Key {
    pub(super) fn new(algorithm: Algorithm, access_key_secret: &str) -> Self {
        let parts = [access_key_secret.as_bytes(), b"&"];
        match algorithm {
            Algorithm::HmacSha1 => Self::Sha1(hmac::Key::new(&parts)),
            #[cfg(feature = "sha256")]
            Algorithm::HmacSha256 => Self::Sha256(hmac::Key::new(&parts)),
        }
    }

    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha1(_) => Algorithm::HmacSha1,
            #[cfg(feature = "sha256")]
            Self::Sha256(_) => Algorithm::HmacSha256,
        }
    }

    /// The signature of a whole text.
    pub(super) fn sign(&self, text: &str) -> Signature {
        match self {
            Self::Sha1(key) => Signature::new(key.sign(text.as_bytes())),
            #[cfg(feature = "sha256")]
            Self::Sha256(key) => Signature::new(key.sign(text.as_bytes())),
        }
    }
}

/// A finished signature in Base64.
pub(super) struct Signature {
    text: [u8; LONGEST],
    length: usize,
}

impl Signature {
    pub(super) fn new(hash: impl AsRef<[u8]>) -> Self {
        let mut text = [0; LONGEST];
        // Never the default: both hashes fit.
        let length = STANDARD.encode_slice(hash, &mut text).unwrap_or_default();
        Self { text, length }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.text.get(..self.length).unwrap_or_default()
    }

    pub(super) fn to_text(&self) -> String {
        self.as_bytes().iter().copied().map(char::from).collect()
    }
}
