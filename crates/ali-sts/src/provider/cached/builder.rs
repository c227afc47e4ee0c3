//! A cache's settings.

use super::Cached;
use super::engine::Engine;
use super::schedule::Windows;
use crate::clock::Clock;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sts_types::ProvideCredentials;

/// The settings of a [`Cached`]; every one has a default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct CachedBuilder<P> {
    provider: P,
    clock: Clock,
    windows: Windows,
    timeout: Duration,
}

impl<P: ProvideCredentials> CachedBuilder<P> {
    pub(super) fn new(provider: P) -> Self {
        let windows = Windows { refresh: None, minimum: Duration::ZERO };
        Self { provider, clock: Clock::default(), windows, timeout: Duration::from_secs(60) }
    }

    /// How long before the end others are asked for, in the background; default a quarter of the lifetime, up to an hour.
    /// Half of the lifetime is the most that counts: fifteen minutes would have credentials of fifteen minutes asked for
    /// at each call.
    pub fn refresh_window(mut self, window: Duration) -> Self {
        self.windows.refresh = Some(window);
        self
    }

    /// Credentials that are valid for less than this are not handed out, whatever happens; default zero. For a single call
    /// there is [`Cached::provide_credentials_valid_for`].
    pub fn minimum_validity(mut self, validity: Duration) -> Self {
        self.windows.minimum = validity;
        self
    }

    /// How long the provider may take before a refresh counts as failed; default 60 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The clock that tells what has expired; default the system's. Take the client's ([`Client::clock`](crate::Client::clock))
    /// where there is one: it knows by how much this machine's is wrong.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Makes the cache. Asks the provider nothing yet.
    #[must_use]
    pub fn build(self) -> Cached<P> {
        Cached(Arc::new(Engine::new(self.provider, self.clock, self.windows, self.timeout, Mutex::new)))
    }
}
