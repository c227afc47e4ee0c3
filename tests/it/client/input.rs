//! What is refused before anything is sent.

use super::ROLE;
use crate::transport::{Scripted, granted};
use ali_sts::{
    Client, ClientBuilder, Credentials, Error, ErrorKind, Policy, ProvideCredentials, ProviderError,
    SessionPolicy,
};
use std::time::Duration;

/// A client and the number of its requests, for what must not lead to any.
fn counted() -> (Client, Scripted) {
    let transport = Scripted::new(|_| granted());
    let sts = Client::builder().credentials(Credentials::new("id", "secret")).transport(transport.clone());
    (sts.build().unwrap(), transport)
}

#[tokio::test]
async fn policies() {
    let (sts, transport) = counted();
    let sent = || transport.sent().pop().unwrap().param("Policy");
    let text = "{ \"Version\" : \"1\",\n\t\"Statement\": [ { \"Effect\": \"Deny\", \"Action\": \"*\" } ] }";
    let compact = r#"{"Version":"1","Statement":[{"Effect":"Deny","Action":"*"}]}"#;
    let policy: Policy = text.parse().unwrap();
    sts.assume_role(ROLE).policy(&policy).send().await.unwrap();
    assert_eq!(sent().as_deref(), Some(compact));
    sts.assume_role(ROLE).policy(policy).send().await.unwrap();
    assert_eq!(sent().as_deref(), Some(compact));
    sts.assume_role(ROLE).policy(text).send().await.unwrap();
    assert_eq!(sent().as_deref(), Some(compact));
    sts.assume_role(ROLE).policy(text.to_owned()).send().await.unwrap();
    assert_eq!(sent().as_deref(), Some(compact));
    // Raw: taken as it is, JSON or not.
    for raw in [text, "{ not JSON"] {
        sts.assume_role(ROLE).policy(SessionPolicy::unchecked(raw)).send().await.unwrap();
        assert_eq!(sent().as_deref(), Some(raw));
    }
    // 2,048 characters, which are more bytes, are not too many; white space between tokens does not count.
    let longest = format!("[  \"{}\"  ]", "é".repeat(2044));
    sts.assume_role(ROLE).policy(longest.as_str()).send().await.unwrap();
    assert_eq!(sent().unwrap().chars().count(), 2048);

    let before = transport.sent().len();
    for (bad, said) in [
        (
            "{ Version: 1 }".to_owned(),
            "Policy is not valid: it is not JSON: unexpected text in line 1, column 3",
        ),
        (String::new(), "Policy is not valid: it is not JSON: unexpected end in line 1, column 0"),
        (
            format!("[\"{}\"]", "x".repeat(2045)),
            "Policy is not valid: it has 2049 characters, 1 more than the 2048 allowed",
        ),
    ] {
        let error = sts.assume_role(ROLE).policy(bad).send().await.unwrap_err();
        assert!(matches!(error, Error::Input(_)), "{error:?}");
        assert_eq!(error.to_string(), said);
    }
    assert_eq!(transport.sent().len(), before);
}

