//! The stages of a signature, one by one.

use super::canonical::write_query;
use crate::hex::Hex;
use crate::hmac::{Digest, Key, Sha256};
use crate::sink::written;

/// The name of the scheme.
pub(super) const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The query, as it is signed and as it goes into the URL: names and values percent-encoded (`A-Z a-z 0-9 - _ . ~` stay),
/// joined with `=` and `&`, sorted by the bytes of the unencoded name. An empty value stays: `Name=`. No pairs give an
/// empty text.
///
/// Whoever writes the URL otherwise must see that it decodes to the same pairs.
#[must_use]
pub fn canonical_query<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> String {
    let mut sorted: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();
    sorted.sort_by_key(|(name, _)| *name);
    written(|text| write_query(&sorted, text))
}

/// The string to sign: the name of the scheme, and the hash of the [canonical request](super::Signer::canonical_request).
#[must_use]
pub fn string_to_sign(canonical_request: &str) -> String {
    let hash = sha256(canonical_request.as_bytes());
    format!("{ALGORITHM}\n{}", hash.as_str())
}

/// The signature: 64 digits of lower-case hexadecimal. The key is the bare access key secret.
#[must_use]
pub fn signature(access_key_secret: &str, string_to_sign: &str) -> String {
    let key = Key::<Sha256>::new(&[access_key_secret.as_bytes()]);
    Hex::new(&key.sign(string_to_sign.as_bytes())).as_str().to_owned()
}

pub(super) fn sha256(bytes: &[u8]) -> Hex {
    let mut digest = Digest::<Sha256>::new();
    digest.update(bytes);
    Hex::new(&digest.finish())
}
