//! The listener of every service: HTTP/1.1, bounded in every direction.

mod flaw;

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, HeaderValue};
use http::request::Parts;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use self::flaw::{BrokenOff, ReplyBody, ResetMark};
use crate::faults::Flaw;

/// Room for the largest request line that `http` can hold (64 KiB), plus headers.
const MAX_HEAD_BYTES: usize = 128 * 1024;

/// Further connections wait in the listener's queue.
const MAX_CONNECTIONS: usize = 512;

/// Bodies larger than this take one of a few seats, so that many big posts at once cannot fill the memory.
const SMALL_BODY_BYTES: usize = 64 * 1024;
const LARGE_BODY_SEATS: usize = 4;

/// For a request's head, for the silence between two requests, and for a body.
const READ_TIMEOUT: Duration = Duration::from_secs(30);

/// When the process is out of file descriptors: long enough not to spin, short enough not to be noticed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A service behind a listener.
pub(crate) trait Handler: Send + Sync + 'static {
    /// How much of a request is read, by its head.
    fn limits(&self, head: &Parts) -> Limits;

    /// The reply, whatever the request. `Date` is the handler's to set, by the emulator's clock. A [`Flaw`] among the extensions is
    /// done to it on the wire.
    fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        peer: SocketAddr,
    ) -> impl Future<Output = http::Response<Bytes>> + Send;
}

/// How much of a request is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Path and query.
    pub(crate) target_bytes: usize,
    pub(crate) body_bytes: usize,
}

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// The target is longer than it may be; the body was not read.
    LongTarget,
    /// The body is longer than it may be.
    TooLarge,
    /// It did not come in time.
    Late,
    /// The connection broke off.
    Broken,
}

/// A listener that serves. Dropping it stops it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Server {
    /// Serves on the current tokio runtime.
    pub(crate) fn spawn(listener: TcpListener, address: SocketAddr, handler: Arc<impl Handler>) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { address, task: tokio::spawn(serve(listener, handler, stopped)), stop: Some(stop) }
    }

    /// Stops, and waits until the port and all connections are closed.
    pub(crate) async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // A server that is no longer there has stopped already.
            stop.send(()).ok();
        }
        (&mut self.task).await.ok();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared<H> {
    handler: Arc<H>,
    large_bodies: Semaphore,
}

/// Serves until told to stop; every connection has ended when this returns. Dropping the future ends them too.
async fn serve<H: Handler>(listener: TcpListener, handler: Arc<H>, mut stop: oneshot::Receiver<()>) {
    let shared = Arc::new(Shared { handler, large_bodies: Semaphore::new(LARGE_BODY_SEATS) });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_connection(stream, peer, Arc::clone(&shared)));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    connections.shutdown().await;
}

async fn serve_connection<H: Handler>(stream: TcpStream, peer: SocketAddr, shared: Arc<Shared<H>>) {
    // Replies are small and written at once; a socket that refuses the option still works.
    stream.set_nodelay(true).ok();
    let reset = ResetMark::default();
    let mark = reset.clone();
    let service = service_fn(move |request| {
        let (shared, mark) = (Arc::clone(&shared), mark.clone());
        Box::pin(async move { respond(request, peer, &shared, &mark).await })
    });
    // `Date` is the emulator's, whose clock may stand elsewhere. How a connection ends is the client's business.
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    poll_fn(|context| connection.poll_without_shutdown(context)).await.ok();
    let mut stream = connection.into_parts().io.into_inner();
    if reset.is_set() {
        stream.set_zero_linger().ok();
    } else {
        stream.shutdown().await.ok();
    }
}

async fn respond<H: Handler>(
    request: http::Request<Incoming>,
    peer: SocketAddr,
    shared: &Shared<H>,
    reset: &ResetMark,
) -> Result<http::Response<ReplyBody>, BrokenOff> {
    let (head, body) = request.into_parts();
    let limits = shared.handler.limits(&head);
    let target = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
    let mut seat = None;
    let body = if target > limits.target_bytes {
        Err(BodyError::LongTarget)
    } else {
        let read = read_body(body, limits.body_bytes, &shared.large_bodies, &mut seat);
        tokio::time::timeout(READ_TIMEOUT, read).await.unwrap_or(Err(BodyError::Late))
    };
    let was_read = body.is_ok();
    let mut response = shared.handler.handle(http::Request::from_parts(head, body), peer).await;
    if !was_read {
        // The rest of the body stands where the next request would.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    match response.extensions_mut().remove::<Flaw>() {
        None => Ok(response.map(ReplyBody::whole)),
        Some(Flaw::Reset) => {
            reset.set();
            Err(BrokenOff)
        }
        Some(flaw) => Ok(response.map(|body| ReplyBody::flawed(body, flaw, reset))),
    }
}

async fn read_body<'a>(
    mut body: Incoming,
    limit: usize,
    large_bodies: &'a Semaphore,
    seat: &mut Option<SemaphorePermit<'a>>,
) -> Result<Bytes, BodyError> {
    // A client that announces too much is told so before it sends it.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(BodyError::TooLarge);
    }
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // The connection broke off; nobody will read the reply.
        let Ok(frame) = frame else { return Err(BodyError::Broken) };
        let Ok(data) = frame.into_data() else { continue };
        let length = first.len() + all.len() + data.len();
        if length > limit {
            return Err(BodyError::TooLarge);
        }
        if length > SMALL_BODY_BYTES && seat.is_none() {
            *seat = large_bodies.acquire().await.ok();
        }
        if first.is_empty() && all.is_empty() {
            // Most bodies are one frame and need not be copied.
            first = data;
        } else {
            all.extend_from_slice(&std::mem::take(&mut first));
            all.extend_from_slice(&data);
        }
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}
