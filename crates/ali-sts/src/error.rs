//! Everything that can go wrong, in one type.

pub(crate) mod denied;
pub(crate) mod mismatch;
pub(crate) mod scrub;
pub(crate) mod service;

use crate::error::service::ServiceError;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;
use sts_http::ErrorKind as TransportErrorKind;
use sts_sign::SignError;
use sts_types::{ErrorCode, ErrorKind, InvalidInput, ProviderError, ProviderErrorKind};

/// Why a call gave nothing.
///
/// [`kind`](Error::kind) says what it amounts to, whichever variant it is. The message is one line and tells what to do
/// next where there is something to do; the cause is behind [`source`](std::error::Error::source). Neither ever holds a
/// secret, a token, a signature, a session policy or a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value was refused before anything was sent.
    #[error(transparent)]
    Input(#[from] InvalidInput),
    /// There are no credentials to sign with.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The service could not be reached, or did not answer in time.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The service refused.
    #[error(transparent)]
    Service(#[from] Box<ServiceError>),
    /// The answer is not one of this service.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// This machine or program failed, not the service and not a value.
    #[error(transparent)]
    Local(#[from] LocalError),
}

impl Error {
    /// What it amounts to.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Input(_) => ErrorKind::InvalidParameterValue,
            Self::Credentials(CredentialsError::TimedOut) => ErrorKind::RequestTimeout,
            Self::Credentials(_) => ErrorKind::Credentials,
            Self::Transport(error) => error.kind(),
            Self::Service(error) => error.kind(),
            Self::Response(_) => ErrorKind::InvalidResponse,
            Self::Local(_) => ErrorKind::Local,
        }
    }

    /// The service's code, when the service refused; `HTTP 502` and the like where it gave none.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        match self {
            Self::Service(error) => Some(error.code()),
            _ => None,
        }
    }

    /// Whether the service refused the credentials that the call was signed with; see
    /// [`ErrorCode::rejects_credentials`]. The client's own calls have asked for others already.
    #[must_use]
    pub fn rejects_credentials(&self) -> bool {
        self.code().is_some_and(ErrorCode::rejects_credentials)
    }

    /// The service's id of the request, to be quoted when asking the vendor for help.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Service(error) => error.request_id(),
            Self::Response(error) => error.request_id.as_deref(),
            _ => None,
        }
    }

    /// The HTTP status of the answer, when there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Service(error) => Some(error.status()),
            Self::Response(error) => Some(error.status),
            _ => None,
        }
    }

    /// Whether the same call may succeed later. It has been retried already as far as the
    /// [`RetryPolicy`](crate::RetryPolicy) allows.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Transport(error) => error.error.is_retryable() || error.is_timeout(),
            Self::Service(error) => error.is_retryable(),
            Self::Credentials(CredentialsError::TimedOut) => true,
            Self::Credentials(CredentialsError::Provider(error)) => error.kind() == ProviderErrorKind::Failed,
            Self::Input(_) | Self::Credentials(_) | Self::Response(_) | Self::Local(_) => false,
        }
    }
}

/// There are no credentials to sign with, or they cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The client was built without any.
    #[error("the client has no credentials to sign with; give them with `ClientBuilder::credentials`")]
    NotGiven,
    /// The provider gave none.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The provider gave none within the overall time of the call.
    #[error(
        "the credentials' provider did not answer within the call's overall time; look at the provider, or raise \
         `RetryPolicy::overall_timeout`"
    )]
    TimedOut,
    /// The access key id, its secret or the security token is empty, or has white space or control characters in it.
    #[error(transparent)]
    Unusable(#[from] UnusableCredentials),
}

/// See [`CredentialsError::Unusable`].
#[derive(Debug, thiserror::Error)]
#[error("the {part} {problem}; check where the credentials come from")]
pub struct UnusableCredentials {
    pub(crate) part: &'static str,
    pub(crate) problem: &'static str,
}

impl UnusableCredentials {
    /// Which part: `access key id`, `access key secret` or `security token`.
    #[must_use]
    pub fn part(&self) -> &str {
        self.part
    }
}

/// This machine or program failed.
#[derive(Debug, thiserror::Error)]
#[error("{problem}")]
pub struct LocalError {
    problem: &'static str,
    source: Option<SignError>,
}

impl LocalError {
    pub(crate) fn new(problem: &'static str) -> Self {
        Self { problem, source: None }
    }
}

/// What the parameters and the clock of this machine can do wrong; the names are all ours.
impl From<SignError> for LocalError {
    fn from(source: SignError) -> Self {
        Self { problem: "the request cannot be signed; is the clock set?", source: Some(source) }
    }
}

/// The service could not be reached, or did not answer in time.
#[derive(Debug)]
pub struct TransportError {
    pub(crate) error: sts_http::Error,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = if self.attempts == 1 { "attempt" } else { "attempts" };
        write!(f, "{} ({} {times} in {:.1} s)", self.error.kind(), self.attempts, self.elapsed.as_secs_f64())
    }
}

impl StdError for TransportError {
    /// What lies beneath: the transport's own error says no more than this one.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

impl TransportError {
    /// What kind of failure it was.
    #[must_use]
    pub fn transport_kind(&self) -> TransportErrorKind {
        self.error.kind()
    }

    /// What it amounts to.
    fn kind(&self) -> ErrorKind {
        match self.error.kind() {
            kind if kind.is_timeout() => ErrorKind::RequestTimeout,
            TransportErrorKind::Protocol | TransportErrorKind::ResponseTooLarge => ErrorKind::InvalidResponse,
            TransportErrorKind::NoRuntime => ErrorKind::Local,
            _ => ErrorKind::Connection,
        }
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.error.is_timeout()
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// The answer is not one of this service: a page of a proxy, a truncated document, credentials with a part missing.
/// Nothing of the answer is kept but its status and request id.
#[derive(Debug, thiserror::Error)]
#[error("the answer (HTTP {status}) is not one of STS: {problem}; is a proxy or another service in between?")]
pub struct ResponseError {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
    pub(crate) problem: &'static str,
}

impl ResponseError {
    /// What is wrong with it, such as `no SecurityToken`.
    #[must_use]
    pub fn problem(&self) -> &str {
        self.problem
    }
}
