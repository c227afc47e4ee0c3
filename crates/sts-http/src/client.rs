//! The client: one request out, one bounded response in.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::PROXY_AUTHORIZATION;
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
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
/// What is spawned: one task a runtime that closes idle connections, while there are any; hyper's driver of an HTTP/2 connection; and on
/// the runtime's threads for blocking work the looking up of names and the reading of root certificates. HTTP/1.1 runs inside the call's future.
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
        request: Request<Bytes>,
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        async move {
            let (method, body) = (request.method(), request.body());
            let mut message = Message::new(method, request.uri(), request.headers(), body);
            self.inner.send(&mut message, deadline).await
        }
    }

    /// As [`send_before`](Self::send_before), for a POST whose parts are borrowed: a caller that sends the same headers again and again
    /// need not copy them.
    ///
    /// # Errors
    ///
    /// As [`send_before`](Self::send_before).
    pub async fn post_before(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
        deadline: Option<Instant>,
    ) -> Result<Response<Bytes>, Error> {
        self.inner.send(&mut Message::new(&Method::POST, uri, headers, body), deadline).await
    }
}

/// A request in its parts.
pub(crate) struct Message<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// For a proxy that is handed the request itself.
    pub(crate) proxy_authorization: Option<HeaderValue>,
}

impl<'a> Message<'a> {
    pub(crate) fn new(method: &'a Method, uri: &'a Uri, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self { method, uri, headers, body, proxy_authorization: None }
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
    async fn send(
        &self,
        message: &mut Message<'_>,
        deadline: Option<Instant>,
    ) -> Result<Response<Bytes>, Error> {
        check(message.uri, message.method)?;
        if !message.headers.contains_key(PROXY_AUTHORIZATION) {
            message.proxy_authorization = self.connector.proxy().authorization(message.uri);
        }
        let pool = self.pools.here()?;
        let limit = self.limit(deadline)?;
        let exchange = pin!(self.exchange(&pool, message, limit.now));
        // One timer for connection, head and body.
        match timeout_at(limit.until, exchange).await {
            Ok(result) => Ok(result?),
            Err(_) => Err(limit.out_of_time.into()),
        }
    }

    async fn exchange(
        &self,
        pool: &Arc<Pool>,
        message: &Message<'_>,
        now: tokio::time::Instant,
    ) -> Result<Response<Bytes>, Failure> {
        let limit = self.max_response_size;
        loop {
            let (mut connection, was_kept) = match pool.take(message.uri, now) {
                Some(kept) => (kept, true),
                None => (self.connect(pool, message.uri).await?, false),
            };
            let outcome = match &mut connection {
                Connection::Own(stream) => {
                    if was_kept && !stream.is_quiet().await {
                        continue;
                    }
                    h1::exchange(stream, message, limit).await
                }
                Connection::Shared(shared) => h2::exchange(shared, message, limit).await,
            };
            match outcome {
                Ok((response, reusable)) => {
                    if reusable {
                        pool.give_back(message.uri, connection);
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
