//! Sessions of many users, each kept and renewed like the one of a [`Cached`].

mod expiries;
mod minting;

use crate::client::Client;
use crate::clock::since_1970;
use crate::error::{CredentialsError, Error};
use crate::operation::assume_role::AssumeRole;
use crate::provider::Cached;
use expiries::Expiries;
use minting::{Minting, Session};
use quick_cache::sync::Cache;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use sts_types::{AssumeRoleInput, Credentials, InvalidInput, ProvideCredentials as _, RoleArn};

/// Credentials of many role sessions, for services that mint some for each of their users. Cheap to clone; all clones share the
/// sessions.
///
/// A session is known by all that its request says: role, policy, session name, external id, source identity, duration. Its
/// credentials are kept and renewed as [`Cached`] does it, one call of STS at a time for each session. Beyond so many sessions,
/// those that are used least make room. Expired ones are removed whenever a session is begun or renewed, and by
/// [`remove_expired`](Self::remove_expired); secrets are overwritten when the last clone of the credentials goes. Nothing is written
/// anywhere.
///
/// So many calls of STS at a time and a second are not exceeded, however many sessions are asked for: the service allows an
/// account 100 calls a second, all its programs together. Who has to wait for that waits in a queue, and leaves it when
/// dropped (by a timeout of the caller's own, say).
///
/// ```
/// use ali_sts::provider::SessionStore;
/// use ali_sts::{Client, session_name_for};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = sts_emulator::Emulator::start().await?;
/// # let sts = Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials()).build()?;
///
/// let store = SessionStore::new(sts);
/// for user in ["alice@example.com", "bob@example.com", "alice@example.com"] {
///     let session = store.assume_role(emulator.role_arn()).session_name(session_name_for(user));
///     let credentials = session.credentials().await?;
///     assert!(credentials.expiration().is_some());
/// }
/// assert_eq!(store.len(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionStore(Arc<Shared>);

struct Shared {
    sessions: Cache<Arc<AssumeRoleInput>, Cached<Session>>,
    expiries: Expiries,
    minting: Arc<Minting>,
}

/// The settings of a [`SessionStore`]; every one has a default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct SessionStoreBuilder {
    client: Client,
    sessions: usize,
    concurrent: usize,
    per_second: NonZeroU32,
}

impl SessionStore {
    /// A store whose sessions the client begins, with all defaults.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self::builder(client).build()
    }

    /// Starts a store whose settings are to be chosen.
    pub fn builder(client: Client) -> SessionStoreBuilder {
        let per_second = NonZeroU32::MIN.saturating_add(49);
        SessionStoreBuilder { client, sessions: 10_000, concurrent: 16, per_second }
    }

    /// A session to have credentials of: as [`Client::assume_role`], but for
    /// [`credentials`](AssumeRole::credentials) at the end.
    pub fn assume_role<R>(&self, role_arn: R) -> AssumeRole<Self>
    where
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
    {
        AssumeRole::new(self.clone(), role_arn)
    }

    /// How many sessions are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.sessions.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes what has expired, up to a minute ago. It happens by itself whenever a session is begun or renewed; a service
    /// that may have no calls for hours can see to it.
    pub fn remove_expired(&self) {
        let now = self.0.minting.client.clock().coarse_millis();
        for key in self.0.expiries.due(now) {
            let expiration = |session: &Cached<Session>| session.with(|credentials| credentials.expiration());
            let removed = self.0.sessions.remove_if(&*key, |session| expiration(session).is_none());
            // Renewed meanwhile: it is due later.
            if removed.is_none()
                && let Some(Some(expiration)) = self.0.sessions.get(&*key).as_ref().and_then(expiration)
            {
                self.0.expiries.note(since_1970(expiration), key);
            }
        }
    }

    /// The session, which is begun if there is none.
    fn session(&self, input: &AssumeRoleInput) -> Cached<Session> {
        if let Some(session) = self.0.sessions.get(input) {
            return session;
        }
        let key = Arc::new(input.clone());
        let new = || Ok::<_, std::convert::Infallible>(self.0.minting.begin(&key));
        match self.0.sessions.get_or_insert_with(&key, new) {
            Ok(session) => session,
            Err(never) => match never {},
        }
    }
}

impl SessionStoreBuilder {
    /// How many sessions are kept; default 10,000. One takes about two kilobytes, most of it the credentials' own.
    pub fn max_sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions;
        self
    }

    /// How many calls of STS are made at a time; default 16, at least one.
    pub fn max_concurrent(mut self, calls: usize) -> Self {
        self.concurrent = calls;
        self
    }

    /// How many calls of STS are begun in a second; default 50, half of what the service allows an account.
    pub fn max_per_second(mut self, calls: NonZeroU32) -> Self {
        self.per_second = calls;
        self
    }

    /// Makes the store. Sends and starts nothing.
    #[must_use]
    pub fn build(self) -> SessionStore {
        let interval = Duration::from_secs(1) / self.per_second.get();
        SessionStore(Arc::new(Shared {
            sessions: Cache::new(self.sessions),
            expiries: Expiries::default(),
            minting: Arc::new(Minting::new(self.client, self.concurrent, interval)),
        }))
    }
}

impl AssumeRole<SessionStore> {
    /// The session's credentials: those that are kept, or new ones. The same request can be asked again and again.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] before anything is sent; else [`Error::Credentials`], whose innermost
    /// [`source`](std::error::Error::source) is the [`Error`] of the call.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        let session = self.client.session(self.checked()?);
        let credentials = session.provide_credentials().await.map_err(CredentialsError::from)?;
        // Told here and not by the session itself, which knows nothing of the store it is in.
        let renewed = &session.provider().renewed;
        if renewed.load(Ordering::Relaxed) && renewed.swap(false, Ordering::Relaxed) {
            if let Some(expiration) = credentials.expiration() {
                let key = Arc::clone(&session.provider().input);
                self.client.0.expiries.note(since_1970(expiration), key);
            }
            self.client.remove_expired();
        }
        Ok(credentials)
    }

    /// Drops these credentials, if they are what is kept for the session, because a service refused them: see
    /// [`Cached::invalidate`].
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn invalidate(&self, rejected: &Credentials) -> bool {
        let session = self.checked().ok().and_then(|input| self.client.0.sessions.get(input));
        session.is_some_and(|session| session.invalidate(rejected))
    }

    fn checked(&self) -> Result<&AssumeRoleInput, InvalidInput> {
        self.input().as_ref().map_err(Clone::clone)
    }
}

/// How many sessions there are; nothing of them.
impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionStore")
            .field("client", &self.0.minting.client)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
