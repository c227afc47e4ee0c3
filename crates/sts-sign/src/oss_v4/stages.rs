//! The stages of a signature, one by one.

use super::Request;
use super::canonical::{Canonical, payload_hash};
use super::day_key::{day_key, secret_key};
use super::scope::Scope;
use crate::SignError;
use crate::hex::Hex;
use crate::hmac::{Digest, Sha256};
use crate::sink::{Sink, written};
use crate::time::BasicTimestamp;
use std::time::SystemTime;

/// The name of the scheme.
pub(crate) const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// The canonical request of a request that is complete, with all that a signer adds among its headers or in its query:
/// method, resource, query, header fields, the names of the additional ones, and the hash of the body, in lines.
///
/// The query is sorted by the percent-encoded name and has all parameters but `x-oss-signature`. The hash of the body is
/// what `x-oss-content-sha256` says, else `UNSIGNED-PAYLOAD`.
///
/// # Errors
///
/// [`SignError`] for what cannot be sent, and a parameter that is given twice.
pub fn canonical_request(request: &Request<'_>) -> Result<String, SignError> {
    let mut canonical = Canonical::new(request, payload_hash(request)?, &[])?;
    canonical.sort()?;
    Ok(written(|text| canonical.write(text)))
}

/// The string to sign: the scheme, the time, the scope (day, region, product) and the hash of the
/// [`canonical_request`], in lines.
///
/// # Errors
///
/// [`SignError::InvalidText`] for a region or product that is no name, [`SignError::TimeOutOfRange`].
pub fn string_to_sign(
    time: SystemTime,
    region: &str,
    product: &str,
    canonical_request: &str,
) -> Result<String, SignError> {
    let (time, scope) = (BasicTimestamp::new(time)?, Scope::new(region, product)?);
    let mut digest = Digest::<Sha256>::new();
    digest.update(canonical_request.as_bytes());
    Ok(written(|text| write_string_to_sign(&time, &scope, &Hex::new(&digest.finish()), text)))
}

/// The signature: 64 digits of lower-case hexadecimal, made with the key of the day (UTC), region and product.
///
/// # Errors
///
/// [`SignError::InvalidText`] for a region or product that is no name, [`SignError::TimeOutOfRange`].
pub fn signature(
    access_key_secret: &str,
    time: SystemTime,
    region: &str,
    product: &str,
    string_to_sign: &str,
) -> Result<String, SignError> {
    let (time, scope) = (BasicTimestamp::new(time)?, Scope::new(region, product)?);
    let key = day_key(&secret_key(access_key_secret), time.date(), &scope);
    Ok(Hex::new(&key.sign(string_to_sign.as_bytes())).as_str().to_owned())
}

pub(super) fn write_string_to_sign(time: &BasicTimestamp, scope: &Scope, hash: &Hex, sink: &mut impl Sink) {
    for piece in [ALGORITHM, "\n", time.as_str(), "\n", time.date(), scope.after_date(), "\n", hash.as_str()]
    {
        sink.put(piece.as_bytes());
    }
}
