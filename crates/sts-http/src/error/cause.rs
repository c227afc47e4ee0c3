//! Takes the errors of the layers below apart, so that nothing they carry (addresses, host names, what a peer said) goes on.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;
use std::{fmt, io};

use super::ErrorKind;

/// What is kept of an error from below: a fixed text and the operating system's code.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    text: Cow<'static, str>,
    os: Option<Arc<io::Error>>,
}

/// A failure of ours.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(super) kind: ErrorKind,
    pub(super) cause: Option<Cause>,
}

/// An exchange that gave no response.
pub(crate) struct Broken {
    pub(crate) failure: Failure,
    /// Not one byte of the request was written, so that it may go out elsewhere.
    pub(crate) unsent: bool,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, cause: Some(Cause { text: text.into(), os: None }) }
    }

    /// The TCP connection to `what` failed. `error` is hyper-util's, whose `Display` is one of a few fixed texts; the address is in its `Debug`.
    pub(crate) fn tcp(what: &'static str, error: &(dyn StdError + 'static)) -> Self {
        let os = find::<io::Error>(error);
        let timed_out = os.is_some_and(|e| e.kind() == io::ErrorKind::TimedOut);
        let kind = if timed_out { ErrorKind::ConnectTimeout } else { ErrorKind::Connect };
        Self { kind, cause: Some(Cause { text: format!("{what}: {error}").into(), os: os.and_then(bare) }) }
    }

    /// The proxy was reached but made no tunnel. The errors of hyper-util's tunnels print fixed texts.
    pub(crate) fn tunnel(error: &(dyn StdError + 'static)) -> Self {
        let os = find::<io::Error>(error);
        let kind = if os.is_some() { ErrorKind::Connect } else { ErrorKind::Proxy };
        Self { kind, cause: Some(Cause { text: error.to_string().into(), os: os.and_then(bare) }) }
    }

    /// The TLS handshake failed, or the connection broke in it.
    #[cfg(feature = "_tls")]
    pub(crate) fn tls(error: &(dyn StdError + 'static)) -> Self {
        if let Some(error) = find::<rustls::Error>(error) {
            return Self::new(ErrorKind::Tls, tls_text(error));
        }
        let os = find::<io::Error>(error).and_then(bare);
        let text = "the connection broke in the TLS handshake".into();
        Self { kind: ErrorKind::Connect, cause: Some(Cause { text, os }) }
    }
}

impl Failure {
    /// The connection broke in the middle of an HTTP/1.1 exchange.
    pub(crate) fn exchange(error: &io::Error) -> Self {
        #[cfg(feature = "_tls")]
        if let Some(error) = find::<rustls::Error>(error) {
            return Self::new(ErrorKind::Tls, tls_text(error));
        }
        let text = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it was closed by the other side",
            _ => "it broke",
        };
        Self { kind: ErrorKind::Closed, cause: Some(Cause { text: text.into(), os: bare(error) }) }
    }
}

impl From<ErrorKind> for Failure {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, cause: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl StdError for Failure {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.os.as_deref().map(|os| os as _)
    }
}

impl From<hyper::Error> for Failure {
    fn from(error: hyper::Error) -> Self {
        of_exchange(&error)
    }
}

/// What hyper says about one exchange over HTTP/2. Its `Display` is a fixed text; what lies beneath (an HTTP/2 GOAWAY's debug data, say) may hold the peer's words.
fn of_exchange(error: &hyper::Error) -> Failure {
    #[cfg(feature = "_tls")]
    if let Some(error) = find::<rustls::Error>(error) {
        return Failure::new(ErrorKind::Tls, tls_text(error));
    }
    let os = find::<io::Error>(error).and_then(bare);
    // Also where a side broke the rules of HTTP/2: hyper does not tell that from a stream that was reset for another reason.
    Failure { kind: ErrorKind::Closed, cause: Some(Cause { text: error.to_string().into(), os }) }
}

/// The operating system's error without whatever else was wrapped with it.
fn bare(error: &io::Error) -> Option<Arc<io::Error>> {
    error.raw_os_error().map(|code| Arc::new(io::Error::from_raw_os_error(code)))
}

/// The innermost layer that is an `E`; only hyper-util's proxies wrap one in another, and the inner is the reason.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut found = None;
    let mut layer = Some(error);
    while let Some(error) = layer {
        found = error.downcast_ref::<E>().or(found);
        layer = match error.downcast_ref::<io::Error>() {
            // `source` of an `io::Error` skips the error that it wraps.
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    found
}

/// rustls names the host in some of its messages; these do not.
#[cfg(feature = "_tls")]
fn tls_text(error: &rustls::Error) -> Cow<'static, str> {
    use rustls::CertificateError as Certificate;
    use rustls::Error as Tls;

    match error {
        Tls::InvalidCertificate(reason) => match reason {
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                "the server's certificate has expired; check this machine's clock".into()
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet; check this machine's clock".into()
            }
            Certificate::UnknownIssuer => {
                "the server's certificate was issued by an authority that is not trusted here".into()
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the server's certificate is for another host".into()
            }
            Certificate::Revoked => "the server's certificate was revoked".into(),
            _ => "the server's certificate is not valid".into(),
        },
        // An alert is one byte of a closed list.
        Tls::AlertReceived(alert) => format!("the server ended the handshake with alert {alert:?}").into(),
        Tls::PeerIncompatible(_) | Tls::NoApplicationProtocol => {
            "the server shares no protocol version or cipher suite with this client".into()
        }
        Tls::InvalidMessage(_) => "the server does not speak TLS".into(),
        _ => "the handshake broke the rules of TLS".into(),
    }
}
