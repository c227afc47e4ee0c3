//! HTTP/1.1 on one connection: one request out, one response in.
//!
//! It runs inside the call's own future: no task drives the connection, nothing wakes anybody else, and dropping the call drops
//! the connection. Both bodies are one piece of memory. The grammar of a head is httparse's business, as it is in hyper; why the rest is not hyper's
//! is in docs/architecture.md.

mod chunked;
mod incoming;
mod outgoing;
#[cfg(all(any(test, fuzzing), feature = "_tls"))]
pub(crate) mod scripted;

use std::future::poll_fn;
use std::io;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Method, Response};
use tokio::io::{AsyncRead, ReadBuf};

use self::chunked::Chunked;
use self::incoming::{Framing, Head, Parsed};
use self::outgoing::Outgoing;
use crate::ErrorKind;
use crate::client::{Boxed, Message};
use crate::error::{Broken, Failure};
use crate::stream::Stream;

/// The largest head of a response, with the interim responses before it. Real ones are below 1 KiB.
const MAX_HEAD: usize = 64 * 1024;

/// How much is read at once: a whole answer of the services this is for.
const READ: usize = 8 * 1024;

/// A first reservation larger than this waits until the bytes really come: a length is only a claim.
const FIRST_RESERVATION: usize = 64 * 1024;

/// Sends `message` over `stream` and reads the response, whose body may have `limit` bytes. Tells also whether the connection can be used
/// again.
pub(crate) async fn exchange(
    stream: &mut Stream,
    message: &Message<'_>,
    limit: usize,
) -> Result<(Response<Bytes>, bool), Broken> {
    let outgoing = Outgoing::new(message, stream.is_proxied());
    let mut wire = Wire { stream, outgoing, received: Vec::new(), looked_at: 0, read: 0 };
    match wire.response(message.method, limit).await {
        Ok((response, reusable)) => Ok((response, reusable && wire.outgoing.may_be_followed())),
        Err(failure) => {
            // TLS may have sent a part of what it then failed to send.
            let unsent = wire.outgoing.is_untouched() && !wire.stream.is_tls();
            Err(Broken { failure, unsent })
        }
    }
}

/// A connection in the middle of an exchange.
struct Wire<'a> {
    stream: &'a mut Stream,
    outgoing: Outgoing<'a>,
    /// What has been read and not been understood yet.
    received: Vec<u8>,
    /// How much of that was not a whole head.
    looked_at: usize,
    /// How much came before a whole head.
    read: usize,
}

impl Wire<'_> {
    async fn response(&mut self, method: &Method, limit: usize) -> Result<(Response<Bytes>, bool), Failure> {
        let rest = match poll_fn(|cx| self.poll_head(cx, method)).await?.at_once(limit)? {
            Ok(response) => return Ok(response),
            Err(head) => self.rest_of(head, limit),
        };
        rest.await
    }

    /// Reads what of a body did not come with the head.
    fn rest_of(
        &mut self,
        mut head: Head,
        limit: usize,
    ) -> Boxed<'_, Result<(Response<Bytes>, bool), Failure>> {
        Box::pin(async move {
            let rest = mem::take(&mut head.rest);
            let body = match head.framing {
                Framing::Length(length) => self.read_to(rest, length as usize).await?,
                Framing::Chunked => self.read_chunks(&rest, limit).await?,
                Framing::UntilClose => self.read_to_end(rest, limit).await?,
            };
            let in_step = head.framing != Framing::UntilClose && self.received.is_empty();
            Ok(head.with_body(|_| (body, in_step)))
        })
    }

    fn poll_head(&mut self, cx: &mut Context<'_>, method: &Method) -> Poll<Result<Head, Failure>> {
        loop {
            let read = ready!(self.poll_more(cx))?;
            self.read += read;
            if self.is_worth_a_look() || read == 0 {
                match incoming::parse(mem::take(&mut self.received), method)? {
                    Parsed::Whole(head) => return Poll::Ready(Ok(head)),
                    Parsed::Partial(received) => self.received = received,
                }
                self.looked_at = self.received.len();
            }
            if read == 0 {
                return Poll::Ready(Err(self.closed()));
            }
            if self.read > MAX_HEAD {
                let failure = Failure::new(ErrorKind::Protocol, "the response's head is too large");
                return Poll::Ready(Err(failure));
            }
        }
    }

    /// Whether parsing may tell something new. A head that drips in would otherwise be parsed for each byte, which is quadratic.
    fn is_worth_a_look(&self) -> bool {
        let received = self.received.as_slice();
        let unseen = received.get(self.looked_at.saturating_sub(3)..).unwrap_or_default();
        received.len() > self.looked_at
            && (received.len() >= 2 * self.looked_at
                || unseen.windows(2).any(|w| w == b"\n\n")
                || unseen.windows(3).any(|w| w == b"\n\r\n"))
    }

    /// Reads until there are `length` bytes. What came after them stays in `received`, as it does after chunks.
    async fn read_to(&mut self, rest: Bytes, length: usize) -> Result<Bytes, Failure> {
        self.received = Vec::with_capacity(length.min(FIRST_RESERVATION));
        self.received.extend_from_slice(&rest);
        drop(rest);
        while self.received.len() < length {
            self.more().await?;
        }
        let after = self.received.split_off(length);
        Ok(mem::replace(&mut self.received, after).into())
    }

    async fn read_chunks(&mut self, rest: &[u8], limit: usize) -> Result<Bytes, Failure> {
        let mut chunked = Chunked::new(limit);
        self.received.extend_from_slice(rest);
        loop {
            let taken = chunked.take(&self.received)?;
            self.received.drain(..taken);
            if chunked.is_at_end() {
                return Ok(chunked.into_body());
            }
            self.more().await?;
        }
    }

    async fn read_to_end(&mut self, rest: Bytes, limit: usize) -> Result<Bytes, Failure> {
        self.received = Vec::from(rest);
        loop {
            if self.received.len() > limit {
                return Err(ErrorKind::ResponseTooLarge.into());
            }
            if poll_fn(|cx| self.poll_more(cx)).await? == 0 {
                return Ok(mem::take(&mut self.received).into());
            }
        }
    }

    /// Reads something; the end of the connection is an error.
    async fn more(&mut self) -> Result<(), Failure> {
        match poll_fn(|cx| self.poll_more(cx)).await? {
            0 => Err(self.closed()),
            _ => Ok(()),
        }
    }

    /// Writes what is left of the request and reads, both at once: a server may answer before it has read everything. Tells how much
    /// was read, zero at the end.
    fn poll_more(&mut self, cx: &mut Context<'_>) -> Poll<Result<usize, Failure>> {
        self.outgoing.poll_send(self.stream, cx)?;
        // Not zeroed, and on the stack: a connection that waits has no buffer.
        let mut space = [const { MaybeUninit::uninit() }; READ];
        let mut buf = ReadBuf::uninit(&mut space);
        ready!(Pin::new(&mut *self.stream).poll_read(cx, &mut buf)).map_err(|e| Failure::exchange(&e))?;
        self.received.extend_from_slice(buf.filled());
        Poll::Ready(Ok(buf.filled().len()))
    }

    fn closed(&mut self) -> Failure {
        let error = self.outgoing.take_error().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into());
        Failure::exchange(&error)
    }
}
