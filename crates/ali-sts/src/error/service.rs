//! What the service said when it refused.

use crate::error::denied::{AccessDeniedDetail, DeniedBy};
use crate::error::mismatch::SignatureMismatch;
use crate::retry::{Next, next};
use std::fmt;
use sts_types::{ErrorCode, ErrorKind};

/// The service refused.
///
/// The message is the service's own, on one line, cut at 1,024 characters and with everything removed that the request
/// held in confidence: what a signature error prints back of the request is kept as a [diagnosis](Self::mismatch).
#[derive(Clone)]
pub struct ServiceError {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
    pub(crate) request_id: Option<String>,
    pub(crate) host_id: Option<String>,
    pub(crate) recommend: Option<String>,
    pub(crate) status: u16,
    pub(crate) access_denied: Option<AccessDeniedDetail>,
    pub(crate) mismatch: Option<SignatureMismatch>,
    pub(crate) attempts: u32,
}

impl ServiceError {
    /// What it amounts to. A 5xx or 429 answer without a code of the service is told by its status.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match (self.code.kind(), self.status) {
            (ErrorKind::Other, 429) => ErrorKind::Throttled,
            (ErrorKind::Other, 500..) => ErrorKind::ServiceFailure,
            (kind, _) => kind,
        }
    }

    /// The service's code, verbatim; `HTTP 502` and the like where the answer had none.
    #[must_use]
    pub fn code(&self) -> &ErrorCode {
        &self.code
    }

    /// The service's message.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The service's id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The host that answered, as it names itself.
    #[must_use]
    pub fn host_id(&self) -> Option<&str> {
        self.host_id.as_deref()
    }

    /// The address of the vendor's help page for this failure.
    #[must_use]
    pub fn recommend(&self) -> Option<&str> {
        self.recommend.as_deref()
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// What the service tells about a missing permission.
    #[must_use]
    pub fn access_denied_detail(&self) -> Option<&AccessDeniedDetail> {
        self.access_denied.as_ref()
    }

    /// Whose policy refused, when it can be told.
    #[must_use]
    pub fn denied_by(&self) -> Option<DeniedBy> {
        DeniedBy::tell(self)
    }

    /// Why the signature did not match, when the service printed what it signed.
    #[must_use]
    pub fn mismatch(&self) -> Option<&SignatureMismatch> {
        self.mismatch.as_ref()
    }

    /// Whether the same request may succeed later.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(next(&self.code, self.status), Next::BackOff | Next::BackOffOnce)
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(mismatch) = &self.mismatch {
            write!(f, "; {mismatch}")?;
        }
        if let Some(denied_by) = self.denied_by() {
            write!(f, "; {denied_by}")?;
        }
        write!(f, " (HTTP {}", self.status)?;
        if let Some(request_id) = &self.request_id {
            write!(f, ", request id {request_id}")?;
        }
        f.write_str(")")
    }
}

impl fmt::Debug for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceError")
            .field("code", &self.code.as_str())
            .field("message", &self.message)
            .field("request_id", &self.request_id)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ServiceError {}
