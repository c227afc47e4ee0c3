use super::CloudSso;
use crate::clock::Clock;
use crate::os::Os;
use crate::provider::scripted::{
    Act, DOCUMENT, Folder, SECRET, Server, TOKEN, assert_clean, nobody, ok, status,
};
use std::path::Path;
use sts_types::ProviderErrorKind::{Failed, Invalid};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError};

const LOGIN: &str = "ScriptedAccessToken";

fn config(sign_in_url: &str) -> String {
    format!(
        r#"{{"current":"sso","profiles":[{{"name":"other","mode":"AK"}},{{"name":"sso","mode":"CloudSSO","cloud_sso_sign_in_url":"{sign_in_url}","cloud_sso_account_id":"1234\"5","cloud_sso_access_config":"ac-1","access_token":"{LOGIN}","cloud_sso_access_token_expire":2059732339,"access_key_id":"STS.kept","access_key_secret":"kept","sts_token":"kept","sts_expiration":4102444800}}]}}"#
    )
}

fn reply() -> Act {
    ok(&format!(r#"{{"CloudCredential":{DOCUMENT},"RequestId":"r"}}"#))
}

async fn get(path: &Path) -> Result<Credentials, ProviderError> {
    let provider = CloudSso::new(Os::fixed("/", []), path.to_owned(), "sso".to_owned(), Clock::system());
    assert!(!format!("{provider:?}").contains(LOGIN));
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["<html>", "1234", "p4ss"]);
    }
    result
}

/// The JSON body is missing in the Node SDK, and made without escapes in the Java SDK, which also loses the port.
#[tokio::test]
async fn the_login_gets_credentials() {
    let server = Server::start(|_, _| reply()).await;
    let folder = Folder::new("cloud-sso");
    let config = config(&format!("{}/login?x=y", server.url()));
    let path = folder.file("config.json", config.as_bytes());
    let credentials = get(&path).await.unwrap();
    // Not the ones that the CLI keeps.
    assert_eq!(credentials.access_key_id(), "STS.NTdocumented");
    assert_eq!(credentials.access_key_secret().expose_secret(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose_secret(), TOKEN);
    assert!(credentials.expiration().is_some());
    assert_eq!(credentials.provider_name(), Some("cloud_sso"));
    let [request] = <[String; 1]>::try_from(server.received()).unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /cloud-credentials HTTP/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("\r\nauthorization: Bearer {LOGIN}\r\n")), "{head}");
    assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, serde_json::json!({"AccountId": "1234\"5", "AccessConfigurationId": "ac-1"}));
    let now = Os::process().read(&path, 10_000).unwrap();
    assert_eq!(now.as_slice(), config.as_bytes(), "nothing is written");
}

#[tokio::test]
async fn a_login_that_is_not_there_or_has_ended() {
    let folder = Folder::new("cloud-sso");
    let whole = config("https://signin.test/");
    for (from, to, said) in [
        ("2059732339", "1459732339", "the login has ended; log in again"),
        ("2059732339", "0", "nobody has logged in yet; log in again"),
        ("2059732339", "-5", "nobody has logged in yet"),
        ("2059732339", "\"2059732339\"", "`cloud_sso_access_token_expire` is not a whole number"),
        ("2059732339", "18446744073709551615", "`cloud_sso_access_token_expire` is not a whole number"),
        (LOGIN, "", "nobody has logged in yet"),
        (LOGIN, "a\\nb", "the access token is none"),
        ("cloud_sso_account_id", "x", "`cloud_sso_account_id` is missing or empty"),
        ("cloud_sso_access_config", "x", "`cloud_sso_access_config` is missing or empty"),
        ("cloud_sso_sign_in_url", "x", "`cloud_sso_sign_in_url` is missing or empty"),
        ("\"ac-1\"", "7", "`cloud_sso_access_config` is not a text"),
        ("https://signin.test/", "http://signin.test/", "plain http"),
        ("https://signin.test/", "https://user:p4ss@signin.test/", "leave user"),
        ("\"name\":\"sso\"", "\"name\":\"gone\"", "the profile has gone"),
        ("\"profiles\"", "profiles", "the file is malformed at line 1, column"),
    ] {
        let path = folder.file("config.json", whole.replace(from, to).as_bytes());
        let error = get(&path).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{error}");
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
    assert_eq!(get(&folder.0.join("none")).await.unwrap_err().kind(), Invalid);
}

/// The CLI reads the answer twice and loses what it says, or dereferences nil (`refresh.go:141`).
#[tokio::test]
async fn what_is_no_good_answer() {
    let folder = Folder::new("cloud-sso");
    let refusal =
        r#"{"ErrorCode":"InvalidToken","ErrorMessage":"<html> ScriptedAccessToken","RequestId":"r"}"#;
    let odd = r#"{"ErrorCode":"7Q1fAkEStsSecretForVectors0002"}"#;
    for (answer, kind, said) in [
        (status(401, refusal), Invalid, "CloudSSO refused (HTTP 401, `InvalidToken`); log in again"),
        (status(403, refusal), Invalid, "check account and access configuration"),
        (status(500, odd), Failed, "CloudSSO refused (HTTP 500); ask again later"),
        (status(502, "<html>"), Failed, "CloudSSO refused (HTTP 502)"),
        (status(302, ""), Failed, "HTTP 302"),
        (ok("<html>"), Failed, "no `CloudCredential`"),
        (ok("{}"), Failed, "no `CloudCredential`"),
        (ok(r#"{"CloudCredential":null}"#), Failed, "no `CloudCredential`"),
        (
            ok(&format!(r#"{{"CloudCredential":{}}}"#, DOCUMENT.replace("Expiration", "x"))),
            Failed,
            "no `Expiration`",
        ),
        (Act::Reply(b"garbage".to_vec()), Failed, "did not answer as it should"),
        (
            Act::Pour(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 9999]),
            Failed,
            "did not answer as it should",
        ),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let server = Server::start(move |_, _| answer.lock().unwrap().take().unwrap()).await;
        let path = folder.file("config.json", config(&server.url()).as_bytes());
        let error = get(&path).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
    let path = folder.file("config.json", config(&nobody().await).as_bytes());
    assert_eq!(get(&path).await.unwrap_err().kind(), Failed);
}
