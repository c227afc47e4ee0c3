//! One HTTP request, as it arrived.

use super::ReadError;
use std::fmt;

/// The raw parts of one HTTP request: nothing decoded, nothing normalised.
///
/// ```
/// use sts_sign::verify::Request;
///
/// let request = Request::new("GET", "/a%20b")
///     .query("max-keys=3")
///     .headers([("host", &b"example.com"[..]), ("x-acs-version", b"2015-04-01")])
///     .body(b"");
/// assert_eq!(format!("{request:?}"), r#"Request { method: "GET", headers: ["host", "x-acs-version"], .. }"#);
/// ```
#[derive(Clone)]
pub struct Request<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a [u8],
    pub(super) query: &'a [u8],
    pub(super) headers: Vec<(&'a str, &'a [u8])>,
    pub(super) body: &'a [u8],
}

impl<'a> Request<'a> {
    /// `method` as sent; `path` is the request target up to the `?`, percent-encoded as sent.
    #[must_use]
    pub fn new(method: &'a str, path: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { method, path: path.as_ref(), query: &[], headers: Vec::new(), body: &[] }
    }

    /// What follows the `?`, as sent. Default: none.
    #[must_use]
    pub fn query(mut self, query: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.query = query.as_ref();
        self
    }

    /// Names, in any case, and values of all headers, `host` among them, in their order. Default: none.
    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        self.headers = headers.into_iter().collect();
        self
    }

    /// The body, freed of its transfer encoding. Default: empty.
    ///
    /// RPC v1 (a form), ACS3 and ROA look at it. OSS signs no body.
    #[must_use]
    pub fn body(mut self, body: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        self.body = body.as_ref();
        self
    }

    /// From what an HTTP server of the `http` family hands over. Where there is no `host` header, as in HTTP/2, the URI's
    /// authority stands for it.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn from_parts(parts: &'a http::request::Parts, body: &'a [u8]) -> Self {
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let authority = parts.uri.authority().filter(|_| !parts.headers.contains_key(http::header::HOST));
        let host = authority.map(|authority| ("host", authority.as_str().as_bytes()));
        Self::new(parts.method.as_str(), parts.uri.path())
            .query(parts.uri.query().unwrap_or_default())
            .headers(headers.chain(host))
            .body(body)
    }
}

/// The method; one with a line break in it could pass for more than a method.
pub(super) fn checked_method<'a>(request: &Request<'a>) -> Result<&'a str, ReadError> {
    let is_token = !request.method.is_empty()
        && request.method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_token { Ok(request.method) } else { Err(ReadError::malformed("method")) }
}

/// The path as sent, `/` for none. A line break in it could pass for the next line.
pub(super) fn checked_path<'a>(request: &Request<'a>) -> Result<&'a str, ReadError> {
    let path = if request.path.is_empty() { b"/" } else { request.path };
    let path = str::from_utf8(path)
        .ok()
        .filter(|path| path.starts_with('/') && !path.bytes().any(|byte| byte.is_ascii_control()));
    path.ok_or_else(|| ReadError::malformed("path"))
}

/// Method and names of headers.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "http"))]
mod tests {
    use super::Request;

    #[test]
    fn parts_come_over_as_they_are_and_the_authority_is_the_host() {
        let request =
            http::Request::post("http://a.example:8080/x%2Fy?a=%20").header("X-A", "1").body(()).unwrap();
        let (parts, ()) = request.into_parts();
        let request = Request::from_parts(&parts, b"body");
        assert_eq!((request.method, request.path, request.query), ("POST", &b"/x%2Fy"[..], &b"a=%20"[..]));
        assert_eq!(request.headers, [("x-a", &b"1"[..]), ("host", b"a.example:8080")]);
        assert_eq!(request.body, b"body");

        let request = http::Request::get("http://other/").header("Host", "this").body(()).unwrap();
        let (parts, ()) = request.into_parts();
        assert_eq!(Request::from_parts(&parts, b"").headers, [("host", &b"this"[..])]);
    }
}
