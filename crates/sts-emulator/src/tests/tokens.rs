//! Sealed, shared, kept, revoked and made-up sessions.

use std::time::Duration;

use super::call::Call;
use crate::{ClockOffset, Emulator};

async fn identity(emulator: &Emulator, credentials: &sts_types::Credentials) -> (u16, Option<String>) {
    let response = Call::signed("GetCallerIdentity", credentials).send(emulator).await;
    (response.status, response.text("Code"))
}

#[tokio::test]
async fn emulators_that_share_a_key_accept_each_others_sessions() {
    let start = |key: &'static str| Emulator::builder().token_key(key).start();
    let [one, two, other] = [start("shared").await, start("shared").await, start("another").await];
    let [one, two, other] = [one.unwrap(), two.unwrap(), other.unwrap()];
    let session = Call::assume_role(&one).send(&one).await.credentials();
    assert_eq!(identity(&one, &session).await, (200, None));
    assert_eq!(identity(&two, &session).await, (200, None));
    let unknown = (404, Some("InvalidAccessKeyId.NotFound".to_owned()));
    assert_eq!(identity(&other, &session).await, unknown);
}

#[tokio::test]
async fn stateful_sessions_behave_the_same() {
    let emulator = Emulator::builder().stateful_sessions().start().await.unwrap();
    let session = || async { Call::assume_role(&emulator).send(&emulator).await.credentials() };
    let (mine, other) = (session().await, session().await);
    let token = mine.security_token().unwrap().expose_secret();
    assert!(token.len() == 408 && token.starts_with("CAIS+/") && token.ends_with("=="));
    assert_eq!(identity(&emulator, &mine).await, (200, None));
    let other_token = other.security_token().unwrap().expose_secret();
    for (token, code) in [("x", "Malformed"), (other_token, "MismatchWithAccessKey")] {
        let call = Call::signed("GetCallerIdentity", &mine).with("SecurityToken", token);
        assert_eq!(call.send(&emulator).await.refusal(), (400, format!("InvalidSecurityToken.{code}")));
    }
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3600)));
    let expired = (400, Some("InvalidSecurityToken.Expired".to_owned()));
    assert_eq!(identity(&emulator, &mine).await, expired);
}

#[tokio::test]
async fn revoked_sessions_are_over_and_others_are_not() {
    for builder in [Emulator::builder(), Emulator::builder().stateful_sessions()] {
        let emulator = builder.start().await.unwrap();
        let session = || async { Call::assume_role(&emulator).send(&emulator).await.credentials() };
        let (revoked, other) = (session().await, session().await);
        assert!(emulator.revoke_session(revoked.access_key_id()));
        assert!(
            !emulator.revoke_session("STS.Unknown") && !emulator.revoke_session(emulator.access_key_id())
        );
        let expired = (400, Some("InvalidSecurityToken.Expired".to_owned()));
        assert_eq!(identity(&emulator, &revoked).await, expired);
        assert_eq!(identity(&emulator, &other).await, (200, None));
    }
}

#[tokio::test]
async fn seeded_emulators_at_a_fixed_time_give_the_same_answers() {
    let bodies = |seed: u64| async move {
        let time = "2026-01-02T03:04:05Z";
        let fixed = crate::clock::system_time(time.parse().unwrap());
        let emulator = Emulator::builder().seed(seed).fixed_time(fixed).start().await.unwrap();
        let nonced =
            |nonce: &str| Call::assume_role(&emulator).with("Timestamp", time).with("SignatureNonce", nonce);
        let [one, two] = [nonced("1").send(&emulator).await, nonced("2").send(&emulator).await];
        assert_eq!((one.status, two.status), (200, 200), "{}", one.body);
        assert_ne!(one.body, two.body);
        [one.body, two.body]
    };
    let first = bodies(7).await;
    assert_eq!(bodies(7).await, first);
    assert!(first[0].contains("\"Expiration\":\"2026-01-02T04:04:05Z\""), "{}", first[0]);
    assert_ne!(bodies(8).await, first);
}
