use super::OidcRole;
use crate::os::Os;
use crate::provider::scripted::{Act, Folder, Server, assert_clean, ok, status};
use std::time::Duration;
use sts_emulator::Emulator;
use sts_types::ProviderErrorKind::{Failed, Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError};

const PROVIDER_ARN: &str = "acs:ram::123456789012:oidc-provider/ack-rrsa";
const ROLE_ARN: &str = "acs:ram::123456789012:role/app";
const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJTY3JpcHRlZCJ9.U2NyaXB0ZWRTaWduYXR1cmU";
/// The reply of the documentation, without what is not read.
const REPLY: &str = r#"{"RequestId":"3D57EAD2-8723-1F26-B69C-F8707D8B565D","OIDCTokenInfo":{"Subject":"KryrkIdjylZb7agUgCEf****","Issuer":"https://dev-xxxxxx.okta.com","ClientIds":"496271242565057****"},"AssumedRoleUser":{"AssumedRoleId":"33157794895460****","Arn":"acs:ram::113511544585****:role/testoidc/TestOidcAssumedRoleSession"},"Credentials":{"SecurityToken":"CAIS****","Expiration":"2021-10-20T04:27:09Z","AccessKeySecret":"CVwjCkNzTMupZ8NbTCxCBRq3K16jtcWFTJAyBEv2****","AccessKeyId":"STS.NUgYrLnoC37mZZCNnAbez****"}}"#;

async fn get(provider: &OidcRole) -> Result<Credentials, ProviderError> {
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["eyJ", "U2NyaXB0", "<html>"]);
    }
    result
}

fn variables<'a>(server: &'a str, token_file: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("ALIBABA_CLOUD_STS_ENDPOINT", server),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", PROVIDER_ARN),
        ("ALIBABA_CLOUD_ROLE_ARN", ROLE_ARN),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token_file),
    ]
}

fn expired() -> Act {
    status(
        401,
        r#"{"RequestId":"r","Code":"AuthenticationFail.OIDCToken.Expired","Message":"This JWT Token has expired."}"#,
    )
}

#[tokio::test]
async fn the_token_of_the_file_gets_the_roles_credentials() {
    let emulator = Emulator::start().await.unwrap();
    let token = emulator.issue_oidc_token("system:serviceaccount:default:app").unwrap();
    let folder = Folder::new("oidc");
    let file = folder.file("token", format!("\n {}\r\n", token.expose_secret()).as_bytes());
    let provider = OidcRole::new(emulator.oidc_provider_arn(), emulator.role_arn(), &file);
    let os = Os::fixed("/", [("ALIBABA_CLOUD_STS_ENDPOINT", emulator.base_url())]);
    let provider = provider.session_name("deploy-42").duration(900).with_os(os);
    let credentials = get(&provider).await.unwrap();
    assert!(credentials.access_key_id().starts_with("STS."));
    assert_eq!(credentials.provider_name(), Some("oidc_role_arn"));
    // Read again each time.
    folder.file("token", b"not.a.token");
    let error = get(&provider).await.unwrap_err();
    assert_eq!(error.kind(), Failed, "{error}");
}

#[tokio::test]
async fn the_request_is_anonymous_and_all_of_it_in_the_body() {
    let server = Server::start(|_, _| ok(REPLY)).await;
    let folder = Folder::new("oidc");
    let file = folder.file("token", TOKEN.as_bytes());
    let (url, file) = (server.url(), file.display().to_string());
    let mut variables = variables(&url, &file).to_vec();
    variables.push(("ALIBABA_CLOUD_ROLE_SESSION_NAME", "of-the-variable"));
    let provider = || OidcRole::from_env().with_os(Os::fixed("/", variables.iter().copied()));
    let credentials = get(&provider()).await.unwrap();
    assert_eq!(credentials.access_key_id(), "STS.NUgYrLnoC37mZZCNnAbez****");
    let policy = r#"{"Version":"1","Statement":[]}"#;
    get(&provider().session_name("mine").duration(Duration::from_secs(900)).policy(policy)).await.unwrap();
    let [first, second] = <[String; 2]>::try_from(server.received()).unwrap();
    let (head, body) = first.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\n"), "{head}");
    for parameter in [
        "Action=AssumeRoleWithOIDC",
        "DurationSeconds=3600",
        &format!("OIDCToken={TOKEN}"),
        "OIDCProviderArn=acs%3Aram%3A%3A123456789012%3Aoidc-provider%2Fack-rrsa",
        "RoleArn=acs%3Aram%3A%3A123456789012%3Arole%2Fapp",
        // credentials-go's provider does not look at the variable.
        "RoleSessionName=of-the-variable",
    ] {
        assert!(body.split('&').any(|pair| pair == parameter), "{parameter}: {body}");
    }
    for no in ["AccessKeyId=", "Signature=", "SecurityToken=", "Policy="] {
        assert!(!body.contains(no), "{no}: {body}");
    }
    for parameter in ["RoleSessionName=mine", "DurationSeconds=900", "Policy=%7B%22Version"] {
        assert!(second.contains(parameter), "{parameter}: {second}");
    }
}

