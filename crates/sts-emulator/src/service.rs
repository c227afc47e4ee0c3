//! One request in, one reply out. No I/O: what the server read comes in as bytes.

use std::sync::Mutex;

use jiff::Timestamp;

use crate::call::Call;
use crate::clock::Clock;
use crate::identity::IdentityProvider;
use crate::lock::lock;
use crate::operation::{Context, Operation};
use crate::os::{NoRandomness, Random};
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
    /// All headers, names in lower case.
    pub(crate) headers: Vec<(&'a str, &'a [u8])>,
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
        let call = Call::read(&request);
        let format = call.as_ref().ok().and_then(|call| call.format().ok());
        let action = call.as_ref().ok().and_then(|call| call.action().ok());
        let action = action.and_then(Operation::named).map(Operation::name);
        let outcome = call.and_then(|call| self.run(&request, &call, time));

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

    fn run(&self, request: &Request<'_>, call: &Call<'_>, now: Timestamp) -> Result<Answer, Refusal> {
        call.format()?;
        let action = call.action()?;
        if call.version()? != VERSION {
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
                let caller = verifier.authenticate(&call.claim(request)?)?;
                context.signed(operation, &caller, &call.parameters)
            }
            Operation::Anonymous(operation) => {
                verify::check_optional_time(call.time(), now)?;
                context.anonymous(operation, &call.parameters)
            }
        }
    }
}
