//! Everything that can go wrong, in one type.

pub(crate) mod denied;
pub(crate) mod mismatch;
pub(crate) mod scrub;
pub(crate) mod service;

use crate::error::service::ServiceError;
use std::time::Duration;
use sts_types::{ErrorCode, ErrorKind, InvalidInput, ProviderError};

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
}

impl Error {
    /// What it amounts to.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Input(_) => ErrorKind::InvalidParameterValue,
            Self::Credentials(_) => ErrorKind::Credentials,
            Self::Transport(error) if error.is_timeout() => ErrorKind::RequestTimeout,
            Self::Transport(_) => ErrorKind::Connection,
            Self::Service(error) => error.kind(),
            Self::Response(_) => ErrorKind::InvalidResponse,
        }
    }

    /// The service's code, when the service refused with one.
    #[must_use]
    pub fn code(&self) -> Option<&ErrorCode> {
        match self {
            Self::Service(error) => Some(error.code()),
            _ => None,
        }
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
            Self::Transport(error) => error.source.is_retryable() || error.is_timeout(),
            Self::Service(error) => error.is_retryable(),
            Self::Input(_) | Self::Credentials(_) | Self::Response(_) => false,
        }
    }
}

/// There are no credentials to sign with, or they cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The client was built without any.
    #[error("the client has no credentials to sign with; give them with `ClientBuilder::credentials`")]
    None,
    /// The provider gave none.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The access key id, its secret or the security token is empty, or has white space or control characters in it.
    #[error("the {part} {problem}; check where the credentials come from")]
    Unusable {
        /// Which of the three.
        part: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The service could not be reached, or did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("{source} ({attempts} attempt{} in {:.1} s)", if *attempts == 1 { "" } else { "s" }, elapsed.as_secs_f64())]
pub struct TransportError {
    pub(crate) source: sts_http::Error,
    pub(crate) attempts: u32,
    pub(crate) elapsed: Duration,
}

impl TransportError {
    /// What kind of failure it was.
    #[must_use]
    pub fn transport_kind(&self) -> sts_http::ErrorKind {
        self.source.kind()
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.source.is_timeout()
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
