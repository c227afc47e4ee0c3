//! Replies that go wrong on the wire on purpose.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::faults::Flaw;

/// What a padded body is padded with.
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// The exchange is over before its end, as a fault asked.
#[derive(Debug, thiserror::Error)]
#[error("the reply was broken off, as a fault asked")]
pub(super) struct BrokenOff;

/// Whether a connection is to be reset, not merely closed, when it ends.
#[derive(Clone, Default)]
pub(super) struct ResetMark(Arc<AtomicBool>);

impl ResetMark {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body of a reply, in the pieces in which it is sent.
pub(super) struct ReplyBody {
    /// What is still to come of the body.
    rest: Bytes,
    /// So many spaces follow it.
    padding: usize,
    /// What the head announces, of this moment's rest.
    announced: u64,
    piece_bytes: usize,
    pause: Option<Pause>,
    /// What happens after the last piece.
    end: End,
    /// Whether hyper has been given the time to send what it has, before the end that makes it drop everything.
    is_sent: bool,
}

struct Pause {
    length: Duration,
    sleep: Option<Pin<Box<Sleep>>>,
}

enum End {
    Clean,
    Close,
    Reset(ResetMark),
}

impl ReplyBody {
    /// All of it, as it is.
    pub(super) fn whole(body: Bytes) -> Self {
        let announced = length(body.len());
        Self {
            rest: body,
            padding: 0,
            announced,
            piece_bytes: usize::MAX,
            pause: None,
            end: End::Clean,
            is_sent: false,
        }
    }

    /// What a flaw leaves of a body.
    pub(super) fn flawed(body: Bytes, flaw: Flaw, reset: &ResetMark) -> Self {
        let half = body.slice(..body.len() / 2);
        let whole = Self::whole(body);
        match flaw {
            Flaw::Reset => Self { rest: Bytes::new(), end: End::Reset(reset.clone()), ..whole },
            Flaw::ResetInBody => Self { rest: half, end: End::Reset(reset.clone()), ..whole },
            Flaw::Truncated => Self { rest: half, end: End::Close, ..whole },
            Flaw::Garbled => {
                let garbled = whole.rest.iter().map(|byte| byte ^ 0xA5 | 0x80).collect();
                Self { rest: garbled, ..whole }
            }
            Flaw::Slow { bytes, pause } => {
                let pause = Some(Pause { length: pause, sleep: None });
                Self { piece_bytes: bytes.max(1), pause, ..whole }
            }
            Flaw::Huge { bytes } => {
                let announced = whole.announced.saturating_add(length(bytes));
                Self { padding: bytes, announced, ..whole }
            }
        }
    }

    fn next_piece(&mut self) -> Option<Bytes> {
        let piece = if self.rest.is_empty() {
            let bytes = self.padding.min(SPACES.len()).min(self.piece_bytes);
            self.padding -= bytes;
            Bytes::from_static(SPACES.get(..bytes).unwrap_or_default())
        } else {
            self.rest.split_to(self.rest.len().min(self.piece_bytes))
        };
        self.announced = self.announced.saturating_sub(length(piece.len()));
        (!piece.is_empty()).then_some(piece)
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        let has_more = !self.rest.is_empty() || self.padding > 0;
        if has_more && let Some(pause) = &mut self.pause {
            let sleep = pause.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(pause.length)));
            ready!(sleep.as_mut().poll(context));
            pause.sleep = None;
        }
        if let Some(piece) = self.next_piece() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        if !matches!(self.end, End::Clean) && !std::mem::replace(&mut self.is_sent, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match &self.end {
            End::Clean => Poll::Ready(None),
            End::Close => Poll::Ready(Some(Err(BrokenOff))),
            End::Reset(mark) => {
                mark.set();
                Poll::Ready(Some(Err(BrokenOff)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.end, End::Clean) && self.rest.is_empty() && self.padding == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
