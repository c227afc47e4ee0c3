use super::call::{Call, Response};
use crate::{ClockOffset, Emulator};
use std::time::Duration;

fn with_oidc(emulator: &Emulator, token: &str) -> Call {
    Call::unsigned("AssumeRoleWithOIDC")
        .with("OIDCProviderArn", emulator.oidc_provider_arn())
        .with("RoleArn", emulator.role_arn())
        .with("RoleSessionName", "session")
        .with("OIDCToken", token)
}

fn with_saml(emulator: &Emulator, assertion: &str) -> Call {
    Call::unsigned("AssumeRoleWithSAML")
        .with("SAMLProviderArn", emulator.saml_provider_arn())
        .with("RoleArn", emulator.role_arn())
        .with("SAMLAssertion", assertion)
}

async fn can_be_used(emulator: &Emulator, response: &Response) {
    let call = Call::signed("GetCallerIdentity", &response.credentials());
    let identity = call.send(emulator).await;
    assert_eq!(identity.text("IdentityType").as_deref(), Some("AssumedRoleUser"));
}

#[tokio::test]
async fn own_oidc_token_opens_a_session() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_oidc_token("system:serviceaccount:a:b").unwrap();
    let response = with_oidc(&emulator, token.expose_secret()).send(&emulator).await;
    can_be_used(&emulator, &response).await;
    let info = |name: &str| response.text(&format!("OIDCTokenInfo.{name}")).unwrap();
    assert_eq!(info("Subject"), "system:serviceaccount:a:b");
    assert_eq!((info("ClientIds").as_str(), info("VerificationInfo").as_str()), ("sts-emulator", "Success"));
    assert!(info("Issuer").starts_with("https://") && info("IssuanceTime").ends_with('Z'));
    assert!(info("ExpirationTime") > info("IssuanceTime"));
    let bare = with_oidc(&emulator, token.expose_secret()).without("Timestamp").send(&emulator).await;
    assert_eq!(bare.status, 200);
}

#[tokio::test]
async fn own_saml_response_opens_a_session() {
    let emulator = Emulator::start().await.unwrap();
    let assertion = emulator.saml_assertion("alice").session_name("alice@example").issue().unwrap();
    let response = with_saml(&emulator, assertion.expose_secret()).send(&emulator).await;
    can_be_used(&emulator, &response).await;
    assert!(response.text("AssumedRoleUser.Arn").unwrap().ends_with("role/app/alice@example"));
    let info = |name: &str| response.text(&format!("SAMLAssertionInfo.{name}")).unwrap();
    assert_eq!((info("Subject").as_str(), info("SubjectType").as_str()), ("alice", "persistent"));
    assert_eq!(info("Recipient"), "https://signin.aliyun.com/saml-role/SSO");
    assert!(info("Issuer").starts_with("https://"));
}

