//! The listener: HTTP/1.1 on a loopback port, bounded in every direction.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use crate::refusal::Refusal;
use crate::service::{Reply, Request, Service};

/// Documented limits of the gateway.
const MAX_GET_BYTES: usize = 4 * 1024;
const MAX_POST_BYTES: usize = 10 * 1024 * 1024;

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

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

struct Shared {
    service: Arc<Service>,
    large_bodies: Semaphore,
}

/// Serves until told to stop; every connection has ended when this returns. Dropping the future ends them too.
pub(crate) async fn serve(listener: TcpListener, service: Arc<Service>, mut stop: oneshot::Receiver<()>) {
    let shared = Arc::new(Shared { service, large_bodies: Semaphore::new(LARGE_BODY_SEATS) });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, Arc::clone(&shared)));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    connections.shutdown().await;
}

async fn serve_connection(stream: TcpStream, shared: Arc<Shared>) {
    // Replies are small and written at once; a socket that refuses the option still works.
    stream.set_nodelay(true).ok();
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(respond(request, &shared).await) }
    });
    // `Date` is the emulator's, whose clock may stand elsewhere. How a connection ends is the client's business.
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(READ_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

async fn respond(request: http::Request<Incoming>, shared: &Shared) -> http::Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let target = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
    let mut seat = None;
    let body = if head.method == Method::GET && target > MAX_GET_BYTES {
        Err(Refusal::too_large(414))
    } else {
        let limit = if head.method == Method::GET { MAX_GET_BYTES } else { MAX_POST_BYTES };
        let read = read_body(body, limit, &shared.large_bodies, &mut seat);
        tokio::time::timeout(READ_TIMEOUT, read).await.unwrap_or_else(|_| Err(Refusal::body_timeout()))
    };
    let was_read = body.is_ok();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let reply = shared.service.answer(Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or_default().as_bytes(),
        headers: headers.collect(),
        body: body.as_deref().map_err(Refusal::clone),
    });
    let mut response = response(reply);
    if !was_read {
        // The rest of the body stands where the next request would.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn read_body<'a>(
    mut body: Incoming,
    limit: usize,
    large_bodies: &'a Semaphore,
    seat: &mut Option<tokio::sync::SemaphorePermit<'a>>,
) -> Result<Vec<u8>, Refusal> {
    // A client that announces too much is told so before it sends it.
    if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
        return Err(Refusal::too_large(413));
    }
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        // The connection broke off; nobody will read the reply.
        let Ok(frame) = frame else { return Err(Refusal::unreadable("The request body broke off.")) };
        let Some(data) = frame.data_ref() else { continue };
        if read.len() + data.len() > limit {
            return Err(Refusal::too_large(413));
        }
        if read.len() + data.len() > SMALL_BODY_BYTES && seat.is_none() {
            *seat = large_bodies.acquire().await.ok();
        }
        read.extend_from_slice(data);
    }
    Ok(read)
}

fn response(reply: Reply) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers.extend(HeaderValue::try_from(reply.request_id).ok().map(|id| (REQUEST_ID, id)));
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&reply.time);
    let date = date.ok().and_then(|date| HeaderValue::try_from(date).ok());
    headers.extend(date.map(|date| (DATE, date)));
    response
}
