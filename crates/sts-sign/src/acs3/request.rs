//! What is signed, in plain values.

use super::form::{FORM, write_form};
use super::stages::sha256;
use crate::error::{EmptyNonce, SignError};
use crate::fields::Fields;
use crate::hex::Hex;
use crate::text::{checked, checked_method, checked_path, checked_some, has_prefix};
use crate::{Headers, Timestamp};
use std::fmt;
use std::time::SystemTime;

/// One request, with the time and the nonce of this attempt. A retry is a new request with a new time and a new nonce,
/// since the service refuses a nonce it has seen.
///
/// White space around a header's value, a token and the like is neither signed nor sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(super) host: &'a str,
    action: &'a str,
    version: &'a str,
    time: SystemTime,
    nonce: &'a str,
    method: &'a str,
    path: &'a str,
    pub(super) query: &'a [(&'a str, &'a str)],
    headers: &'a [(&'a str, &'a str)],
    also: &'a [&'a str],
    body: Body<'a>,
}

#[derive(Clone, Copy)]
enum Body<'a> {
    Bytes(&'a [u8]),
    Hash([u8; 32]),
}

impl<'a> Request<'a> {
    /// A POST to `/` without query, headers and body.
    ///
    /// `host` is what the `Host` header will say, with the port where it is not the scheme's own; `action` and `version`
    /// are the operation and the version of the API (`DescribeRegions`, `2014-05-26`); `time` is cut to whole seconds;
    /// `nonce` is text that is never used again.
    #[must_use]
    pub fn new(host: &'a str, action: &'a str, version: &'a str, time: SystemTime, nonce: &'a str) -> Self {
        Self {
            host,
            action,
            version,
            time,
            nonce,
            method: "POST",
            path: "/",
            query: &[],
            headers: &[],
            also: &[],
            body: Body::Bytes(&[]),
        }
    }

