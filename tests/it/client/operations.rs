//! The four operations: what is sent, and what comes of it.

use super::{builder, client, client_with, now, pairs, recorded};
use crate::transport::Recorder;
use ali_sts::{Client, Credentials, ErrorKind, IdentityType, Policy};
use std::time::Duration;
use sts_emulator::Emulator;

const NARROW: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:bucket/*"}]}"#;

#[tokio::test]
async fn assume_role_with_everything() {
    let emulator = Emulator::start().await.unwrap();
    let (sts, recorder) = recorded(&emulator);
    let policy: Policy = r#"{ "Version": "1", "Statement": [
        { "Effect": "Allow", "Action": ["oss:GetObject"], "Resource": ["acs:oss:*:*:my-bucket/Zürich ~*"] } ] }"#
        .parse()
        .unwrap();
    let before = now();
    let out = sts
        .assume_role(emulator.role_arn())
        .session_name("deploy-42@example.com")
        .duration(Duration::from_secs(900))
        .policy(&policy)
        .external_id("tenant/7:a+b=c,d.e@f")
        .source_identity("alice")
        .send()
        .await
        .unwrap();

    let credentials = &out.credentials;
    assert!(credentials.access_key_id().starts_with("STS."));
    assert!(!credentials.access_key_secret().expose_secret().is_empty());
    assert!(credentials.security_token().unwrap().expose_secret().contains('+'));
    let lifetime = credentials.expiration().unwrap().duration_since(before).unwrap();
    assert!(lifetime > Duration::from_secs(890) && lifetime < Duration::from_secs(990), "{lifetime:?}");
    let user = out.assumed_role_user.unwrap();
    assert_eq!(user.arn.as_str(), format!("{}/deploy-42@example.com", emulator.role_arn()));
    assert!(user.assumed_role_id.ends_with(":deploy-42@example.com"));
    assert_eq!((out.source_identity.as_deref(), out.status), (Some("alice"), 200));
    assert_eq!(emulator.requests().last().unwrap().request_id(), out.request_id);

    let sent = recorder.last();
    assert_eq!(sent.uri, format!("{}/", emulator.base_url()));
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        sent.own_params(),
        pairs(&[
            ("Action", "AssumeRole"),
            ("DurationSeconds", "900"),
            ("ExternalId", "tenant/7:a+b=c,d.e@f"),
            ("Format", "JSON"),
            ("Policy", policy.as_json()),
            ("RoleArn", emulator.role_arn()),
            ("RoleSessionName", "deploy-42@example.com"),
            ("SourceIdentity", "alice"),
            ("Version", "2015-04-01"),
        ])
    );
    assert_eq!(sent.param("AccessKeyId").as_deref(), Some(emulator.access_key_id()));
    assert_eq!(sent.param("SignatureMethod").as_deref(), Some("HMAC-SHA1"));
    assert_eq!(sent.param("SignatureVersion").as_deref(), Some("1.0"));
    assert_eq!(sent.param("SignatureNonce").unwrap().len(), 32);
    assert!(sent.form.rsplit('&').next().unwrap().starts_with("Signature="));
}

#[tokio::test]
async fn defaults_are_those_of_ali_oss() {
    let emulator = Emulator::start().await.unwrap();
    let (sts, recorder) = recorded(&emulator);
    let out = sts.assume_role(emulator.role_arn()).send().await.unwrap();
    assert!(out.assumed_role_user.unwrap().arn.as_str().ends_with(":role/app/app"));
    assert_eq!(out.source_identity, None);
    assert_eq!(
        recorder.last().own_params(),
        pairs(&[
            ("Action", "AssumeRole"),
            ("DurationSeconds", "3600"),
            ("Format", "JSON"),
            ("RoleArn", emulator.role_arn()),
            ("RoleSessionName", "app"),
            ("Version", "2015-04-01"),
        ])
    );
}

#[tokio::test]
async fn roles_chain_and_the_source_identity_stays() {
    let emulator = Emulator::start().await.unwrap();
    let first =
        client(&emulator).assume_role(emulator.role_arn()).source_identity("alice").send().await.unwrap();

    let recorder = Recorder::new();
    let chained = builder(&emulator).credentials(first.credentials.clone()).transport(recorder.clone());
    let chained = chained.build().unwrap();
    let second = chained.assume_role(emulator.role_arn()).session_name("second").send().await.unwrap();
    assert_eq!(second.source_identity.as_deref(), Some("alice"));
    let token = first.credentials.security_token().unwrap();
    assert_eq!(recorder.last().param("SecurityToken").as_deref(), Some(token.expose_secret()));

    let third = client_with(&emulator, second.credentials).assume_role(emulator.role_arn());
    let error = third.source_identity("mallory").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidParameterValue, "{error}");
}

#[tokio::test]
async fn oidc_and_saml_are_anonymous() {
    let emulator = Emulator::start().await.unwrap();
    let (token, assertion) =
        (emulator.issue_oidc_token("pod-7").unwrap(), emulator.issue_saml_assertion("alice").unwrap());
    // Without credentials, and with some that are then not used.
    for with_credentials in [false, true] {
        let recorder = Recorder::new();
        let mut builder = Client::builder().endpoint(emulator.base_url()).transport(recorder.clone());
        if with_credentials {
            builder = builder.credentials(
                Credentials::new("LTAI-unused", "unused-secret").with_security_token("unused-token"),
            );
        }
        let sts = builder.build().unwrap();
        let out = sts
            .assume_role_with_oidc(emulator.oidc_provider_arn(), emulator.role_arn(), token.clone())
            .session_name("pod-7")
            .duration(Duration::from_secs(1800))
            .policy(NARROW)
            .send()
            .await
            .unwrap();
        assert_eq!(out.oidc_token_info.unwrap().subject, "pod-7");
        assert!(out.assumed_role_user.unwrap().arn.as_str().ends_with("/pod-7"));
        assert_eq!(
            recorder.last().own_params(),
            pairs(&[
                ("Action", "AssumeRoleWithOIDC"),
                ("DurationSeconds", "1800"),
                ("Format", "JSON"),
                ("OIDCProviderArn", emulator.oidc_provider_arn()),
                ("OIDCToken", token.expose_secret()),
                ("Policy", NARROW),
                ("RoleArn", emulator.role_arn()),
                ("RoleSessionName", "pod-7"),
                ("Version", "2015-04-01"),
            ])
        );

        let out = sts
            .assume_role_with_saml(emulator.saml_provider_arn(), emulator.role_arn(), assertion.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(out.saml_assertion_info.unwrap().subject, "alice");
        assert!(out.assumed_role_user.unwrap().arn.as_str().ends_with("/saml-session"));
        assert_eq!(
            recorder.last().own_params(),
            pairs(&[
                ("Action", "AssumeRoleWithSAML"),
                ("DurationSeconds", "3600"),
                ("Format", "JSON"),
                ("RoleArn", emulator.role_arn()),
                ("SAMLAssertion", assertion.expose_secret()),
                ("SAMLProviderArn", emulator.saml_provider_arn()),
                ("Version", "2015-04-01"),
            ])
        );
        for sent in recorder.sent() {
            for absent in ["AccessKeyId", "Signature", "SignatureMethod", "SignatureVersion", "SecurityToken"]
            {
                assert_eq!(sent.param(absent), None, "{absent}");
            }
            assert!(!format!("{sent:?}").contains("unused"), "{sent:?}");
        }
    }

    let sts = client(&emulator);
    let oidc =
        |token| sts.assume_role_with_oidc(emulator.oidc_provider_arn(), emulator.role_arn(), token).send();
    let expired = oidc(emulator.oidc_token("x").expired().issue().unwrap()).await.unwrap_err();
    assert_eq!(expired.kind(), ErrorKind::ExpiredIdentityToken);
    let tampered = oidc(emulator.oidc_token("x").tampered().issue().unwrap()).await.unwrap_err();
    assert_eq!(tampered.kind(), ErrorKind::InvalidIdentityToken);
    let expired = emulator.saml_assertion("x").expired().issue().unwrap();
    let saml = sts.assume_role_with_saml(emulator.saml_provider_arn(), emulator.role_arn(), expired);
    assert_eq!(saml.send().await.unwrap_err().kind(), ErrorKind::ExpiredIdentityToken);
    // None of them was worth a second request.
    assert_eq!(emulator.requests().len(), 4 + 3);
}

#[tokio::test]
async fn who_is_calling() {
    let emulator = Emulator::start().await.unwrap();
    let account = emulator.account_id();

    let user = client(&emulator).get_caller_identity().send().await.unwrap();
    assert_eq!((user.identity_type, user.account_id.as_str()), (IdentityType::RamUser, account));
    assert!(user.arn.as_str().starts_with(&format!("acs:ram::{account}:user/")));
    assert!(user.user_id.is_some() && user.role_id.is_none());
    assert_eq!(user.status, 200);

    let root =
        client_with(&emulator, emulator.root_credentials()).get_caller_identity().send().await.unwrap();
    assert_eq!(root.identity_type, IdentityType::Account);
    assert_eq!(
        (root.arn.as_str(), root.principal_id.as_str()),
        (format!("acs:ram::{account}:root").as_str(), account)
    );

    let session =
        client(&emulator).assume_role(emulator.role_arn()).session_name("who").send().await.unwrap();
    let session = client_with(&emulator, session.credentials).get_caller_identity().send().await.unwrap();
    assert_eq!(session.identity_type, IdentityType::AssumedRoleUser);
    assert_eq!(session.arn.as_str(), format!("acs:ram::{account}:assumed-role/app/who"));
    assert!(session.role_id.is_some() && session.user_id.is_none());
    assert!(session.principal_id.ends_with(":who"));
}
