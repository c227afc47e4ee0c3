//! The provider that a client is given.

use crate::client::builder::{ClientBuilder, Source};
use crate::clock::Clock;
use crate::provider::Cached;
use std::time::Duration;
use sts_types::{ProvideCredentials, SharedProvider};

impl ClientBuilder {
    /// What to sign with: [`Credentials`](crate::Credentials), or a provider, whose credentials are kept and renewed in a
    /// [`Cached`] that goes by the client's clock, unless it [keeps them itself](ProvideCredentials::is_cached); default none, which is
    /// enough for the anonymous operations.
    pub fn credentials(mut self, provider: impl ProvideCredentials) -> Self {
        self.source = Some(Source { provider: SharedProvider::new(provider), keep });
        self
    }
}

fn keep(provider: SharedProvider, clock: &Clock, call: Duration) -> SharedProvider {
    if provider.is_cached() || provider.fixed_credentials().is_some() {
        return provider;
    }
    // A call ends by its own limit, and says so.
    let timeout = call.saturating_add(Duration::from_secs(1));
    SharedProvider::new(Cached::builder(provider).clock(clock.clone()).timeout(timeout).build())
}
