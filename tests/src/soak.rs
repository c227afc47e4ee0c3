//! A cache used by many tasks for a long time, over a provider that does everything wrong that a provider can do.

use ali_sts::Clock;
use ali_sts::provider::{CacheStats, Cached};
use ali_sts::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// What is to be done.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Of the credentials.
    pub lifetime: Duration,
    /// How many use the cache.
    pub tasks: u32,
    /// For how long.
    pub length: Duration,
    /// Between two calls of a task, on average.
    pub pause: Duration,
    /// Of what looks random.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Calls that gave or lent credentials.
    pub handed_out: u64,
    /// An error, or nothing to lend.
    pub refused: u64,
    /// Handed out though expired before the call began: must be zero.
    pub expired: u64,
    /// Expired when the caller looked, but not when the call began: by the time that the task was not run.
    pub late: u64,
    /// Id, secret and token of different credentials: must be zero.
    pub mixed: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.handed_out += other.handed_out;
        self.refused += other.refused;
        self.expired += other.expired;
        self.late += other.late;
        self.mixed += other.mixed;
    }
}

/// A time to judge by.
#[derive(Clone)]
pub struct Truth(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Truth {
    /// Of whatever clock.
    pub fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl fmt::Debug for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Truth")
    }
}

/// Numbers that look random and are the same each time (xorshift).
#[derive(Debug, Clone, Copy)]
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// Gives credentials that tell whether they are of one piece, or does something wrong.
#[derive(Debug)]
pub struct Faulty {
    plan: Plan,
    truth: Truth,
    began: SystemTime,
    asked: AtomicU64,
}

impl ProvideCredentials for Faulty {
    #[expect(clippy::panic, reason = "one of the things that go wrong")]
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed);
        let mut chance = Chance(self.plan.seed ^ (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        sleep(self.plan.lifetime / 200 * u32::try_from(chance.below(8)).unwrap_or_default()).await;
        let failure = |message| Err(ProviderError::new(ProviderErrorKind::Failed, "soak", message));
        // Out of order for longer than a lifetime, every ten lifetimes.
        let at = self.truth.now().duration_since(self.began).unwrap_or_default();
        if (at.as_millis() / self.plan.lifetime.as_millis().max(1)) % 10 == 9 {
            return failure("out of order");
        }
        let credentials = Credentials::new(format!("STS.{number}"), format!("secret {number}"))
            .with_security_token(format!("token {number}"));
        let now = self.truth.now();
        match chance.below(20) {
            0 | 1 => failure("failed"),
            2 => std::future::pending().await,
            3 => panic!("a provider that panics"),
            4 => Ok(credentials.with_expiration(now - Duration::from_secs(1))),
            5 => Ok(credentials.with_expiration(now + self.plan.lifetime / 10)),
            _ => Ok(credentials.with_expiration(now + self.plan.lifetime)),
        }
    }
}

/// A cache over the provider that does everything wrong.
#[must_use]
pub fn cache(plan: &Plan, clock: Clock, truth: &Truth) -> Cached<Faulty> {
    let faulty =
        Faulty { plan: plan.clone(), began: truth.now(), truth: truth.clone(), asked: AtomicU64::new(0) };
    Cached::builder(faulty).clock(clock).timeout(plan.lifetime / 4).build()
}

/// Uses the cache, over whatever provider, for the plan's time.
pub async fn soak<P: ProvideCredentials>(
    plan: &Plan,
    cached: &Cached<P>,
    truth: &Truth,
    wholeness: &Wholeness,
) -> (Counts, CacheStats) {
    let end = truth.now() + plan.length;
    let mut tasks = JoinSet::new();
    for number in 0..plan.tasks {
        let (plan, cached, truth) = (plan.clone(), cached.clone(), truth.clone());
        let wholeness = wholeness.clone();
        let mut chance = Chance(plan.seed ^ u64::from(number + 1).wrapping_mul(0xd134_2543_de82_ef95));
        tasks.spawn(async move {
            let mut counts = Counts::default();
            while truth.now() < end {
                let pause = plan.pause / 100 * u32::try_from(chance.below(200)).unwrap_or_default();
                sleep(pause).await;
                // In a task of its own, since a provider's panic is the panic of whoever asks it.
                let (cached, truth, plan) = (cached.clone(), truth.clone(), plan.clone());
                let wholeness = wholeness.clone();
                let what = chance.below(1000);
                let called =
                    tokio::spawn(async move { call(what, &plan, &cached, &truth, &wholeness).await }).await;
                // A panic is nothing that was handed out.
                counts.add(&called.unwrap_or_default());
            }
            counts
        });
    }
    let mut all = Counts::default();
    while let Some(counts) = tasks.join_next().await {
        all.add(&counts.unwrap_or_default());
    }
    (all, cached.stats())
}

