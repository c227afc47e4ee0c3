//! What is told of a refusal.

use super::{HOUR, builder, client, client_with, now, service};
use crate::transport::Recorder;
use ali_sts::{
    Clock, Credentials, DeniedBy, Difference, ErrorCode, ErrorKind, SessionPolicy, SignatureMismatch,
};
use sts_emulator::{ClockOffset, Emulator};

#[tokio::test]
async fn who_denied_it() {
    let emulator = Emulator::start().await.unwrap();
    let root = client_with(&emulator, emulator.root_credentials());
    let error = service(root.assume_role(emulator.role_arn()).send().await.unwrap_err());
    assert_eq!(
        (error.kind(), error.denied_by()),
        (ErrorKind::TokenRequestDenied, Some(DeniedBy::RootAccount))
    );
    assert!(error.to_string().contains("sign with the key of a RAM user"), "{error}");

    let error = client(&emulator).assume_role(emulator.untrusted_role_arn()).send().await.unwrap_err();
    assert_eq!((error.code(), error.status()), (Some(&ErrorCode::NO_PERMISSION), Some(403)));
    assert!(error.request_id().is_some() && !error.is_retryable());
    let error = service(error);
    assert_eq!(error.denied_by(), Some(DeniedBy::TrustPolicy));
    let detail = error.access_denied_detail().unwrap();
    assert_eq!(
        (detail.auth_action.as_str(), detail.policy_type.as_str()),
        ("sts:AssumeRole", "AssumeRolePolicy")
    );
    assert!(detail.encoded_diagnostic_message.is_some());
    assert!(error.recommend().unwrap().starts_with("https://api.aliyun.com/troubleshoot"));
}

#[tokio::test]
async fn kinds_of_refusals() {
    let emulator = Emulator::start().await.unwrap();
    let (id, secret) = (emulator.access_key_id(), emulator.access_key_secret().expose_secret());
    let role = emulator.role_arn();
    let nobody = role.replace(":role/app", ":role/nobody");
    let with = |credentials| client_with(&emulator, credentials);
    let sts = client(&emulator);
    let session = sts.assume_role(role).send().await.unwrap().credentials;
    let other = sts.assume_role(role).send().await.unwrap().credentials;
    let bare = Credentials::new(session.access_key_id(), session.access_key_secret().clone());
    for (result, kind, code) in [
        (sts.assume_role(nobody).send().await, ErrorKind::NoSuchRole, "EntityNotExist.Role"),
        (
            sts.assume_role(role).policy("{\"Version\":\"2\"}").send().await,
            ErrorKind::MalformedPolicyDocument,
            "InvalidParameter.PolicyGrammar",
        ),
        (
            sts.assume_role(role).policy(SessionPolicy::unchecked("x".repeat(3000))).send().await,
            ErrorKind::MalformedPolicyDocument,
            "InvalidParameter.PolicySize",
        ),
        (
            with(Credentials::new("LTAInobody", secret)).assume_role(role).send().await,
            ErrorKind::InvalidAccessKey,
            "InvalidAccessKeyId.NotFound",
        ),
        (
            with(emulator.inactive_credentials()).assume_role(role).send().await,
            ErrorKind::InvalidAccessKey,
            "InvalidAccessKeyId.Inactive",
        ),
        (
            with(bare.clone()).assume_role(role).send().await,
            ErrorKind::InvalidSecurityToken,
            "MissingSecurityToken",
        ),
        (
            with(bare.clone().with_security_token("no-token")).assume_role(role).send().await,
            ErrorKind::InvalidSecurityToken,
            "InvalidSecurityToken.Malformed",
        ),
        (
            with(bare.with_security_token(other.security_token().unwrap().clone()))
                .assume_role(role)
                .send()
                .await,
            ErrorKind::InvalidSecurityToken,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        (
            with(Credentials::new(id, "wrong")).assume_role(role).send().await,
            ErrorKind::SignatureMismatch,
            "SignatureDoesNotMatch",
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.code().map(ErrorCode::as_str)), (kind, Some(code)), "{error}");
        assert_eq!(service(error).attempts(), 1, "{code}");
    }
    let version = builder(&emulator).api_version("2014-01-01").build().unwrap();
    let error = version.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedRequest);
}

