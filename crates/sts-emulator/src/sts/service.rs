//! One request in, one reply out.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::clock::http_date;
use crate::cloud::Cloud;
use crate::faults::{Strike, Subject};
use crate::identity::IdentityProvider;
use crate::server::{BodyError, Handler, Limits};
use crate::sts::call::Call;
use crate::sts::operation::{Operation, Run};
use crate::sts::refusal::Refusal;
use crate::sts::reply::{Answer, Format};
use crate::sts::verify;
use crate::trail::{Check, RequestRecord, Service, What};

/// The version of the API.
const VERSION: &str = "2015-04-01";

/// Documented limits of the gateway.
const MAX_GET_BYTES: usize = 4 * 1024;
const MAX_POST_BYTES: usize = 10 * 1024 * 1024;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-request-id");

/// One HTTP request, as it arrived.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [u8],
    /// All headers, names in lower case.
    pub(crate) headers: Vec<(&'a str, &'a [u8])>,
    /// The body, or why there is none to read.
    pub(crate) body: Result<&'a [u8], Refusal>,
    pub(crate) peer: SocketAddr,
}

/// One HTTP reply, before it is put on the wire.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    request_id: String,
    time: Timestamp,
    pub(crate) body: String,
    /// What goes wrong with it on purpose.
    strike: Strike,
}

/// What is found out on the way, for the trail.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) who: Option<String>,
    pub(crate) checks: Vec<Check>,
}

impl Notes {
    /// Notes how a check went, and passes it on.
    pub(crate) fn check<T>(
        &mut self,
        what: What,
        passed: &'static str,
        result: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.checks.push(match &result {
            Ok(_) => Check::passed(what, passed),
            Err(refusal) => Check::failed(what, refusal.code().to_owned()),
        });
        result
    }

    /// A refusal that no check has noted is one of what the request says.
    fn explain(&mut self, refusal: &Refusal) {
        if self.checks.iter().all(Check::is_passed) && !refusal.is_fault() {
            let detail = format!("{}: {}", refusal.code(), refusal.message());
            self.checks.push(Check::failed(What::Parameters, detail));
        }
    }
}

/// STS behind a listener.
pub(crate) struct StsService {
    cloud: Arc<Cloud>,
    host_id: String,
}

impl Handler for StsService {
    fn limits(&self, head: &Parts) -> Limits {
        if head.method == Method::GET {
            Limits { target_bytes: MAX_GET_BYTES, body_bytes: MAX_GET_BYTES }
        } else {
            Limits { target_bytes: usize::MAX, body_bytes: MAX_POST_BYTES }
        }
    }

    async fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        peer: SocketAddr,
    ) -> http::Response<Bytes> {
        let uri = request.uri();
        if request.method() == Method::GET
            && let Some(document) = self.issuer_document(uri.path())
        {
            return json(document);
        }
        let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let request = Request {
            method: request.method().as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default().as_bytes(),
            headers: headers.collect(),
            body: request.body().as_deref().map_err(|error| Refusal::no_body(*error)),
            peer,
        };
        let mut reply = self.answer(&request).await;
        let strike = std::mem::take(&mut reply.strike);
        strike.settle(response(reply)).await
    }
}

impl StsService {
    pub(crate) fn new(cloud: Arc<Cloud>, host_id: String) -> Self {
        Self { cloud, host_id }
    }

    /// What an OpenID Connect issuer serves, for programs that take the emulator for one.
    fn issuer_document(&self, path: &str) -> Option<String> {
        match path {
            "/jwks" => Some(self.cloud.identity_provider.jwks()),
            "/.well-known/openid-configuration" => {
                let world = self.cloud.world();
                let issuer = &world.own_oidc_provider()?.issuer;
                Some(IdentityProvider::discovery_document(issuer, &format!("http://{}/jwks", self.host_id)))
            }
            _ => None,
        }
    }

    /// Judges a request. Whatever the bytes are, there is a reply in one of the two shapes.
    pub(crate) async fn answer(&self, request: &Request<'_>) -> Reply {
        let time = self.cloud.clock.now();
        let request_id = self.cloud.random.request_id_or_nil();
        let call = Call::read(request);
        let format = call.as_ref().ok().and_then(|call| call.format().ok());
        let action = call.as_ref().ok().and_then(|call| call.action().ok());
        let action = action.and_then(Operation::named).map(|operation| Cow::Borrowed(operation.name()));
        let mut notes = Notes::default();
        let strike = self.cloud.faults.strike(&Subject {
            service: Service::Sts,
            operation: action.as_deref(),
            role: call.as_ref().ok().and_then(Call::role_name),
            access_key_id: call.as_ref().ok().and_then(Call::access_key_id),
        });
        let outcome = match &strike.error {
            Some(error) => Err(Refusal::fault(error)),
            None => match call {
                Ok(call) => self.run(request, &call, time, &mut notes).await,
                Err(refusal) => Err(refusal),
            },
        };
        if let Err(refusal) = &outcome {
            notes.explain(refusal);
        }
        if !strike.is_none() {
            notes.checks.push(Check::failed(What::Fault, strike.to_string()));
        }

        // What asks in no readable way is answered as RPC answers by default.
        let format = format.unwrap_or(Format::Xml);
        let (status, code, body) = match outcome {
            Ok(answer) => (200, None, format.success(&request_id, answer)),
            Err(refusal) => {
                let body = format.failure(&request_id, &self.host_id, &refusal);
                (refusal.status(), Some(refusal.code().to_owned()), body)
            }
        };
        self.cloud.trail.push(RequestRecord {
            time,
            request_id: request_id.clone(),
            service: Service::Sts,
            action,
            peer: request.peer,
            who: notes.who,
            status,
            code,
            checks: notes.checks,
        });
        Reply { status, content_type: format.content_type(), request_id, time, body, strike }
    }

    async fn run(
        &self,
        request: &Request<'_>,
        call: &Call<'_>,
        now: Timestamp,
        notes: &mut Notes,
    ) -> Result<Answer, Refusal> {
        call.format()?;
        let action = call.action()?;
        if call.version()? != VERSION {
            return Err(Refusal::version());
        }
        let operation = Operation::named(action).ok_or_else(Refusal::unknown_action)?;
        let parameters = &call.parameters;
        match operation {
            Operation::Signed(operation) => {
                let caller = verify::authenticate(&self.cloud, &call.claim(request)?, now, notes)?;
                Run { cloud: &self.cloud, parameters, peer: request.peer, now, notes }
                    .signed(operation, &caller)
            }
            Operation::Anonymous(operation) => {
                verify::check_optional_time(call.time(), now)?;
                Run { cloud: &self.cloud, parameters, peer: request.peer, now, notes }
                    .anonymous(operation)
                    .await
            }
        }
    }
}

fn json(document: String) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(document));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn response(reply: Reply) -> http::Response<Bytes> {
    let mut response = http::Response::new(Bytes::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    headers.extend(HeaderValue::try_from(reply.request_id).ok().map(|id| (REQUEST_ID, id)));
    let date = http_date(reply.time).and_then(|date| HeaderValue::try_from(date).ok());
    headers.extend(date.map(|date| (DATE, date)));
    response
}
