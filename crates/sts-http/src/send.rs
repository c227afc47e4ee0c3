//! The seam where users bring a client of their own.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};

use crate::Error;

/// Sends one request and reads the whole response.
///
/// [`HttpClient`](crate::HttpClient) is one; implement it to bring another client, a recorder or a stub. An implementation
///
/// * follows no redirect and does not retry (the caller signs every attempt anew);
/// * gives back any status as a response: only what prevented a response is an [`Error`];
/// * bounds time and size by itself;
/// * may be dropped at any point without breaking the next call.
///
/// ```
/// use bytes::Bytes;
/// use sts_http::{Error, SendRequest};
///
/// struct Canned(&'static [u8]);
///
/// impl SendRequest for Canned {
///     async fn send_request(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, Error> {
///         Ok(http::Response::new(Bytes::from_static(self.0)))
///     }
/// }
///
/// let shared = sts_http::SharedSender::new(Canned(b"{}"));
/// # let _ = shared;
/// ```
pub trait SendRequest: Send + Sync + 'static {
    /// Sends `request` and reads the whole response.
    ///
    /// # Errors
    ///
    /// [`Error`] with a kind that says whether asking again makes sense; any HTTP status is `Ok`.
    fn send_request(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send;
}

/// Any [`SendRequest`] behind one cloneable type.
///
/// A call through it costs one allocation (the future is boxed).
#[derive(Clone)]
pub struct SharedSender(Arc<dyn BoxedSend>);

impl SharedSender {
    /// Erases the type of `sender`.
    pub fn new(sender: impl SendRequest) -> Self {
        Self(Arc::new(sender))
    }
}

impl SendRequest for SharedSender {
    fn send_request(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        self.0.send_boxed(request)
    }
}

impl fmt::Debug for SharedSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSender(..)")
    }
}

impl<S: SendRequest> SendRequest for Arc<S> {
    fn send_request(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Error>> + Send {
        S::send_request(self, request)
    }
}

type BoxedResponse<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Error>> + Send + 'a>>;

/// The twin of [`SendRequest`] that a trait object can be made of.
trait BoxedSend: Send + Sync + 'static {
    fn send_boxed(&self, request: Request<Bytes>) -> BoxedResponse<'_>;
}

impl<S: SendRequest> BoxedSend for S {
    fn send_boxed(&self, request: Request<Bytes>) -> BoxedResponse<'_> {
        Box::pin(self.send_request(request))
    }
}
