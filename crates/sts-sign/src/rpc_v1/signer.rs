//! The paved path: credentials with their key made ready, which sign any number of requests.

use super::form::{Added, write_signed};
use super::mac::Key;
use super::request::checked;
use super::{Algorithm, Prepared, Request};
use crate::error::SignError;
use crate::order::Param;
use crate::{Timestamp, rpc_v1};
use std::fmt;
use sts_types::Credentials;

/// Signs requests with one set of credentials.
///
/// It is cheap to make (two blocks of the hash, no memory asked for) and cheaper to keep. The key is overwritten when it
/// is dropped.
///
/// ```
/// use std::time::SystemTime;
/// use sts_sign::rpc_v1::{Request, Signer};
/// use sts_types::Credentials;
///
/// let signer = Signer::new(&Credentials::new("STS.id", "secret").with_security_token("token"));
/// let params = [("Action", "GetCallerIdentity"), ("Format", "JSON"), ("Version", "2015-04-01")];
/// let mut body = Vec::new();
/// signer.sign(&Request::new(&params, SystemTime::UNIX_EPOCH, "a nonce of 128 random bits"), &mut body)?;
/// assert!(String::from_utf8_lossy(&body).contains("&SecurityToken=token&SignatureMethod=HMAC-SHA1&"));
/// # Ok::<(), sts_sign::SignError>(())
/// ```
pub struct Signer {
    credentials: Credentials,
    key: Key,
}

impl Signer {
    /// Signs with HMAC-SHA1.
    #[must_use]
    pub fn new(credentials: &Credentials) -> Self {
        Self::with_algorithm(credentials, Algorithm::HmacSha1)
    }

    /// Signs with the keyed hash given.
    #[must_use]
    pub fn with_algorithm(credentials: &Credentials, algorithm: Algorithm) -> Self {
        let key = Key::new(algorithm, credentials.access_key_secret().expose_secret());
        Self { credentials: credentials.clone(), key }
    }

    /// Appends the signed form: all parameters sorted by name and percent-encoded, then `Signature`. Asks for memory
    /// at most once, and not at all where `out` has room (once more to sort more than 24 parameters that did not come
    /// sorted).
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them; `out` is then as it was.
    pub fn sign(&self, request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), SignError> {
        request.checked(|params, time| {
            let added =
                Added { method: request.method, credentials: &self.credentials, nonce: request.nonce, time };
            write_signed(&self.key, params, &added, out);
        })
    }

    /// Encodes and hashes the parameters of an operation as far as they do not depend on nonce and time, for a caller who
    /// makes the same request again and again. `method` is the HTTP method, in any case; `params` are as for
    /// [`Request::new`].
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them.
    pub fn prepare(&self, method: &str, params: &[(&str, &str)]) -> Result<Prepared, SignError> {
        checked(params, |params| Prepared::new(&self.key, &self.credentials, method, params))
    }

    /// The string that [`sign`](Self::sign) signs, to be compared with the one that the service prints when the
    /// signature does not match. It holds the session policy and the security token in encoded form: do not log it.
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them.
    pub fn string_to_sign(&self, request: &Request<'_>) -> Result<String, SignError> {
        request.checked(|params, time| {
            let time = Timestamp::of(&time);
            let mut all = params.to_vec();
            all.extend(added(&self.credentials, self.key.algorithm()));
            all.extend([("SignatureNonce", request.nonce), ("Timestamp", time.as_str())]);
            rpc_v1::string_to_sign(request.method, &rpc_v1::canonical_query(&all))
        })
    }
}

/// What a signer adds to every request, but for the nonce and the time.
pub(super) fn added(credentials: &Credentials, algorithm: Algorithm) -> impl Iterator<Item = Param<'_>> {
    let token = credentials.security_token().map(|token| ("SecurityToken", token.expose_secret()));
    let id = ("AccessKeyId", credentials.access_key_id());
    [id, ("SignatureMethod", algorithm.name()), ("SignatureVersion", "1.0")].into_iter().chain(token)
}

/// The access key id only.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.credentials.access_key_id())
            .field("algorithm", &self.key.algorithm())
            .finish_non_exhaustive()
    }
}
