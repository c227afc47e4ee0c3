//! One request in, one reply out. No I/O: what the server read comes in as bytes.

use std::sync::Mutex;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::identity::IdentityProvider;
use crate::lock::lock;
use crate::operation::{Context, Operation};
use crate::os::{NoRandomness, Random};
use crate::parameters::Parameters;
use crate::record::{Records, RequestRecord};
use crate::refusal::Refusal;
use crate::reply::{Answer, Format};
use crate::sessions::Sessions;
use crate::verify::nonces::Nonces;
use crate::verify::{self, Verifier};
use crate::world::World;

/// The version of the API.
const VERSION: &str = "2015-04-01";

/// Stands in for a request id when the operating system gives no random bytes.
const NIL_REQUEST_ID: &str = "00000000-0000-0000-0000-000000000000";

/// One HTTP request, as it arrived.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: &'a [u8],
    pub(crate) content_type: Option<&'a [u8]>,
    pub(crate) authorization: Option<&'a [u8]>,
    /// The body, or why there is none to read.
    pub(crate) body: Result<&'a [u8], Refusal>,
}

/// One HTTP reply, before it is put on the wire.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) request_id: String,
    pub(crate) time: Timestamp,
    pub(crate) body: String,
}

/// The service behind the server.
pub(crate) struct Service {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) identity_provider: IdentityProvider,
    random: Random,
    host_id: String,
    nonces: Mutex<Nonces>,
    sessions: Mutex<Sessions>,
    records: Mutex<Records>,
}

impl Service {
    pub(crate) fn new(
        random: Random,
        clock: Clock,
        host_id: String,
        max_session_seconds: i64,
    ) -> Result<Self, NoRandomness> {
        Ok(Self {
            world: World::new(&random, max_session_seconds)?,
            clock,
            identity_provider: IdentityProvider::new(&random)?,
            random,
            host_id,
            nonces: Mutex::default(),
            sessions: Mutex::default(),
            records: Mutex::default(),
        })
    }

    pub(crate) fn records(&self) -> Vec<RequestRecord> {
        lock(&self.records).to_vec()
    }

    /// Judges a request. Whatever the bytes are, there is a reply in one of the two shapes.
    pub(crate) fn answer(&self, request: Request<'_>) -> Reply {
        let time = self.clock.now();
        let request_id = self.random.request_id().unwrap_or_else(|_| NIL_REQUEST_ID.to_owned());
        let parameters = read(&request);
        let format = parameters.as_ref().ok().and_then(|parameters| format(parameters).ok());
        let action = parameters.as_ref().ok().and_then(|parameters| parameters.get("Action"));
        let action = action.and_then(Operation::named).map(Operation::name);
        let outcome = parameters.and_then(|parameters| self.run(request.method, &parameters, time));

        // What asks in no readable way is answered as RPC answers by default.
        let format = format.unwrap_or(Format::Xml);
        let (status, code, body) = match outcome {
            Ok(answer) => (200, None, format.success(&request_id, answer)),
            Err(refusal) => {
                let body = format.failure(&request_id, &self.host_id, &refusal);
                (refusal.status(), Some(refusal.code().to_owned()), body)
            }
        };
        lock(&self.records).push(RequestRecord { request_id: request_id.clone(), action, status, code });
        Reply { status, content_type: format.content_type(), request_id, time, body }
    }

    fn run(&self, method: &str, parameters: &Parameters, now: Timestamp) -> Result<Answer, Refusal> {
        format(parameters)?;
        let action = parameters.require("Action")?;
        if parameters.require("Version")? != VERSION {
            return Err(Refusal::version());
        }
        let operation = Operation::named(action).ok_or_else(Refusal::unknown_action)?;
        let context = Context {
            world: &self.world,
            sessions: &self.sessions,
            identity_provider: &self.identity_provider,
            random: &self.random,
            now,
        };
        match operation {
            Operation::Signed(operation) => {
                let (world, sessions, nonces) = (&self.world, &self.sessions, &self.nonces);
                let verifier = Verifier { world, sessions, nonces, now };
                let caller = verifier.authenticate(method, parameters)?;
                context.signed(operation, &caller, parameters)
            }
            Operation::Anonymous(operation) => {
                verify::check_optional_time(parameters, now)?;
                context.anonymous(operation, parameters)
            }
        }
    }
}

/// Everything before the parameters mean anything: method, path, content type, encoding.
fn read(request: &Request<'_>) -> Result<Parameters, Refusal> {
    let body = match &request.body {
        Ok(body) => *body,
        Err(refusal) => return Err(refusal.clone()),
    };
    if !matches!(request.method, "GET" | "POST") {
        return Err(Refusal::method());
    }
    if request.path != "/" {
        return Err(Refusal::unknown_path());
    }
    // The newer signature travels in a header; this emulator verifies RPC version 1.0 only.
    if request.authorization.is_some_and(|value| value.starts_with(b"ACS3-")) {
        return Err(Refusal::signature_method());
    }
    let form = if body.is_empty() { body } else { form(request.content_type, body)? };
    Parameters::parse(request.query, form)
}

/// The part of a body that holds parameters: all of a form, nothing of a JSON document.
fn form<'a>(content_type: Option<&[u8]>, body: &'a [u8]) -> Result<&'a [u8], Refusal> {
    let essence = content_type.and_then(|value| value.split(|&byte| byte == b';').next());
    let essence = essence.unwrap_or_default().trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        Ok(body)
    } else if essence.eq_ignore_ascii_case(b"application/json") {
        Ok(&[])
    } else {
        Err(Refusal::content_type())
    }
}

fn format(parameters: &Parameters) -> Result<Format, Refusal> {
    Format::requested(parameters.get("Format"))
}
