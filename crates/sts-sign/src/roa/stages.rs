//! The last stage of a signature, and what callers need before the first.

use crate::hmac::{Key, Sha1};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `Content-MD5` of an empty body, which official clients send with it. The header is the caller's; it may be left out.
pub const EMPTY_BODY_MD5: &str = "1B2M2Y8AsgTpgAmY7PhCfg==";

/// The signature in Base64, 28 characters. The key is the bare access key secret; the text is the
/// [string to sign](super::Signer::string_to_sign).
#[must_use]
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    let key = Key::<Sha1>::new(&[access_key_secret.as_bytes()]);
    Base64::new(&key.sign(string_to_sign.as_bytes())).as_str().to_owned()
}

/// A SHA-1 hash as text.
pub(super) struct Base64 {
    /// INVARIANT: ASCII.
    text: [u8; 28],
}

impl Base64 {
    pub(super) fn new(hash: &[u8; 20]) -> Self {
        let mut text = [0; 28];
        // Never an error: 20 bytes become 28.
        STANDARD.encode_slice(hash, &mut text).unwrap_or_default();
        Self { text }
    }

    pub(super) fn as_str(&self) -> &str {
        // Never the empty default: Base64 is UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }
}
