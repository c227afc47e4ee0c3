use super::call::{Call, Place};
use crate::{ClockOffset, Emulator};
use jiff::Timestamp;
use std::time::Duration;
use sts_types::Credentials;

#[tokio::test]
async fn assume_role_answers_as_the_service_does() {
    let emulator = Emulator::start().await.unwrap();
    let before = Timestamp::now().as_second();
    let call =
        Call::assume_role(&emulator).with("RoleSessionName", "alice@example").with("DurationSeconds", "900");
    let response = call.with("SourceIdentity", "alice").send(&emulator).await;
    assert_eq!(response.header("content-type"), Some("application/json;charset=utf-8"));
    let request_id = response.text("RequestId").unwrap();
    assert_eq!(response.header("x-acs-request-id"), Some(request_id.as_str()));
    assert_eq!(response.text("SourceIdentity").as_deref(), Some("alice"));
    let arn = format!("{}/alice@example", emulator.role_arn());
    assert_eq!(response.text("AssumedRoleUser.Arn"), Some(arn));
    assert!(response.text("AssumedRoleUser.AssumedRoleId").unwrap().ends_with(":alice@example"));

    let expiration = response.text("Credentials.Expiration").unwrap();
    assert_eq!(expiration.len(), "2026-11-23T19:15:55Z".len());
    let lifetime = expiration.parse::<Timestamp>().unwrap().as_second() - before;
    assert!((900..960).contains(&lifetime), "{lifetime}");
    let credentials = response.credentials();
    assert!(credentials.access_key_id().starts_with("STS."));
    let token = credentials.security_token().unwrap().expose_secret();
    assert!(token.contains('+') && token.contains('/') && token.ends_with('='));

    let again = Call::assume_role(&emulator).send(&emulator).await;
    assert_ne!(again.credentials().access_key_id(), credentials.access_key_id());
    assert_eq!(again.text("SourceIdentity"), None);
}

#[tokio::test]
async fn xml_is_the_answer_without_a_format() {
    let emulator = Emulator::start().await.unwrap();
    let call = Call::assume_role(&emulator).without("Format").by("GET", Place::Query);
    let response = call.send(&emulator).await;
    assert_eq!((response.status, response.header("content-type")), (200, Some("text/xml;charset=utf-8")));
    assert!(
        response
            .body
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<AssumeRoleResponse><RequestId>")
    );
    assert!(response.element("AccessKeyId").unwrap().starts_with("STS."));

    let call = Call::assume_role(&emulator).with("Format", "xml").with("RoleArn", "acs:ram::1:role/a");
    let response = call.send(&emulator).await;
    assert!(response.body.contains("<Error><RequestId>"));
    assert_eq!(response.element("Code").as_deref(), Some("EntityNotExist.Role"));
}

async fn identity(emulator: &Emulator, credentials: &Credentials) -> Vec<Option<String>> {
    let response = Call::signed("GetCallerIdentity", credentials).send(emulator).await;
    assert_eq!(response.status, 200, "{}", response.body);
    assert_eq!(response.text("AccountId").as_deref(), Some(emulator.account_id()));
    ["IdentityType", "Arn", "PrincipalId", "UserId", "RoleId"].map(|name| response.text(name)).to_vec()
}

#[tokio::test]
async fn caller_identity_has_three_forms() {
    let emulator = Emulator::start().await.unwrap();
    let account = emulator.account_id();
    let some = |text: &str| Some(text.to_owned());

    let root = identity(&emulator, &emulator.root_credentials()).await;
    assert_eq!(root, [some("Account"), Some(format!("acs:ram::{account}:root")), some(account), None, None]);

    let user = identity(&emulator, &emulator.credentials()).await;
    assert_eq!(user[..2], [some("RAMUser"), Some(format!("acs:ram::{account}:user/emulator-user"))]);
    assert!(user[2].is_some() && user[2] == user[3] && user[4].is_none());

    let credentials = Call::assume_role(&emulator).send(&emulator).await.credentials();
    let session = identity(&emulator, &credentials).await;
    let arn = format!("acs:ram::{account}:assumed-role/app/session");
    assert_eq!(session[..2], [some("AssumedRoleUser"), Some(arn)]);
    assert_eq!(session[2], session[4].as_ref().map(|role_id| format!("{role_id}:session")));
    assert_eq!(session[3], None);
}

#[tokio::test]
async fn roles_chain_and_source_identity_stays() {
    let emulator = Emulator::start().await.unwrap();
    let first =
        Call::assume_role(&emulator).with("SourceIdentity", "alice").send(&emulator).await.credentials();
    let chained = || Call::assume_role_as(&emulator, &first).with("RoleSessionName", "second");
    let second = chained().send(&emulator).await;
    assert_eq!(second.text("SourceIdentity").as_deref(), Some("alice"));
    let third = Call::assume_role_as(&emulator, &second.credentials()).send(&emulator).await;
    assert_eq!(third.text("SourceIdentity").as_deref(), Some("alice"));

    assert_eq!(chained().with("SourceIdentity", "alice").send(&emulator).await.status, 200);
    let changed = chained().with("SourceIdentity", "mallory").send(&emulator).await;
    assert_eq!(changed.refusal(), (400, "InvalidParameter.SourceIdentity".to_owned()));

    let stranger = chained().with("RoleArn", emulator.untrusted_role_arn()).send(&emulator).await;
    assert_eq!(stranger.text("AccessDeniedDetail.AuthPrincipalType").as_deref(), Some("AssumedRoleUser"));
    assert_eq!(stranger.text("AccessDeniedDetail.AuthPrincipalDisplayName").as_deref(), Some("app:session"));
}

#[tokio::test]
async fn session_key_needs_its_own_living_token() {
    let emulator = Emulator::start().await.unwrap();
    let [mine, other] = [
        Call::assume_role(&emulator).send(&emulator).await.credentials(),
        Call::assume_role(&emulator).send(&emulator).await.credentials(),
    ];
    let call = || Call::signed("GetCallerIdentity", &mine);
    let other_token = other.security_token().unwrap().expose_secret();
    for (call, code) in [
        (call().without("SecurityToken"), "MissingSecurityToken"),
        (call().with("SecurityToken", "x"), "InvalidSecurityToken.Malformed"),
        (call().with("SecurityToken", other_token), "InvalidSecurityToken.MismatchWithAccessKey"),
        (
            Call::signed("GetCallerIdentity", &emulator.credentials()).with("SecurityToken", other_token),
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
    ] {
        assert_eq!(call.send(&emulator).await.refusal(), (400, code.to_owned()));
    }
    assert_eq!(call().send(&emulator).await.status, 200);
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3601)));
    assert_eq!(call().send(&emulator).await.refusal(), (400, "InvalidSecurityToken.Expired".to_owned()));
}

#[tokio::test]
async fn role_arn_compares_without_case_in_the_name() {
    let emulator = Emulator::start().await.unwrap();
    let arn = emulator.role_arn().replace("role/app", "role/App");
    assert_eq!(Call::assume_role(&emulator).with("RoleArn", &arn).send(&emulator).await.status, 200);
}
