//! The role sessions this emulator has issued. They are keys like any other, with a token and an end.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use crate::os::{NoRandomness, Random};
use crate::refusal::Refusal;
use crate::world::Role;

/// Beyond this many the oldest are forgotten, valid or not, so that memory stays flat under load. Until then expired
/// ones are remembered, so that they are refused as expired and not as unknown.
const MAX_SESSIONS: usize = 1 << 16;

/// First bytes of every token: the three that real tokens begin with (`CAIS` in Base64), then three that make `+/`.
const TOKEN_PREFIX: [u8; 6] = [0x08, 0x02, 0x12, 0xFB, 0xFF, 0xBF];

/// About the length of real tokens once encoded; one more than a multiple of three, so that the text ends in `==`.
const TOKEN_BYTES: usize = 304;

/// One role session.
pub(crate) struct Session {
    pub(crate) secret: Secret,
    pub(crate) role: Arc<Role>,
    pub(crate) name: String,
    pub(crate) source_identity: Option<String>,
    token_digest: [u8; 32],
    expiration: Timestamp,
}

/// What the caller gets of a new session.
pub(crate) struct Issued {
    pub(crate) access_key_id: String,
    pub(crate) session: Arc<Session>,
    pub(crate) security_token: Secret,
}

impl Issued {
    pub(crate) fn expiration(&self) -> Timestamp {
        self.session.expiration
    }
}

impl Session {
    pub(crate) fn issue(
        random: &Random,
        role: Arc<Role>,
        name: String,
        source_identity: Option<String>,
        now: Timestamp,
        seconds: i64,
    ) -> Result<Issued, NoRandomness> {
        let mut bytes = [0_u8; TOKEN_BYTES];
        random.fill(&mut bytes)?;
        for (byte, fixed) in bytes.iter_mut().zip(TOKEN_PREFIX) {
            *byte = fixed;
        }
        let token = STANDARD.encode(bytes);
        // Replies carry whole seconds; the session ends when its reply says.
        let start = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let session = Self {
            secret: Secret::new(random.alphanumeric(44)?),
            role,
            name,
            source_identity,
            token_digest: token_digest(&token),
            expiration: start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX),
        };
        Ok(Issued {
            access_key_id: format!("STS.N{}", random.alphanumeric(24)?),
            session: Arc::new(session),
            security_token: Secret::new(token),
        })
    }

    pub(crate) fn check_token(&self, token: &str, now: Timestamp) -> Result<(), Refusal> {
        let decoded = STANDARD.decode(token).map_err(|_| Refusal::malformed_token())?;
        if decoded.len() != TOKEN_BYTES || !decoded.starts_with(&TOKEN_PREFIX) {
            return Err(Refusal::malformed_token());
        }
        if !bool::from(self.token_digest.ct_eq(&token_digest(token))) {
            return Err(Refusal::mismatched_token());
        }
        if now >= self.expiration { Err(Refusal::expired_token()) } else { Ok(()) }
    }
}

fn token_digest(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(digest(&SHA256, token.as_bytes()).as_ref()) {
        *to = *from;
    }
    bytes
}

/// The sessions by access key id.
#[derive(Default)]
pub(crate) struct Sessions {
    by_key: HashMap<String, Arc<Session>>,
    // INVARIANT: the keys of `by_key`, oldest first.
    order: VecDeque<String>,
}

impl Sessions {
    pub(crate) fn get(&self, access_key_id: &str) -> Option<Arc<Session>> {
        self.by_key.get(access_key_id).map(Arc::clone)
    }

    pub(crate) fn insert(&mut self, issued: &Issued) {
        if self.order.len() >= MAX_SESSIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.by_key.remove(&oldest);
        }
        self.by_key.insert(issued.access_key_id.clone(), Arc::clone(&issued.session));
        self.order.push_back(issued.access_key_id.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(seconds: i64) -> Issued {
        let role = Arc::new(Role::for_test());
        Session::issue(&Random::new(), role, "session".into(), None, Timestamp::UNIX_EPOCH, seconds).unwrap()
    }

    fn code(issued: &Issued, token: &str, second: i64) -> Option<String> {
        let now = Timestamp::from_second(second).unwrap();
        issued.session.check_token(token, now).err().map(|refusal| refusal.code().to_owned())
    }

    #[test]
    fn token_looks_real_and_opens_its_own_session_only() {
        let (mine, other) = (issue(900), issue(900));
        let token = mine.security_token.expose_secret();
        assert!(token.starts_with("CAIS+/") && token.ends_with('='));
        assert_eq!(code(&mine, token, 899), None);
        assert_eq!(code(&mine, token, 900).as_deref(), Some("InvalidSecurityToken.Expired"));
        let mismatch = Some("InvalidSecurityToken.MismatchWithAccessKey");
        assert_eq!(code(&mine, other.security_token.expose_secret(), 0).as_deref(), mismatch);
        for bad in ["token", "!", "CAIS", token.trim_end_matches('='), &token.to_lowercase()] {
            assert_eq!(code(&mine, bad, 0).as_deref(), Some("InvalidSecurityToken.Malformed"), "{bad}");
        }
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut sessions = Sessions::default();
        let template = issue(900);
        for n in 0..=MAX_SESSIONS {
            sessions.insert(&Issued {
                access_key_id: n.to_string(),
                session: Arc::clone(&template.session),
                security_token: Secret::new(""),
            });
        }
        assert_eq!((sessions.by_key.len(), sessions.order.len()), (MAX_SESSIONS, MAX_SESSIONS));
        assert!(sessions.get("0").is_none() && sessions.get("1").is_some());
    }
}
