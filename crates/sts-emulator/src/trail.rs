//! The audit trail: what was asked, what was checked, and how it ended. Without secrets.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Mutex;

use jiff::Timestamp;

use crate::lock::lock;

/// Beyond this many the oldest are forgotten.
const MAX_RECORDS: usize = 1024;

/// One request that reached the emulator.
///
/// Never holds a secret, a signature, a token or a parameter's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    pub(crate) time: Timestamp,
    pub(crate) request_id: String,
    pub(crate) service: ServiceName,
    pub(crate) action: Option<Cow<'static, str>>,
    pub(crate) peer: SocketAddr,
    /// The name of the caller, once his key is known.
    pub(crate) who: Option<String>,
    pub(crate) status: u16,
    pub(crate) code: Option<String>,
    pub(crate) checks: Vec<Check>,
}

/// A service of the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceName {
    Sts,
    Oss,
}

/// One thing that was looked at before a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) what: What,
    pub(crate) passed: bool,
    /// For a person who wants to know why. Nothing confidential.
    pub(crate) detail: Cow<'static, str>,
}

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Key,
    Time,
    Nonce,
    Signature,
    Parameters,
    Policies,
}

impl Check {
    pub(crate) fn passed(what: What, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { what, passed: true, detail: detail.into() }
    }

    pub(crate) fn failed(what: What, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { what, passed: false, detail: detail.into() }
    }
}

impl RequestRecord {
    /// The request id that was sent in the reply.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The operation; `None` when the request names none of the service's.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.action.as_deref()
    }

    /// The HTTP status of the reply.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The error code of a refusal; `None` when the request was accepted.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

/// The last requests, oldest first.
#[derive(Default)]
pub(crate) struct Trail(Mutex<VecDeque<RequestRecord>>);

impl Trail {
    pub(crate) fn push(&self, record: RequestRecord) {
        let mut records = lock(&self.0);
        if records.len() >= MAX_RECORDS {
            records.pop_front();
        }
        records.push_back(record);
    }

    pub(crate) fn to_vec(&self) -> Vec<RequestRecord> {
        lock(&self.0).iter().cloned().collect()
    }
}
