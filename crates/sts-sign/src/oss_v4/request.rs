//! What is signed, in plain values.

use crate::SignError;
use crate::oss::{Resource, write_encoded};
use std::fmt;
use std::time::SystemTime;

/// One request to OSS, with the time of this attempt.
///
/// White space around a header's value is neither signed nor to be sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) time: SystemTime,
    pub(super) resource: Resource<'a>,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) additional_headers: &'a [&'a str],
}

impl<'a> Request<'a> {
    /// A request to the service, without bucket, object, query and headers. `method` in any case; `time` is cut to whole
    /// seconds.
    #[must_use]
    pub fn new(method: &'a str, time: SystemTime) -> Self {
        Self {
            method,
            time,
            resource: Resource::default(),
            query: &[],
            headers: &[],
            additional_headers: &[],
        }
    }

    /// The bucket's name, whether it travels in the host or in the path; default none. What the name may be is left to
    /// the service, but it has no slash.
    #[must_use]
    pub fn bucket(mut self, bucket: &'a str) -> Self {
        self.resource.bucket = Some(bucket);
        self
    }

    /// The object's key, not encoded; default none. Nothing of it is normalised: `a`, `/a`, `a/` and `b/../a` are four
    /// keys. Needs a [`bucket`](Self::bucket).
    #[must_use]
    pub fn key(mut self, key: &'a str) -> Self {
        self.resource.key = Some(key);
        self
    }

    /// The parameters of the URL: names and values, not encoded, in any order; default none. One with an empty value is
    /// written without `=`.
    #[must_use]
    pub fn query(mut self, query: &'a [(&'a str, &'a str)]) -> Self {
        self.query = query;
        self
    }

    /// Headers that are sent besides those that the signer adds, names in any case; default none. Of them `content-md5`,
    /// `content-type` and every `x-oss-*` are signed, and [additional ones](Self::additional_headers); a name given several
    /// times has its values joined with `,` in the order given.
    ///
    /// `x-oss-content-sha256` is the hash of the body in hexadecimal, for who wants it signed; default `UNSIGNED-PAYLOAD`,
    /// which is what the vendor's clients send.
    #[must_use]
    pub fn headers(mut self, headers: &'a [(&'a str, &'a str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Names of further [`headers`](Self::headers) to sign, in any case and order; default none. `host` may be one, if it
    /// is among the headers just as it is sent. Passed over are names that are not among the headers (or there without a
    /// value), that are signed anyway, and `authorization`.
    #[must_use]
    pub fn additional_headers(mut self, names: &'a [&'a str]) -> Self {
        self.additional_headers = names;
        self
    }

    /// The URL that the request goes to when it is signed by a header: the key percent-encoded, the query as given.
    ///
    /// `base` is what the bucket is reached by, `https://examplebucket.oss-cn-hangzhou.aliyuncs.com`; for an endpoint that
    /// takes buckets in the path, the bucket is its last piece: `http://127.0.0.1:8080/examplebucket`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a base that is no such URL, and a key without a bucket.
    pub fn url(&self, base: &str) -> Result<String, SignError> {
        self.resource.check()?;
        self.resource.url(base, |url| write_encoded(self.query, url))
    }
}

/// Names only.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<&'a str> {
            pairs.iter().map(|(name, _)| *name).collect()
        }
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("bucket", &self.resource.bucket)
            .field("key", &self.resource.key)
            .field("query", &names(self.query))
            .field("headers", &names(self.headers))
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}
