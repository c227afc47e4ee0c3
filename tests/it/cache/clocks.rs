//! Clocks that are wrong, are set, or go on while the machine sleeps.

use super::{HOUR, Provider, SECOND, Time, assert_good, builder, cached};
use ali_sts::ProvideCredentials as _;
use std::time::Duration;

/// Works until the given time.
fn works_for_a_minute(time: &Time) -> Provider {
    let mut provider = Provider::new(time, HOUR);
    provider.fails = |_, at| at > 60 * SECOND;
    provider
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_prolongs_nothing() {
    for back in [-61, -600, -3000, -86_400] {
        let time = Time::start();
        let cached = builder(works_for_a_minute(&time)).build();
        cached.provide_credentials().await.unwrap();
        tokio::time::sleep(1800 * SECOND).await;
        time.set_by(back);
        while time.elapsed() < 2 * HOUR {
            cached.with(|credentials| assert_good(credentials, time.truth()));
            if let Ok(credentials) = cached.provide_credentials().await {
                assert_good(&credentials, time.truth());
            } else {
                assert!(time.elapsed() >= HOUR, "refused at {:?} after {back}", time.elapsed());
            }
            tokio::time::sleep(7 * SECOND).await;
        }
        assert!(cached.provide_credentials().await.is_err());
    }
}

/// The machine sleeps: the monotonic clock stands still, the time goes on.
#[tokio::test(start_paused = true)]
async fn what_expired_in_the_machines_sleep_is_not_handed_out() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    cached.provide_credentials().await.unwrap();
    // By this machine's clock, which is right: two hours on.
    time.set_by(2 * 3600);
    assert!(cached.with(|_| ()).is_none());
    // What is given now is dated by the service, which the test's time has an hour behind: it has expired.
    let error = cached.provide_credentials().await.unwrap_err();
    assert!(error.to_string().contains("is this machine's clock right?"), "{error}");
    time.set_by(0);
    assert_good(&cached.provide_credentials().await.unwrap(), time.truth());
}

/// A clock that is wrong from the start and then put right.
#[tokio::test(start_paused = true)]
async fn a_wrong_clock_that_is_put_right() {
    for wrong in [-1800, 1800] {
        let time = Time::start();
        time.set_by(wrong);
        let cached = cached(&time, HOUR);
        for step in 0..500 {
            let credentials = cached.provide_credentials().await.unwrap();
            // With the clock behind, credentials may be handed out for too long until somebody learns the time.
            if wrong > 0 || step >= 100 {
                assert_good(&credentials, time.truth());
            }
            if step == 100 {
                time.set_by(0);
            }
            tokio::time::sleep(Duration::from_secs(20)).await;
        }
    }
}