#[tokio::test]
async fn bad_input_is_told_before_anything_is_sent() {
    let (sts, transport) = counted();
    let assume = || sts.assume_role(ROLE);
    let oidc = |provider: &str, role: &str, token: &str| sts.assume_role_with_oidc(provider, role, token);
    let saml =
        |provider: &str, role: &str, assertion: &str| sts.assume_role_with_saml(provider, role, assertion);
    let (oidc_arn, saml_arn) = ("acs:ram::1:oidc-provider/idp", "acs:ram::1:saml-provider/idp");
    let mut outcomes = Vec::new();
    for role in [
        "",
        "app",
        "acs:ram::1:root",
        "acs:ram::1:role/",
        "acs:ram::1:role/app/session",
        " acs:ram::1:role/app",
        "acs:ram::x:role/app",
    ] {
        outcomes.push((sts.assume_role(role).send().await.err(), "RoleArn"));
        outcomes.push((oidc(oidc_arn, role, "a.b.c").send().await.err(), "RoleArn"));
        outcomes.push((saml(saml_arn, role, "AAAA").send().await.err(), "RoleArn"));
    }
    for name in ["", "a", "a b", "alice+test@example.com", "Zürich", &"x".repeat(65)] {
        outcomes.push((assume().session_name(name).send().await.err(), "RoleSessionName"));
        outcomes
            .push((oidc(oidc_arn, ROLE, "a.b.c").session_name(name).send().await.err(), "RoleSessionName"));
    }
    for seconds in [0, 899, 43_201, u64::MAX] {
        let duration = Duration::from_secs(seconds);
        outcomes.push((assume().duration(duration).send().await.err(), "DurationSeconds"));
        outcomes.push((assume().duration(seconds).send().await.err(), "DurationSeconds"));
        outcomes
            .push((oidc(oidc_arn, ROLE, "a.b.c").duration(duration).send().await.err(), "DurationSeconds"));
        outcomes
            .push((saml(saml_arn, ROLE, "AAAA").duration(duration).send().await.err(), "DurationSeconds"));
    }
    outcomes.push((assume().duration(Duration::from_millis(900_001)).send().await.err(), "DurationSeconds"));
    for id in ["", "x", "a b", "tenant\n", &"x".repeat(1225)] {
        outcomes.push((assume().external_id(id).send().await.err(), "ExternalId"));
    }
    for identity in ["", "x", "acs:x", "aliyun:x", "alibabacloud:x", "a/b", &"x".repeat(65)] {
        outcomes.push((assume().source_identity(identity).send().await.err(), "SourceIdentity"));
    }
    outcomes
        .push((oidc("acs:ram::1:saml-provider/idp", ROLE, "a.b.c").send().await.err(), "OIDCProviderArn"));
    outcomes.push((saml("acs:ram::1:oidc-provider/idp", ROLE, "AAAA").send().await.err(), "SAMLProviderArn"));
    for token in ["", "abc", "a b.c.d", &"x".repeat(20_001)] {
        outcomes.push((oidc(oidc_arn, ROLE, token).send().await.err(), "OIDCToken"));
    }
    for assertion in ["", "AAA", "AA AA", &"x".repeat(100_001)] {
        outcomes.push((saml(saml_arn, ROLE, assertion).send().await.err(), "SAMLAssertion"));
    }
    outcomes.push((oidc(oidc_arn, ROLE, "a.b.c").policy("{").send().await.err(), "Policy"));
    outcomes.push((saml(saml_arn, ROLE, "AAAA").policy("{").send().await.err(), "Policy"));
    // The first thing that is wrong is the one that is told.
    outcomes.push((
        assume().session_name("a b").duration(1).session_name("good").send().await.err(),
        "RoleSessionName",
    ));
    for (number, (error, parameter)) in outcomes.into_iter().enumerate() {
        match error {
            Some(Error::Input(error)) => assert_eq!(error.parameter(), parameter, "{number}: {error}"),
            other => panic!("{number}, {parameter}: {other:?}"),
        }
    }
    assert_eq!(transport.sent().len(), 0);
}

#[tokio::test]
async fn no_credentials_no_request() {
    let transport = Scripted::new(|_| granted());
    let with = |builder: ClientBuilder| builder.transport(transport.clone()).build().unwrap();
    #[derive(Debug)]
    struct Given(Result<Credentials, ProviderError>);
    impl ProvideCredentials for Given {
        async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
            self.0.clone()
        }
    }
    let failed = ProviderError::new(ali_sts::ProviderErrorKind::Failed, "vault", "it is sealed");
    for (sts, said) in [
        (with(Client::builder()), "the client has no credentials to sign with"),
        (with(Client::builder().credentials(Given(Err(failed)))), "vault: it is sealed"),
        (
            with(Client::builder().credentials(Given(Ok(Credentials::new("id", "secret\n"))))),
            "access key secret has white space",
        ),
        (
            with(Client::builder().credentials(Given(Ok(Credentials::new("", "secret"))))),
            "access key id is empty",
        ),
    ] {
        for error in [
            sts.assume_role(ROLE).send().await.unwrap_err(),
            sts.get_caller_identity().send().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Credentials);
            assert!(error.to_string().contains(said), "{error}");
        }
    }
    assert_eq!(transport.sent().len(), 0);
}
