//! The store of many sessions.

use crate::transport::{Scripted, refused};
use ali_sts::provider::SessionStore;
use ali_sts::{Client, Clock, Credentials, Error, ErrorKind, HttpError, SendRequest};
use bytes::Bytes;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use tokio::time::{Instant, sleep, timeout};

const HOUR: Duration = Duration::from_secs(3600);
const ROLE: &str = "acs:ram::123456789012:role/app";

/// Grants every session after a tenth of a second, and knows how many it grants at a time and when.
#[derive(Clone, Default)]
struct Grants(Arc<Seen>);

#[derive(Default)]
struct Seen {
    now: AtomicU64,
    most: AtomicU64,
    all: AtomicU64,
}

impl SendRequest for Grants {
    async fn send_request(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let at_a_time = self.0.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.most.fetch_max(at_a_time, Ordering::Relaxed);
        let number = self.0.all.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(100)).await;
        self.0.now.fetch_sub(1, Ordering::Relaxed);
        // An hour after the clock's start.
        let body = format!(
            r#"{{"RequestId":"r","AssumedRoleUser":{{"AssumedRoleId":"1:a","Arn":"acs:ram::1:role/a"}},"Credentials":{{"AccessKeyId":"STS.{number}","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2027-01-15T09:00:00Z"}}}}"#
        );
        Ok(http::Response::new(Bytes::from(body)))
    }
}

/// 2027-01-15T08:00:00Z, by jiff.
fn start() -> SystemTime {
    let start: jiff::Timestamp = "2027-01-15T08:00:00Z".parse().unwrap();
    SystemTime::UNIX_EPOCH + Duration::from_secs(start.as_second().try_into().unwrap())
}

fn client(grants: impl SendRequest) -> Client {
    let began = Instant::now();
    let clock = Clock::from_fn(move || start() + began.elapsed());
    let sts = Client::builder().credentials(Credentials::new("id", "secret")).clock(clock);
    sts.transport(grants).build().unwrap()
}

async fn id(store: &SessionStore, name: &str) -> String {
    let session = store.assume_role(ROLE).session_name(name);
    session.credentials().await.unwrap().access_key_id().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_session_is_all_that_its_request_says() {
    let store = SessionStore::new(client(Grants::default()));
    let policy = |action: &str| {
        format!(r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
    };
    let base = || store.assume_role(ROLE).session_name("alice");
    let sessions = || {
        [
            base(),
            store.assume_role("acs:ram::123456789012:role/other").session_name("alice"),
            base().session_name("bob"),
            base().policy(policy("oss:GetObject").as_str()),
            base().policy(policy("oss:PutObject").as_str()),
            base().external_id("tenant-7"),
            base().source_identity("alice"),
            base().duration(900),
        ]
    };
    let mut ids = std::collections::HashSet::new();
    for session in sessions() {
        ids.insert(session.credentials().await.unwrap().access_key_id().to_owned());
    }
    assert_eq!((ids.len(), store.len()), (8, 8));
    for session in sessions() {
        assert!(ids.contains(session.credentials().await.unwrap().access_key_id()));
    }
}

#[tokio::test(start_paused = true)]
async fn many_who_ask_for_a_few_sessions_are_a_few_calls() {
    let grants = Grants::default();
    let store = SessionStore::new(client(grants.clone()));
    let asked: Vec<_> = (0..5000)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { id(&store, &format!("user-{}", number % 5)).await })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for asked in asked {
        ids.insert(asked.await.unwrap());
    }
    assert_eq!((ids.len(), grants.0.all.load(Ordering::Relaxed)), (5, 5));
}

#[tokio::test(start_paused = true)]
async fn no_more_calls_at_a_time_and_a_second_than_told() {
    let grants = Grants::default();
    let store = SessionStore::builder(client(grants.clone()))
        .max_concurrent(3)
        .max_per_second(NonZeroU32::new(20).unwrap());
    let store = store.build();
    let began = Instant::now();
    let asked: Vec<_> = (0..100)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { id(&store, &format!("user-{number}")).await })
        })
        .collect();
    for asked in asked {
        asked.await.unwrap();
    }
    // The hundredth begins 99 twentieths of a second after the first, and takes a tenth.
    assert_eq!(began.elapsed().as_millis(), 99 * 50 + 100);
    let most = grants.0.most.load(Ordering::Relaxed);
    assert!((2..=3).contains(&most), "{most}");
    // One at a time: ten a second, whatever the rate would allow.
    let alone = SessionStore::builder(client(grants.clone())).max_concurrent(0).build();
    let began = Instant::now();
    let asked: Vec<_> = (0..10)
        .map(|number| {
            let store = alone.clone();
            tokio::spawn(async move { id(&store, &format!("user-{number}")).await })
        })
        .collect();
    for asked in asked {
        asked.await.unwrap();
    }
    assert_eq!(began.elapsed().as_millis(), 1000);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_in_the_queue_may_leave_it() {
    let store =
        SessionStore::builder(client(Grants::default())).max_concurrent(1).max_per_second(NonZeroU32::MIN);
    let store = store.build();
    let first = tokio::spawn({
        let store = store.clone();
        async move { id(&store, "first").await }
    });
    tokio::task::yield_now().await;
    for number in 0..100 {
        let name = format!("leaves-{number}");
        assert!(timeout(Duration::from_millis(1), id(&store, &name)).await.is_err());
    }
    first.await.unwrap();
    let began = Instant::now();
    id(&store, "stays").await;
    // Its turn is a second after the first one's: nobody who left had one.
    assert!(began.elapsed() <= Duration::from_millis(1100), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_expires_is_removed_and_what_is_used_least_makes_room() {
    let store = SessionStore::builder(client(Grants::default())).max_sessions(100).build();
    for number in 0..50 {
        id(&store, &format!("user-{number}")).await;
    }
    store.remove_expired();
    assert_eq!(store.len(), 50);
    // Expired for less than a minute, and for more.
    sleep(HOUR).await;
    assert_eq!(store.len(), 50);
    sleep(Duration::from_secs(60)).await;
    store.remove_expired();
    assert!(store.is_empty());

    let store = SessionStore::builder(client(Grants::default())).max_sessions(100).build();
    for number in 0..1000 {
        id(&store, &format!("user-{number}")).await;
        id(&store, "often").await;
    }
    assert!((50..=100).contains(&store.len()), "{}", store.len());
    // Still there: it was used most.
    let before = id(&store, "often").await;
    assert_eq!((id(&store, "often").await, before.as_str()), (before.clone(), "STS.1"));
}

#[tokio::test(start_paused = true)]
async fn refusals_and_rejections() {
    let scripted = Scripted::new(|_| refused(403, &[], "NoPermission"));
    let store = SessionStore::new(client(scripted.clone()));
    let session = store.assume_role(ROLE).session_name("alice");
    let error = session.credentials().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
        if let Some(error) = cause.downcast_ref::<Error>() {
            assert_eq!(error.kind(), ErrorKind::TokenRequestDenied);
        }
    }
    assert_eq!(
        store.assume_role("no role").credentials().await.unwrap_err().kind(),
        ErrorKind::InvalidParameterValue
    );

    let store = SessionStore::new(client(Grants::default()));
    let session = store.assume_role(ROLE).session_name("alice");
    let first = session.credentials().await.unwrap();
    assert!(session.invalidate(&first) && !session.invalidate(&first));
    assert_eq!(session.credentials().await.unwrap().access_key_id(), "STS.1");
}