#[tokio::test]
async fn other_oidc_tokens_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let good = emulator.issue_oidc_token("alice").unwrap();
    let good = || with_oidc(&emulator, good.expose_secret());
    let issue =
        |builder: crate::OidcTokenBuilder<'_>| with_oidc(&emulator, builder.issue().unwrap().expose_secret());
    let stranger = Emulator::start().await.unwrap().issue_oidc_token("alice").unwrap();
    let unknown_provider = emulator.oidc_provider_arn().replace("/emulator", "/other");
    let hs256 = "eyJhbGciOiJIUzI1NiJ9.e30.QUJD";
    for (call, status, code) in [
        (issue(emulator.oidc_token("a").expired()), 401, "AuthenticationFail.OIDCToken.Expired"),
        (issue(emulator.oidc_token("a").tampered()), 401, "AuthenticationFail.OIDCToken.InvalidSignature"),
        (issue(emulator.oidc_token("a").audience("b")), 401, "AuthenticationFail.OIDCToken.AudienceNotMatch"),
        (issue(emulator.oidc_token("a").issuer("b")), 401, "AuthenticationFail.OIDCToken.IssuerNotMatch"),
        (
            with_oidc(&emulator, stranger.expose_secret()),
            401,
            "AuthenticationFail.OIDCToken.InvalidSignature",
        ),
        (with_oidc(&emulator, "eyJ.eyJ.sig"), 401, "AuthenticationFail.OIDCToken.Invalid"),
        (with_oidc(&emulator, hs256), 401, "AuthenticationFail.OIDCToken.Invalid"),
        (good().without("OIDCToken"), 401, "AuthenticationFail.OIDCToken.Invalid"),
        (good().without("OIDCProviderArn"), 401, "AuthenticationFail.NoPermission"),
        (good().with("OIDCProviderArn", &unknown_provider), 401, "AuthenticationFail.NoPermission"),
        (good().with("RoleArn", emulator.untrusted_role_arn()), 401, "AuthenticationFail.NoPermission"),
        (good().with("RoleArn", "acs:ram::1:role/none"), 404, "EntityNotExist.Role"),
        (good().without("RoleArn"), 400, "MissingParameter.RoleArn"),
        (good().without("RoleSessionName"), 400, "MissingRoleSessionName"),
        (good().with("RoleSessionName", "a b"), 400, "InvalidParameter.RoleSessionName"),
        (good().with("DurationSeconds", "899"), 400, "InvalidParameter.DurationSeconds"),
        (good().with("Policy", "{}"), 400, "InvalidParameter.PolicyGrammar"),
        (good().with("Timestamp", "2015-04-01T00:00:00Z"), 400, "InvalidTimeStamp.Expired"),
    ] {
        assert_eq!(call.send(&emulator).await.refusal(), (status, code.to_owned()));
    }
    let call = good().without("Timestamp");
    assert_eq!(call.clone().send(&emulator).await.status, 200);
    emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(3601)));
    assert_eq!(call.send(&emulator).await.refusal().1, "AuthenticationFail.OIDCToken.Expired");
}

#[tokio::test]
async fn other_saml_responses_are_refused() {
    let emulator = Emulator::start().await.unwrap();
    let good = emulator.issue_saml_assertion("alice").unwrap();
    let good = || with_saml(&emulator, good.expose_secret());
    let issue = |builder: crate::SamlAssertionBuilder<'_>| {
        with_saml(&emulator, builder.issue().unwrap().expose_secret())
    };
    let stranger = Emulator::start().await.unwrap().issue_saml_assertion("alice").unwrap();
    let for_stranger_role = emulator.saml_assertion("a").role_arn(emulator.untrusted_role_arn());
    for (call, status, code) in [
        (issue(emulator.saml_assertion("a").expired()), 401, "AuthenticationFail.SAMLAssertion.Expired"),
        (issue(emulator.saml_assertion("a").tampered()), 401, "AuthenticationFail.SAMLAssertion.Invalid"),
        (issue(emulator.saml_assertion("a").issuer("b")), 401, "AuthenticationFail.SAMLAssertion.Invalid"),
        (issue(emulator.saml_assertion("a").session_name("a b")), 400, "InvalidParameter.RoleSessionName"),
        (
            issue(for_stranger_role).with("RoleArn", emulator.untrusted_role_arn()),
            401,
            "AuthenticationFail.NoPermission",
        ),
        (with_saml(&emulator, stranger.expose_secret()), 401, "AuthenticationFail.SAMLAssertion.Invalid"),
        (with_saml(&emulator, "PHNhbWw+"), 401, "AuthenticationFail.SAMLAssertion.Invalid"),
        (good().with("RoleArn", emulator.untrusted_role_arn()), 401, "AuthenticationFail.NoPermission"),
        (good().with("RoleArn", "acs:ram::1:role/none"), 404, "EntityNotExist.RoleArn"),
        (good().with("SAMLProviderArn", "acs:ram::1:saml-provider/p"), 404, "EntityNotExist.SAMLProvider"),
        (good().without("SAMLAssertion"), 400, "MissingParameter.SAMLAssertion"),
        (good().without("SAMLProviderArn"), 400, "MissingParameter.SAMLProviderArn"),
        (good().without("RoleArn"), 400, "MissingParameter.RoleArn"),
        (good().with("RoleArn", "app"), 400, "InvalidParameter.RoleArn"),
        (good().with("DurationSeconds", "43201"), 400, "InvalidParameter.DurationSeconds"),
    ] {
        assert_eq!(call.send(&emulator).await.refusal(), (status, code.to_owned()));
    }
    assert_eq!(good().send(&emulator).await.status, 200);
}
