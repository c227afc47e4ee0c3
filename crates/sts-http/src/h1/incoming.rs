//! A response's head, and what it says of its body and of the connection.

use std::borrow::Cow;
use std::mem::MaybeUninit;

use bytes::{Buf as _, Bytes};
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version};
use httparse::{ParserConfig, Status};

use crate::ErrorKind;
use crate::error::Failure;

/// As in hyper.
const MAX_HEADERS: usize = 100;

/// What some bytes are.
pub(super) enum Parsed {
    /// Not a whole head yet; the bytes.
    Partial(Vec<u8>),
    Whole(Head),
}

pub(super) struct Head {
    pub(super) response: Response<()>,
    pub(super) framing: Framing,
    /// What came with the head.
    pub(super) rest: Bytes,
    /// Whether the connection outlives the response, as far as the head tells.
    pub(super) keep_alive: bool,
}

impl Head {
    /// The response when its body came with the head, as short ones do; else the head again.
    pub(super) fn at_once(self, limit: usize) -> Result<Result<(Response<Bytes>, bool), Self>, Failure> {
        match self.framing {
            // What the header says is checked before a byte is read.
            Framing::Length(length) if length > limit as u64 => Err(ErrorKind::ResponseTooLarge.into()),
            // It fits: the limit is a `usize`.
            Framing::Length(length) if length as usize <= self.rest.len() => {
                let length = length as usize;
                Ok(Ok(self.with_body(|rest| (rest.slice(..length), rest.len() == length))))
            }
            _ => Ok(Err(self)),
        }
    }

    /// The response, with the body that `take` makes of what came with the head, and whether the connection can be used again: `take`
    /// tells whether nothing came after the body.
    pub(super) fn with_body(self, take: impl FnOnce(Bytes) -> (Bytes, bool)) -> (Response<Bytes>, bool) {
        let (body, in_step) = take(self.rest);
        (self.response.map(|()| body), self.keep_alive && in_step)
    }
}

/// How the end of a body is found (RFC 9112, 6.3).
#[derive(Debug, PartialEq)]
pub(super) enum Framing {
    /// Zero too where there can be no body.
    Length(u64),
    Chunked,
    UntilClose,
}

/// Parses what has been received in answer to a request of `method`. Interim responses (1xx) are passed over.
pub(super) fn parse(received: Vec<u8>, method: &Method) -> Result<Parsed, Failure> {
    // Shared with the header values and the body, so that nothing is copied.
    let mut bytes = Bytes::from(received);
    loop {
        let mut slots = [const { MaybeUninit::uninit() }; MAX_HEADERS];
        let mut parsed = httparse::Response::new(&mut []);
        let config = ParserConfig::default();
        let length = match config.parse_response_with_uninit_headers(&mut parsed, &bytes, &mut slots) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) => return Ok(Parsed::Partial(Vec::from(bytes))),
            // Its `Display` is one of a few fixed texts.
            Err(error) => return Err(malformed(format!("the response's head is malformed: {error}"))),
        };
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or_else(|| malformed("the response has no status"))?;
        if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
            bytes.advance(length);
            continue;
        }
        return whole(&bytes, length, status, &parsed, method).map(Parsed::Whole);
    }
}

/// A final response whose head has so many of the `bytes`.
fn whole(
    bytes: &Bytes,
    length: usize,
    status: StatusCode,
    parsed: &httparse::Response<'_, '_>,
    method: &Method,
) -> Result<Head, Failure> {
    let mut body = BodyHeaders::default();
    let mut headers = HeaderMap::with_capacity(parsed.headers.len());
    for header in parsed.headers.iter() {
        // INVARIANT: httparse's values are parts of what it was given, which `slice_ref` asks for.
        let value = HeaderValue::from_maybe_shared(bytes.slice_ref(header.value));
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(header.name.as_bytes()), value) else {
            return Err(malformed("the response has a malformed header"));
        };
        body.look_at(&name, &value);
        headers.append(name, value);
    }
    let version = if parsed.version == Some(0) { Version::HTTP_10 } else { Version::HTTP_11 };
    let framing = body.framing(method, status, version)?;
    let keep_alive = version == Version::HTTP_11
        && !body.close
        && status != StatusCode::SWITCHING_PROTOCOLS
        && !body.is_in_doubt(status);

    let mut response = Response::new(());
    (*response.status_mut(), *response.version_mut()) = (status, version);
    *response.headers_mut() = headers;
    Ok(Head { response, framing, rest: bytes.slice(length..), keep_alive })
}

/// What the headers say of the body and the connection.
#[derive(Default)]
struct BodyHeaders {
    length: Option<u64>,
    /// Not a number, or several that differ.
    bad_length: bool,
    coded: bool,
    chunked: bool,
    close: bool,
}

impl BodyHeaders {
    fn look_at(&mut self, name: &HeaderName, value: &HeaderValue) {
        if *name == CONTENT_LENGTH {
            // A list of equal ones counts as one (RFC 9110, 8.6).
            for length in value.as_bytes().split(|b| *b == b',') {
                let length = number(length.trim_ascii());
                self.bad_length |= length.is_none() || (self.length.is_some() && self.length != length);
                self.length = length;
            }
        } else if *name == TRANSFER_ENCODING {
            self.coded = true;
            let last = value.as_bytes().rsplit(|b| *b == b',').next().unwrap_or_default();
            self.chunked = last.trim_ascii().eq_ignore_ascii_case(b"chunked");
        } else if *name == CONNECTION {
            self.close |= has_token(value, "close");
        }
    }

    /// Whether whoever wrote or passed on the response may see the end of its body elsewhere: lengths that contradict each other, or a
    /// body where none can be.
    fn is_in_doubt(&self, status: StatusCode) -> bool {
        let has_length = self.length.is_some_and(|length| length > 0);
        self.bad_length
            || (self.coded && self.length.is_some())
            || (status == StatusCode::NO_CONTENT && (self.coded || has_length))
    }

    fn framing(&self, method: &Method, status: StatusCode, version: Version) -> Result<Framing, Failure> {
        let bodiless = method == Method::HEAD
            || matches!(
                status,
                StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED | StatusCode::SWITCHING_PROTOCOLS
            );
        Ok(match self.length {
            _ if bodiless => Framing::Length(0),
            _ if self.coded && version == Version::HTTP_10 => {
                return Err(malformed("the response is coded, which HTTP/1.0 does not know"));
            }
            _ if self.chunked => Framing::Chunked,
            _ if self.coded => Framing::UntilClose,
            _ if self.bad_length => return Err(malformed("the response's length is malformed")),
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        })
    }
}

/// Whether a list of tokens has this one.
pub(super) fn has_token(value: &HeaderValue, token: &str) -> bool {
    let mut tokens = value.as_bytes().split(|b| *b == b',');
    tokens.any(|one| one.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// Digits and nothing else.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

fn malformed(text: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(ErrorKind::Protocol, text)
}
