//! One request in, one reply out.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::caller::{Caller, Who};
use crate::cloud::Cloud;
use crate::faults::{Strike, Subject};
use crate::lock::lock;
use crate::oss::authentication::{Claim, provided_signature};
use crate::oss::call::Call;
use crate::oss::cors;
use crate::oss::form::Form;
use crate::oss::form_policy;
use crate::oss::operation::Operation;
use crate::oss::permission::{Asker, Judge};
use crate::oss::refusal::Refusal;
use crate::oss::reply::{self, Reply};
use crate::oss::request::{Request, host};
use crate::oss::run::Run;
use crate::oss::store::Store;
use crate::server::{BodyError, Handler, Limits};
use crate::trail::{Check, RequestRecord, Service, What};

/// Stands in for an id when the operating system gives no random bytes.
const NIL_ID: &str = "000000000000000000000000";

/// Far more than a key, a token and some parameters take.
const MAX_TARGET_BYTES: usize = 64 * 1024;

/// The service takes objects of 5 GB at once; what is kept in memory must be smaller.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// OSS behind a listener.
pub(crate) struct OssService {
    cloud: Arc<Cloud>,
    store: Mutex<Store>,
}

/// What is found out on the way, for the trail.
#[derive(Default)]
struct Notes {
    operation: Option<Operation>,
    who: Option<String>,
    checks: Vec<Check>,
    /// What goes wrong on purpose.
    strike: Strike,
}

impl Notes {
    /// A refusal that no check has noted is one of what the request asks for.
    fn explain(&mut self, refusal: &Refusal) {
        if self.checks.iter().all(Check::is_passed) {
            let detail = format!("{}: {}", refusal.code(), refusal.message());
            self.checks.push(Check::failed(What::Parameters, detail));
        }
    }
}

impl Handler for OssService {
    fn limits(&self, head: &Parts) -> Limits {
        let takes_none = matches!(head.method, Method::GET | Method::HEAD | Method::DELETE | Method::OPTIONS);
        let body_bytes = if takes_none { 0 } else { MAX_BODY_BYTES };
        Limits { target_bytes: MAX_TARGET_BYTES, body_bytes }
    }

    async fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        peer: SocketAddr,
    ) -> http::Response<Bytes> {
        let now = self.cloud.clock.now();
        let id = self.fresh_id();
        let (parts, body) = request.into_parts();
        let (host, method) = (host(&parts), parts.method.clone());
        let origin = cors::allowed_origin(&parts.headers).cloned();
        let mut notes = Notes::default();
        let outcome = match method {
            Method::OPTIONS => cors::preflight(&parts.headers),
            _ => self.answer(parts, body, peer, now, &mut notes).await,
        };
        let code = outcome.as_ref().err().map(|refusal| refusal.code().to_owned());
        if let Err(refusal) = &outcome {
            notes.explain(refusal);
        }
        let mut reply = outcome.unwrap_or_else(|refusal| refused(&refusal, &id, &host, &method));
        reply::set(&mut reply, "date", &reply::http_date(now));
        reply::set(&mut reply, "server", "AliyunOSS");
        reply::set(&mut reply, "x-oss-request-id", &id);
        reply::set(&mut reply, "x-oss-server-time", "1");
        origin.into_iter().for_each(|origin| cors::allow(origin, reply.headers_mut()));
        self.cloud.trail.push(RequestRecord {
            time: now,
            request_id: id,
            service: Service::Oss,
            action: notes.operation.map(|operation| Cow::Borrowed(operation.name())),
            peer,
            who: notes.who,
            status: reply.status().as_u16(),
            code,
            checks: notes.checks,
        });
        notes.strike.settle(reply).await
    }
}

impl OssService {
    pub(crate) fn new(cloud: Arc<Cloud>) -> Self {
        Self { cloud, store: Mutex::default() }
    }

