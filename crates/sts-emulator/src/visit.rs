//! One request of the services that hand out credentials without STS, from its arrival to its place in the trail.

use std::borrow::Cow;
use std::net::SocketAddr;

use bytes::Bytes;
use http::header::DATE;
use http::{HeaderValue, Response};
use jiff::Timestamp;

use crate::clock::http_date;
use crate::cloud::Cloud;
use crate::faults::{FaultError, Strike, Subject};
use crate::lent_role::LentRole;
use crate::trail::{Check, RequestRecord, Service, What};

/// A request that is being answered.
pub(crate) struct Visit<'a> {
    cloud: &'a Cloud,
    service: Service,
    operation: Option<&'static str>,
    peer: SocketAddr,
    pub(crate) now: Timestamp,
    pub(crate) request_id: String,
    strike: Strike,
}

impl Cloud {
    /// A request has arrived.
    pub(crate) fn visit(
        &self,
        service: Service,
        operation: Option<&'static str>,
        role: &LentRole,
        peer: SocketAddr,
    ) -> Visit<'_> {
        let subject = Subject { service, operation, role: Some(&role.name), access_key_id: None };
        let strike = self.faults.strike(&subject);
        let request_id = self.random.request_id_or_nil();
        Visit { cloud: self, service, operation, peer, now: self.clock.now(), request_id, strike }
    }
}

impl Visit<'_> {
    /// The error that a fault asks for.
    pub(crate) fn error(&self) -> Option<&FaultError> {
        self.strike.error.as_ref()
    }

    /// The reply as it goes out, noted in the trail.
    pub(crate) async fn end(self, mut response: Response<Bytes>) -> Response<Bytes> {
        let date = http_date(self.now).and_then(|date| HeaderValue::try_from(date).ok());
        response.headers_mut().extend(date.map(|date| (DATE, date)));
        let reason = response.extensions_mut().remove::<Reason>();
        let mut checks: Vec<Check> =
            reason.iter().map(|reason| Check::failed(What::Parameters, reason.0.clone())).collect();
        if !self.strike.is_none() {
            checks.push(Check::failed(What::Fault, self.strike.to_string()));
        }
        self.cloud.trail.push(RequestRecord {
            time: self.now,
            request_id: self.request_id,
            service: self.service,
            action: self.operation.map(Cow::Borrowed),
            peer: self.peer,
            who: None,
            status: response.status().as_u16(),
            code: self
                .strike
                .error
                .as_ref()
                .map(|error| error.code.clone())
                .or_else(|| reason.map(|reason| reason.0.split(':').next().unwrap_or_default().to_owned())),
            checks,
        });
        self.strike.settle(response).await
    }
}

/// Why a request was refused, for the trail: a code, and what it means. Travels among a reply's extensions.
#[derive(Clone)]
pub(crate) struct Reason(pub(crate) Cow<'static, str>);
