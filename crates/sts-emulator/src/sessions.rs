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
use crate::os::{NoRandomness, Random};
use crate::token::{self, Claims, TokenKey};
use crate::world::Role;

/// Beyond this many the oldest sessions are forgotten, valid or not, so that memory stays flat under load; the oldest revocations
/// as well. Until then expired ones are remembered, so that they are refused as expired and not as unknown.
const MOST: usize = 1 << 16;

/// One role session, as it is used.
pub(crate) struct Session {
    /// As it is in the world now.
    pub(crate) role: Arc<Role>,
    pub(crate) name: String,
    pub(crate) source_identity: Option<String>,
    /// What the session may do at most.
    pub(crate) policy: Option<Compiled>,
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

/// All sessions.
pub(crate) struct Sessions {
    key: TokenKey,
    /// `None` where the tokens hold the sessions.
    kept: Option<Mutex<Recent<Arc<Kept>>>>,
    revoked: Mutex<Recent<()>>,
}

/// A session that is kept here, and the token that goes with it.
struct Kept {
    claims: Claims,
    token_digest: [u8; 32],
}

impl Sessions {
    /// Sessions whose tokens hold them.
    pub(crate) fn sealed(key: TokenKey) -> Self {
        Self { key, kept: None, revoked: Mutex::default() }
    }

    /// Sessions that are kept in memory; their tokens mean nothing elsewhere.
    pub(crate) fn stateful(key: TokenKey) -> Self {
        Self { kept: Some(Mutex::default()), ..Self::sealed(key) }
    }

    fn token(&self, claims: Claims, random: &Random) -> Result<Secret, NoRandomness> {
        let Some(kept) = &self.kept else { return self.key.seal(&claims) };
        let mut bytes = [0_u8; token::MIN_BYTES];
        random.fill(&mut bytes)?;
        bytes.iter_mut().zip(token::PREFIX).for_each(|(byte, fixed)| *byte = fixed);
        let token = STANDARD.encode(bytes);
        let id = claims.access_key_id.clone();
        lock(kept).insert(id, Arc::new(Kept { claims, token_digest: token_digest(&token) }));
        Ok(Secret::new(token))
    }

    /// What is known of a key, if this is its token.
    fn claims(&self, access_key_id: &str, token: Option<&str>) -> Result<Claims, KeyRefusal> {
        let Some(kept) = &self.kept else {
            if !self.key.has_made(access_key_id) {
                return Err(KeyRefusal::Unknown);
            }
            let token = token.ok_or(KeyRefusal::TokenMissing)?;
            let claims = self.key.open(token).ok_or(KeyRefusal::TokenMalformed)?;
            return if claims.access_key_id == access_key_id {
                Ok(claims)
            } else {
                Err(KeyRefusal::TokenMismatch)
            };
        };
        let kept = lock(kept).get(access_key_id).map(Arc::clone).ok_or(KeyRefusal::Unknown)?;
        let token = token.ok_or(KeyRefusal::TokenMissing)?;
        let decoded = STANDARD.decode(token).map_err(|_| KeyRefusal::TokenMalformed)?;
        if decoded.len() != token::MIN_BYTES || !decoded.starts_with(&token::PREFIX) {
            return Err(KeyRefusal::TokenMalformed);
        }
        if !bool::from(kept.token_digest.ct_eq(&token_digest(token))) {
            return Err(KeyRefusal::TokenMismatch);
        }
        Ok(kept.claims.clone())
    }
}

impl Cloud {
    /// Opens a session from now on.
    pub(crate) fn open_session(&self, request: &SessionRequest<'_>) -> Result<Issued, NoRandomness> {
        // Replies carry whole seconds; the session ends when its reply says.
        let now = self.clock.now();
        let start = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let expiration =
            start.checked_add(SignedDuration::from_secs(request.seconds)).unwrap_or(Timestamp::MAX);
        let access_key_id = self.sessions.key.new_key_id(&self.random)?;
        let claims = Claims {
            access_key_id: access_key_id.clone(),
            account_id: request.role.account_id.clone(),
            role_name: request.role.name.clone(),
            session_name: request.name.to_owned(),
            source_identity: request.source_identity.unwrap_or_default().to_owned(),
            policy: request.policy.map(|policy| policy.as_json().to_owned()).unwrap_or_default(),
            expiration,
        };
        Ok(Issued {
            access_key_secret: self.sessions.key.secret_of(&access_key_id),
            security_token: self.sessions.token(claims, &self.random)?,
            access_key_id,
            expiration,
        })
    }

    /// Ends a session before its time. False for a key that is none of a session of this emulator.
    pub(crate) fn revoke_session(&self, access_key_id: &str) -> bool {
        let is_ours = self.sessions.key.has_made(access_key_id);
        if is_ours {
            lock(&self.sessions.revoked).insert(access_key_id.to_owned(), ());
        }
        is_ours
    }

    /// The key of a session, with its token.
    pub(crate) fn session_key(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Key, KeyRefusal> {
        let claims = self.sessions.claims(access_key_id, token)?;
        if now >= claims.expiration {
            return Err(KeyRefusal::TokenExpired);
        }
        if lock(&self.sessions.revoked).get(access_key_id).is_some() {
            return Err(KeyRefusal::SessionRevoked);
        }
        let world = self.world();
        let role = world.role(&claims.account_id, &claims.role_name).ok_or(KeyRefusal::SessionRevoked)?;
        let policy = match claims.policy.as_str() {
            "" => None,
            // It was a policy when the session was opened.
            text => Some(Policy::parse(text).map_err(|_| KeyRefusal::TokenMalformed)?.compile()),
        };
        let session = Session {
            role: Arc::clone(role),
            name: claims.session_name,
            source_identity: Some(claims.source_identity).filter(|source| !source.is_empty()),
            policy,
        };
        let caller = Caller { account_id: claims.account_id, who: Who::Session(Arc::new(session)) };
        Ok(Key { secret: self.sessions.key.secret_of(access_key_id), caller })
    }
}

fn token_digest(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(digest(&SHA256, token.as_bytes()).as_ref()).for_each(|(to, from)| *to = *from);
    bytes
}

/// A map that forgets the oldest when it has too many.
struct Recent<T> {
    by_key: HashMap<String, T>,
    // INVARIANT: the keys of `by_key`, oldest first.
    order: VecDeque<String>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), order: VecDeque::new() }
    }
}

impl<T> Recent<T> {
    fn get(&self, key: &str) -> Option<&T> {
        self.by_key.get(key)
    }

    fn insert(&mut self, key: String, value: T) {
        if self.by_key.insert(key.clone(), value).is_some() {
            return;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_key.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut recent = Recent::default();
        for n in 0..=MOST {
            recent.insert(n.to_string(), n);
            recent.insert(n.to_string(), n);
        }
        assert_eq!((recent.by_key.len(), recent.order.len()), (MOST, MOST));
        assert!(recent.get("0").is_none() && recent.get("1") == Some(&1));
    }
}
