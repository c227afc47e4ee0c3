//! What is signed: the caller's parameters, and what the scheme adds to them.

use super::Signer;
use super::form::write_unsigned;
use crate::error::{EmptyNonce, ReservedName, SignError};
use crate::order::{Merge, Param, with_sorted};
use crate::time::{Civil, Timestamp};
use std::fmt;
use std::time::SystemTime;
use sts_types::Credentials;

/// One request: the operation's own parameters, with the time and the nonce of this attempt. A retry is a new request
/// with a new time and a new nonce, since the service refuses a nonce it has seen.
///
/// The signer adds `AccessKeyId`, `SecurityToken` (where the credentials have one), `SignatureMethod`,
/// `SignatureNonce`, `SignatureVersion`, `Timestamp` and `Signature`; a caller who gives one of these names is told
/// so. `Action`, `Version`, `Format` and all else are the caller's.
///
/// ```
/// use std::time::SystemTime;
/// use sts_sign::rpc_v1::Request;
/// use sts_types::Credentials;
///
/// let params = [("Action", "GetCallerIdentity"), ("Format", "JSON"), ("Version", "2015-04-01")];
/// let request = Request::new(&params, SystemTime::UNIX_EPOCH, "a nonce of 128 random bits");
/// let session = Credentials::new("STS.id", "secret").with_security_token("token");
/// let mut body = Vec::new();
/// request.sign(&session, &mut body)?;
/// assert!(String::from_utf8_lossy(&body).contains("&SecurityToken=token&SignatureMethod=HMAC-SHA1&"));
/// # Ok::<(), sts_sign::SignError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    params: &'a [(&'a str, &'a str)],
    time: SystemTime,
    pub(super) nonce: &'a str,
    pub(super) method: &'a str,
}

impl<'a> Request<'a> {
    /// A POST. `params` are names and values, not encoded, in any order (sorted ones are quicker
    /// by a little); `time` is cut to whole seconds; `nonce` is text that is never used again.
    #[must_use]
    pub fn new(params: &'a [(&'a str, &'a str)], time: SystemTime, nonce: &'a str) -> Self {
        Self { params, time, nonce, method: "POST" }
    }

    /// The HTTP method, in any case; default `POST`.
    #[must_use]
    pub fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// Appends the form, signed with HMAC-SHA1: the short way for a single request. Who signs many keeps a [`Signer`].
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them; `out` is then as it was.
    pub fn sign(&self, credentials: &Credentials, out: &mut Vec<u8>) -> Result<(), SignError> {
        Signer::new(credentials).sign(self, out)
    }

    /// Appends a form without a signature, as the anonymous operations (AssumeRoleWithOIDC, AssumeRoleWithSAML) take
    /// it: the caller's parameters, `SignatureNonce` and `Timestamp`, nothing of any key.
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them; `out` is then as it was.
    pub fn write_anonymous(&self, out: &mut Vec<u8>) -> Result<(), SignError> {
        self.checked(|params, time| {
            // Sorted by name.
            let time = Timestamp::of(&time);
            let added = [("SignatureNonce", self.nonce), ("Timestamp", time.as_str())];
            write_unsigned(Merge::new(params, &added), out);
        })
    }

    /// Hands over the caller's parameters, checked and sorted, and the time.
    #[inline]
    pub(super) fn checked<T>(&self, then: impl FnOnce(&[Param<'_>], Civil) -> T) -> Result<T, SignError> {
        check_nonce(self.nonce)?;
        let time = Civil::new(self.time)?;
        checked(self.params, |params| then(params, time))
    }
}

/// Hands over a caller's parameters sorted, and refuses those that the signer fills in.
#[inline]
pub(super) fn checked<T>(params: &[Param<'_>], then: impl FnOnce(&[Param<'_>]) -> T) -> Result<T, SignError> {
    match params.iter().find(|(name, _)| is_reserved(name)) {
        Some((name, _)) => Err(ReservedName::new(name).into()),
        None => with_sorted(params, |params| Ok(then(params))),
    }
}

pub(super) fn check_nonce(nonce: &str) -> Result<(), SignError> {
    if nonce.is_empty() { Err(EmptyNonce::new().into()) } else { Ok(()) }
}

/// Names only: a value may be a session policy or an assertion.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.params.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("params", &names)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// Names that the signer fills in.
fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "AccessKeyId"
            | "SecurityToken"
            | "Signature"
            | "SignatureMethod"
            | "SignatureNonce"
            | "SignatureVersion"
            | "Timestamp"
    )
}

