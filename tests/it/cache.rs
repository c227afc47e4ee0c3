//! The cache, by its public face, on a paused clock.

mod clocks;
mod schedule;
mod single;
mod soak;
mod validity;

use ali_sts::provider::{Cached, CachedBuilder};
use ali_sts::{Clock, Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A clock that goes with tokio's, and can be set.
#[derive(Debug, Clone)]
struct Time {
    start: Instant,
    set_by_millis: Arc<AtomicI64>,
}

impl Time {
    fn start() -> Self {
        Self { start: Instant::now(), set_by_millis: Arc::default() }
    }

    /// How long it has been.
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The true time: what the service goes by.
    fn truth(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + 500_000 * HOUR + self.elapsed()
    }

    /// What this machine's clock says.
    fn local(&self) -> SystemTime {
        let millis = self.set_by_millis.load(Ordering::Relaxed);
        let by = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 { self.truth() - by } else { self.truth() + by }
    }

    fn set_by(&self, seconds: i64) {
        self.set_by_millis.store(seconds * 1000, Ordering::Relaxed);
    }

    fn clock(&self) -> Clock {
        let time = self.clone();
        Clock::from_fn(move || time.local())
    }
}

/// What the provider does at a time since the start.
type Fails = fn(&Provider, Duration) -> bool;

/// Gives credentials of one lifetime, each time others, after a fifth of a second.
#[derive(Debug)]
struct Provider {
    time: Time,
    lifetime: Duration,
    fails: Fails,
    asked: AtomicU64,
}

impl Provider {
    fn new(time: &Time, lifetime: Duration) -> Self {
        Self { time: time.clone(), lifetime, fails: |_, _| false, asked: AtomicU64::new(0) }
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ProvideCredentials for Provider {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(200)).await;
        if (self.fails)(self, self.time.elapsed()) {
            let message = format!("failure {number}");
            return Err(ProviderError::new(ProviderErrorKind::Failed, "scripted", message));
        }
        Ok(numbered(number).with_expiration(self.time.truth() + self.lifetime))
    }
}

/// Id, secret and token tell that they belong together.
fn numbered(number: u64) -> Credentials {
    Credentials::new(format!("STS.{number}"), format!("secret {number}"))
        .with_security_token(format!("token {number}"))
}

/// Judged without the cache: valid at this time, and of one piece.
fn assert_good(credentials: &Credentials, now: SystemTime) {
    let left = credentials.expiration().unwrap().duration_since(now).unwrap_or_default();
    assert!(!left.is_zero(), "handed out though expired");
    let number = credentials.access_key_id().strip_prefix("STS.").unwrap();
    assert_eq!(credentials.access_key_secret().expose_secret(), format!("secret {number}"));
    assert_eq!(credentials.security_token().unwrap().expose_secret(), format!("token {number}"));
}

fn builder(provider: Provider) -> CachedBuilder<Provider> {
    let clock = provider.time.clock();
    Cached::builder(provider).clock(clock)
}

fn cached(time: &Time, lifetime: Duration) -> Cached<Provider> {
    builder(Provider::new(time, lifetime)).build()
}

/// So many at once; what each got.
async fn crowd(cached: &Cached<Provider>, number: usize) -> Vec<Result<Credentials, ProviderError>> {
    let tasks: Vec<_> = (0..number)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.provide_credentials().await })
        })
        .collect();
    let mut results = Vec::with_capacity(number);
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}
