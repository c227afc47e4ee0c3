//! One refresh at a time, whatever becomes of whoever makes it.

use super::{HOUR, Provider, SECOND, Time, assert_good, builder, cached, crowd, numbered};
use ali_sts::provider::Cached;
use ali_sts::{Client, Credentials, ProvideCredentials, ProviderError, SharedProvider};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

#[tokio::test(start_paused = true)]
async fn those_who_wait_all_get_the_one_failure() {
    let time = Time::start();
    let mut provider = Provider::new(&time, HOUR);
    provider.fails = |_, at| at < SECOND;
    let cached = builder(provider).build();
    for result in crowd(&cached, 10_000).await {
        let error = result.unwrap_err().to_string();
        assert_eq!(error, "no credentials from scripted: failure 0");
    }
    // Not one after the other.
    assert_eq!((cached.provider().asked(), time.elapsed()), (1, Duration::from_millis(200)));
    tokio::time::sleep(SECOND).await;
    cached.provide_credentials().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_dropped_leaves_the_asking_to_another() {
    let time = Time::start();
    let cached = cached(&time, HOUR);
    for _ in 0..5 {
        let leader = cached.clone();
        let leader = tokio::spawn(async move { leader.provide_credentials().await });
        tokio::time::sleep(Duration::from_millis(50)).await;
        let waiting = tokio::spawn({
            let cached = cached.clone();
            async move { cached.provide_credentials().await }
        });
        tokio::task::yield_now().await;
        leader.abort();
        assert_good(&waiting.await.unwrap().unwrap(), time.truth());
        tokio::time::sleep(2 * HOUR).await;
    }
    assert_eq!((cached.stats().abandoned, cached.stats().refreshes, cached.provider().asked()), (5, 5, 10));
}

/// Panics the first time.
#[derive(Debug, Default)]
struct Panics(AtomicU64);

impl ProvideCredentials for Panics {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        // Long enough for others to come.
        for _ in 0..500 {
            tokio::task::yield_now().await;
        }
        match self.0.fetch_add(1, Ordering::Relaxed) {
            0 => panic!("as told"),
            number => Ok(numbered(number)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_panics_is_told_and_the_next_asks_anew() {
    let cached = Cached::new(Panics::default());
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let cached = cached.clone();
            tokio::spawn(async move { cached.provide_credentials().await })
        })
        .collect();
    let mut panicked = 0;
    for task in tasks {
        match task.await {
            Err(_) => panicked += 1,
            Ok(result) => assert!(result.unwrap_err().to_string().contains("panicked")),
        }
    }
    assert_eq!((panicked, cached.stats().failures), (1, 1));
    assert_eq!(cached.provide_credentials().await.unwrap().access_key_id(), "STS.1");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_is_given_up() {
    #[derive(Debug)]
    struct Silent;
    impl ProvideCredentials for Silent {
        fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
            std::future::pending()
        }
    }
    let time = Time::start();
    let cached = Cached::builder(Silent).timeout(5 * SECOND).build();
    let error = cached.provide_credentials().await.unwrap_err();
    assert!(error.to_string().ends_with("the provider did not answer in time"), "{error}");
    assert_eq!(time.elapsed(), 5 * SECOND);
}

/// Without a runtime there is nothing to spawn on, and no timer.
#[test]
fn outside_of_tokio() {
    #[derive(Debug, Default)]
    struct Ready(AtomicU64);
    impl ProvideCredentials for Ready {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(numbered(number).with_expiration(SystemTime::now() + HOUR))
        }
    }
    fn now<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match future.as_mut().poll(&mut context) {
            std::task::Poll::Ready(result) => result,
            std::task::Poll::Pending => panic!("there is nothing to wait for"),
        }
    }
    let time = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&time);
    let clock = ali_sts::Clock::from_fn(move || {
        SystemTime::now() + Duration::from_secs(read.load(Ordering::Relaxed))
    });
    let cached = Cached::builder(Ready::default()).clock(clock).build();
    assert!(cached.with(|_| ()).is_none());
    let id = |credentials: Result<Credentials, _>| -> String {
        let credentials: Result<_, ProviderError> = credentials;
        credentials.unwrap().access_key_id().to_owned()
    };
    assert_eq!(id(now(cached.provide_credentials())), "STS.0");
    // In the refresh window it is put off, in the last minute it is not.
    time.store(3400, Ordering::Relaxed);
    assert_eq!(id(now(cached.provide_credentials())), "STS.0");
    assert_eq!(cached.with(|credentials| credentials.access_key_id().to_owned()).unwrap(), "STS.0");
    time.store(3590, Ordering::Relaxed);
    assert_eq!(id(now(cached.provide_credentials())), "STS.1");
}

