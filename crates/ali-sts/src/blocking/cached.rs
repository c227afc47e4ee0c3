//! The cache for programs without an async runtime.

use super::Worker;
use crate::error::{CredentialsError, Error};
use crate::provider::{self, CacheStats, CachedBuilder, Explanation};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use sts_types::{Credentials, ProvideCredentials};

/// [`provider::Cached`], whose calls block. It owns one thread, which asks the provider; clones share it, and it ends with the
/// last of them. [`CachedBuilder::build_blocking`] makes one with other settings.
///
/// ```
/// use ali_sts::Credentials;
/// use ali_sts::blocking::Cached;
///
/// let cached = Cached::new(Credentials::new("id", "secret"))?; // any provider
/// assert_eq!(cached.credentials()?.access_key_id(), "id");
/// assert_eq!(cached.with(|credentials| credentials.access_key_id().len()), Some(2));
/// # Ok::<(), ali_sts::Error>(())
/// ```
///
/// Over a chain it is the chain's twin too, and explains it:
///
/// ```no_run
/// use ali_sts::{blocking::Cached, provider};
///
/// let sources = Cached::new(provider::Default::new())?;
/// println!("{}", sources.explain()?);
/// let credentials = sources.credentials()?;
/// # let _ = credentials;
/// # Ok::<(), ali_sts::Error>(())
/// ```
pub struct Cached<P: ProvideCredentials> {
    cached: provider::Cached<P>,
    worker: Arc<Worker>,
}

impl<P: ProvideCredentials> Cached<P> {
    /// Keeps what the provider gives, with all defaults. Asks it nothing yet.
    ///
    /// # Errors
    ///
    /// Of the kind [`Local`](crate::ErrorKind::Local) when no thread can be started.
    pub fn new(provider: P) -> Result<Self, Error> {
        provider::Cached::builder(provider).build_blocking()
    }

    /// As [`provider::Cached::with`]; what is due is refreshed by the cache's thread.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&Credentials) -> R) -> Option<R> {
        self.cached.with_in(&self.worker.runtime, f)
    }

    /// The credentials; asks the provider, or waits for whoever does, when none are kept that are valid.
    ///
    /// # Errors
    ///
    /// [`Error::Credentials`] with the provider's; of the kind [`Local`](crate::ErrorKind::Local) when called from within the
    /// provider itself.
    pub fn credentials(&self) -> Result<Credentials, Error> {
        self.credentials_valid_for(Duration::ZERO)
    }

    /// As [`credentials`](Self::credentials), valid for that long at least.
    ///
    /// # Errors
    ///
    /// As [`provider::Cached::provide_credentials_valid_for`].
    pub fn credentials_valid_for(&self, validity: Duration) -> Result<Credentials, Error> {
        if let Some(credentials) = self.cached.valid_for(validity) {
            return Ok(credentials);
        }
        let cached = self.cached.clone();
        self.worker.run(async move {
            let provided = cached.provide_credentials_valid_for(validity).await;
            Ok(provided.map_err(CredentialsError::from)?)
        })
    }

    /// As [`provider::Cached::invalidate`].
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn invalidate(&self, rejected: &Credentials) -> bool {
        self.cached.invalidate(rejected)
    }

    /// As [`provider::Cached::stats`].
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.cached.stats()
    }
}

impl Cached<provider::Chain> {
    /// As [`provider::Chain::explain`].
    ///
    /// # Errors
    ///
    /// Of the kind [`Local`](crate::ErrorKind::Local) when a source of the user's panics.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let cached = self.cached.clone();
        self.worker.run(async move { Ok(cached.provider().explain().await) })
    }
}

impl Cached<provider::Default> {
    /// As [`provider::Default::explain`].
    ///
    /// # Errors
    ///
    /// As [`credentials`](Self::credentials) of the kind [`Local`](crate::ErrorKind::Local).
    pub fn explain(&self) -> Result<Explanation, Error> {
        let cached = self.cached.clone();
        self.worker.run(async move { Ok(cached.provider().explain().await) })
    }
}

impl<P: ProvideCredentials> CachedBuilder<P> {
    /// Makes a cache whose calls block, and starts its thread.
    ///
    /// # Errors
    ///
    /// Of the kind [`Local`](crate::ErrorKind::Local) when no thread can be started.
    pub fn build_blocking(self) -> Result<Cached<P>, Error> {
        Ok(Cached { cached: self.build(), worker: Arc::new(Worker::start()?) })
    }
}

impl<P: ProvideCredentials> Clone for Cached<P> {
    fn clone(&self) -> Self {
        Self { cached: self.cached.clone(), worker: Arc::clone(&self.worker) }
    }
}

impl<P: ProvideCredentials> fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cached.fmt(f)
    }
}
