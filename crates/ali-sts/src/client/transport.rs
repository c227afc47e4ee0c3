//! The way out: the built-in HTTP client, or one of the user's.

use crate::clock;
use bytes::Bytes;
use http::{Request, Response};
use std::time::Duration;
use sts_http::{Error, ErrorKind, HttpClient, SendRequest, SharedSender};
use tokio::time::{Instant, timeout_at};

pub(crate) enum Transport {
    /// Bounds itself, so that a call has one timer, and is called without a box.
    BuiltIn(HttpClient),
    /// Bounded from here: what a stranger promises is not relied on.
    Custom { sender: SharedSender, attempt: Duration },
}

impl Transport {
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Error> {
        match self {
            Self::BuiltIn(client) => client.send_before(request, Some(deadline.into_std())).await,
            Self::Custom { sender, attempt } => {
                let attempt_ends = clock::instant() + *attempt;
                match timeout_at(attempt_ends.min(deadline), sender.send_request(request)).await {
                    Ok(result) => result,
                    Err(_) if attempt_ends < deadline => Err(ErrorKind::ReadTimeout.into()),
                    Err(_) => Err(ErrorKind::DeadlineExceeded.into()),
                }
            }
        }
    }
}
