//! How long what is handed out is valid, and what is refused.

use super::{HOUR, Provider, SECOND, Time, builder, cached, crowd, numbered};
use ali_sts::provider::Cached;
use ali_sts::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, SharedProvider};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

#[tokio::test(start_paused = true)]
async fn valid_for_as_long_as_the_caller_needs() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    for (at, needed, asked) in [(0, 3000, 1), (599, 3000, 1), (602, 3000, 2), (603, 3599, 2), (2000, 1, 2)] {
        tokio::time::sleep((at * SECOND).saturating_sub(time.elapsed())).await;
        let credentials = cached.provide_credentials_valid_for(needed * SECOND).await.unwrap();
        assert!(credentials.expiration().unwrap() >= time.truth() + needed * SECOND, "{at}");
        assert_eq!(cached.provider().asked(), asked, "{at}");
    }
    // No number of refreshes makes them valid for longer: none is made.
    let error = cached.provide_credentials_valid_for(2 * HOUR).await.unwrap_err();
    assert!(error.to_string().contains("valid for 3600 s when new"), "{error}");
    assert_eq!((error.kind(), cached.provider().asked()), (ProviderErrorKind::Failed, 2));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_last_long_enough_is_told_though_it_is_valid() {
    let time = Time::start();
    let mut provider = Provider::new(&time, HOUR);
    provider.fails = |_, at| at > SECOND;
    let cached = builder(provider).build();
    cached.provide_credentials().await.unwrap();
    tokio::time::sleep(1800 * SECOND).await;
    for _ in 0..100 {
        let error = cached.provide_credentials_valid_for(3000 * SECOND).await.unwrap_err();
        assert!(error.to_string().contains("failure"), "{error}");
        cached.provide_credentials().await.unwrap();
    }
    // One failure for all of them, within the time that is waited after it.
    assert_eq!(cached.provider().asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn less_than_the_minimum_is_never_handed_out() {
    let time = Time::start();
    let mut provider = Provider::new(&time, HOUR);
    provider.fails = |_, at| at > SECOND;
    let cached = builder(provider).minimum_validity(600 * SECOND).build();
    cached.provide_credentials().await.unwrap();
    while time.elapsed() < HOUR {
        let left = HOUR.saturating_sub(time.elapsed());
        let handed_out = cached.provide_credentials().await.is_ok();
        assert_eq!(handed_out, left > 599 * SECOND, "{left:?}");
        tokio::time::sleep(10 * SECOND).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_given_expired_is_an_error_and_what_is_valid_stays() {
    let time = Time::start();
    let cached = builder(Provider::new(&time, Duration::ZERO)).build();
    for asked in 1..4 {
        let error = cached.provide_credentials().await.unwrap_err();
        assert!(error.to_string().contains("expired already"), "{error}");
        assert_eq!(cached.provider().asked(), asked);
    }
    let short = Provider::new(&time, HOUR);
    let cached = builder(short).minimum_validity(2 * HOUR).build();
    let error = cached.provide_credentials().await.unwrap_err();
    assert!(error.to_string().contains("less than the minimum validity"), "{error}");
}

/// As the metadata service does: the same credentials until shortly before they expire.
#[tokio::test(start_paused = true)]
async fn a_provider_that_gives_the_same_again_is_not_asked_all_the_time() {
    #[derive(Debug)]
    struct Rotates(Time, AtomicU64);
    impl ProvideCredentials for Rotates {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            self.1.fetch_add(1, Ordering::Relaxed);
            // Six hours each, changed 60 s before the end.
            let rotation = (self.0.elapsed().as_secs() + 60) / 21_600;
            let end = SystemTime::UNIX_EPOCH + 500_000 * HOUR + (rotation + 1) as u32 * 6 * HOUR;
            Ok(numbered(rotation).with_expiration(end))
        }
    }
    let time = Time::start();
    let cached = Cached::builder(Rotates(time.clone(), AtomicU64::new(0))).clock(time.clock()).build();
    while time.elapsed() < 60 * HOUR {
        super::assert_good(&cached.provide_credentials().await.unwrap(), time.truth());
        tokio::time::sleep(5 * SECOND).await;
    }
    // Ten rotations; each a handful of questions, at ever shorter distances.
    let asked = cached.provider().1.load(Ordering::Relaxed);
    assert!((30..=60).contains(&asked), "{asked}");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_are_dropped_and_others_are_not() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    let first = cached.provide_credentials().await.unwrap();
    assert!(!cached.invalidate(&numbered(9)), "somebody else's");
    assert!(cached.invalidate(&first) && cached.with(|_| ()).is_none());
    for credentials in crowd(&cached, 1000).await {
        assert_eq!(credentials.unwrap().access_key_id(), "STS.1");
    }
    // Those who are late with the first one's refusal do no harm.
    assert!(!cached.invalidate(&first));
    assert_eq!((cached.provider().asked(), cached.stats().invalidations), (2, 1));
}

/// A service that refuses whatever it gets.
#[tokio::test(start_paused = true)]
async fn refusals_of_everything_are_no_storm() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    while time.elapsed() < 60 * SECOND {
        let credentials = cached.provide_credentials().await.unwrap();
        cached.invalidate(&credentials);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(cached.provider().asked() <= 61, "{}", cached.provider().asked());
}

#[tokio::test(start_paused = true)]
async fn what_was_lent_stays_whole_while_it_is_replaced() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    let first = cached.provide_credentials().await.unwrap();
    cached.with(|lent| {
        cached.invalidate(lent);
        super::assert_good(lent, time.truth());
    });
    super::assert_good(&first, time.truth());
}

/// A cache in a handle in a cache: refusals reach the innermost.
#[tokio::test(start_paused = true)]
async fn refusals_are_passed_on() {
    let time = Time::start();
    let inner = cached(&time, HOUR);
    let outer = Cached::builder(SharedProvider::new(inner.clone())).clock(time.clock()).build();
    let first = outer.provide_credentials().await.unwrap();
    assert!(outer.invalidate(&first));
    assert_eq!(inner.stats().invalidations, 1);
    assert_eq!(outer.provide_credentials().await.unwrap().access_key_id(), "STS.1");
}