/// One call, of one kind or another.
async fn call<P: ProvideCredentials>(
    what: u64,
    plan: &Plan,
    cached: &Cached<P>,
    truth: &Truth,
    wholeness: &Wholeness,
) -> Counts {
    let mut counts = Counts::default();
    let before = truth.now();
    let given = match what {
        // Lent: judged while it is.
        0..400 => {
            if cached.with(|lent| judge(lent, before, truth, wholeness, &mut counts)).is_none() {
                counts.refused += 1;
            }
            return counts;
        }
        // Given up soon.
        400..500 => match timeout(plan.lifetime / 400, cached.provide_credentials()).await {
            Ok(given) => given,
            Err(_) => return counts,
        },
        500..600 => cached.provide_credentials_valid_for(plan.lifetime / 4).await,
        _ => cached.provide_credentials().await,
    };
    match given {
        Ok(credentials) => {
            judge(&credentials, before, truth, wholeness, &mut counts);
            if what == 999 {
                cached.invalidate(&credentials);
            }
        }
        Err(_) => counts.refused += 1,
    }
    counts
}

fn judge(
    credentials: &Credentials,
    before: SystemTime,
    truth: &Truth,
    wholeness: &Wholeness,
    counts: &mut Counts,
) {
    counts.handed_out += 1;
    let expiration = credentials.expiration();
    if expiration.is_none_or(|expiration| expiration <= before) {
        counts.expired += 1;
    } else if expiration.is_none_or(|expiration| expiration <= truth.now()) {
        counts.late += 1;
    }
    if !(wholeness.0)(credentials) {
        counts.mixed += 1;
    }
}

/// Tells whether id, secret and token belong together.
#[derive(Clone)]
pub struct Wholeness(Arc<dyn Fn(&Credentials) -> bool + Send + Sync>);

impl Wholeness {
    /// Of the credentials of [`Faulty`], which bear one number each.
    #[must_use]
    pub fn by_number() -> Self {
        Self(Arc::new(|credentials| {
            let number = credentials.access_key_id().strip_prefix("STS.").unwrap_or_default();
            let secret = credentials.access_key_secret().expose_secret();
            let token = credentials.security_token().map_or("", |token| token.expose_secret());
            secret.strip_prefix("secret ") == Some(number) && token.strip_prefix("token ") == Some(number)
        }))
    }
}

impl fmt::Debug for Wholeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wholeness")
    }
}

/// Passes on what another provider gives, and remembers what belongs together.
#[derive(Debug)]
pub struct Remembered<P> {
    provider: P,
    given: Arc<Mutex<HashMap<String, [String; 2]>>>,
}

impl<P: ProvideCredentials> Remembered<P> {
    /// With what it remembers.
    pub fn new(provider: P) -> (Self, Wholeness) {
        let given = Arc::<Mutex<HashMap<String, [String; 2]>>>::default();
        let known = Arc::clone(&given);
        let wholeness = Wholeness(Arc::new(move |credentials| {
            let known = known.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(credentials.access_key_id()) == Some(&parts(credentials))
        }));
        (Self { provider, given }, wholeness)
    }
}

fn parts(credentials: &Credentials) -> [String; 2] {
    let token = credentials.security_token().map_or("", |token| token.expose_secret());
    [credentials.access_key_secret().expose_secret().to_owned(), token.to_owned()]
}

impl<P: ProvideCredentials> ProvideCredentials for Remembered<P> {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let credentials = self.provider.provide_credentials().await?;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.insert(credentials.access_key_id().to_owned(), parts(&credentials));
        Ok(credentials)
    }
}
