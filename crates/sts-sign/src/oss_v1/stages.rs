//! The stages of a signature, one by one, of requests that are complete: with the token among the headers or in the query.

use super::Request;
use super::canonical::Canonical;
use crate::SignError;
use crate::hmac::{Key, Sha1};
use crate::sink::written;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The resource as it is signed: `/`, `/bucket/` or `/bucket/key`, the key as it is, then `?` and the sub-resources of
/// the query sorted by name, not encoded, an empty value without `=`.
///
/// # Errors
///
/// [`SignError`] for what cannot be sent, and a sub-resource that is given twice.
pub fn canonical_resource(request: &Request<'_>) -> Result<String, SignError> {
    let mut canonical = Canonical::new(request, None)?;
    canonical.sort()?;
    Ok(written(|text| canonical.write_resource(text)))
}

/// The string to sign: the method, Content-MD5, Content-Type and date in lines, then a line for each `x-oss-*` field,
/// then the [`canonical_resource`]. Nothing is added to what the request has.
///
/// `date` is what stands in the date's line: the `x-oss-date` or `date` header's value, in a presigned URL the Unix time
/// `Expires`.
///
/// # Errors
///
/// [`SignError`] for what cannot be sent, and a sub-resource that is given twice.
pub fn string_to_sign(request: &Request<'_>, date: &str) -> Result<String, SignError> {
    let mut canonical = Canonical::new(request, None)?;
    canonical.sort()?;
    Ok(written(|text| canonical.write(date, text)))
}

/// The signature in Base64, 28 characters. The key is the bare access key secret.
#[must_use]
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    let key = Key::<Sha1>::new(&[access_key_secret.as_bytes()]);
    Base64::new(&key.sign(string_to_sign.as_bytes())).as_str().to_owned()
}

/// The Base64 form of a SHA-1 hash.
pub(crate) struct Base64 {
    /// INVARIANT: ASCII.
    text: [u8; 28],
}

impl Base64 {
    pub(crate) fn new(hash: &[u8; 20]) -> Self {
        let mut text = [0; 28];
        // It fits.
        STANDARD.encode_slice(hash, &mut text).unwrap_or_default();
        Self { text }
    }

    pub(crate) fn as_str(&self) -> &str {
        // Never the empty default: letters, digits and punctuation are UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }
}
