//! The client: one request out, one bounded response in.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{Method, Request, Response, Uri};
use tokio::time::timeout_at;

use crate::connect::Connector;
use crate::error::Failure;
use crate::pool::{Connection, Pool, Pools};
use crate::{Error, ErrorKind, HttpClientBuilder, SendRequest, clock, h1, h2};

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
/// What is spawned: one task a runtime that closes idle connections, while there are any, and hyper's driver of an HTTP/2 connection.
/// HTTP/1.1 runs inside the call's future.
#[derive(Clone)]
pub struct HttpClient {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    pub(crate) connector: Connector,
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
    /// The URI must be absolute (`https://host/path`). `Host` is added where it is missing; `Content-Length` is always the body's, and
    /// `Transfer-Encoding` never sent. The time is bound by the read timeout and the deadline, whichever comes first, connecting and reading
    /// included.
    ///
    /// # Errors
    ///
    /// [`Error`]; see [`ErrorKind`] for each. Any HTTP status is `Ok`. A deadline that has passed already sends nothing.
    #[expect(clippy::manual_async_fn, reason = "the future of an async fn has room for the request twice")]
    pub fn send_before(
        &self,
        mut request: Request<Bytes>,
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        async move {
            self.inner.prepare(&mut request)?;
            let pool = self.inner.pools.here()?;
            let limit = self.inner.limit(deadline)?;
            let exchange = pin!(self.inner.exchange(&pool, &request, limit.now));
            // One timer for connection, head and body.
            match timeout_at(limit.until, exchange).await {
                Ok(result) => Ok(result?),
                Err(_) => Err(limit.out_of_time.into()),
            }
        }
    }
}

/// A future for what is not on every call's path.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The time that one call has.
struct Limit {
    now: tokio::time::Instant,
    until: tokio::time::Instant,
    /// What to call it when time is out.
    out_of_time: ErrorKind,
}

impl Inner {
    fn prepare(&self, request: &mut Request<Bytes>) -> Result<(), Error> {
        check(request.uri(), request.method())?;
        if let Some(credentials) = self.connector.proxy().authorization(request.uri()) {
            request.headers_mut().entry(PROXY_AUTHORIZATION).or_insert(credentials);
        }
        Ok(())
    }

    async fn exchange(
        &self,
        pool: &Arc<Pool>,
        request: &Request<Bytes>,
        now: tokio::time::Instant,
    ) -> Result<Response<Bytes>, Failure> {
        let limit = self.max_response_size;
        loop {
            let (mut connection, was_kept) = match pool.take(request.uri(), now) {
                Some(kept) => (kept, true),
                None => (self.connect(pool, request.uri()).await?, false),
            };
            let outcome = match &mut connection {
                Connection::Own(stream) => {
                    if was_kept && !poll_fn(|cx| Poll::Ready(stream.is_quiet(cx))).await {
                        continue;
                    }
                    h1::exchange(stream, request, limit).await
                }
                Connection::Shared(shared) => h2::exchange(shared, request, limit).await,
            };
            match outcome {
                Ok((response, reusable)) => {
                    if reusable {
                        pool.give_back(request.uri(), connection);
                    }
                    return Ok(response);
                }
                Err(broken) if broken.unsent && was_kept => {}
                Err(broken) => return Err(broken.failure),
            }
        }
    }

    /// In a box without a type, as is everything that few calls need: their futures are small, and the code of TLS, proxies and HTTP/2 is
    /// generated in this crate and not again in every program that makes a call, in the midst of what runs all the time.
    fn connect<'a>(&'a self, pool: &'a Arc<Pool>, uri: &'a Uri) -> Boxed<'a, Result<Connection, Failure>> {
        Box::pin(async move {
            let stream = self.connector.connect(uri).await?;
            if stream.is_h2() {
                let made = h2::begin(stream).await?;
                return Ok(Connection::Shared(pool.share(uri, made)));
            }
            Ok(Connection::Own(stream))
        })
    }

    fn limit(&self, deadline: Option<Instant>) -> Result<Limit, Error> {
        let now = clock::now();
        let read = now.checked_add(self.read_timeout).unwrap_or_else(|| now + clock::NEVER);
        match deadline.map(tokio::time::Instant::from_std) {
            Some(deadline) if deadline <= now => Err(ErrorKind::DeadlineExceeded.into()),
            Some(until) if until < read => Ok(Limit { now, until, out_of_time: ErrorKind::DeadlineExceeded }),
            _ => Ok(Limit { now, until: read, out_of_time: ErrorKind::ReadTimeout }),
        }
    }
}

/// What cannot be sent, or would be sent differently from what was meant.
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
