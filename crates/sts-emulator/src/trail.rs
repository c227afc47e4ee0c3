//! The audit trail: what was asked, what was checked, and how it ended. Without secrets.

pub(crate) mod check;
mod observed;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::SystemTime;

use jiff::Timestamp;
use serde_json::json;

pub(crate) use self::check::{Check, What};
use self::observed::Observed;
pub(crate) use self::observed::Observer;
use crate::clock::system_time;
use crate::lock::lock;

/// Beyond this many the oldest are forgotten.
const MAX_RECORDS: usize = 1024;

/// One request that reached the emulator: what it asked for, what was looked at, and what came of it.
///
/// Printed, it tells a person why:
///
/// ```text
/// 2026-11-25T04:00:00Z sts AssumeRole: 403 NoPermission
///   by acs:ram::1234567890123456:user/alice from 127.0.0.1:49152
///   ok    signature: as computed here
///   NO    policies: sts:AssumeRole on acs:ram:*:1234567890123456:role/app: not allowed by trust policy
/// ```
///
/// Never holds a secret, a signature, a token or a parameter that is not a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    pub(crate) time: Timestamp,
    pub(crate) request_id: String,
    pub(crate) service: Service,
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
#[non_exhaustive]
pub enum Service {
    /// The Security Token Service.
    Sts,
    /// The Object Storage Service.
    Oss,
    /// The metadata service of an ECS instance.
    Metadata,
    /// A credentials URI.
    CredentialsUri,
    /// CloudSSO.
    CloudSso,
    /// The OAuth service of the console.
    OAuth,
}

impl Service {
    pub(crate) const ALL: [Self; 6] =
        [Self::Sts, Self::Oss, Self::Metadata, Self::CredentialsUri, Self::CloudSso, Self::OAuth];

    /// Its name in the trail and on the control endpoint: `sts`, `oss`, `metadata`, `credentials_uri`, `cloud_sso`, `oauth`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sts => "sts",
            Self::Oss => "oss",
            Self::Metadata => "metadata",
            Self::CredentialsUri => "credentials_uri",
            Self::CloudSso => "cloud_sso",
            Self::OAuth => "oauth",
        }
    }
}

impl RequestRecord {
    /// When it arrived, by the emulator's clock.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        system_time(self.time)
    }

    /// The request id that was sent in the reply.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The service that was asked.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// The operation; `None` when the request names none of the service's.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.action.as_deref()
    }

    /// Where it came from.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// Who asked, as far as a key that exists was named: an ARN for the callers that have one. Whether the signature was good is
    /// one of the [checks](Self::checks).
    #[must_use]
    pub fn caller(&self) -> Option<&str> {
        self.who.as_deref()
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

    /// What was looked at, in order. The first that did not pass is why the request was refused.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// One line of JSON: `time`, `request_id`, `service`, `action`, `peer`, `caller`, `status`, `code`, and `checks`, each with
    /// `what`, `passed` and `detail`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let check = |check: &Check| json!({ "what": check.what().name(), "passed": check.is_passed(), "detail": check.detail() });
        json!({
            "time": self.time.to_string(),
            "request_id": self.request_id,
            "service": self.service.name(),
            "action": self.action,
            "peer": self.peer.to_string(),
            "caller": self.who,
            "status": self.status,
            "code": self.code,
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
        })
        .to_string()
    }
}

impl fmt::Display for RequestRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = Timestamp::from_second(self.time.as_second()).unwrap_or(self.time);
        let action = self.action().unwrap_or("(no operation)");
        write!(f, "{second} {} {action}: {}", self.service.name(), self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        write!(f, "\n  by {} from {}", self.caller().unwrap_or("nobody known"), self.peer)?;
        for check in &self.checks {
            write!(f, "\n  {check}")?;
        }
        Ok(())
    }
}

/// The last requests, oldest first, and who sees each besides.
#[derive(Default)]
pub(crate) struct Trail {
    records: Mutex<VecDeque<RequestRecord>>,
    observed: Option<Observed>,
}

impl Trail {
    /// A trail whose every record is also shown to somebody.
    pub(crate) fn observed_by(observer: Observer) -> Self {
        Self { records: Mutex::default(), observed: Some(Observed::by(observer)) }
    }

    pub(crate) fn push(&self, record: RequestRecord) {
        if let Some(observed) = &self.observed {
            observed.show(record.clone());
        }
        let mut records = lock(&self.records);
        if records.len() >= MAX_RECORDS {
            records.pop_front();
        }
        records.push_back(record);
    }

    pub(crate) fn to_vec(&self) -> Vec<RequestRecord> {
        lock(&self.records).iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        lock(&self.records).clear();
    }

    /// Waits until all records have been seen.
    pub(crate) fn flush(&self) {
        if let Some(observed) = &self.observed {
            observed.flush();
        }
    }
}
