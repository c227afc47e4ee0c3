//! The role sessions this emulator has issued. They are keys like any other, with a token and an end.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use sts_policy::{Compiled, Policy};
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use crate::access::{Key, KeyRefusal};
use crate::caller::{Caller, Who};
use crate::cloud::Cloud;
use crate::lock::lock;
use crate::os::NoRandomness;
use crate::world::Role;

/// Beyond this many the oldest are forgotten, valid or not, so that memory stays flat under load. Until then expired
/// ones are remembered, so that they are refused as expired and not as unknown.
const MAX_SESSIONS: usize = 1 << 16;

/// First bytes of every token: the three that real tokens begin with (`CAIS` in Base64), then three that make `+/`.
const TOKEN_PREFIX: [u8; 6] = [0x08, 0x02, 0x12, 0xFB, 0xFF, 0xBF];

/// About the length of real tokens once encoded; one more than a multiple of three, so that the text ends in `==`.
const TOKEN_BYTES: usize = 304;

/// One role session, as it is used.
pub(crate) struct Session {
    /// As it is in the world now.
    pub(crate) role: Arc<Role>,
    pub(crate) name: String,
    pub(crate) source_identity: Option<String>,
    /// What the session may do at most.
    pub(crate) policy: Option<Arc<Compiled>>,
}

/// A session to be opened. Whether it may be is the caller's business.
pub(crate) struct SessionRequest<'a> {
    pub(crate) role: &'a Role,
    pub(crate) name: &'a str,
    pub(crate) seconds: i64,
    pub(crate) policy: Option<&'a Policy>,
    pub(crate) source_identity: Option<&'a str>,
}

/// The keys of a new session.
pub(crate) struct Issued {
    pub(crate) access_key_id: String,
    pub(crate) access_key_secret: Secret,
    pub(crate) security_token: Secret,
    pub(crate) expiration: Timestamp,
}

/// What is remembered of a session. Its role is looked up anew each time.
struct Record {
    secret: Secret,
    account_id: String,
    role_name: String,
    name: String,
    source_identity: Option<String>,
    policy: Option<Arc<Compiled>>,
    token_digest: [u8; 32],
    expiration: Timestamp,
}

/// All sessions.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Records>);

#[derive(Default)]
struct Records {
    by_key: HashMap<String, Arc<Record>>,
    // INVARIANT: the keys of `by_key`, oldest first.
    order: VecDeque<String>,
}

impl Cloud {
    /// Opens a session from now on.
    pub(crate) fn open_session(&self, request: &SessionRequest<'_>) -> Result<Issued, NoRandomness> {
        let mut bytes = [0_u8; TOKEN_BYTES];
        self.random.fill(&mut bytes)?;
        for (byte, fixed) in bytes.iter_mut().zip(TOKEN_PREFIX) {
            *byte = fixed;
        }
        let token = STANDARD.encode(bytes);
        // Replies carry whole seconds; the session ends when its reply says.
        let now = self.clock.now();
        let start = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let length = SignedDuration::from_secs(request.seconds);
        let issued = Issued {
            access_key_id: format!("STS.N{}", self.random.alphanumeric(24)?),
            access_key_secret: Secret::new(self.random.alphanumeric(44)?),
            security_token: Secret::new(token.as_str()),
            expiration: start.checked_add(length).unwrap_or(Timestamp::MAX),
        };
        let record = Record {
            secret: issued.access_key_secret.clone(),
            account_id: request.role.account_id.clone(),
            role_name: request.role.name.clone(),
            name: request.name.to_owned(),
            source_identity: request.source_identity.map(str::to_owned),
            policy: request.policy.map(|policy| Arc::new(policy.compile())),
            token_digest: token_digest(&token),
            expiration: issued.expiration,
        };
        self.sessions.insert(&issued.access_key_id, record);
        Ok(issued)
    }

    /// The key of a session, with its token.
    pub(crate) fn session_key(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Key, KeyRefusal> {
        let record = self.sessions.get(access_key_id).ok_or(KeyRefusal::Unknown)?;
        record.check_token(token.ok_or(KeyRefusal::TokenMissing)?, now)?;
        let world = self.world();
        let role = world.role(&record.account_id, &record.role_name).ok_or(KeyRefusal::SessionRevoked)?;
        let session = Session {
            role: Arc::clone(role),
            name: record.name.clone(),
            source_identity: record.source_identity.clone(),
            policy: record.policy.clone(),
        };
        let caller = Caller { account_id: record.account_id.clone(), who: Who::Session(Arc::new(session)) };
        Ok(Key { secret: record.secret.clone(), caller })
    }
}

impl Record {
    fn check_token(&self, token: &str, now: Timestamp) -> Result<(), KeyRefusal> {
        let decoded = STANDARD.decode(token).map_err(|_| KeyRefusal::TokenMalformed)?;
        if decoded.len() != TOKEN_BYTES || !decoded.starts_with(&TOKEN_PREFIX) {
            return Err(KeyRefusal::TokenMalformed);
        }
        if !bool::from(self.token_digest.ct_eq(&token_digest(token))) {
            return Err(KeyRefusal::TokenMismatch);
        }
        if now >= self.expiration { Err(KeyRefusal::TokenExpired) } else { Ok(()) }
    }
}

fn token_digest(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest(&SHA256, token.as_bytes()).as_ref()) {
        *to = *from;
    }
    bytes
}

impl Sessions {
    fn get(&self, access_key_id: &str) -> Option<Arc<Record>> {
        lock(&self.0).by_key.get(access_key_id).map(Arc::clone)
    }

    fn insert(&self, access_key_id: &str, record: Record) {
        let mut records = lock(&self.0);
        if records.order.len() >= MAX_SESSIONS
            && let Some(oldest) = records.order.pop_front()
        {
            records.by_key.remove(&oldest);
        }
        records.by_key.insert(access_key_id.to_owned(), Arc::new(record));
        records.order.push_back(access_key_id.to_owned());
    }
}
