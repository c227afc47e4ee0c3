//! Who signed a request, and whether the signature, its time and its nonce are good.
//!
//! Shares no code with the client's signer: what arrives is decoded from the raw bytes of the wire
//! ([`crate::parameters`]), and [`signature`] writes the canonical form again, slowly and plainly.

pub(crate) mod nonces;
mod signature;
mod timestamp;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use self::nonces::Nonces;
use self::signature::Algorithm;
use crate::lock::lock;
use crate::parameters::Parameters;
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
    /// The checks of a signed request, in the order the fact sheet recommends: required parameters, access key,
    /// session token, time, nonce, signature.
    ///
    /// The nonce is looked at before the signature and kept only after it: otherwise anybody who knows a key id
    /// could use up the nonces of its owner.
    pub(crate) fn authenticate(&self, method: &str, parameters: &Parameters) -> Result<Caller, Refusal> {
        let access_key_id = parameters.require("AccessKeyId")?;
        let algorithm = Algorithm::named(parameters.require("SignatureMethod")?)?;
        let version = parameters.require("SignatureVersion")?;
        let nonce = parameters.require("SignatureNonce")?;
        let timestamp = parameters.require("Timestamp")?;
        let given = parameters.require("Signature")?;
        // Bearer tokens and RSA key pairs are signature types of their own; neither is served here.
        if version != "1.0" || parameters.get("SignatureType").is_some() {
            return Err(Refusal::signature_method());
        }

        let key = self.key(access_key_id, parameters.get("SecurityToken"))?;
        timestamp::check(timestamp, self.now)?;
        if lock(self.nonces).contains(access_key_id, nonce) {
            return Err(Refusal::nonce_used());
        }
        let secret = match &key {
            Key::LongTerm(key) => key.secret.expose_secret(),
            Key::Session(session) => session.secret.expose_secret(),
        };
        signature::check(algorithm, method, parameters, secret, given)?;
        // Two copies of one request may have passed the look above together; only one of them is first here.
        if !lock(self.nonces).insert(access_key_id, nonce, self.now) {
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

/// Anonymous operations are not signed; their `Timestamp`, when there is one, must still be of this hour.
pub(crate) fn check_optional_time(parameters: &Parameters, now: Timestamp) -> Result<(), Refusal> {
    parameters.get("Timestamp").map_or(Ok(()), |text| timestamp::check(text, now))
}
