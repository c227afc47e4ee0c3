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
use crate::percent_encode;
use crate::time::Civil;
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
        let time = Civil::new(time)?;
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

    fn sign(&self, time: &Civil, nonce: &str, out: &mut Vec<u8>) {
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

#[cfg(test)]
mod tests {
    use crate::rpc_v1::{Algorithm, Request, Signer, canonical_query, signature, string_to_sign};
    use crate::{SignError, Timestamp, percent_encode};
    use proptest::collection::btree_map;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const ALGORITHMS: &[Algorithm] = &[
        Algorithm::HmacSha1,
        #[cfg(feature = "sha256")]
        Algorithm::HmacSha256,
    ];

    /// Direct and prepared, against the stages, which the vectors prove.
    fn check(
        credentials: &Credentials,
        method: &str,
        params: &[(&str, &str)],
        time: SystemTime,
        nonce: &str,
    ) {
        let timestamp = Timestamp::new(time).unwrap();
        for &algorithm in ALGORITHMS {
            let mut all = params.to_vec();
            all.push(("AccessKeyId", credentials.access_key_id()));
            all.extend(credentials.security_token().map(|token| ("SecurityToken", token.expose_secret())));
            all.push(("SignatureMethod", algorithm.name()));
            all.extend([
                ("SignatureNonce", nonce),
                ("SignatureVersion", "1.0"),
                ("Timestamp", timestamp.as_str()),
            ]);
            let query = canonical_query(&all);
            let text = string_to_sign(method, &query);
            let signature = signature(algorithm, credentials.access_key_secret().expose_secret(), &text);
            let expected = format!("before{query}&Signature={}", percent_encode(&signature));

            let signer = Signer::with_algorithm(credentials, algorithm);
            let request = Request::new(params, time, nonce).method(method);
            let (mut direct, mut prepared) = (b"before".to_vec(), b"before".to_vec());
            signer.sign(&request, &mut direct).unwrap();
            assert_eq!(String::from_utf8(direct).unwrap(), expected, "direct, {params:?}");
            signer.prepare(method, params).unwrap().sign(time, nonce, &mut prepared).unwrap();
            assert_eq!(String::from_utf8(prepared).unwrap(), expected, "prepared, {params:?}");
            assert_eq!(signer.string_to_sign(&request).unwrap(), text);
        }
    }

    fn key() -> Credentials {
        Credentials::new("LTAI5tExample", "secret")
    }

    fn session() -> Credentials {
        key().with_security_token("CAIS+long/token==".repeat(30))
    }

    /// Names around each of those that the signer adds.
    const NAMES: [&str; 14] = [
        "A",
        "Action",
        "Policy",
        "SecurityTokeN",
        "SecurityTokens",
        "SignatureMethods",
        "SignatureNoncE",
        "SignatureNonces",
        "SignatureType",
        "SourceIdentity",
        "TimestamP",
        "Timestamps",
        "Version",
        "名",
    ];

    #[test]
    fn names_before_between_and_after_what_is_added() {
        for credentials in [key(), session()] {
            for name in NAMES {
                check(&credentials, "POST", &[(name, "a/b")], SystemTime::UNIX_EPOCH, "nonce");
            }
            let all = NAMES.map(|name| (name, "{\"x\": 1}"));
            check(&credentials, "POST", &all, SystemTime::UNIX_EPOCH, "nonce");
            check(&credentials, "get", &[], SystemTime::UNIX_EPOCH, "nonce");
            check(&credentials, &"x".repeat(300), &[], SystemTime::UNIX_EPOCH, "nonce");
        }
    }

    #[test]
    fn nonces_and_values_of_every_length_around_the_blocks() {
        for text in ["n", "/", "n/", "密"] {
            for length in 1..140 {
                let text: String = text.chars().cycle().take(length).collect();
                check(&key(), "POST", &[("Action", "A")], SystemTime::UNIX_EPOCH, &text);
                check(
                    &session(),
                    "POST",
                    &[("Policy", &text), ("Version", &text)],
                    SystemTime::UNIX_EPOCH,
                    "n",
                );
            }
        }
    }

    #[test]
    fn a_prepared_request_says_what_is_wrong_and_leaves_the_buffer_alone() {
        let signer = Signer::new(&key());
        let refused = |params: &[(&str, &str)]| signer.prepare("POST", params).map(drop).unwrap_err();
        assert!(matches!(refused(&[("", "x")]), SignError::EmptyName(_)));
        assert!(matches!(refused(&[("A", "1"), ("A", "2")]), SignError::DuplicateName(_)));
        assert!(
            matches!(refused(&[("Timestamp", "x")]), SignError::ReservedName(e) if e.name() == "Timestamp")
        );

        let prepared = signer.prepare("POST", &[("Action", "A")]).unwrap();
        let mut form = b"before".to_vec();
        let late = SystemTime::UNIX_EPOCH + Duration::from_secs(300_000_000_000);
        let error = prepared.sign(SystemTime::UNIX_EPOCH, "", &mut form).unwrap_err();
        assert!(matches!(error, SignError::EmptyNonce(_)));
        let error = prepared.sign(late, "n", &mut form).unwrap_err();
        assert!(matches!(error, SignError::TimeOutOfRange(_)));
        assert_eq!(form, b"before");
    }

    #[test]
    fn a_buffer_with_room_is_not_moved() {
        let signer = Signer::new(&session());
        let params = [("Policy", "/".repeat(500))].map(|(name, value)| (name, String::leak(value) as &str));
        let prepared = signer.prepare("POST", &params).unwrap();
        let mut form = Vec::with_capacity(8192);
        let address = form.as_ptr();
        prepared.sign(SystemTime::UNIX_EPOCH, "n", &mut form).unwrap();
        signer.sign(&Request::new(&params, SystemTime::UNIX_EPOCH, "n"), &mut form).unwrap();
        assert_eq!((form.as_ptr(), form.capacity()), (address, 8192));
    }

    #[test]
    fn values_cross_threads_and_show_the_key_id_only() {
        fn assert_shared<T: Send + Sync + std::fmt::Debug>(value: &T) -> String {
            format!("{value:?}")
        }
        let signer = Signer::new(&session());
        let prepared = signer.prepare("POST", &[("Policy", "s3cret policy")]).unwrap();
        assert_eq!(assert_shared(&prepared.clone()), r#"Prepared { access_key_id: "LTAI5tExample", .. }"#);
        assert_eq!(
            assert_shared(&signer),
            r#"Signer { access_key_id: "LTAI5tExample", algorithm: HmacSha1, .. }"#
        );
    }

    fn name() -> impl Strategy<Value = String> {
        let near = proptest::sample::select(&NAMES[..]).prop_map(str::to_owned);
        prop_oneof!["\\PC{1,20}", "[A-Z][a-z]{0,16}", near]
    }

    proptest! {
        #[test]
        fn same_as_the_stages(
            params in btree_map(name(), any::<String>(), 0..30),
            id in any::<String>(),
            secret in any::<String>(),
            token in proptest::option::of(any::<String>()),
            nonce in "\\PC{1,100}",
            seconds in 0_u64..253_402_300_800,
            reversed in any::<bool>(),
        ) {
            let mut credentials = Credentials::new(id, secret);
            if let Some(token) = token {
                credentials = credentials.with_security_token(token);
            }
            let mut params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            if reversed {
                params.reverse();
            }
            check(&credentials, "POST", &params, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds), &nonce);
        }

        #[test]
        fn same_as_the_stages_on_dense_punctuation(value in "[ -~]{0,3000}", name in "[ -~]{1,40}", nonce in "[ -~]{1,40}") {
            check(&session(), "POST", &[(&name, &value), ("AssumeRole", "")], SystemTime::UNIX_EPOCH, &nonce);
        }
    }
}