#[cfg(test)]
mod tests {
    use super::Request;
    use crate::SignError;
    use crate::rpc_v1::{Algorithm, Signer};
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;

    fn signed(request: Request<'_>, credentials: &Credentials) -> String {
        let mut form = Vec::new();
        request.sign(credentials, &mut form).unwrap();
        String::from_utf8(form).unwrap()
    }

    /// Names of a form, in its order.
    fn names(form: &str) -> Vec<&str> {
        form.split('&').filter_map(|pair| Some(pair.split_once('=')?.0)).collect()
    }

    #[test]
    fn everything_the_scheme_needs_is_added_in_order() {
        let params = [("Version", "2015-04-01"), ("Action", "GetCallerIdentity"), ("SignatureType", "")];
        let request = Request::new(&params, TIME, "n");
        let form = signed(request, &Credentials::new("id", "secret").with_security_token("t/"));
        let expected = [
            "AccessKeyId",
            "Action",
            "SecurityToken",
            "SignatureMethod",
            "SignatureNonce",
            "SignatureType",
            "SignatureVersion",
            "Timestamp",
            "Version",
            "Signature",
        ];
        assert_eq!(names(&form), expected);
        assert!(form.contains("&SecurityToken=t%2F&"), "{form}");
        let form = signed(request, &Credentials::new("id", "secret"));
        assert!(!form.contains("SecurityToken"), "{form}");
    }

    #[test]
    fn anonymous_forms_carry_nothing_of_a_key() {
        let params = [("Version", "2015-04-01"), ("OIDCToken", "a.b+c"), ("Action", "AssumeRoleWithOIDC")];
        let mut form = b"x".to_vec();
        Request::new(&params, TIME, "n 1").write_anonymous(&mut form).unwrap();
        let expected = "xAction=AssumeRoleWithOIDC&OIDCToken=a.b%2Bc&SignatureNonce=n%201&\
                        Timestamp=1970-01-01T00%3A00%3A00Z&Version=2015-04-01";
        assert_eq!(String::from_utf8(form).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_signed_says_so_and_leaves_the_buffer_alone() {
        let refused = |params: &[(&str, &str)], time, nonce| {
            let credentials = Credentials::new("id", "secret");
            let request = Request::new(params, time, nonce);
            let mut form = b"before".to_vec();
            let error = request.sign(&credentials, &mut form).unwrap_err();
            assert_eq!(request.write_anonymous(&mut form).unwrap_err(), error);
            assert_eq!(Signer::new(&credentials).string_to_sign(&request).unwrap_err(), error);
            assert_eq!(form, b"before");
            error
        };
        for name in [
            "AccessKeyId",
            "SecurityToken",
            "Signature",
            "SignatureMethod",
            "SignatureNonce",
            "SignatureVersion",
            "Timestamp",
        ] {
            let error = refused(&[("Action", "A"), (name, "secret value")], TIME, "n");
            assert_eq!(
                error.to_string(),
                format!("parameter `{name}` is filled in by the signer: leave it out")
            );
        }
        assert!(matches!(refused(&[("", "x")], TIME, "n"), SignError::EmptyName(_)));
        assert!(matches!(refused(&[("A", "1"), ("A", "2")], TIME, "n"), SignError::DuplicateName(_)));
        assert!(matches!(refused(&[], TIME, ""), SignError::EmptyNonce(_)));
        let late = TIME + Duration::from_secs(300_000_000_000);
        assert!(matches!(refused(&[], late, "n"), SignError::TimeOutOfRange(_)));
    }

    #[test]
    fn the_string_to_sign_is_what_was_signed() {
        let params = [("Action", "A"), ("Policy", "{\"a\": \"*\"}")];
        let request = Request::new(&params, TIME, "n").method("get");
        let credentials = Credentials::new("id", "secret").with_security_token("t");
        let text = Signer::new(&credentials).string_to_sign(&request).unwrap();
        assert!(
            text.starts_with("GET&%2F&AccessKeyId%3Did%26Action%3DA%26Policy%3D%257B%2522a%2522"),
            "{text}"
        );
        let signature = crate::rpc_v1::signature(Algorithm::HmacSha1, "secret", &text);
        let form = signed(request, &credentials);
        assert!(form.ends_with(&format!("&Signature={}", crate::percent_encode(&signature))), "{form}");
    }

    #[test]
    fn debug_shows_names_only() {
        let params = [("Policy", "s3cret policy")];
        let shown = format!("{:?}", Request::new(&params, TIME, "nonce"));
        assert!(shown.contains("Policy") && !shown.contains("s3cret"), "{shown}");
    }
}
