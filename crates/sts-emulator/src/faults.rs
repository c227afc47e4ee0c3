//! What goes wrong on purpose.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::lock::lock;
use crate::trail::Service;

/// Beyond this many the oldest are forgotten.
const MAX_FAULTS: usize = 256;

/// The largest padding of a reply, so that a test cannot take all memory.
const MAX_PADDING_BYTES: usize = 64 * 1024 * 1024;

const ACS_RETRY_AFTER: HeaderName = HeaderName::from_static("x-acs-retry-after");

/// Something that goes wrong on purpose: what, to which requests, and how often.
///
/// A new fault strikes every request, always. [`service`](Self::service), [`operation`](Self::operation),
/// [`role`](Self::role) and [`access_key`](Self::access_key) say whom alone it strikes, [`times`](Self::times) how often. A request can be
/// struck by several: their delays add up, and the first error and the first flaw of the reply count.
///
/// ```
/// use std::time::Duration;
/// use sts_emulator::{Fault, Service};
///
/// // The next two AssumeRole calls for the role `app` are told to come back later.
/// let fault = Fault::throttling(Some(Duration::from_millis(200))).operation("AssumeRole").role("app").times(2);
/// // Objects come slowly, a kilobyte every 10 ms.
/// let slow = Fault::slow(1024, Duration::from_millis(10)).service(Service::Oss).operation("GetObject");
/// # let _ = (fault, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "nothing happens before `Emulator::inject`"]
pub struct Fault {
    effect: Effect,
    service: Option<Service>,
    operation: Option<String>,
    role: Option<String>,
    access_key_id: Option<String>,
    /// How often it still strikes; `None` for always.
    left: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Effect {
    Latency(Duration),
    Error(FaultError),
    Flaw(Flaw),
}

/// A refusal that nothing in the request has earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FaultError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    /// When to come back, for a client that asks.
    pub(crate) retry_after: Option<Duration>,
}

impl FaultError {
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// What is wrong with a reply on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The connection is reset before a byte of the reply.
    Reset,
    /// The head is sent and half of the body, and then the connection is reset.
    ResetInBody,
    /// The head announces all of the body, and half of it comes before the connection is closed.
    Truncated,
    /// The body is other bytes, as many.
    Garbled,
    /// The body comes in pieces of so many bytes, with so long a wait before each.
    Slow { bytes: usize, pause: Duration },
    /// So many spaces follow the body.
    Huge { bytes: usize },
}

impl Fault {
    fn new(effect: Effect) -> Self {
        Self { effect, service: None, operation: None, role: None, access_key_id: None, left: None }
    }

    /// The reply comes this much later. The request is carried out before.
    pub fn latency(latency: Duration) -> Self {
        Self::new(Effect::Latency(latency))
    }

    /// The request is refused with this HTTP status and error code, and not carried out. A status outside 400 to 599 is taken as 500.
    pub fn error(status: u16, code: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        let message = "A fault that was asked for.".to_owned();
        Self::new(Effect::Error(FaultError { status, code: code.into(), message, retry_after: None }))
    }

    /// The request is refused as one too many: `Throttling.User` with status 400 by STS, 503 elsewhere. With a time, the reply says
    /// when to come back, in `Retry-After` (whole seconds, rounded up) and `x-acs-retry-after` (milliseconds).
    pub fn throttling(retry_after: Option<Duration>) -> Self {
        Self::new(Effect::Error(FaultError {
            status: 400,
            code: "Throttling.User".to_owned(),
            message: "Request was denied due to user flow control.".to_owned(),
            retry_after,
        }))
    }

    /// The request is carried out, and the connection is reset before the reply.
    pub fn reset() -> Self {
        Self::new(Effect::Flaw(Flaw::Reset))
    }

    /// The connection is reset in the middle of the reply's body.
    pub fn reset_in_body() -> Self {
        Self::new(Effect::Flaw(Flaw::ResetInBody))
    }

    /// The reply's body is cut in half: `Content-Length` announces all of it.
    pub fn truncated() -> Self {
        Self::new(Effect::Flaw(Flaw::Truncated))
    }

    /// The reply's body is as many other bytes, that are neither JSON nor XML nor UTF-8.
    pub fn garbled() -> Self {
        Self::new(Effect::Flaw(Flaw::Garbled))
    }

    /// The reply's body comes in pieces of so many bytes (at least one), with a pause before each.
    pub fn slow(bytes: usize, pause: Duration) -> Self {
        Self::new(Effect::Flaw(Flaw::Slow { bytes: bytes.max(1), pause }))
    }

    /// The reply's body is followed by so many spaces; at most 64 MiB.
    pub fn huge(bytes: usize) -> Self {
        Self::new(Effect::Flaw(Flaw::Huge { bytes: bytes.min(MAX_PADDING_BYTES) }))
    }

    /// Strikes this service alone.
    pub fn service(mut self, service: Service) -> Self {
        self.service = Some(service);
        self
    }

    /// Strikes this operation alone: `AssumeRole`, `GetObject`, as the trail calls it.
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Strikes requests for this role, or by a session of it, alone. By its name, in any letter case.
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Strikes requests signed with this access key alone.
    pub fn access_key(mut self, id: impl Into<String>) -> Self {
        self.access_key_id = Some(id.into());
        self
    }

