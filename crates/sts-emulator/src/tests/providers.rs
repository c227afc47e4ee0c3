//! Providers of a world that have keys of their own: what other libraries signed, and another emulator as an issuer.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::call::{Call, Response, exchange};
use crate::{Emulator, World};

/// Where they come from is said in the first line of each.
const TOKENS: &str = include_str!("../identity/oidc/tests/pyjwt.jsonl");
const RESPONSES: &str = include_str!("../identity/saml/tests/responses.jsonl");

const ACCOUNT: &str = "1234567890123456";

fn lines(text: &str) -> (Value, Value) {
    let mut lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    (lines.next().unwrap(), lines.next().unwrap())
}

/// A world with one provider of each kind, and a role that trusts both under a condition.
fn world(oidc: Value, saml: Value, condition: Value) -> World {
    let provider = |kind: &str| format!("acs:ram::{ACCOUNT}:{kind}-provider/idp");
    let trust = json!({
        "Version": "1",
        "Statement": [{
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": { "Federated": [provider("oidc"), provider("saml")] },
            "Condition": condition,
        }],
    });
    let world = json!({
        "accounts": [{
            "id": ACCOUNT,
            "roles": [{ "name": "app", "trust_policy": trust }, { "name": "other", "trust_policy": trust }],
            "oidc_providers": [oidc],
            "saml_providers": [saml],
        }],
    });
    World::from_json(&world.to_string()).unwrap()
}

async fn with_oidc(emulator: &Emulator, token: &str) -> Response {
    Call::unsigned("AssumeRoleWithOIDC")
        .without("Timestamp")
        .with("OIDCProviderArn", emulator.oidc_provider_arn())
        .with("RoleArn", emulator.role_arn())
        .with("RoleSessionName", "session")
        .with("OIDCToken", token)
        .send(emulator)
        .await
}

fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

#[tokio::test]
async fn tokens_and_responses_of_other_libraries() {
    let (tokens, token) = lines(TOKENS);
    let (responses, response) = lines(RESPONSES);
    assert_eq!((&token["at"], &response["at"]), (&json!(1_800_000_000), &json!(1_800_000_000)));
    let saml = json!({ "name": "idp", "metadata": responses["metadata"] });
    let oidc = json!({
        "name": "idp",
        "issuer": tokens["issuer"],
        "client_ids": tokens["client_ids"],
        "jwks": tokens["jwks"],
    });
    let start = |condition: Value| {
        let world = world(oidc.clone(), saml.clone(), condition);
        async { Emulator::builder().world(world).fixed_time(then()).start().await.unwrap() }
    };
    let token = token["token"].as_str().unwrap();
    let emulator = start(json!({})).await;
    let granted = with_oidc(&emulator, token).await;
    assert_eq!(granted.text("OIDCTokenInfo.Subject").as_deref(), Some("system:serviceaccount:prod:api"));

    let by_saml = |role_arn: &str| {
        Call::unsigned("AssumeRoleWithSAML")
            .without("Timestamp")
            .with("SAMLProviderArn", emulator.saml_provider_arn())
            .with("RoleArn", role_arn)
            .with("SAMLAssertion", &STANDARD.encode(response["xml"].as_str().unwrap()))
    };
    let granted = by_saml(emulator.role_arn()).send(&emulator).await;
    assert_eq!(granted.text("SAMLAssertionInfo.Subject").as_deref(), Some("alice@example.com"));
    assert_eq!(
        granted.text("AssumedRoleUser.Arn").as_deref(),
        Some("acs:ram::1234567890123456:role/app/alice")
    );
    // The response does not speak of this role.
    let refused = by_saml(emulator.untrusted_role_arn()).send(&emulator).await;
    assert_eq!(refused.refusal(), (401, "AuthenticationFail.NoPermission".to_owned()), "{}", refused.body);

    for (condition, status) in [
        (json!({ "StringEquals": { "oidc:sub": "system:serviceaccount:prod:api" } }), 200),
        (json!({ "StringLike": { "oidc:sub": "system:serviceaccount:test:*" } }), 401),
        (json!({ "StringEquals": { "oidc:aud": "sts.aliyuncs.com" } }), 200),
        (json!({ "StringEquals": { "oidc:aud": "other-client" } }), 401),
        (json!({ "StringEquals": { "oidc:iss": tokens["issuer"] } }), 200),
        (json!({ "StringEquals": { "oidc:iss": "https://idp.example.org" } }), 401),
    ] {
        let emulator = start(condition.clone()).await;
        let response = with_oidc(&emulator, token).await;
        assert_eq!(response.status, status, "{condition}: {}", response.body);
    }
}

#[tokio::test]
async fn one_emulator_is_the_issuer_of_another() {
    let issuer = Emulator::start().await.unwrap();
    let discovery = exchange(
        &issuer,
        b"GET /.well-known/openid-configuration HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
    );
    let discovery = discovery.await;
    assert_eq!(discovery.text("jwks_uri"), Some(format!("{}/jwks", issuer.base_url())));
    assert_eq!(discovery.header("content-type"), Some("application/json"));
    let issuer_url = discovery.text("issuer").unwrap();

    for path in ["jwks", ".well-known/openid-configuration"] {
        let oidc = json!({
            "name": "idp",
            "issuer": issuer_url,
            "client_ids": ["sts-emulator"],
            "jwks_url": format!("{}/{path}", issuer.base_url()),
        });
        let saml = json!({ "name": "idp", "issuer": "https://idp.example.com" });
        let emulator = Emulator::builder().world(world(oidc, saml, json!({}))).start().await.unwrap();
        let token = issuer.issue_oidc_token("alice").unwrap();
        assert_eq!(with_oidc(&emulator, token.expose_secret()).await.status, 200);
        let strange = Emulator::start().await.unwrap().issue_oidc_token("alice").unwrap();
        let refused = with_oidc(&emulator, strange.expose_secret()).await;
        assert_eq!(refused.refusal().1, "AuthenticationFail.OIDCToken.InvalidSignature");
    }
}

#[tokio::test]
async fn issuer_that_is_down() {
    let oidc = json!({
        "name": "idp",
        "issuer": "https://idp.example.com",
        "client_ids": ["client"],
        // Nobody listens on the port of tcpmux.
        "jwks_url": "http://127.0.0.1:1/jwks",
    });
    let saml = json!({ "name": "idp", "issuer": "https://idp.example.com" });
    let emulator = Emulator::builder().world(world(oidc, saml, json!({}))).start().await.unwrap();
    let token = Emulator::start().await.unwrap().issue_oidc_token("alice").unwrap();
    let refused = with_oidc(&emulator, token.expose_secret()).await;
    let broken = "AuthenticationFail.OIDCToken.IssuerConfigurationBroken".to_owned();
    assert_eq!(refused.refusal(), (401, broken));
}

#[test]
fn unusable_keys_are_told_with_their_place() {
    let text = r#"
[[accounts]]
id = "1234567890123456"
[[accounts.oidc_providers]]
name = "one"
issuer = "https://idp.example.com"
client_ids = ["client"]
jwks = "{}"
[[accounts.oidc_providers]]
name = "two"
issuer = "ftp://idp.example.com"
client_ids = []
jwks_url = "https://idp.example.com/jwks"
[[accounts.saml_providers]]
name = "three"
metadata = "<metadata/>"
"#;
    let error = World::from_toml(text).unwrap_err();
    let places: Vec<_> = error.problems().iter().map(|problem| (problem.line(), problem.column())).collect();
    assert_eq!(places, [(8, 8), (11, 10), (12, 14), (13, 12), (16, 12)], "{:?}", error.problems());
}
