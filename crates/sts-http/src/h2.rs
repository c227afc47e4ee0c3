//! HTTP/2, by hyper: one connection for many calls at a time.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{Request, Response};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};

use crate::body::{self, ReadyBody};
use crate::client::{Boxed, Message};
use crate::error::{Broken, Failure};
use crate::stream::Stream;

/// A handle to a connection, which closes after the last of them.
pub(crate) type Shared = SendRequest<ReadyBody>;

/// How often a server that owes an answer is asked whether it is there, and how long it has to say so. A dead connection would otherwise
/// stay in the pool and swallow every request, as a timed-out one does not close it.
const PING_INTERVAL: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// Begins HTTP/2 on `stream`. The connection is driven by a task, as it is shared.
pub(crate) async fn begin(stream: Stream) -> Result<Shared, Failure> {
    let (shared, connection) = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .handshake(TokioIo::new(stream))
        .await?;
    tokio::spawn(async move {
        // Whoever has a request under way is told by hyper.
        let _ = connection.await;
    });
    Ok(shared)
}

/// Sends `message` and reads the response, whose body may have `limit` bytes. The connection can always be used again, as far as can be
/// seen from here.
pub(crate) fn exchange<'a>(
    shared: &'a mut Shared,
    message: &Message<'_>,
    limit: usize,
) -> Boxed<'a, Result<(Response<Bytes>, bool), Broken>> {
    let mut request = Request::new(ReadyBody::new(Bytes::copy_from_slice(message.body)));
    request.method_mut().clone_from(message.method);
    request.uri_mut().clone_from(message.uri);
    request.headers_mut().clone_from(message.headers);
    // hyper sends the body's length where there is none.
    request.headers_mut().remove(CONTENT_LENGTH);
    Box::pin(async move {
        let response = match shared.try_send_request(request).await {
            Ok(response) => response,
            Err(mut error) => {
                let unsent = error.take_message().is_some();
                return Err(Broken { failure: error.into_error().into(), unsent });
            }
        };
        let (head, body) = response.into_parts();
        match body::read_bounded(body, limit).await {
            Ok(body) => Ok((Response::from_parts(head, body), true)),
            Err(failure) => Err(Broken { failure, unsent: false }),
        }
    })
}
