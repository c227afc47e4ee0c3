//! A request on its way out.

use std::io::{self, IoSlice, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll};

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, PROXY_AUTHORIZATION, TRANSFER_ENCODING};
use http::uri::Scheme;
use http::{Method, Uri};
use tokio::io::AsyncWrite;

use super::incoming::has_token;
use crate::client::Message;
use crate::error::Failure;
use crate::stream::Stream;

/// A body of up to so many bytes is copied behind the head: one piece to write is cheaper than two.
const SMALL_BODY: usize = 4 * 1024;

/// The head, which is written here, and the body as it was given.
pub(super) struct Outgoing<'a> {
    head: Vec<u8>,
    /// What of the body does not stand behind the head.
    body: &'a [u8],
    sent: usize,
    state: State,
    /// The request itself asks for the connection to be closed.
    last: bool,
}

enum State {
    Sending,
    Flushing,
    Done,
    /// Writing broke off in the middle. Kept until reading has failed as well: the answer may be there already.
    Broken(Option<io::Error>),
}

impl<'a> Outgoing<'a> {
    pub(super) fn new(message: &Message<'a>, absolute: bool) -> Self {
        let (mut head, last) = head(message, absolute);
        let mut body = message.body;
        if body.len() <= SMALL_BODY {
            head.extend_from_slice(std::mem::take(&mut body));
        }
        Self { head, body, sent: 0, state: State::Sending, last }
    }

    /// Whether another request may go out over the connection after this one.
    pub(super) fn may_be_followed(&self) -> bool {
        matches!(self.state, State::Done) && !self.last
    }

    /// Whether not one byte has been written.
    pub(super) fn is_untouched(&self) -> bool {
        self.sent == 0
    }

    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        match &mut self.state {
            State::Broken(error) => error.take(),
            _ => None,
        }
    }

    /// Writes as much as goes. An error is told when nothing has been written; a later one is kept.
    pub(super) fn poll_send(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Result<(), Failure> {
        if matches!(self.state, State::Sending | State::Flushing)
            && let Poll::Ready(Err(error)) = self.poll(stream, cx)
        {
            if self.is_untouched() {
                return Err(Failure::exchange(&error));
            }
            self.state = State::Broken(Some(error));
        }
        Ok(())
    }

    fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let whole = self.head.len() + self.body.len();
        while self.sent < whole {
            let head = self.head.get(self.sent..).unwrap_or_default();
            let body = self.body.get(self.sent.saturating_sub(self.head.len())..).unwrap_or_default();
            let stream = Pin::new(&mut *stream);
            let written = if body.is_empty() {
                stream.poll_write(cx, head)
            } else {
                stream.poll_write_vectored(cx, &[IoSlice::new(head), IoSlice::new(body)])
            };
            match written? {
                Poll::Ready(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(written) => self.sent += written,
                Poll::Pending => return Poll::Pending,
            }
        }
        self.state = State::Flushing;
        std::task::ready!(Pin::new(stream).poll_flush(cx))?;
        self.state = State::Done;
        Poll::Ready(Ok(()))
    }
}

/// The request line and the headers, and whether they ask for the connection to be closed. Names, values and the URI's parts hold no line
/// break: their types see to that.
fn head(message: &Message<'_>, absolute: bool) -> (Vec<u8>, bool) {
    let (uri, body) = (message.uri, message.body);
    let mut head = Vec::with_capacity(512 + body.len().min(SMALL_BODY));
    head.extend_from_slice(message.method.as_str().as_bytes());
    head.push(b' ');
    if absolute {
        head.extend_from_slice(uri.scheme_str().unwrap_or_default().as_bytes());
        head.extend_from_slice(b"://");
        head.extend_from_slice(authority(uri).as_bytes());
    }
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    // An empty path, also before a query, is written `/` (RFC 9112, 3.2.1).
    if !path.starts_with('/') {
        head.push(b'/');
    }
    head.extend_from_slice(path.as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\n");

    let (mut has_host, mut last) = (false, false);
    for (name, value) in message.headers {
        // How long the body is, is not the caller's to say.
        if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
            continue;
        }
        has_host |= name == HOST;
        last |= name == CONNECTION && has_token(value, "close");
        put_header(&mut head, name.as_str(), value.as_bytes());
    }
    if let Some(credentials) = &message.proxy_authorization {
        put_header(&mut head, PROXY_AUTHORIZATION.as_str(), credentials.as_bytes());
    }
    if !has_host {
        put_header(&mut head, "host", without_implied_port(uri).as_bytes());
    }
    // No body and no length are the same for these (RFC 9110, 8.6).
    let may_lack_it = matches!(
        *message.method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE | Method::TRACE
    );
    if !(body.is_empty() && may_lack_it) {
        // Writing to memory does not fail.
        let _ = write!(head, "content-length: {}\r\n", body.len());
    }
    head.extend_from_slice(b"\r\n");
    (head, last)
}

fn put_header(head: &mut Vec<u8>, name: &str, value: &[u8]) {
    head.extend_from_slice(name.as_bytes());
    head.extend_from_slice(b": ");
    head.extend_from_slice(value);
    head.extend_from_slice(b"\r\n");
}

fn authority(uri: &Uri) -> &str {
    uri.authority().map_or("", |authority| authority.as_str())
}

fn without_implied_port(uri: &Uri) -> &str {
    let implied = if uri.scheme() == Some(&Scheme::HTTPS) { ":443" } else { ":80" };
    let authority = authority(uri);
    authority.strip_suffix(implied).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn written(request: http::request::Builder, body: &str, absolute: bool) -> String {
        let request = request.body(()).unwrap();
        let message = Message::new(request.method(), request.uri(), request.headers(), body.as_bytes());
        String::from_utf8(head(&message, absolute).0).unwrap()
    }

    #[test]
    fn targets_and_hosts() {
        for (uri, absolute, line, host) in [
            ("http://h", false, "GET / HTTP/1.1", "h"),
            ("http://h:80/a?b", false, "GET /a?b HTTP/1.1", "h"),
            ("https://h:443?b", false, "GET /?b HTTP/1.1", "h"),
            ("https://h:80/", false, "GET / HTTP/1.1", "h:80"),
            ("http://[::1]:8080/", false, "GET / HTTP/1.1", "[::1]:8080"),
            ("http://[::80]/", false, "GET / HTTP/1.1", "[::80]"),
            ("http://h:80/a?b", true, "GET http://h:80/a?b HTTP/1.1", "h"),
            ("http://h", true, "GET http://h/ HTTP/1.1", "h"),
        ] {
            let expect = format!("{line}\r\nhost: {host}\r\n\r\n");
            assert_eq!(written(Request::get(uri), "", absolute), expect);
        }
    }

    #[test]
    fn the_length_is_the_bodys_whatever_the_headers_say() {
        let lying = || {
            Request::post("http://h/")
                .header("content-length", "7")
                .header("transfer-encoding", "chunked")
                .header("host", "other")
        };
        let expect = "POST / HTTP/1.1\r\nhost: other\r\ncontent-length: 2\r\n\r\n";
        assert_eq!(written(lying(), "ab", false), expect);
        assert_eq!(written(lying(), "", false), expect.replace('2', "0"));
        assert_eq!(
            written(Request::delete("http://h/"), "a", false),
            "DELETE / HTTP/1.1\r\nhost: h\r\ncontent-length: 1\r\n\r\n"
        );
    }
}
