//! A request that is encoded and hashed once, up to its nonce, and signed many times.

use super::form::{write, write_time};
use super::mac::Key;
use super::request::check_nonce;
use super::signer::added;
use super::stages::{canonical_query, string_to_sign};
use super::sweep::End;
use crate::error::SignError;
use crate::hmac::{self, Hash, State};
use crate::order::{Param, precedes};
use crate::{Timestamp, percent_encode};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use sts_types::Credentials;
use zeroize::{Zeroize as _, Zeroizing};

/// The parameters of an operation with all that does not change from one request to the next done beforehand.
///
/// Parameters sort so that little follows the nonce (`SignatureVersion`, `Timestamp`, `Version`), so that a signature
/// takes a copy of what is encoded and a few blocks of the hash, however long the session policy is.
/// [`Signer::prepare`](super::Signer::prepare) makes it. Clones share one allocation, which holds the token and the
/// policy in encoded form, and is overwritten when the last of them is dropped.
///
/// ```
/// use std::time::SystemTime;
/// use sts_sign::rpc_v1::{Request, Signer};
/// use sts_types::Credentials;
///
/// let signer = Signer::new(&Credentials::new("LTAI5tExample", "secret"));
/// let params = [("Action", "GetCallerIdentity"), ("Format", "JSON"), ("Version", "2015-04-01")];
/// let prepared = signer.prepare("POST", &params)?;
/// let (mut body, mut same) = (Vec::new(), Vec::new());
/// prepared.sign(SystemTime::UNIX_EPOCH, "a nonce of 128 random bits", &mut body)?;
/// signer.sign(&Request::new(&params, SystemTime::UNIX_EPOCH, "a nonce of 128 random bits"), &mut same)?;
/// assert_eq!(body, same);
/// # Ok::<(), sts_sign::SignError>(())
/// ```
#[derive(Clone)]
pub struct Prepared(Arc<Inner>);

struct Inner {
    access_key_id: String,
    parts: Parts,
}

enum Parts {
    Sha1(Ready<hmac::Sha1>),
    #[cfg(feature = "sha256")]
    Sha256(Ready<hmac::Sha256>),
}

impl Prepared {
    /// `params` are checked and sorted.
    pub(super) fn new(key: &Key, credentials: &Credentials, method: &str, params: &[Param<'_>]) -> Self {
        let mut all = params.to_vec();
        all.extend(added(credentials, key.algorithm()));
        all.extend([NONCE, TIME]);
        all.sort_unstable();
        let parts = match key {
            Key::Sha1(key) => Parts::Sha1(Ready::new(key, method, &all)),
            #[cfg(feature = "sha256")]
            Key::Sha256(key) => Parts::Sha256(Ready::new(key, method, &all)),
        };
        Self(Arc::new(Inner { access_key_id: credentials.access_key_id().to_owned(), parts }))
    }

    /// Appends the signed form, the same that [`Signer::sign`](super::Signer::sign) gives. `time` is cut to whole seconds;
    /// `nonce` is text that is never used again. Asks for memory at most once, and not at all where `out` has room.
    ///
    /// # Errors
    ///
    /// [`SignError::EmptyNonce`], [`SignError::TimeOutOfRange`]; `out` is then as it was.
    pub fn sign(&self, time: SystemTime, nonce: &str, out: &mut Vec<u8>) -> Result<(), SignError> {
        check_nonce(nonce)?;
        let time = Timestamp::new(time)?;
        match &self.0.parts {
            Parts::Sha1(ready) => ready.sign(&time, nonce, out),
            #[cfg(feature = "sha256")]
            Parts::Sha256(ready) => ready.sign(&time, nonce, out),
        }
        Ok(())
    }
}

/// The access key id only.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("access_key_id", &self.0.access_key_id).finish_non_exhaustive()
    }
}

/// Where a nonce and a time go: parameters without a value.
const NONCE: Param<'static> = ("SignatureNonce", "");
const TIME: Param<'static> = ("Timestamp", "");

struct Ready<H: Hash> {
    key: hmac::Key<H>,
    /// The hash of all whole blocks before the nonce, and what comes after them, of the string to sign.
    state: State<H>,
    rest: Zeroizing<Vec<u8>>,
    /// The form before the nonce.
    start: Zeroizing<String>,
    /// From the nonce to the time.
    middle: Piece,
    /// From the time to the end.
    end: Piece,
}

impl<H: Hash> Ready<H> {
    /// `params` are sorted.
    fn new(key: &hmac::Key<H>, method: &str, params: &[Param<'_>]) -> Self {
        let until = |last: &str| params.partition_point(|(name, _)| !precedes(last, name));
        let (start, after) = params.split_at(until(NONCE.0));
        let (middle, end) = after.split_at(until(TIME.0) - start.len());

        let start = Zeroizing::new(canonical_query(start));
        let text = Zeroizing::new(string_to_sign(method, &start));
        let mut digest = key.begin();
        digest.update(text.as_bytes());
        let (state, rest) = digest.split();
        Self {
            key: key.clone(),
            state,
            rest: Zeroizing::new(rest.to_vec()),
            start,
            middle: Piece::new(middle),
            end: Piece::new(end),
        }
    }

    fn sign(&self, time: &Timestamp, nonce: &str, out: &mut Vec<u8>) {
        // The time takes 24 bytes.
        let longest = 3 * nonce.len() + self.middle.form.len() + 24 + self.end.form.len();
        write(&self.key, self.state.clone(), self.start.as_bytes(), longest, out, |sweep| {
            sweep.append(b"", &self.rest);
            sweep.encode(nonce, End::Nothing);
            sweep.append(self.middle.form.as_bytes(), self.middle.text.as_bytes());
            write_time(sweep, time);
            sweep.append(self.end.form.as_bytes(), self.end.text.as_bytes());
        });
    }
}

impl<H: Hash> Drop for Ready<H> {
    fn drop(&mut self) {
        self.state.zeroize();
    }
}

/// Parameters that follow another, encoded once and twice.
struct Piece {
    form: Zeroizing<String>,
    text: Zeroizing<String>,
}

impl Piece {
    fn new(params: &[Param<'_>]) -> Self {
        let separator = if params.is_empty() { "" } else { "&" };
        let form = Zeroizing::new(format!("{separator}{}", *Zeroizing::new(canonical_query(params))));
        let text = Zeroizing::new(percent_encode(&form));
        Self { form, text }
    }
}
