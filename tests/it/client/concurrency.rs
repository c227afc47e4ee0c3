//! Many calls, several runtimes, no runtime, dropped futures.

use super::{HOUR, ROLE, builder, client};
use crate::transport::{Scripted, granted, refused};
use ali_sts::{Client, Clock, Credentials, Error, ErrorKind, RetryPolicy};
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};
use sts_emulator::{ClockOffset, Emulator};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_a_time() {
    // With a right clock, and with one that is wrong for all of them at once.
    for offset in [ClockOffset::default(), ClockOffset::Ahead(4 * HOUR)] {
        let emulator = Arc::new(Emulator::builder().clock_offset(offset).start().await.unwrap());
        let sts = client(&emulator);
        let calls: Vec<_> = (0..64)
            .map(|number| {
                let call = sts.assume_role(emulator.role_arn()).session_name(format!("session-{number}"));
                tokio::spawn(call.send())
            })
            .collect();
        let mut ids = std::collections::HashSet::new();
        for (number, call) in calls.into_iter().enumerate() {
            let out = call.await.unwrap().unwrap();
            let user = out.assumed_role_user.unwrap();
            assert!(user.arn.as_str().ends_with(&format!("/session-{number}")), "answers are not mixed up");
            ids.insert(out.credentials.access_key_id().to_owned());
        }
        assert_eq!(ids.len(), 64);
    }
}

/// All of 64 requests are signed before the first answer comes, so that all are refused for their time.
#[tokio::test(start_paused = true)]
async fn a_wrong_clock_mends_every_call_that_met_it() {
    let refusal = || refused(400, &[("date", "Wed, 15 Nov 2023 02:13:20 GMT")], "InvalidTimeStamp.Expired");
    let transport = Scripted::new(move |number| if number < 64 { refusal() } else { granted() });
    let clock = Clock::from_fn(|| SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let sts = Client::builder().credentials(Credentials::new("id", "secret")).clock(clock);
    let sts = sts.transport(Gate::new(transport.clone(), 64)).build().unwrap();
    let calls: Vec<_> = (0..64).map(|_| tokio::spawn(sts.assume_role(ROLE).send())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(transport.sent().len(), 128);
}

/// Lets the first so many requests pass together.
struct Gate {
    inner: Scripted,
    barrier: tokio::sync::Barrier,
    waits: std::sync::atomic::AtomicUsize,
}

impl Gate {
    fn new(inner: Scripted, first: usize) -> Self {
        Self { inner, barrier: tokio::sync::Barrier::new(first), waits: first.into() }
    }
}

impl ali_sts::SendRequest for Gate {
    async fn send_request(
        &self,
        request: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, sts_http::Error> {
        use std::sync::atomic::Ordering::Relaxed;
        let response = self.inner.send_request(request).await;
        if self.waits.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
            self.barrier.wait().await;
        }
        response
    }
}

#[test]
fn one_client_on_two_runtimes() {
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let home = runtime();
    let emulator = home.block_on(Emulator::start()).unwrap();
    let sts = client(&emulator);
    for _ in 0..2 {
        let guest = runtime();
        for _ in 0..2 {
            guest.block_on(sts.assume_role(emulator.role_arn()).send()).unwrap();
        }
        drop(guest);
        home.block_on(sts.get_caller_identity().send()).unwrap();
    }
    // One that stands still, with a connection open: nobody drives it.
    let still = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sts = builder(&emulator).retry(RetryPolicy::never()).build().unwrap();
    still.block_on(sts.get_caller_identity().send()).unwrap();
    home.block_on(sts.get_caller_identity().send()).unwrap();
    still.block_on(sts.get_caller_identity().send()).unwrap();
    // At the same time.
    let (one, two) = (runtime(), runtime());
    let calls = [&one, &two].map(|runtime| runtime.spawn(sts.assume_role(emulator.role_arn()).send()));
    for call in calls {
        home.block_on(call).unwrap().unwrap();
    }
}

#[tokio::test]
async fn futures_may_be_dropped_at_any_point() {
    let emulator = Emulator::start().await.unwrap();
    let sts = client(&emulator);
    for polls in 0..30 {
        let mut call = Box::pin(sts.assume_role(emulator.role_arn()).send());
        for _ in 0..polls {
            if call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(call);
        sts.get_caller_identity().send().await.unwrap();
    }
}

#[test]
fn the_blocking_client() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let emulator = runtime.block_on(Emulator::start()).unwrap();
    let new = || builder(&emulator).build_blocking().unwrap();
    let sts = new();
    let call = |sts: &ali_sts::blocking::Client| {
        let out = sts.assume_role(emulator.role_arn()).session_name("blocking").send().unwrap();
        assert!(out.assumed_role_user.unwrap().arn.as_str().ends_with("/blocking"));
        assert_eq!(sts.get_caller_identity().send().unwrap().account_id, emulator.account_id());
        let oidc = emulator.issue_oidc_token("pod").unwrap();
        sts.assume_role_with_oidc(emulator.oidc_provider_arn(), emulator.role_arn(), oidc).send().unwrap();
        let saml = emulator.issue_saml_assertion("alice").unwrap();
        sts.assume_role_with_saml(emulator.saml_provider_arn(), emulator.role_arn(), saml).send().unwrap();
        let error = sts.assume_role("no ARN").send().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidParameterValue);
    };
    // Outside a runtime, inside one, made and dropped inside one, and from many threads.
    call(&sts);
    runtime.block_on(async { call(&sts) });
    runtime.block_on(async { call(&new()) });
    let current = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    current.block_on(async { call(&new()) });
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| call(&sts.clone()));
        }
    });
    assert!(matches!(builder(&emulator).region("bad region").build_blocking(), Err(Error::Input(_))));
}