#[tokio::test]
async fn variables_all_none_or_half() {
    let with = |given: &[(&str, &str)]| OidcRole::from_env().with_os(Os::fixed("/", given.iter().copied()));
    let all = variables("http://127.0.0.1:1", "/no/such/file");
    // The role alone is for others.
    for none in [&[][..], &all[..1], &[all[2]]] {
        assert_eq!(get(&with(none)).await.unwrap_err().kind(), NotConfigured);
    }
    for (half, text) in [
        (
            &all[1..3],
            "`ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_ROLE_ARN` without `ALIBABA_CLOUD_OIDC_TOKEN_FILE`; set all three, or none",
        ),
        (
            &all[3..],
            "`ALIBABA_CLOUD_OIDC_TOKEN_FILE` without `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and `ALIBABA_CLOUD_ROLE_ARN`; set all three, or none",
        ),
    ] {
        let error = get(&with(half)).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            (Invalid, format!("no credentials from oidc_role_arn: {text}"))
        );
    }
    for (index, value, said) in [
        (0, "http://sts.aliyuncs.com", "no client can be made"),
        (1, "nonsense", "is not valid"),
        (2, "nonsense", "is not valid"),
        (3, "/no/such/file", "does not exist; is the pod's volume mounted?"),
        (3, "/", "cannot be read"),
    ] {
        let mut changed = all;
        changed[index].1 = value;
        let error = get(&with(&changed)).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let provider = OidcRole::new(PROVIDER_ARN, ROLE_ARN, "/").session_name("a b").duration(1);
    assert!(get(&provider).await.unwrap_err().to_string().contains("is not valid"));
}

#[tokio::test]
async fn a_file_without_a_token() {
    let folder = Folder::new("oidc");
    for bytes in [&b""[..], b" \n", b"abc", b"\xff\xfe\xfd\xfc", b"two tokens", &[b'a'; 200_000]] {
        let file = folder.file("token", bytes);
        let error = get(&OidcRole::new(PROVIDER_ARN, ROLE_ARN, file)).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{error}");
        assert!(error.to_string().contains("/token` "), "{error}");
    }
}

#[tokio::test]
async fn an_expired_token_is_read_again_and_tried_once_more_if_it_is_another() {
    let folder = Folder::new("oidc");
    let path = folder.file("token", TOKEN.as_bytes());
    let renewed = path.clone();
    let server = Server::start(move |request, number| {
        if request.contains(TOKEN) {
            std::fs::rename(renewed.with_file_name("next"), &renewed).unwrap();
            return expired();
        }
        if number < 2 { ok(REPLY) } else { expired() }
    });
    folder.file("next", b"eyJ.renewed.token");
    let server = server.await;
    let os = Os::fixed("/", [("ALIBABA_CLOUD_STS_ENDPOINT", server.url().as_str())]);
    let provider = OidcRole::new(PROVIDER_ARN, ROLE_ARN, path).with_os(os);
    get(&provider).await.unwrap();
    assert_eq!(server.received().len(), 2);
    // And now it expires and stays.
    let error = get(&provider).await.unwrap_err();
    assert!(error.kind() == Failed && error.to_string().contains("the same still"), "{error}");
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn what_the_service_refuses() {
    for answer in [
        r#"{"Code":"AuthenticationFail.NoPermission","Message":"This operation is forbidden."}"#,
        r#"{"Code":"AuthenticationFail.OIDCToken.Invalid","Message":"no"}"#,
        "<html>a proxy</html>",
    ] {
        let server = Server::start(move |_, _| status(401, answer)).await;
        let folder = Folder::new("oidc");
        let file = folder.file("token", TOKEN.as_bytes());
        let os = Os::fixed("/", [("ALIBABA_CLOUD_STS_ENDPOINT", server.url().as_str())]);
        let error = get(&OidcRole::new(PROVIDER_ARN, ROLE_ARN, file).with_os(os)).await.unwrap_err();
        assert_eq!(error.kind(), Failed);
        assert_eq!(
            error.to_string(),
            format!("no credentials from oidc_role_arn: the role `{ROLE_ARN}` could not be assumed")
        );
        assert_eq!(server.received().len(), 1);
    }
}

#[test]
fn debug_shows_no_policy() {
    let provider = OidcRole::new(PROVIDER_ARN, ROLE_ARN, "/token").policy(r#"{"Secret":1}"#);
    let text = format!("{provider:?}");
    assert!(text.contains(ROLE_ARN) && !text.contains("Secret"), "{text}");
}
