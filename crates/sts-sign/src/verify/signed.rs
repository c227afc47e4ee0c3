//! What every claim comes down to: a text, its signature, and how the key is made of the secret.

use super::ReadError;
use super::wire::from_hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::Sha256;
use std::fmt;
use sts_types::Secret;
use zeroize::Zeroizing;

/// A signature to be checked.
#[derive(Clone)]
pub(super) struct Signed {
    pub(super) key: Key,
    pub(super) signature: Vec<u8>,
    pub(super) string_to_sign: String,
    /// What the hash in the string to sign is of, in the schemes that have one.
    pub(super) canonical_request: Option<String>,
}

/// How the key is made of the secret, and the hash.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// HMAC-SHA1 under the secret and these characters.
    Sha1(&'static str),
    /// HMAC-SHA256 under the secret and these characters.
    Sha256(&'static str),
    /// HMAC-SHA256 under a key derived for a day, a region and a product.
    OssV4 { date: String, region: String, product: String },
}

impl Signed {
    /// Compares in constant time.
    pub(super) fn check(&self, secret: &Secret) -> Result<(), Mismatch> {
        let (secret, message) = (secret.expose_secret(), self.string_to_sign.as_bytes());
        let with = |suffix: &str| Zeroizing::new(format!("{secret}{suffix}").into_bytes());
        let is_good = match &self.key {
            Key::Sha1(suffix) => verifies::<Hmac<Sha1>>(&with(suffix), message, &self.signature),
            Key::Sha256(suffix) => verifies::<Hmac<Sha256>>(&with(suffix), message, &self.signature),
            Key::OssV4 { date, region, product } => {
                let mut key = Zeroizing::new(format!("aliyun_v4{secret}").into_bytes());
                for part in [date, region, product, "aliyun_v4_request"] {
                    key = Zeroizing::new(hmac_sha256(&key, part.as_bytes()));
                }
                verifies::<Hmac<Sha256>>(&key, message, &self.signature)
            }
        };
        if is_good { Ok(()) } else { Err(self.mismatch()) }
    }

    pub(super) fn mismatch(&self) -> Mismatch {
        Mismatch {
            string_to_sign: self.string_to_sign.clone(),
            canonical_request: self.canonical_request.clone(),
        }
    }
}

fn verifies<M: Mac + KeyInit>(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    // A key of any length will do, so this is never an error.
    <M as Mac>::new_from_slice(key).is_ok_and(|mac| mac.chain_update(message).verify_slice(signature).is_ok())
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mac = <Hmac<Sha256> as Mac>::new_from_slice(key);
    mac.map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// A signature of 20 or 32 bytes in Base64, exactly as its encoder writes it.
pub(super) fn from_base64(name: &str, text: &str, length: usize) -> Result<Vec<u8>, ReadError> {
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() == length);
    bytes.ok_or_else(|| ReadError::malformed(name))
}

/// A signature of 32 bytes in hexadecimal digits.
pub(super) fn from_digits(name: &str, text: &str) -> Result<Vec<u8>, ReadError> {
    from_hex(text).filter(|bytes| bytes.len() == 32).ok_or_else(|| ReadError::malformed(name))
}

/// A signature that is not that of the request under the secret: another secret, or a request that was changed or that the
/// client canonicalised in another way.
///
/// The service sends its string to sign back; a client finds the difference by comparing it with its own. It holds what
/// was signed, with some schemes the security token in clear: not for logs, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match: compare the strings to sign, and where they are equal, the secrets")]
pub struct Mismatch {
    string_to_sign: String,
    canonical_request: Option<String>,
}

impl Mismatch {
    /// What the server would have signed. As long as the request, at most nine times as long in RPC v1: bound what you
    /// send back.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.string_to_sign
    }

    /// What the hash in the string to sign is of, in ACS3 and OSS V4.
    #[must_use]
    pub fn canonical_request(&self) -> Option<&str> {
        self.canonical_request.as_deref()
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mismatch").finish_non_exhaustive()
    }
}
