//! Who signed a request, and whether the signature, its time and its nonce are good.
//!
//! What is signed and how is read by `sts_sign::verify`, which shares no code with the client's signer; whose key it is, and
//! whether the nonce is new, is decided here.

pub(crate) mod claim;
pub(crate) mod nonces;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use sts_sign::verify::{Skew, TimeError};

use self::claim::Claim;
use self::nonces::Nonces;
use crate::clock::system_time;
use crate::lock::lock;
use crate::refusal::Refusal;
use crate::sessions::{Session, Sessions};
use crate::world::{AccessKey, Owner, World};

/// Who makes a signed request.
pub(crate) enum Caller {
    /// The account itself, or a RAM user.
    Key(Owner),
    /// A role session.
    Session(Arc<Session>),
}

/// What verification reads and remembers.
pub(crate) struct Verifier<'a> {
    pub(crate) world: &'a World,
    pub(crate) sessions: &'a Mutex<Sessions>,
    pub(crate) nonces: &'a Mutex<Nonces>,
    pub(crate) now: Timestamp,
}

enum Key<'a> {
    LongTerm(&'a AccessKey),
    Session(Arc<Session>),
}

impl Verifier<'_> {
    /// The checks of a signed request that says all it must, in the order the fact sheet recommends: access key, session
    /// token, time, nonce, signature.
    ///
    /// The nonce is looked at before the signature and kept only after it: otherwise anybody who knows a key id
    /// could use up the nonces of its owner.
    pub(crate) fn authenticate(&self, claim: &Claim) -> Result<Caller, Refusal> {
        let key = self.key(claim.access_key_id(), claim.security_token())?;
        claim.check_time(system_time(self.now)).map_err(refused_time)?;
        if lock(self.nonces).contains(claim.access_key_id(), claim.nonce()) {
            return Err(Refusal::nonce_used());
        }
        claim.check_signature(match &key {
            Key::LongTerm(key) => &key.secret,
            Key::Session(session) => &session.secret,
        })?;
        // Two copies of one request may have passed the look above together; only one of them is first here.
        if !lock(self.nonces).insert(claim.access_key_id(), claim.nonce(), self.now) {
            return Err(Refusal::nonce_used());
        }
        Ok(match key {
            Key::LongTerm(key) => Caller::Key(key.owner.clone()),
            Key::Session(session) => Caller::Session(session),
        })
    }

    fn key(&self, access_key_id: &str, token: Option<&str>) -> Result<Key<'_>, Refusal> {
        if let Some(key) = self.world.access_key(access_key_id) {
            return match token {
                _ if !key.active => Err(Refusal::inactive_access_key()),
                None => Ok(Key::LongTerm(key)),
                // A long-term key has no session that a token could belong to.
                Some(_) => Err(Refusal::mismatched_token()),
            };
        }
        let session = lock(self.sessions).get(access_key_id).ok_or_else(Refusal::unknown_access_key)?;
        session.check_token(token.ok_or_else(|| Refusal::missing("SecurityToken"))?, self.now)?;
        Ok(Key::Session(session))
    }
}

/// Anonymous operations are not signed; their time, when there is one, must still be of this hour.
pub(crate) fn check_optional_time(time: Option<&str>, now: Timestamp) -> Result<(), Refusal> {
    let check = |time| Skew::default().check_timestamp(time, system_time(now));
    time.map_or(Ok(()), check).map_err(refused_time)
}

fn refused_time(error: TimeError) -> Refusal {
    match error {
        TimeError::Malformed => Refusal::timestamp_format(),
        _ => Refusal::timestamp_expired(),
    }
}