#[tokio::test]
async fn why_a_signature_does_not_match() {
    let emulator = Emulator::start().await.unwrap();
    let wrong = client_with(&emulator, Credentials::new(emulator.access_key_id(), "wrong"));
    let error = service(wrong.assume_role(emulator.role_arn()).send().await.unwrap_err());
    assert_eq!(error.mismatch(), Some(&SignatureMismatch::WrongSecret));
    assert!(error.to_string().contains("the access key secret is wrong"), "{error}");

    let differs =
        |parameter: &str, how| SignatureMismatch::Difference { parameter: Some(parameter.to_owned()), how };
    for (alter, expected) in [
        (
            (|form| form.replace("DurationSeconds=3600", "DurationSeconds=43200")) as fn(String) -> String,
            differs("DurationSeconds", Difference::Value),
        ),
        (
            |form| form.replace("RoleSessionName=app", "RoleSessionName=APP"),
            differs("RoleSessionName", Difference::Case),
        ),
        // A proxy that decodes and encodes once too often.
        (|form| form.replace("Policy=%7B", "Policy=%257B"), differs("Policy", Difference::Encoding)),
        (|form| form.replace("&DurationSeconds=3600", ""), differs("DurationSeconds", Difference::Missing)),
        // Its name is the server's text, and so not repeated.
        (
            |form| format!("RegionId=cn-hangzhou&{form}"),
            SignatureMismatch::Difference { parameter: None, how: Difference::Unexpected },
        ),
    ] {
        let sts = builder(&emulator).transport(Recorder::altering(alter)).build().unwrap();
        let policy = r#"{"Version":"1","Statement":[]}"#;
        let error = service(sts.assume_role(emulator.role_arn()).policy(policy).send().await.unwrap_err());
        assert_eq!(error.mismatch(), Some(&expected), "{error}");
        assert!(!error.message().contains("POST"), "{error}");
    }
}

#[tokio::test]
async fn an_expired_session() {
    let emulator = Emulator::start().await.unwrap();
    let clock = Clock::from_fn(|| now() + 2 * HOUR);
    let session = client(&emulator).assume_role(emulator.role_arn()).send().await.unwrap().credentials;
    emulator.set_clock_offset(ClockOffset::Ahead(2 * HOUR));
    let sts = builder(&emulator).credentials(session).clock(clock).build().unwrap();
    let error = sts.get_caller_identity().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ExpiredSecurityToken);
    assert_eq!(service(error).attempts(), 1);
}

#[tokio::test]
async fn a_wrong_clock_is_mended_once_for_all_calls() {
    for offset in [ClockOffset::Ahead(4 * HOUR), ClockOffset::Behind(4 * HOUR)] {
        let emulator = Emulator::builder().clock_offset(offset).start().await.unwrap();
        let sts = client(&emulator);
        for _ in 0..3 {
            sts.assume_role(emulator.role_arn()).send().await.unwrap();
        }
        let codes: Vec<_> = emulator.requests().iter().map(|it| it.code().map(str::to_owned)).collect();
        assert_eq!(codes, [Some("InvalidTimeStamp.Expired".to_owned()), None, None, None]);
        let learnt = sts.clock().offset_millis();
        let four_hours = 4 * 3600 * 1000;
        let expected = if offset == ClockOffset::Ahead(4 * HOUR) { four_hours } else { -four_hours };
        assert!(learnt.abs_diff(expected) < 60_000, "{learnt}");
        // What one client learnt serves another that shares its clock.
        let other = builder(&emulator).clock(sts.clock().clone()).build().unwrap();
        other.get_caller_identity().send().await.unwrap();
        assert_eq!(emulator.requests().len(), 5);
    }
}
