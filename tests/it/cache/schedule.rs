//! When the provider is asked, over whole lifetimes, and by how many.

use super::{HOUR, Provider, SECOND, Time, assert_good, builder, cached, crowd};
use ali_sts::ProvideCredentials as _;
use std::time::Duration;

/// The service's shortest, default and longest.
const LIFETIMES: [Duration; 3] = [Duration::from_secs(900), HOUR, Duration::from_secs(12 * 3600)];

#[tokio::test(start_paused = true)]
async fn ten_thousand_at_once_are_one_call_whatever_is_due() {
    for lifetime in LIFETIMES {
        let time = Time::start();
        let cached = cached(&time, lifetime);
        let provider = cached.provider();
        // Nothing there: all wait for one answer.
        for credentials in crowd(&cached, 10_000).await {
            assert_eq!(credentials.unwrap().access_key_id(), "STS.0");
        }
        assert_eq!((provider.asked(), time.elapsed()), (1, Duration::from_millis(200)));
        // Within the refresh window, wherever it began: nobody waits, one asks.
        let window = (lifetime / 4).min(HOUR);
        tokio::time::sleep(lifetime - window / 2).await;
        let before = time.elapsed();
        for credentials in crowd(&cached, 10_000).await {
            assert_eq!(credentials.unwrap().access_key_id(), "STS.0");
        }
        assert_eq!((provider.asked(), time.elapsed()), (2, before));
        tokio::time::sleep(SECOND).await;
        // Near the end of the second: all wait for the third.
        tokio::time::sleep(lifetime - 20 * SECOND).await;
        for credentials in crowd(&cached, 10_000).await {
            assert_eq!(credentials.unwrap().access_key_id(), "STS.2");
        }
        assert_eq!((provider.asked(), cached.stats().refreshes), (3, 3));
        // Long after the end.
        tokio::time::sleep(3 * lifetime).await;
        for credentials in crowd(&cached, 10_000).await {
            assert_eq!(credentials.unwrap().access_key_id(), "STS.3");
        }
        assert_eq!(provider.asked(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn one_refresh_a_lifetime_between_a_quarter_and_three_sixteenths_before_the_end() {
    for lifetime in LIFETIMES {
        let time = Time::start();
        let cached = cached(&time, lifetime);
        let step = lifetime / 900;
        let window = (lifetime / 4).min(HOUR);
        let (mut last, mut changes) = (String::new(), Vec::new());
        while time.elapsed() < 20 * lifetime {
            let credentials = cached.provide_credentials().await.unwrap();
            assert_good(&credentials, time.truth());
            if credentials.access_key_id() != last {
                last = credentials.access_key_id().to_owned();
                changes.push(time.elapsed());
            }
            tokio::time::sleep(step).await;
        }
        assert_eq!(cached.provider().asked(), u64::try_from(changes.len()).unwrap());
        for pair in changes.windows(2) {
            // The change is seen a step after the refresh began.
            let between = (pair[1] - pair[0]).saturating_sub(step);
            let (earliest, latest) = (lifetime - window, lifetime - window * 3 / 4);
            assert!(
                between + 2 * step >= earliest && between <= latest + step,
                "{between:?} of {lifetime:?}"
            );
        }
        let stats = cached.stats();
        assert_eq!((stats.failures, stats.abandoned), (0, 0));
    }
}

/// An outage that is shorter than the refresh window is nobody's business.
#[tokio::test(start_paused = true)]
async fn a_short_outage_goes_unnoticed() {
    for lifetime in LIFETIMES {
        let time = Time::start();
        let mut provider = Provider::new(&time, lifetime);
        provider.fails = |provider, at| {
            let window = (provider.lifetime / 4).min(HOUR);
            (provider.lifetime - window..provider.lifetime - window / 8).contains(&at)
        };
        let cached = builder(provider).build();
        while time.elapsed() < 2 * lifetime {
            assert_good(&cached.provide_credentials().await.unwrap(), time.truth());
            tokio::time::sleep(lifetime / 900).await;
        }
        let failures = cached.stats().failures;
        // By the doubling alone it would be 10 to 22 within the window; the nearer the end, the more.
        assert!((3..40).contains(&failures), "{failures} of {lifetime:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_fails_for_the_middle_third() {
    for lifetime in LIFETIMES {
        let time = Time::start();
        let mut provider = Provider::new(&time, lifetime);
        provider.fails = |provider, at| (3 * provider.lifetime..6 * provider.lifetime).contains(&at);
        let cached = builder(provider).build();
        let step = lifetime / 300;
        let (mut first_error, mut last_error) = (None, None);
        while time.elapsed() < 9 * lifetime {
            let outage_asked = cached.provider().asked();
            for result in crowd(&cached, 20).await {
                match result {
                    Ok(credentials) => assert_good(&credentials, time.truth()),
                    Err(error) => {
                        assert!(error.to_string().contains("failure"), "{error}");
                        first_error.get_or_insert(time.elapsed());
                        last_error = Some(time.elapsed());
                    }
                }
            }
            assert!(cached.provider().asked() <= outage_asked + 1, "a crowd is one call");
            tokio::time::sleep(step).await;
        }
        // What was given last before the outage was handed out to its end: from its refresh window on it is older than
        // the window leaves it, and not older than its lifetime.
        let window = (lifetime / 4).min(HOUR);
        let first_error = first_error.unwrap();
        assert!((3 * lifetime + window / 2..4 * lifetime + step).contains(&first_error), "{first_error:?}");
        // The first call after the outage is a good one.
        assert!(last_error.unwrap() < 6 * lifetime + step, "{last_error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_chosen_window_that_is_longer_than_the_lifetime_refreshes_at_half_of_it() {
    let time = Time::start();
    let lifetime = Duration::from_secs(900);
    let cached = builder(Provider::new(&time, lifetime)).refresh_window(lifetime).build();
    while time.elapsed() < 20 * lifetime {
        assert_good(&cached.provide_credentials().await.unwrap(), time.truth());
        tokio::time::sleep(SECOND).await;
    }
    // Twice a lifetime, a little less for the jitter: not once a call, as with the official SDKs' fixed 15 minutes.
    assert!((30..=40).contains(&cached.provider().asked()), "{}", cached.provider().asked());
}

#[tokio::test(start_paused = true)]
async fn in_the_background_though_nobody_asks() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    let refresh = cached.refresh_in_background().unwrap();
    tokio::time::sleep(SECOND).await;
    for _ in 0..24 * 60 {
        cached.with(|credentials| assert_good(credentials, time.truth())).expect("there always are some");
        tokio::time::sleep(60 * SECOND).await;
    }
    // A day of 24 lifetimes, each used up to a quarter to three sixteenths.
    let asked = cached.provider().asked();
    assert!((29..=33).contains(&asked), "{asked}");
    drop(refresh);
    tokio::time::sleep(2 * HOUR).await;
    assert_eq!(cached.provider().asked(), asked);
    assert!(cached.with(|_| ()).is_none());
}

#[tokio::test(start_paused = true)]
async fn in_the_background_through_an_outage() {
    let time = Time::start();
    let mut provider = Provider::new(&time, HOUR);
    provider.fails = |_, at| (HOUR / 2..3 * HOUR).contains(&at);
    let cached = builder(provider).build();
    let _refresh = cached.refresh_in_background().unwrap();
    tokio::time::sleep(3 * HOUR).await;
    assert!(cached.with(|_| ()).is_none());
    let failures = cached.stats().failures;
    assert!((20..600).contains(&failures), "{failures}");
    // Tried again within five minutes.
    tokio::time::sleep(HOUR / 12).await;
    assert!(cached.with(|_| ()).is_some());
}

#[test]
fn nothing_is_begun_in_the_background_without_a_runtime() {
    let cached = ali_sts::provider::Cached::new(ali_sts::provider::Environment::new());
    assert_eq!(cached.refresh_in_background().unwrap_err().kind(), ali_sts::ErrorKind::Local);
}