    /// The HTTP method, in any case; default `POST`.
    #[must_use]
    pub fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// The path as it is sent, without the query: percent-encoded by the caller, `+` and `*` too. Default, and what an
    /// empty one stands for: `/`.
    #[must_use]
    pub fn path(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// The parameters of the URL: names and values, not encoded, in any order; default none. They are sent as
    /// [`canonical_query`](super::canonical_query) writes them.
    #[must_use]
    pub fn query(mut self, query: &'a [(&'a str, &'a str)]) -> Self {
        self.query = query;
        self
    }

    /// Headers that are sent besides those that the signer adds, names in any case; default none. `content-type` and all
    /// whose name begins with `x-acs-` are signed, and those that [`sign_also`](Self::sign_also) names. `host`, and what
    /// the signer fills in itself, is left out of account here.
    #[must_use]
    pub fn headers(mut self, headers: &'a [(&'a str, &'a str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Names of further [`headers`](Self::headers) to sign, in any case; default none. One that is not there is passed
    /// over; `authorization` cannot be signed.
    #[must_use]
    pub fn sign_also(mut self, names: &'a [&'a str]) -> Self {
        self.also = names;
        self
    }

    /// The body, byte for byte as it is sent; default empty.
    #[must_use]
    pub fn body(mut self, body: &'a [u8]) -> Self {
        self.body = Body::Bytes(body);
        self
    }

    /// The SHA-256 hash of the body, in place of the body.
    #[must_use]
    pub fn body_sha256(mut self, hash: [u8; 32]) -> Self {
        self.body = Body::Hash(hash);
        self
    }

    /// The headers of a request that is not signed, as the anonymous operations (AssumeRoleWithOIDC, AssumeRoleWithSAML)
    /// take it: those that [`Signer::sign`](super::Signer::sign) adds, without anything of a key.
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them.
    pub fn anonymous_headers(&self) -> Result<Headers, SignError> {
        self.unsigned_headers(&[])
    }

    /// [`anonymous_headers`](Self::anonymous_headers) of a request whose parameters are its body, which is appended to
    /// `body` as [`Signer::sign_form`](super::Signer::sign_form) does it.
    ///
    /// # Errors
    ///
    /// As [`SignError`] lists them; `body` is then as it was.
    pub fn write_anonymous_form(
        &self,
        params: &[(&str, &str)],
        body: &mut Vec<u8>,
    ) -> Result<Headers, SignError> {
        self.unsigned_form(params, body, &[])
    }

    /// [`anonymous_headers`](Self::anonymous_headers), and `more`.
    pub(crate) fn unsigned_headers(&self, more: &[(&'static str, &str)]) -> Result<Headers, SignError> {
        Ok(self.common()?.headers(&self.body_hash(), None, more, 0))
    }

    /// [`write_anonymous_form`](Self::write_anonymous_form), and `more` headers.
    pub(crate) fn unsigned_form(
        &self,
        params: &[(&str, &str)],
        body: &mut Vec<u8>,
        more: &[(&'static str, &str)],
    ) -> Result<Headers, SignError> {
        let common = self.common()?;
        let hash = write_form(params, body)?;
        Ok(common.headers(&hash, Some(FORM), more, 0))
    }

    /// What every request has, checked.
    pub(super) fn common(&self) -> Result<Common<'a>, SignError> {
        let nonce = checked("nonce", self.nonce)?;
        if nonce.is_empty() {
            return Err(EmptyNonce::new().into());
        }
        Ok(Common {
            method: checked_method(self.method)?,
            path: checked_path(self.path)?,
            host: checked_some("host", self.host, "is missing: name the host that the request is sent to")?,
            action: checked_some("action", self.action, "is empty: name the operation")?,
            version: checked_some("version", self.version, "is empty: name the version of the API")?,
            date: Timestamp::new(self.time)?,
            nonce,
        })
    }

    pub(super) fn body_hash(&self) -> Hex {
        match &self.body {
            Body::Bytes(bytes) => sha256(bytes),
            Body::Hash(hash) => Hex::new(hash),
        }
    }

    /// Adds those of the caller's headers that are signed; `is_added`: what the signer fills in.
    pub(super) fn add_headers(
        &self,
        fields: &mut Fields<'a>,
        is_added: impl Fn(&str) -> bool,
    ) -> Result<(), SignError> {
        for (name, value) in self.headers {
            if self.is_signed(name) && !is_added(name) {
                fields.push_given(name, value)?;
            }
        }
        Ok(())
    }

    /// Whether one of the caller's headers is signed, by its name in any case.
    pub(super) fn is_signed(&self, name: &str) -> bool {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let is_named = || self.also.iter().any(|also| is(also)) && !is("host") && !is("authorization");
        has_prefix(name, "x-acs-") || is("content-type") || is_named()
    }
}

/// Names only.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<&'a str> {
            pairs.iter().map(|(name, _)| *name).collect()
        }
        f.debug_struct("Request")
            .field("host", &self.host)
            .field("action", &self.action)
            .field("version", &self.version)
            .field("method", &self.method)
            .field("query", &names(self.query))
            .field("headers", &names(self.headers))
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// What every request has, checked.
pub(super) struct Common<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) host: &'a str,
    pub(super) action: &'a str,
    pub(super) version: &'a str,
    pub(super) date: Timestamp,
    pub(super) nonce: &'a str,
}

impl Common<'_> {
    /// The headers that every request carries, and `more`; with room for so many bytes of values to come.
    pub(super) fn headers(
        &self,
        body_hash: &Hex,
        content_type: Option<&'static str>,
        more: &[(&'static str, &str)],
        room: usize,
    ) -> Headers {
        let fields = [
            ("x-acs-action", self.action),
            ("x-acs-version", self.version),
            ("x-acs-date", self.date.as_str()),
            ("x-acs-signature-nonce", self.nonce),
            ("x-acs-content-sha256", body_hash.as_str()),
        ];
        let content_type = content_type.map(|value| ("content-type", value));
        let all = || fields.iter().chain(more).chain(&content_type);
        let mut headers = Headers::with_capacity(all().map(|(_, value)| value.len()).sum::<usize>() + room);
        all().for_each(|(name, value)| headers.push(name, &[value]));
        headers
    }
}
