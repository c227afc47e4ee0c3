//! The way out: the built-in HTTP client, or one of the user's.

use crate::clock;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use std::pin::Pin;
use std::time::Duration;
use sts_http::{Error, ErrorKind, HttpClient, SendRequest, SharedSender};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

pub(crate) enum Transport {
    /// Bounds itself, so that a call has one timer, and is called without a box.
    BuiltIn(HttpClient),
    Custom(Custom),
}

/// Bounded from here: what a stranger promises is not relied on.
pub(crate) struct Custom {
    pub(crate) sender: SharedSender,
    /// How long one attempt may take.
    pub(crate) attempt: Duration,
}

impl Custom {
    /// In a box, as is the sender's own future: a call's has no room for this way out.
    pub(crate) fn post<'a>(
        &'a self,
        endpoint: &Uri,
        headers: &HeaderMap,
        form: Vec<u8>,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send + 'a>> {
        let mut request = Request::new(Bytes::from(form));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = endpoint.clone();
        *request.headers_mut() = headers.clone();
        Box::pin(self.send(request, deadline))
    }

    async fn send(&self, request: Request<Bytes>, deadline: Instant) -> Result<Response<Bytes>, Error> {
        // A timer would panic. (The built-in client sees to this itself.)
        if Handle::try_current().is_err() {
            return Err(ErrorKind::NoRuntime.into());
        }
        let attempt_ends = clock::instant() + self.attempt;
        match timeout_at(attempt_ends.min(deadline), self.sender.send_request(request)).await {
            Ok(result) => result,
            Err(_) if attempt_ends < deadline => Err(ErrorKind::ReadTimeout.into()),
            Err(_) => Err(ErrorKind::DeadlineExceeded.into()),
        }
    }
}
