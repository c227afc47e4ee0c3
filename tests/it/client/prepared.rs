//! Requests that are prepared once, and the provider made of one.

use super::{HOUR, ROLE, builder};
use crate::transport::{Recorder, Say, Scripted, granted, refused};
use ali_sts::provider::{Cached, RamRole};
use ali_sts::{
    Client, Clock, Credentials, ErrorKind, IdentityType, ProvideCredentials, ProviderError,
    ProviderErrorKind, RetryPolicy, SignatureScheme,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use sts_emulator::Emulator;

const SCHEMES: [SignatureScheme; 2] = [SignatureScheme::RpcV1, SignatureScheme::Acs3];

#[tokio::test]
async fn sent_many_times_and_signed_anew_each_time() {
    let emulator = Emulator::start().await.unwrap();
    for scheme in SCHEMES {
        let recorder = Recorder::new();
        let sts = builder(&emulator).signature(scheme).transport(recorder.clone()).build().unwrap();
        let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;
        let call = || sts.assume_role(emulator.role_arn()).policy(policy).source_identity("alice");
        let prepared = call().prepare().unwrap();
        for _ in 0..3 {
            assert_eq!(prepared.send().await.unwrap().source_identity.as_deref(), Some("alice"));
        }
        call().send().await.unwrap();
        let sent = recorder.sent();
        let like_the_plain_call = sent.last().unwrap().own_params();
        assert!(sent.iter().all(|sent| sent.own_params() == like_the_plain_call));
    }
}

/// Gives a session of its own to each call.
#[derive(Debug)]
struct Rotating(Client, String);

impl ProvideCredentials for Rotating {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        Ok(self.0.assume_role(self.1.as_str()).send().await.unwrap().credentials)
    }

    fn is_cached(&self) -> bool {
        true // so that the client asks each time
    }
}

#[tokio::test]
async fn other_credentials_are_noticed() {
    let emulator = Emulator::start().await.unwrap();
    for scheme in SCHEMES {
        let rotating = Rotating(super::client(&emulator), emulator.role_arn().to_owned());
        let sts = builder(&emulator).signature(scheme).credentials(rotating).build().unwrap();
        let prepared = sts.assume_role(emulator.role_arn()).prepare().unwrap();
        for _ in 0..2 {
            prepared.send().await.unwrap();
        }
    }
}

#[test]
fn a_value_of_the_wrong_form_is_told_when_it_is_prepared() {
    let sts = Client::builder().build().unwrap();
    let error = sts.assume_role(ROLE).session_name("a b").prepare().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidParameterValue);
}

#[tokio::test]
async fn a_role_signs_for_a_client_of_its_own() {
    let emulator = Emulator::start().await.unwrap();
    let role = super::client(&emulator).assume_role(emulator.role_arn()).session_name("app").into_provider();
    let sts = builder(&emulator).credentials(role).build().unwrap();
    for _ in 0..3 {
        let identity = sts.get_caller_identity().send().await.unwrap();
        assert_eq!(identity.identity_type, IdentityType::AssumedRoleUser);
    }
    // One AssumeRole for all.
    assert_eq!(emulator.requests().len(), 1 + 3);
}

/// A provider over scripted answers, by a clock that is set; answers expire at 10:00 by it, asked from 09:00 on.
fn role(say: impl Fn(usize) -> Say + Send + Sync + 'static) -> (Cached<RamRole>, Scripted, Arc<AtomicU64>) {
    let scripted = Scripted::new(say);
    let seconds = Arc::new(AtomicU64::new(0));
    let time = Arc::clone(&seconds);
    // `granted()` expires then.
    let expiration = crate::wire::granted_expiration();
    let clock = Clock::from_fn(move || expiration - HOUR + Duration::from_secs(time.load(Ordering::Relaxed)));
    let sts = Client::builder().credentials(Credentials::new("id", "secret")).transport(scripted.clone());
    let sts = sts.retry(RetryPolicy::never()).clock(clock).build().unwrap();
    (sts.assume_role(ROLE).into_provider(), scripted, seconds)
}

/// What the cache does is tested with the cache; that this is one, and goes by the client's clock, is tested here.
#[tokio::test]
async fn credentials_of_a_role_are_kept_by_the_clients_clock() {
    let (role, scripted, time) = role(|_| granted());
    for (seconds, asked) in [(0, 1), (2699, 1), (3590, 2)] {
        time.store(seconds, Ordering::Relaxed);
        let credentials = role.provide_credentials().await.unwrap();
        assert_eq!(scripted.sent().len(), asked, "{seconds}");
        assert_eq!(credentials.provider_name(), Some("ram_role_arn"));
    }
}

#[tokio::test]
async fn a_failure_gives_what_is_valid_and_never_what_has_expired() {
    let (role, scripted, time) =
        role(|number| if number == 0 { granted() } else { refused(403, &[], "NoPermission") });
    let first = role.provide_credentials().await.unwrap();
    time.store(3599, Ordering::Relaxed);
    let second = role.provide_credentials().await.unwrap();
    assert_eq!((first.access_key_id(), scripted.sent().len()), (second.access_key_id(), 2));
    time.store(3600, Ordering::Relaxed);
    let error = role.provide_credentials().await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Failed);
    assert_eq!(error.to_string(), "no credentials from ram_role_arn: the role could not be assumed");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("NoPermission"), "{cause}");
}

/// A client keeps what its provider gives, and asks again when the service says that it has expired.
#[tokio::test]
async fn a_client_keeps_what_its_provider_gives() {
    #[derive(Debug, Default)]
    struct Counting(Arc<AtomicU64>);
    impl ProvideCredentials for Counting {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Credentials::new(format!("id{number}"), "secret"))
        }
    }
    let asked = Arc::new(AtomicU64::new(0));
    let scripted = Scripted::new(|number| {
        if number == 2 { refused(400, &[], "InvalidSecurityToken.Expired") } else { granted() }
    });
    let sts = Client::builder().credentials(Counting(Arc::clone(&asked))).transport(scripted.clone());
    let sts = sts.build().unwrap();
    for (sent, expected) in [(1, 1), (2, 1), (4, 2), (5, 2)] {
        sts.assume_role(ROLE).send().await.unwrap();
        assert_eq!((scripted.sent().len(), asked.load(Ordering::Relaxed)), (sent, expected));
    }
}

#[tokio::test]
async fn many_who_ask_at_once_are_one_call_even_when_the_first_gives_up() {
    let (role, scripted, _) = role(|number| if number == 0 { Say::Nothing } else { granted() });
    let first = tokio::spawn({
        let role = role.clone();
        async move { role.provide_credentials().await }
    });
    while scripted.sent().is_empty() {
        tokio::task::yield_now().await;
    }
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let role = role.clone();
            tokio::spawn(async move { role.provide_credentials().await.unwrap() })
        })
        .collect();
    first.abort();
    for asked in waiting {
        asked.await.unwrap();
    }
    assert_eq!(scripted.sent().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_with_the_request_is_told_by_the_provider() {
    let sts = Client::builder().build().unwrap();
    let error = sts.assume_role("no role").into_provider().provide_credentials().await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Invalid);
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("role"), "{cause}");
    // No credentials to assume it with.
    let error = sts.assume_role(ROLE).into_provider().provide_credentials().await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Invalid);
}