    /// Strikes so many requests and no more. Default: all.
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    fn strikes(&self, subject: &Subject<'_>) -> bool {
        fn is<T>(wanted: Option<&T>, is_it: impl FnOnce(&T) -> bool) -> bool {
            wanted.is_none_or(is_it)
        }
        self.left != Some(0)
            && is(self.service.as_ref(), |service| *service == subject.service)
            && is(self.operation.as_ref(), |wanted| subject.operation == Some(wanted))
            && is(self.role.as_ref(), |wanted| {
                subject.role.is_some_and(|role| role.eq_ignore_ascii_case(wanted))
            })
            && is(self.access_key_id.as_ref(), |wanted| subject.access_key_id == Some(wanted))
    }
}

/// What a fault can be about. Taken from the request before anything of it is proved.
pub(crate) struct Subject<'a> {
    pub(crate) service: Service,
    pub(crate) operation: Option<&'a str>,
    pub(crate) role: Option<&'a str>,
    pub(crate) access_key_id: Option<&'a str>,
}

/// What strikes one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Strike {
    pub(crate) latency: Duration,
    pub(crate) error: Option<FaultError>,
    pub(crate) flaw: Option<Flaw>,
}

/// The faults that wait for a request.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn inject(&self, fault: Fault) {
        let mut faults = lock(&self.0);
        faults.retain(|fault| fault.left != Some(0));
        if faults.len() >= MAX_FAULTS {
            drop(faults.remove(0));
        }
        faults.push(fault);
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// What strikes this request; each fault that does has one strike less.
    pub(crate) fn strike(&self, subject: &Subject<'_>) -> Strike {
        let mut faults = lock(&self.0);
        let mut strike = Strike::default();
        for fault in faults.iter_mut().filter(|fault| fault.strikes(subject)) {
            match &fault.effect {
                Effect::Latency(latency) => strike.latency = strike.latency.saturating_add(*latency),
                Effect::Error(error) if strike.error.is_none() => strike.error = Some(error.clone()),
                Effect::Flaw(flaw) if strike.flaw.is_none() => strike.flaw = Some(*flaw),
                // Another one of the kind came first; this one waits for the next request.
                Effect::Error(_) | Effect::Flaw(_) => continue,
            }
            fault.left = fault.left.map(|left| left.saturating_sub(1));
        }
        strike
    }
}

/// What it does, for the trail.
impl fmt::Display for Strike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.latency.is_zero() {
            parts.push(format!("{} ms later", self.latency.as_millis()));
        }
        parts.extend(self.error.as_ref().map(|error| format!("refused with {}", error.code)));
        parts.extend(self.flaw.map(|flaw| match flaw {
            Flaw::Reset => "connection reset".to_owned(),
            Flaw::ResetInBody => "connection reset in the body".to_owned(),
            Flaw::Truncated => "body cut in half".to_owned(),
            Flaw::Garbled => "body garbled".to_owned(),
            Flaw::Slow { bytes, pause } => format!("{bytes} bytes every {} ms", pause.as_millis()),
            Flaw::Huge { bytes } => format!("{bytes} bytes more"),
        }));
        f.write_str(&parts.join(", "))
    }
}

impl Strike {
    /// The reply as it goes out: later, with the hints of its error, and with its flaw left to the listener.
    pub(crate) async fn settle(self, mut response: Response<Bytes>) -> Response<Bytes> {
        if let Some(after) = self.error.and_then(|error| error.retry_after) {
            let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(millis.div_ceil(1000)));
            response.headers_mut().insert(ACS_RETRY_AFTER, HeaderValue::from(millis));
        }
        if let Some(flaw) = self.flaw {
            response.extensions_mut().insert(flaw);
        }
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
        response
    }

    pub(crate) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject<'a>(operation: &'a str, role: Option<&'a str>) -> Subject<'a> {
        Subject { service: Service::Sts, operation: Some(operation), role, access_key_id: Some("LTAI1") }
    }

    #[test]
    fn a_fault_strikes_whom_it_is_meant_for_and_as_often() {
        let faults = Faults::default();
        faults.inject(Fault::error(503, "ServiceUnavailable").operation("AssumeRole").role("App").times(2));
        assert!(faults.strike(&subject("GetCallerIdentity", Some("app"))).is_none());
        assert!(faults.strike(&subject("AssumeRole", None)).is_none());
        for _ in 0..2 {
            let error = faults.strike(&subject("AssumeRole", Some("app"))).error.unwrap();
            assert_eq!((error.status, error.code.as_str()), (503, "ServiceUnavailable"));
        }
        assert!(faults.strike(&subject("AssumeRole", Some("app"))).is_none());
        faults.inject(Fault::reset().service(Service::Oss));
        faults.inject(Fault::garbled().access_key("LTAI2"));
        assert!(faults.strike(&subject("AssumeRole", None)).is_none());
    }

    #[test]
    fn several_add_up_and_the_second_of_a_kind_waits() {
        let faults = Faults::default();
        faults.inject(Fault::latency(Duration::from_secs(1)));
        faults.inject(Fault::latency(Duration::from_secs(2)));
        faults.inject(Fault::reset().times(1));
        faults.inject(Fault::garbled().times(1));
        let first = faults.strike(&subject("AssumeRole", None));
        assert_eq!((first.latency, first.flaw), (Duration::from_secs(3), Some(Flaw::Reset)));
        assert_eq!(first.to_string(), "3000 ms later, connection reset");
        assert_eq!(faults.strike(&subject("AssumeRole", None)).flaw, Some(Flaw::Garbled));
        faults.clear();
        assert!(faults.strike(&subject("AssumeRole", None)).is_none());
    }

    #[test]
    fn memory_is_bounded() {
        let faults = Faults::default();
        for _ in 0..=MAX_FAULTS {
            faults.inject(Fault::reset());
        }
        assert_eq!(lock(&faults.0).len(), MAX_FAULTS);
    }
}
