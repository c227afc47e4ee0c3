//! The other signature scheme.

use super::{builder, pairs, service};
use crate::transport::{Recorder, Scripted, granted, refused};
use ali_sts::{
    Client, ClientBuilder, Credentials, Difference, ErrorKind, IdentityType, SignatureMismatch,
    SignatureScheme,
};
use sts_emulator::Emulator;

fn acs3(emulator: &Emulator) -> ClientBuilder {
    builder(emulator).signature(SignatureScheme::Acs3)
}

#[tokio::test]
async fn everything_is_in_body_and_headers() {
    let emulator = Emulator::start().await.unwrap();
    let recorder = Recorder::new();
    let sts = acs3(&emulator).transport(recorder.clone()).build().unwrap();
    let policy = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"acs:oss:*:*:Zürich ~*"}]}"#;
    let request = sts.assume_role(emulator.role_arn()).session_name("a@b").policy(policy).external_id("x/7");
    let out = request.send().await.unwrap();
    assert_eq!((out.status, emulator.requests().last().unwrap().code()), (200, None));

    let sent = recorder.last();
    assert_eq!(sent.uri, format!("{}/", emulator.base_url()));
    let expected = [
        ("DurationSeconds", "3600"),
        ("ExternalId", "x/7"),
        ("Policy", policy),
        ("RoleArn", emulator.role_arn()),
        ("RoleSessionName", "a@b"),
    ];
    assert_eq!(sent.own_params(), pairs(&expected));
    assert_eq!(sent.form.split('&').count(), expected.len(), "nothing of the signature is in the form");
    assert_eq!(sent.header("x-acs-action"), Some("AssumeRole"));
    assert_eq!(sent.header("x-acs-version"), Some("2015-04-01"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    let authorization = sent.header("authorization").unwrap();
    let claimed = format!(
        "ACS3-HMAC-SHA256 Credential={},SignedHeaders=content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;\
         x-acs-signature-nonce;x-acs-version,Signature=",
        emulator.access_key_id()
    );
    assert!(authorization.starts_with(&claimed), "{authorization}");
}

#[tokio::test]
async fn sessions_sign_too_and_roles_chain() {
    let emulator = Emulator::start().await.unwrap();
    let first = acs3(&emulator).build().unwrap().assume_role(emulator.role_arn()).send().await.unwrap();
    let sts = acs3(&emulator).credentials(first.credentials).build().unwrap();
    let identity = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(identity.identity_type, IdentityType::AssumedRoleUser);
    let second = sts.assume_role(emulator.role_arn()).session_name("second").send().await.unwrap();
    assert!(second.assumed_role_user.unwrap().arn.as_str().ends_with("/second"));
    // Anonymous operations are not signed, whatever the scheme.
    let token = emulator.issue_oidc_token("pod-7").unwrap();
    let anonymous = sts.assume_role_with_oidc(emulator.oidc_provider_arn(), emulator.role_arn(), token);
    assert_eq!(anonymous.send().await.unwrap().oidc_token_info.unwrap().subject, "pod-7");
}

#[tokio::test]
async fn why_a_signature_does_not_match() {
    let emulator = Emulator::start().await.unwrap();
    let wrong = acs3(&emulator).credentials(Credentials::new(emulator.access_key_id(), "wrong"));
    let error = service(wrong.build().unwrap().assume_role(emulator.role_arn()).send().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::SignatureMismatch);
    assert_eq!(error.mismatch(), Some(&SignatureMismatch::WrongSecret), "{error}");

    // The body's hash is a header, so the service sees an altered body before it looks at the signature.
    let altered = Recorder::altering(|form| form.replace("RoleSessionName=app", "RoleSessionName=APP"));
    let sts = acs3(&emulator).transport(altered).build().unwrap();
    let error = service(sts.assume_role(emulator.role_arn()).send().await.unwrap_err());
    assert!(error.mismatch().is_none_or(
        |mismatch| *mismatch == SignatureMismatch::Difference { parameter: None, how: Difference::Frame }
    ));
    assert!(!error.to_string().contains("APP"), "{error}");
}

/// Each attempt is signed anew.
#[tokio::test(start_paused = true)]
async fn a_retry_has_a_nonce_and_a_signature_of_its_own() {
    let scripted = Scripted::new(|number| match number {
        0 => refused(400, &[], "SignatureNonceUsed"),
        1 => refused(503, &[], "ServiceUnavailable"),
        _ => granted(),
    });
    let sts = Client::builder()
        .credentials(Credentials::new("id", "secret"))
        .signature(SignatureScheme::Acs3)
        .transport(scripted.clone())
        .build()
        .unwrap();
    sts.assume_role(super::ROLE).send().await.unwrap();
    let sent = scripted.sent();
    assert_eq!(sent.len(), 3);
    for header in ["x-acs-signature-nonce", "authorization"] {
        let mut values: Vec<_> = sent.iter().map(|sent| sent.header(header).unwrap()).collect();
        values.sort_unstable();
        values.dedup();
        assert_eq!(values.len(), 3, "{header}");
    }
}
