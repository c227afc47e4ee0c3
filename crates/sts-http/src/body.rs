//! The two bodies of HTTP/2: ours, which is ready, and theirs, which is read up to a bound.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame, SizeHint};

use crate::ErrorKind;
use crate::error::Failure;

/// A first reservation larger than this waits until the bytes really come: a length is only a claim.
const FIRST_RESERVATION: u64 = 64 * 1024;

/// A request body that is one piece of memory.
pub(crate) struct ReadyBody(Bytes);

impl ReadyBody {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl Body for ReadyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let bytes = std::mem::take(&mut self.get_mut().0);
        Poll::Ready(if bytes.is_empty() { None } else { Some(Ok(Frame::data(bytes))) })
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

/// Reads `body` to its end, or fails as soon as it is known to be larger than `limit` bytes.
///
/// A body that comes as one frame is handed on as it is; only the second frame makes it be copied.
pub(crate) async fn read_bounded<B>(mut body: B, limit: usize) -> Result<Bytes, Failure>
where
    B: Body<Data = Bytes> + Unpin,
    Failure: From<B::Error>,
{
    // What the length header says is checked before a byte is read.
    let claimed = body.size_hint().lower();
    if claimed > limit as u64 {
        return Err(ErrorKind::ResponseTooLarge.into());
    }
    let Some(first) = next_data(&mut body).await? else {
        return Ok(Bytes::new());
    };
    if first.len() > limit {
        return Err(ErrorKind::ResponseTooLarge.into());
    }
    // Asking `is_end_stream` spares a poll when the length was known.
    if body.is_end_stream() {
        return Ok(first);
    }
    let Some(second) = next_data(&mut body).await? else {
        return Ok(first);
    };

    let expected = claimed.min(FIRST_RESERVATION) as usize;
    let mut whole = BytesMut::with_capacity(expected.max(first.len() + second.len()));
    whole.extend_from_slice(&first);
    drop(first);
    let mut piece = second;
    loop {
        if whole.len() + piece.len() > limit {
            return Err(ErrorKind::ResponseTooLarge.into());
        }
        whole.extend_from_slice(&piece);
        if body.is_end_stream() {
            break;
        }
        match next_data(&mut body).await? {
            Some(next) => piece = next,
            None => break,
        }
    }
    Ok(whole.freeze())
}

/// The next non-empty piece of data; trailers are passed over.
async fn next_data<B>(body: &mut B) -> Result<Option<Bytes>, Failure>
where
    B: Body<Data = Bytes> + Unpin,
    Failure: From<B::Error>,
{
    loop {
        match poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
            None => return Ok(None),
            Some(frame) => match frame?.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                _ => {}
            },
        }
    }
}
