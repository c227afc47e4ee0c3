//! What is signed, in plain values.

use crate::Headers;
use crate::error::{EmptyNonce, InvalidHeader, SignError};
use crate::fields::Fields;
use crate::order::Sorted;
use crate::text::{checked, checked_method, checked_path, checked_some, has_prefix};
use crate::time::HttpDate;
use std::fmt;
use std::time::SystemTime;

/// One request, with the time and the nonce of this attempt. A retry is a new request with a new time and a new nonce,
/// since the service refuses a nonce it has seen.
///
/// White space around a header's value, a token and the like is neither signed nor sent.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    time: SystemTime,
    nonce: &'a str,
    method: &'a str,
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    headers: &'a [(&'a str, &'a str)],
    version: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A GET of `/` without query and headers. `time` is cut to whole seconds; `nonce` is text that is never used again.
    #[must_use]
    pub fn new(time: SystemTime, nonce: &'a str) -> Self {
        Self { time, nonce, method: "GET", path: "/", query: &[], headers: &[], version: None }
    }

    /// The HTTP method, in any case; default `GET`.
    #[must_use]
    pub fn method(mut self, method: &'a str) -> Self {
        self.method = method;
        self
    }

    /// The path as it is sent, without the query. Default, and what an empty one stands for: `/`.
    #[must_use]
    pub fn path(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// The parameters of the URL: names and values, not encoded, in any order; default none.
    #[must_use]
    pub fn query(mut self, query: &'a [(&'a str, &'a str)]) -> Self {
        self.query = query;
        self
    }

    /// Headers that are sent besides those that the signer adds, names in any case; default none. `accept`,
    /// `content-md5`, `content-type` and all whose name begins with `x-acs-` are signed. What the signer fills in itself
    /// is left out of account here.
    #[must_use]
    pub fn headers(mut self, headers: &'a [(&'a str, &'a str)]) -> Self {
        self.headers = headers;
        self
    }

    /// The version of the API (`2015-12-15`), which goes into `x-acs-version`; default none. The services ask for it.
    #[must_use]
    pub fn version(mut self, version: &'a str) -> Self {
        self.version = Some(version);
        self
    }

    /// The headers of a request that is not signed, and `more`.
    pub(crate) fn unsigned_headers(&self, more: &[(&'static str, &str)]) -> Result<Headers, SignError> {
        let checked = self.checked()?;
        let fixed = [
            Some(("date", checked.date.as_str())),
            Some(("x-acs-signature-method", "HMAC-SHA1")),
            Some(("x-acs-signature-nonce", checked.nonce)),
            Some(("x-acs-signature-version", "1.0")),
            checked.version.map(|version| ("x-acs-version", version)),
        ];
        let all = || fixed.iter().flatten().chain(more);
        let mut headers = Headers::with_capacity(all().map(|(_, value)| value.len()).sum());
        all().for_each(|(name, value)| headers.push(name, &[value]));
        Ok(headers)
    }

    /// Everything that is signed and not of a key, checked.
    pub(super) fn checked<'b>(&'b self) -> Result<Checked<'a, 'b>, SignError> {
        let nonce = checked("nonce", self.nonce)?;
        if nonce.is_empty() {
            return Err(EmptyNonce::new().into());
        }
        Ok(Checked {
            method: checked_method(self.method)?,
            path: checked_path(self.path)?,
            query: Sorted::new(self.query)?,
            date: HttpDate::new(self.time)?,
            nonce,
            version: self
                .version
                .map(|version| checked_some("version", version, "is empty: name the version of the API"))
                .transpose()?,
        })
    }

    /// Adds those of the caller's headers that are signed; `is_added`: what the signer fills in.
    pub(super) fn add_headers(
        &self,
        fields: &mut Fields<'a>,
        is_added: impl Fn(&str) -> bool,
    ) -> Result<(), SignError> {
        for (name, value) in self.headers {
            let is = |wanted: &&str| name.eq_ignore_ascii_case(wanted);
            if (has_prefix(name, "x-acs-") || LINES.iter().any(is)) && !is_added(name) {
                if fields.get(name).is_some() {
                    return Err(InvalidHeader::new(name, "is given twice: leave one out").into());
                }
                fields.push_given(name, value)?;
            }
        }
        Ok(())
    }
}

/// Headers that have a line of their own, in the order of the lines.
pub(super) const LINES: [&str; 3] = ["accept", "content-md5", "content-type"];

/// Names only.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn names<'a>(pairs: &[(&'a str, &'a str)]) -> Vec<&'a str> {
            pairs.iter().map(|(name, _)| *name).collect()
        }
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("query", &names(self.query))
            .field("headers", &names(self.headers))
            .field("version", &self.version)
            .field("time", &self.time)
            .finish_non_exhaustive()
    }
}

/// A request, checked and sorted.
pub(super) struct Checked<'a, 'b> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Sorted<'a, 'b>,
    pub(super) date: HttpDate,
    pub(super) nonce: &'a str,
    pub(super) version: Option<&'a str>,
}
