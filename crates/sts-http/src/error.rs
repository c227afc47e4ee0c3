//! Why a call got no response, and whether asking again makes sense.

mod cause;

use std::error::Error as StdError;
use std::fmt;

pub(crate) use cause::{Broken, Failure};

/// Why a call got no response.
///
/// `Display` is one line by kind and prints neither the source nor anything of the request or the response; `source()` is the
/// cause, stripped in the same way when it comes from [`HttpClient`](crate::HttpClient).
pub struct Error {
    kind: ErrorKind,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of failure it was. [`is_retryable`](Self::is_retryable) is the rule of each.
///
/// A retry sends a request that the server may have seen already, so it is for requests that may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request cannot be sent: its URI is not absolute `http` or `https`, carries a user name, or its method is CONNECT.
    /// Not worth retrying.
    InvalidRequest,
    /// The call was made outside a tokio runtime. Not worth retrying.
    NoRuntime,
    /// https was asked for and this build has no TLS provider, or no trusted root certificate was found. Not worth retrying.
    TlsUnavailable,
    /// The TLS handshake failed: a certificate that is not trusted, has expired or is for another host, or no version in common.
    /// Not worth retrying.
    Tls,
    /// No connection: the name was not found, the connection was refused, or it broke before it was established.
    /// Worth retrying.
    Connect,
    /// The proxy was reached and refused to connect further, or wants (other) credentials. Not worth retrying.
    Proxy,
    /// No connection within the connect timeout. Worth retrying.
    ConnectTimeout,
    /// No complete response within the read timeout. Worth retrying.
    ReadTimeout,
    /// The deadline given with the call has passed. Not worth retrying: there is no time left.
    DeadlineExceeded,
    /// The connection, or an HTTP/2 stream, was closed or reset before the response was complete. Worth retrying.
    Closed,
    /// What came back is not valid HTTP. Not worth retrying.
    Protocol,
    /// The response's body is larger than the bound. Not worth retrying.
    ResponseTooLarge,
}

impl ErrorKind {
    /// Whether the same call may succeed when made again.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        match self {
            Self::Connect | Self::ConnectTimeout | Self::ReadTimeout | Self::Closed => true,
            Self::InvalidRequest
            | Self::NoRuntime
            | Self::TlsUnavailable
            | Self::Tls
            | Self::Proxy
            | Self::DeadlineExceeded
            | Self::Protocol
            | Self::ResponseTooLarge => false,
        }
    }

    /// Whether time ran out: [`ConnectTimeout`](Self::ConnectTimeout), [`ReadTimeout`](Self::ReadTimeout) or
    /// [`DeadlineExceeded`](Self::DeadlineExceeded).
    #[must_use]
    pub fn is_timeout(self) -> bool {
        matches!(self, Self::ConnectTimeout | Self::ReadTimeout | Self::DeadlineExceeded)
    }

    fn text(self) -> &'static str {
        match self {
            Self::InvalidRequest => {
                "the request cannot be sent; its URI must be absolute, http or https, without a user name"
            }
            Self::NoRuntime => "called outside a tokio runtime; call it from within one",
            Self::TlsUnavailable => "https is not possible here",
            Self::Tls => "the TLS handshake failed",
            Self::Connect => "no connection could be made",
            Self::Proxy => "the proxy did not connect; check its address and credentials",
            Self::ConnectTimeout => "no connection within the connect timeout",
            Self::ReadTimeout => "no complete response within the read timeout",
            Self::DeadlineExceeded => "the deadline of the call has passed",
            Self::Closed => "the connection was closed before the response was complete",
            Self::Protocol => "the response is not valid HTTP",
            Self::ResponseTooLarge => "the response is larger than the limit",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Error {
    /// An error of `kind` caused by `source`: for a [`SendRequest`](crate::SendRequest) of your own. See that `source` holds
    /// nothing secret, whoever prints the chain prints it; `Error::from(kind)` makes one without a source.
    pub fn new(kind: ErrorKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// What kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the same call may succeed when made again: [`ErrorKind::is_retryable`] of the kind.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// Whether time ran out: [`ErrorKind::is_timeout`] of the kind.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind.is_timeout()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.kind).field("source", &self.source).finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let Failure { kind, cause } = failure;
        Self { kind, source: cause.map(|cause| Box::new(cause) as _) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_the_kind_alone_and_the_source_is_kept() {
        let error = Error::new(ErrorKind::Closed, "because");
        assert_eq!(error.to_string(), "the connection was closed before the response was complete");
        assert_eq!(error.source().unwrap().to_string(), "because");
        assert!(Error::from(ErrorKind::Tls).source().is_none());
    }

    #[test]
    fn a_deadline_is_a_timeout_that_is_not_worth_retrying() {
        assert!(ErrorKind::DeadlineExceeded.is_timeout() && !ErrorKind::DeadlineExceeded.is_retryable());
        assert!(ErrorKind::ReadTimeout.is_timeout() && ErrorKind::ReadTimeout.is_retryable());
        assert!(!ErrorKind::Closed.is_timeout() && ErrorKind::Closed.is_retryable());
    }
}
