//! What the cache table compares: the current credentials, checked for expiry, again and again. Part of the library so that
//! the program that times them and the one that counts their allocations have the same contenders.

#[cfg(feature = "smithy")]
mod smithy;

use crate::Result;
use ali_sts::provider::Cached;
use ali_sts::{Credentials, ProvideCredentials, ProviderError, SharedProvider};
use arc_swap::ArcSwap;
use nix::time::{ClockId, clock_gettime};
use reqsign_core::time::Timestamp;
use reqsign_core::{Context, ProvideCredential, SignRequest, Signer, SigningCredential};
use std::hint::black_box;
use std::sync::{Arc, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// One way of getting them. `work` does it so many times; it is called from several threads at a time.
pub struct Contender {
    pub what: &'static str,
    pub work: Box<dyn Fn(u32) + Send + Sync>,
}

fn contender(what: &'static str, work: impl Fn(u32) + Send + Sync + 'static) -> Contender {
    Contender { what, work: Box::new(work) }
}

const HOUR: Duration = Duration::from_secs(3600);

/// Gives credentials of an hour.
#[derive(Debug)]
struct Hourly;

fn hourly() -> Credentials {
    Credentials::new("STS.NTExample", "secret")
        .with_security_token("token")
        .with_expiration(SystemTime::now() + HOUR)
}

impl ProvideCredentials for Hourly {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        Ok(hourly())
    }
}

/// Runs a loop of awaits as a program's task would, on a runtime of this thread alone.
fn awaited<F: Future<Output = ()>>(work: impl FnOnce() -> F) {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    }
    RUNTIME.with(|runtime| runtime.block_on(work()));
}

/// What readers keep who write it themselves.
struct Kept {
    credentials: Credentials,
    expires: SystemTime,
    expires_millis: i64,
}

impl Kept {
    fn new() -> Self {
        let credentials = hourly();
        let expires = credentials.expiration().unwrap_or(UNIX_EPOCH);
        let since = expires.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { credentials, expires, expires_millis: i64::try_from(since.as_millis()).unwrap_or_default() }
    }
}

fn coarse_millis() -> i64 {
    let time = clock_gettime(ClockId::CLOCK_REALTIME_COARSE).expect("Linux has this clock");
    time.tv_sec() * 1000 + time.tv_nsec() / 1_000_000
}

/// The first is the floor of the others.
pub fn contenders() -> Result<Vec<Contender>> {
    let floor = ArcSwap::from_pointee(Kept::new());
    let full = ArcSwap::from_pointee(Kept::new());
    let locked = RwLock::new(Some(Arc::new(Kept::new())));
    let lent = Cached::new(Hourly);
    awaited(async || {
        lent.provide_credentials().await.expect("credentials");
    });
    let owned = lent.clone();
    let erased = SharedProvider::new(lent.clone());
    let signer = Signer::new(Context::new(), ReqsignHourly, SignsNothing);
    #[cfg_attr(not(feature = "smithy"), expect(unused_mut, reason = "with smithy there are more"))]
    let mut contenders = vec![
        contender("floor: arc-swap guard, coarse clock", move |times| {
            for _ in 0..times {
                let kept = floor.load();
                assert!(coarse_millis() < kept.expires_millis);
                black_box(kept.credentials.access_key_id());
            }
        }),
        contender("`Cached::with`", move |times| {
            for _ in 0..times {
                lent.with(|credentials| _ = black_box(credentials.access_key_id())).expect("credentials");
            }
        }),
        contender("`Cached::provide_credentials().await`, owned", move |times| {
            awaited(async || {
                for _ in 0..times {
                    black_box(owned.provide_credentials().await.expect("credentials"));
                }
            });
        }),
        contender("the same through a `SharedProvider`", move |times| {
            awaited(async || {
                for _ in 0..times {
                    black_box(erased.provide_credentials().await.expect("credentials"));
                }
            });
        }),
        contender("arc-swap `load_full`, SystemTime", move |times| {
            for _ in 0..times {
                let kept = full.load_full();
                assert!(SystemTime::now() < kept.expires);
                black_box(kept.credentials.access_key_id());
            }
        }),
        contender("`RwLock<Option<Arc>>` cloned, SystemTime", move |times| {
            for _ in 0..times {
                let kept = locked.read().expect("no panic").clone().expect("credentials");
                assert!(SystemTime::now() < kept.expires);
                black_box(kept.credentials.access_key_id());
            }
        }),
        contender("reqsign-core `Signer::sign` that signs nothing", move |times| {
            awaited(async || {
                let (mut head, ()) = http::Request::new(()).into_parts();
                for _ in 0..times {
                    signer.sign(&mut head, None).await.expect("a signature");
                }
            });
        }),
    ];
    #[cfg(feature = "smithy")]
    contenders.push(smithy::contender()?);
    Ok(contenders)
}

#[derive(Debug, Clone)]
struct ReqsignCredential(Timestamp);

impl SigningCredential for ReqsignCredential {
    fn is_valid(&self) -> bool {
        Timestamp::now() < self.0
    }
}

#[derive(Debug)]
struct ReqsignHourly;

impl ProvideCredential for ReqsignHourly {
    type Credential = ReqsignCredential;

    async fn provide_credential(&self, _: &Context) -> reqsign_core::Result<Option<ReqsignCredential>> {
        Ok(Some(ReqsignCredential(Timestamp::now() + HOUR)))
    }
}

#[derive(Debug)]
struct SignsNothing;

impl SignRequest for SignsNothing {
    type Credential = ReqsignCredential;

    async fn sign_request(
        &self,
        _: &Context,
        _: &mut http::request::Parts,
        credential: Option<&ReqsignCredential>,
        _: Option<Duration>,
    ) -> reqsign_core::Result<()> {
        black_box(credential);
        Ok(())
    }
}
