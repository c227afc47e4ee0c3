//! The client: one request out, one bounded response in.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Method, Request, Response, Uri, Version};

use crate::body::{self, ReadyBody};
use crate::error::Failure;
use crate::pool::Pools;
use crate::{Error, ErrorKind, HttpClientBuilder, SendRequest, clock};

/// Sends requests over a pool of kept-alive connections. Cloning is cheap and clones share the pool.
///
/// * HTTP/2 where a server offers it under TLS, HTTP/1.1 otherwise; the request's own version is not looked at.
/// * A redirect is a response like any other and never followed.
/// * Nothing is sent twice, with one exception that cannot be noticed: a request that was not written at all, because the
///   kept-alive connection chosen for it had just been closed, goes out on another.
/// * One client may serve several tokio runtimes, at a time or one after the other; each has its own connections. A runtime must
///   have its I/O and time drivers on (`enable_all`); outside any runtime a call ends in [`ErrorKind::NoRuntime`].
/// * The future of a call may be dropped at any point.
///
/// What is spawned: hyper's connection drivers and the timer that closes idle connections.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    pub(crate) read_timeout: Duration,
    pub(crate) max_response_size: usize,
}

impl HttpClient {
    /// A builder with the defaults.
    pub fn builder() -> HttpClientBuilder {
        HttpClientBuilder::new()
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Sends `request` and reads the whole response, at the latest until `deadline`.
    ///
    /// The URI must be absolute (`https://host/path`). `Host` and `Content-Length` are added where they are missing. The time is bound by the
    /// read timeout and the deadline, whichever comes first, connecting and reading included.
    ///
    /// # Errors
    ///
    /// [`Error`]; see [`ErrorKind`] for each. Any HTTP status is `Ok`. A deadline that has passed already sends nothing.
    pub async fn send_before(
        &self,
        request: Request<Bytes>,
        deadline: Option<Instant>,
    ) -> Result<Response<Bytes>, Error> {
        let response = self.inner.start(request)?;
        let (until, out_of_time) = self.inner.limit(deadline)?;
        let exchange = async {
            let (head, body) = response.await?.into_parts();
            let body = body::read_bounded(body, self.inner.max_response_size).await?;
            Ok::<_, Failure>(Response::from_parts(head, body))
        };
        // One timer for connection, head and body.
        match tokio::time::timeout_at(until, exchange).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(out_of_time.into()),
        }
    }
}

impl Inner {
    fn start(
        &self,
        mut request: Request<Bytes>,
    ) -> Result<hyper_util::client::legacy::ResponseFuture, Error> {
        check(request.uri(), request.method())?;
        *request.version_mut() = Version::HTTP_11;
        if let Some(credentials) = self.pools.connector().proxy().authorization(request.uri()) {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert(credentials);
        }
        self.pools.start(request.map(ReadyBody::new))
    }

    /// When time is out, and what to call it then.
    fn limit(&self, deadline: Option<Instant>) -> Result<(tokio::time::Instant, ErrorKind), Error> {
        /// As good as never, and far from what an `Instant` can hold.
        const NEVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

        let now = clock::now();
        let read = now.checked_add(self.read_timeout).unwrap_or_else(|| now + NEVER);
        match deadline.map(tokio::time::Instant::from_std) {
            Some(deadline) if deadline <= now => Err(ErrorKind::DeadlineExceeded.into()),
            Some(deadline) if deadline < read => Ok((deadline, ErrorKind::DeadlineExceeded)),
            _ => Ok((read, ErrorKind::ReadTimeout)),
        }
    }
}

/// What hyper would refuse, panic at or send differently from what was meant.
fn check(uri: &Uri, method: &Method) -> Result<(), Error> {
    let scheme = uri.scheme().is_some_and(|s| *s == Scheme::HTTPS || *s == Scheme::HTTP);
    let authority = uri.authority().is_some_and(|a| !a.host().is_empty() && !a.as_str().contains('@'));
    if scheme && authority && method != Method::CONNECT {
        Ok(())
    } else {
        Err(ErrorKind::InvalidRequest.into())
    }
}

impl SendRequest for HttpClient {
    fn send_request(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        self.send_before(request, None)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient")
            .field("read_timeout", &self.inner.read_timeout)
            .field("max_response_size", &self.inner.max_response_size)
            .finish_non_exhaustive()
    }
}