    async fn answer(
        &self,
        parts: Parts,
        body: Result<Bytes, BodyError>,
        peer: SocketAddr,
        now: Timestamp,
        notes: &mut Notes,
    ) -> Result<Reply, Refusal> {
        let body = body.map_err(no_body)?;
        let host = host(&parts);
        let request = Request::read(parts, body, peer.ip(), now)?;
        let operation = Operation::of(&request)?;
        notes.operation = Some(operation);
        // The emulator calls nobody back, and a client that asks for it would wait for what the other said.
        if request.parts.headers.contains_key("x-oss-callback") {
            return Err(Refusal::not_implemented("x-oss-callback"));
        }
        let form = match operation {
            Operation::PostObject => Some(Form::read(&request).await?),
            _ => None,
        };
        let world = self.cloud.world();
        let claim = Claim::of(&request, form.as_ref())?;
        let provided = provided_signature(&request, form.as_ref());
        let of_world = request.target.bucket.as_deref().and_then(|name| world.bucket(name));
        let region = of_world.map_or(&world.region, |(_, bucket)| &bucket.region);
        let key =
            claim.as_ref().map(|claim| claim.check(&self.cloud, region, now, provided, &mut notes.checks));
        let caller = key.transpose()?.map_or_else(Caller::anonymous, |key| key.caller);
        notes.who = caller.arn().or_else(|| Some(caller.display_name()));
        notes.strike = self.cloud.faults.strike(&Subject {
            service: Service::Oss,
            operation: Some(operation.name()),
            role: match &caller.who {
                Who::Session(session) => Some(&session.role.name),
                _ => None,
            },
            access_key_id: claim.as_ref().map(Claim::access_key_id),
        });
        if !notes.strike.is_none() {
            notes.checks.push(Check::failed(What::Fault, notes.strike.to_string()));
        }
        if let Some(error) = &notes.strike.error {
            return Err(Refusal::fault(error));
        }
        if let (Some(form), Some(policy)) = (&form, claim.as_ref().and_then(Claim::form_policy)) {
            let checked = form_policy::check(policy, form, request.bucket()?);
            notes.checks.push(match &checked {
                Ok(()) => Check::passed(What::Parameters, "the form keeps to its policy"),
                Err(refusal) => Check::failed(What::Parameters, refusal.message().to_owned()),
            });
            checked?;
        }
        let call = Call::read(request, operation, form)?;
        call.check_md5()?;

        let mut store = lock(&self.store);
        store.adopt(&world, now);
        let asker = Asker { caller: &caller, access_key_id: claim.as_ref().map(Claim::access_key_id) };
        Judge { cloud: &self.cloud, world: &world, store: &store, asker: &asker }
            .judge(&call, &mut notes.checks)?;
        let run = Run {
            call: &call,
            store: &mut store,
            account: &caller.account_id,
            region: &world.region,
            host: &host,
            fresh_id: &self.fresh_id(),
            is_anonymous: matches!(caller.who, Who::Anonymous),
        };
        run.run()
    }

    /// 24 digits, as the service's request ids have.
    fn fresh_id(&self) -> String {
        let id = self.cloud.random.request_id().map(|id| id.replace('-', ""));
        id.ok().and_then(|id| id.get(..NIL_ID.len()).map(str::to_owned)).unwrap_or_else(|| NIL_ID.to_owned())
    }
}

/// The reply of a refusal. Where there can be no body, it stands in a header.
fn refused(refusal: &Refusal, id: &str, host: &str, method: &Method) -> Reply {
    let xml = refusal.to_xml(id, host);
    let mut reply = reply::empty(refusal.status());
    if let Some(code) = refusal.detailed_code() {
        reply::set(&mut reply, "x-oss-ec", code);
    }
    match (method, refusal.status()) {
        (_, StatusCode::NOT_MODIFIED) => {}
        (&Method::HEAD, _) => reply::set(&mut reply, "x-oss-err", &STANDARD.encode(xml)),
        _ => {
            reply::set(&mut reply, "content-type", "application/xml");
            *reply.body_mut() = Bytes::from(xml);
        }
    }
    reply
}

fn no_body(error: BodyError) -> Refusal {
    match error {
        BodyError::LongTarget => Refusal::invalid_argument("The request target is too long.", "target", ""),
        BodyError::TooLarge => Refusal::too_large(u64::try_from(MAX_BODY_BYTES).unwrap_or(u64::MAX)),
        BodyError::Late => Refusal::body_timeout(),
        BodyError::Broken => Refusal::broken_body(),
    }
}