#[test]
fn blocking() {
    let cached = ali_sts::blocking::Cached::new(Panics::default()).unwrap();
    // Panics once, on the cache's thread.
    assert_eq!(cached.credentials().unwrap_err().kind(), ali_sts::ErrorKind::Local);
    assert!(cached.with(|_| ()).is_none());
    let threads = [(); 8].map(|()| {
        let cached = cached.clone();
        std::thread::spawn(move || cached.credentials().unwrap().access_key_id().to_owned())
    });
    for thread in threads {
        assert_eq!(thread.join().unwrap(), "STS.1");
    }
    assert_eq!(cached.with(|credentials| credentials.access_key_id().to_owned()).unwrap(), "STS.1");
    assert!(cached.invalidate(&cached.credentials().unwrap()));
    assert_eq!(cached.credentials_valid_for(HOUR).unwrap().access_key_id(), "STS.2");
    assert_eq!((cached.stats().refreshes, cached.stats().failures), (2, 1));
}

/// What is due is refreshed by the cache's thread, though the caller only borrows.
#[test]
fn blocking_borrowers_are_kept_supplied() {
    #[derive(Debug, Default)]
    struct Ready(AtomicU64);
    impl ProvideCredentials for Ready {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(numbered(number).with_expiration(SystemTime::now() + HOUR))
        }
    }
    let time = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&time);
    let clock = ali_sts::Clock::from_fn(move || {
        SystemTime::now() + Duration::from_secs(read.load(Ordering::Relaxed))
    });
    let cached = Cached::builder(Ready::default()).clock(clock).build_blocking().unwrap();
    cached.credentials().unwrap();
    time.store(3400, Ordering::Relaxed);
    // The first borrower starts it; sooner or later it is there.
    while cached.with(|credentials| credentials.access_key_id() == "STS.0").unwrap() {
        std::thread::yield_now();
    }
}

/// A clone of a cache in a client, a client in a provider: nobody is asked twice, nobody is wrapped twice.
#[tokio::test(start_paused = true)]
async fn static_credentials_and_caches_are_left_as_they_are() {
    let fixed = Cached::new(numbered(7));
    assert_eq!(fixed.with(|credentials| credentials.access_key_id().to_owned()).unwrap(), "STS.7");
    tokio::time::sleep(10_000 * HOUR).await;
    assert_eq!(fixed.provide_credentials().await.unwrap().access_key_id(), "STS.7");
    assert_eq!(fixed.fixed_credentials().unwrap().access_key_id(), "STS.7");

    let time = Time::start();
    let cached = cached(&time, HOUR);
    assert!(cached.is_cached() && SharedProvider::new(cached.clone()).is_cached());
    // The client's calls are the cache's.
    let sts = Client::builder()
        .credentials(cached.clone())
        .transport(crate::transport::Scripted::new(|_| crate::transport::refused(403, &[], "NoPermission")));
    sts.build().unwrap().get_caller_identity().send().await.unwrap_err();
    assert_eq!((cached.stats().refreshes, cached.provider().asked()), (1, 1));
}
