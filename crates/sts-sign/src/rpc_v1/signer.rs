//! The paved path: credentials with their key made ready, which sign any number of requests.

use super::form::write_signed;
use super::mac::Key;
use super::{Algorithm, Request};
use crate::error::SignError;
use crate::rpc_v1;
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
        request.with_params(Some((&self.credentials, self.key.algorithm())), |params| {
            write_signed(&self.key, request.method, params, out);
        })
    }

    /// The string that [`sign`](Self::sign) signs, to be compared with the one that the service prints when the
    /// signature does not match. It holds the session policy and the security token in encoded form: do not log it.
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them.
    pub fn string_to_sign(&self, request: &Request<'_>) -> Result<String, SignError> {
        request.with_params(Some((&self.credentials, self.key.algorithm())), |params| {
            let params: Vec<_> = params.collect();
            rpc_v1::string_to_sign(request.method, &rpc_v1::canonical_query(&params))
        })
    }
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
