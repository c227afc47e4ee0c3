//! One request to a source of credentials, and its bounded answer.

use crate::endpoint::is_local_address;
use bytes::Bytes;
use http::header::{ACCEPT, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response, Uri};
use std::time::Duration;
use sts_http::{Error, HttpClient, ProxySettings};
use sts_types::{ProviderError, ProviderErrorKind};

/// Sends a source's requests. Made anew for each fetch: those are minutes apart, and no connection is kept for so long.
pub(super) struct Fetch {
    http: HttpClient,
    user_agent: Option<HeaderValue>,
}

/// How long one request may take.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) connect: Duration,
    /// Connecting included.
    pub(super) answer: Duration,
}

/// As in all official SDKs, for everything but the metadata service.
pub(super) const USUAL: Limits = Limits { connect: Duration::from_secs(5), answer: Duration::from_secs(10) };

impl Fetch {
    pub(super) fn new(
        provider: &'static str,
        limits: Limits,
        proxy: ProxySettings,
    ) -> Result<Self, ProviderError> {
        let http =
            HttpClient::builder().connect_timeout(limits.connect).read_timeout(limits.answer).proxy(proxy);
        let http = http.build().map_err(|error| {
            ProviderError::new(ProviderErrorKind::Invalid, provider, "the proxy variables cannot be used")
                .with_source(error)
        })?;
        let user_agent = sts_http::user_agent("ali-sts", env!("CARGO_PKG_VERSION"), None).ok();
        Ok(Self { http, user_agent })
    }

    /// Any status is an answer; a redirect is one, and is not followed.
    pub(super) async fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let headers = request.headers_mut();
        headers.extend(self.user_agent.clone().map(|user_agent| (USER_AGENT, user_agent)));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        self.http.send_before(request, None).await
    }
}

/// A request without a body.
pub(super) fn request(method: Method, uri: Uri) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    request
}

/// A value that is not to be logged by whoever sees the request.
pub(super) fn sensitive(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Reads where credentials are fetched from: by https from anywhere, by plain http from an address of this machine or its surroundings
/// only. `localhost` is a name, and what it means is up to files and name servers.
///
/// What is wrong is told without the text: paths and queries of such URIs are often secret.
pub(super) fn source(text: &str) -> Result<Uri, &'static str> {
    let uri: Uri = text.parse().map_err(|_| "it is not a URI such as `http://127.0.0.1:8080/credentials`")?;
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    let authority = authority.ok_or("it names no host; write `https://…`, or `http://127.0.0.1:…`")?;
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    if authority.as_str().contains('@') {
        Err("leave user and password out of it")
    } else if !port.is_empty() && matches!(authority.port_u16(), None | Some(0)) {
        Err("its port must be 1 to 65535")
    } else if uri.scheme() == Some(&Scheme::HTTPS) {
        Ok(uri)
    } else if uri.scheme() != Some(&Scheme::HTTP) {
        Err("its scheme must be `https`, or `http` to an address of this machine")
    } else if is_local_address(authority.host()) {
        Ok(uri)
    } else {
        Err(
            "plain http would show the credentials to the network; use `https`, or an address of this machine such as `127.0.0.1` (not a name)",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn https_from_anywhere_and_http_from_here() {
        for good in [
            "https://example.com/a?b=c",
            "https://example.com:8443",
            "http://127.0.0.1:8080/",
            "http://127.9.9.9",
            "http://[::1]:80/x",
            "http://[::ffff:127.0.0.1]/",
            "http://169.254.170.2/v2/credentials/x",
            "http://[fe80::1]/",
            "http://100.100.100.200",
        ] {
            assert!(source(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_goes_over_the_network_in_the_open_or_elsewhere_than_it_looks() {
        for (bad, said) in [
            ("http://example.com/", "plain http"),
            ("http://localhost:80/", "plain http"),
            ("http://127.0.0.1.example.com/", "plain http"),
            ("http://127.1/", "plain http"),
            ("http://2130706433/", "plain http"),
            ("http://0x7f.0.0.1/", "plain http"),
            ("http://0.0.0.0/", "plain http"),
            ("http://100.100.100.201/", "plain http"),
            ("http://169.253.1.1/", "plain http"),
            ("http://127.0.0.1@example.com/", "leave user"),
            ("https://user:pa55@example.com/", "leave user"),
            ("http://127.0.0.1:99999/", "port"),
            ("http://127.0.0.1:/", "port"),
            ("http://127.0.0.1:0/", "port"),
            ("ftp://127.0.0.1/", "scheme"),
            ("file:///etc/passwd", "not a URI"),
            ("127.0.0.1:8080", "scheme"),
            ("/path", "names no host"),
            ("http:///path", "not a URI"),
            ("http://[::1/", "not a URI"),
            ("", "not a URI"),
            ("http://127.0.0.1/ a", "not a URI"),
        ] {
            let problem = source(bad).unwrap_err();
            assert!(problem.contains(said), "{bad}: {problem}");
        }
    }
}
