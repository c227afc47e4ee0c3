//! What begins sessions, no faster than it should.

use crate::client::Client;
use crate::clock;
use crate::operation::assume_role::call;
use crate::provider::Cached;
use crate::provider::ram_role::{NAME, failed};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use sts_types::{AssumeRoleInput, Credentials, ProvideCredentials, ProviderError};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

pub(super) struct Minting {
    pub(super) client: Client,
    calls: Semaphore,
    /// Between the beginnings of two calls.
    interval: Duration,
    next: Mutex<Option<Instant>>,
}

/// One session: asks STS each time it is asked.
pub(crate) struct Session {
    pub(super) input: Arc<AssumeRoleInput>,
    /// Since somebody last looked.
    pub(super) renewed: AtomicBool,
    minting: Arc<Minting>,
}

impl Minting {
    pub(super) fn new(client: Client, calls: usize, interval: Duration) -> Self {
        let calls = Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS));
        Self { client, calls, interval, next: Mutex::new(None) }
    }

    pub(super) fn begin(self: &Arc<Self>, input: &Arc<AssumeRoleInput>) -> Cached<Session> {
        /// In the queue, besides the call itself.
        const QUEUE: Duration = Duration::from_secs(60);
        let session =
            Session { input: Arc::clone(input), renewed: AtomicBool::new(false), minting: Arc::clone(self) };
        let timeout = self.client.0.retry.overall().saturating_add(QUEUE);
        Cached::builder(session).clock(self.client.clock().clone()).timeout(timeout).build()
    }

    /// Waits until the next call may begin.
    async fn turn(&self) {
        let now = clock::instant();
        let turn = {
            // Nobody panics while it is held, and it would be whole all the same.
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + self.interval);
            turn
        };
        if turn > now {
            sleep_until(turn).await;
        }
    }
}

impl ProvideCredentials for Session {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        // It is never closed.
        let _permit = self.minting.calls.acquire().await;
        self.minting.turn().await;
        let out = call(&self.minting.client, &self.input, None).await.map_err(failed)?;
        self.renewed.store(true, Ordering::Relaxed);
        Ok(out.credentials.with_provider_name(NAME))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("input", &self.input).finish_non_exhaustive()
    }
}
