//! Credentials kept and renewed in time.

mod background;
mod builder;
mod engine;
mod machine;
#[cfg(test)]
mod model;
mod schedule;
mod stats;

pub use background::BackgroundRefresh;
pub use builder::CachedBuilder;
pub use stats::CacheStats;

use crate::clock::millis;
use engine::{Answer, Engine, Flight};
use machine::FlightId;
use schedule::Millis;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sts_types::{Credentials, ProvideCredentials, ProviderError};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// Keeps a provider's credentials, and asks it for others in time. Cheap to clone; all clones share what they keep.
///
/// * Handing out takes no lock and waits for nobody. Id, secret and token always belong together.
/// * However many ask, the provider is asked once at a time; all who need the answer wait for the same one, its failure
///   included. If whoever asks is dropped, the next of them asks.
/// * From the *refresh window* on, a quarter of the lifetime but an hour at most before the end (begun later by a random part,
///   so that not everybody asks at once), the first caller starts a refresh in the background, and everybody is
///   served as before. In the last minute, or sixteenth of the lifetime, callers wait for it, up to half of the time that is
///   left.
/// * A refresh that fails while credentials are valid is tried again after one second, two, four, up to five minutes, more
///   often when the end is near. Meanwhile the valid ones are handed out.
/// * What has expired is never handed out. Time is the service's as far as the [`Clock`](crate::Clock) knows it, and goes
///   on while the machine sleeps; a clock that is set back prolongs nothing.
/// * Credentials without an expiration are kept for good, until [`invalidate`](Self::invalidate).
///
/// Background refreshes are tasks of the tokio runtime that the caller is in, one at a time; they end by themselves. Without a
/// runtime there are none, and callers refresh in the last minute.
///
/// ```
/// use ali_sts::provider::{Cached, Environment};
/// use ali_sts::{Credentials, ProvideCredentials, ProviderError};
/// use std::time::{Duration, SystemTime};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
///         let expiration = SystemTime::now() + Duration::from_secs(3600);
///         Ok(Credentials::new("STS.id", "secret").with_security_token("token").with_expiration(expiration))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ProviderError> {
/// let cached = Cached::new(Vault);
/// assert_eq!(cached.with(|credentials| credentials.access_key_id().to_owned()), None); // nobody has asked yet
/// cached.provide_credentials().await?;
/// cached.with(|credentials| assert_eq!(credentials.access_key_id(), "STS.id"));
/// // Good for an upload that takes half an hour.
/// cached.provide_credentials_valid_for(Duration::from_secs(1800)).await?;
/// assert_eq!(cached.stats().refreshes, 1);
/// # Ok(())
/// # }
/// ```
pub struct Cached<P: ProvideCredentials>(Arc<Engine<P>>);

impl<P: ProvideCredentials> Cached<P> {
    /// Keeps what the provider gives, with all defaults. Asks it nothing yet.
    #[must_use]
    pub fn new(provider: P) -> Self {
        Self::builder(provider).build()
    }

    /// Starts a cache whose settings are to be chosen.
    pub fn builder(provider: P) -> CachedBuilder<P> {
        CachedBuilder::new(provider)
    }

    /// Lends the current credentials, without waiting: `None` when none are kept that are valid, as before the first
    /// [`provide_credentials`](ProvideCredentials::provide_credentials). Called within a tokio runtime, it starts the refresh
    /// that is due.
    #[inline]
    pub fn with<R>(&self, f: impl FnOnce(&Credentials) -> R) -> Option<R> {
        let mut f = Some(f);
        let lent = self.0.with_valid(0, |credentials| f.take().map(|f| f(credentials)));
        match lent {
            Some(lent) => lent,
            None => f.and_then(|f| self.with_due(f)),
        }
    }

    /// [`with`](Self::with), with what is due refreshed in this runtime.
    #[cfg(feature = "blocking")]
    #[inline]
    pub(crate) fn with_in<R>(&self, runtime: &Handle, f: impl FnOnce(&Credentials) -> R) -> Option<R> {
        let mut f = Some(f);
        let lent = self.0.with_valid(0, |credentials| f.take().map(|f| f(credentials)));
        match lent {
            Some(lent) => lent,
            None => f.and_then(|f| {
                let _entered = runtime.enter();
                self.with_due(f)
            }),
        }
    }

    /// What can be had without waiting, and with nothing due.
    #[cfg(feature = "blocking")]
    pub(crate) fn valid_for(&self, validity: Duration) -> Option<Credentials> {
        self.0.with_valid(millis(validity), Credentials::clone)
    }

    #[cold]
    fn with_due<R>(&self, f: impl FnOnce(&Credentials) -> R) -> Option<R> {
        let (credentials, _) = self.0.as_it_is(0)?;
        if Handle::try_current().is_ok()
            && let Answer::ServeAndFly(_, flight) | Answer::FlyThenServe(flight) = self.0.ask(0)
        {
            drop(spawn(flight));
        }
        Some(f(&credentials))
    }

    /// Credentials that are valid for that long at least: for a request, or a series of them, that takes its time.
    ///
    /// # Errors
    ///
    /// Those of the provider, and of the kind [`Failed`](sts_types::ProviderErrorKind::Failed) when even new credentials
    /// are valid for less.
    pub async fn provide_credentials_valid_for(
        &self,
        validity: Duration,
    ) -> Result<Credentials, ProviderError> {
        let needed = millis(validity);
        match self.0.with_valid(needed, Credentials::clone) {
            Some(credentials) => Ok(credentials),
            // In a box, so that the usual way's future is small.
            None => Box::pin(self.provide(needed)).await,
        }
    }

    async fn provide(&self, needed: Millis) -> Result<Credentials, ProviderError> {
        loop {
            match self.0.ask(needed) {
                Answer::Serve(credentials) => return Ok(credentials),
                Answer::ServeAndFly(credentials, flight) => {
                    // Without a runtime it is given up, and made when it cannot be put off any more.
                    let _ = spawn(flight);
                    return Ok(credentials);
                }
                Answer::FlyThenServe(flight) => {
                    let id = flight.id;
                    match spawn(flight) {
                        Ok(()) => self.wait_a_while(id).await,
                        // Its failure is told by the cache's log, and hurts nobody yet.
                        Err(flight) => drop(flight.make().await),
                    }
                }
                Answer::WaitThenServe(flight) => self.wait_a_while(flight).await,
                Answer::Fly(flight) => {
                    flight.make().await?;
                    continue;
                }
                Answer::Wait(flight) => match self.0.wait(flight).await {
                    Some(failure) => return Err(failure),
                    None => continue,
                },
                Answer::Refuse(error) => return Err(error),
            }
            if let Some((credentials, _)) = self.0.as_it_is(needed) {
                return Ok(credentials);
            }
        }
    }

    /// Waits for a flight while what is held is still good, and for half of that time at most.
    async fn wait_a_while(&self, flight: FlightId) {
        let waiter = self.0.wait(flight);
        match self.0.as_it_is(0) {
            // However it ends: what is held is handed out then.
            Some((_, left)) if Handle::try_current().is_ok() => drop(timeout(left / 2, waiter).await),
            _ => drop(waiter.await),
        }
    }

    /// Drops these credentials, if they are what is kept, because a service refused them: the next call asks the provider. Whether
    /// they were dropped: others that came meanwhile stay, and within a second of the last time nothing is dropped, since
    /// a service that refuses everything would make each call one for the provider. The provider is told too.
    ///
    /// [`ErrorCode::rejects_credentials`](sts_types::ErrorCode::rejects_credentials) tells which codes mean this.
    pub fn invalidate(&self, rejected: &Credentials) -> bool {
        self.0.provider.invalidate(rejected);
        let dropped = self.0.reject(rejected);
        tracing::debug!(dropped, "credentials were refused");
        dropped
    }

    /// What was done so far.
    #[must_use]
    pub fn stats(&self) -> CacheStats {
        self.0.stats()
    }

    /// The provider that is asked.
    #[must_use]
    pub fn provider(&self) -> &P {
        &self.0.provider
    }
}

/// Makes the flight in the runtime that this is called in; gives it back when there is none.
fn spawn<P: ProvideCredentials>(flight: Flight<P, Lock>) -> Result<(), Flight<P, Lock>> {
    match Handle::try_current() {
        Ok(runtime) => {
            runtime.spawn(flight.make());
            Ok(())
        }
        Err(_) => Err(flight),
    }
}

type Lock = Mutex<engine::State>;

impl<P: ProvideCredentials> ProvideCredentials for Cached<P> {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        self.provide_credentials_valid_for(Duration::ZERO).await
    }

    fn fixed_credentials(&self) -> Option<&Credentials> {
        self.0.provider.fixed_credentials()
    }

    fn is_cached(&self) -> bool {
        true
    }

    fn invalidate(&self, rejected: &Credentials) {
        Self::invalidate(self, rejected);
    }
}

impl<P: ProvideCredentials> Clone for Cached<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// The provider, and nothing of the credentials.
impl<P: ProvideCredentials> fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cached").field(&self.0.provider).finish()
    }
}
