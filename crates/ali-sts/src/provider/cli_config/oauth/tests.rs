use super::OAuth;
use super::refresh::Refresh;
use crate::clock::Clock;
use crate::os::Os;
use crate::provider::cli_config::login::Login;
use crate::provider::scripted::{Act, DOCUMENT, Folder, SECRET, Server, TOKEN, assert_clean, ok, status};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use sts_types::ProviderErrorKind::{Failed, Invalid};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError};

const NOW: u64 = 2_000_000_000;
const TOKEN_LINE: &str = "POST /v1/token HTTP/1.1";
const EXCHANGE_LINE: &str = "POST /v1/exchange HTTP/1.1";

fn clock() -> Clock {
    Clock::from_fn(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
}

/// A file such as the CLI writes, with things in it that nobody here knows, and another profile that builds on the login.
fn config(left: u64) -> String {
    let ends = NOW + left;
    format!(
        r#"{{
	"current": "outer",
	"profiles": [
		{{
			"name": "outer",
			"mode": "ChainableRamRoleArn",
			"source_profile": "login",
			"oauth_refresh_token": "of the outer one",
			"read_timeout": 10
		}},
		{{
			"name": "login",
			"mode": "OAuth",
			"oauth_site_type": "CN",
			"oauth_access_token": "ScriptedAccess1",
			"oauth_access_token_expire": {ends},
			"oauth_refresh_token": "ScriptedRefresh1+/=",
			"unknown": {{"b": 1.50, "a": [ ]}},
			"language": "zh"
		}}
	],
	"meta_path": ""
}}
"#
    )
}

/// The same after a refresh.
fn refreshed(left: u64) -> String {
    config(3600)
        .replace("ScriptedAccess1", "ScriptedAccess2")
        .replace("ScriptedRefresh1+/=", "ScriptedRefresh2")
        .replace(&(NOW + 3600).to_string(), &(NOW + left).to_string())
}

fn credentials() -> String {
    let document =
        DOCUMENT.replace("AccessKeyId", "accessKeyId").replace("AccessKeySecret", "accessKeySecret");
    document.replace("SecurityToken", "securityToken").replace("Expiration", "expiration")
}

const TOKENS: &str = r#"{"access_token":"ScriptedAccess2","refresh_token":"ScriptedRefresh2","expires_in":10800,"token_type":"Bearer"}"#;

fn service(request: &str) -> Act {
    match request.lines().next().unwrap() {
        TOKEN_LINE => ok(TOKENS),
        EXCHANGE_LINE => ok(&credentials()),
        other => panic!("{other}"),
    }
}

fn provider(path: &Path, server: &Server) -> OAuth {
    let provider = OAuth::new(Os::fixed("/", []), path.to_owned(), "login".to_owned(), clock());
    provider.with_base(&server.url())
}

async fn get(path: &Path, server: &Server) -> Result<Credentials, ProviderError> {
    let provider = provider(path, server);
    assert!(!format!("{provider:?}").contains("Scripted"));
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["<html>"]);
    }
    result
}

fn read(path: &Path) -> String {
    String::from_utf8(Os::process().read(path, 100_000).unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_good_access_token_is_exchanged_and_nothing_written() {
    let server = Server::start(|request, _| service(request)).await;
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(1201).as_bytes());
    // The reply's names are those that the Python SDK does not look for.
    let credentials = get(&path, &server).await.unwrap();
    assert_eq!(credentials.access_key_id(), "STS.NTdocumented");
    assert_eq!(credentials.access_key_secret().expose_secret(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose_secret(), TOKEN);
    assert!(credentials.expiration().is_some());
    assert_eq!(credentials.provider_name(), Some("oauth"));
    let [request] = <[String; 1]>::try_from(server.received()).unwrap();
    assert!(request.starts_with(EXCHANGE_LINE), "{request}");
    assert!(request.contains("\r\nauthorization: Bearer ScriptedAccess1\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: application/json\r\n"), "{request}");
    assert!(request.ends_with("\r\ncontent-length: 0\r\n\r\n"), "{request}");
    assert_eq!(read(&path), config(1201));
}

/// The Go SDK and the Java SDK drop members that they do not know, and the Go SDK writes into the outer profile (`cli_profile.go:490`).
#[tokio::test]
async fn new_tokens_are_in_the_file_before_they_are_used_and_nothing_else_changes() {
    for left in [0, 60, 1200] {
        let folder = Folder::new("oauth");
        let path = folder.file("config.json", config(left).as_bytes());
        let (at_exchange, of) = (Arc::new(Mutex::new(String::new())), path.clone());
        let seen = Arc::clone(&at_exchange);
        let server = Server::start(move |request, _| {
            if request.starts_with(EXCHANGE_LINE) {
                *seen.lock().unwrap() = read(&of);
            }
            service(request)
        });
        let server = server.await;
        get(&path, &server).await.unwrap();
        assert_eq!(server.lines(), [TOKEN_LINE, EXCHANGE_LINE]);
        let [token, exchange] = <[String; 2]>::try_from(server.received()).unwrap();
        let (head, form) = token.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"), "{head}");
        assert_eq!(
            form,
            "grant_type=refresh_token&refresh_token=ScriptedRefresh1%2B%2F%3D&client_id=4038181954557748008"
        );
        assert!(exchange.contains("\r\nauthorization: Bearer ScriptedAccess2\r\n"), "{exchange}");
        assert_eq!(*at_exchange.lock().unwrap(), refreshed(10_800));
        assert_eq!(read(&path), refreshed(10_800));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1, "nothing is left beside it");
    }
}

/// The Go SDK writes only after the exchange, and so loses the token that it was given (`oauth.go:109`).
#[tokio::test]
async fn a_new_refresh_token_survives_a_failing_exchange() {
    let server = Server::start(|request, _| match request.lines().next().unwrap() {
        EXCHANGE_LINE => status(500, "<html>"),
        _ => service(request),
    });
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(0).as_bytes());
    assert_eq!(get(&path, &server.await).await.unwrap_err().kind(), Failed);
    assert_eq!(read(&path), refreshed(10_800));
}

#[tokio::test]
async fn a_new_refresh_token_is_kept_whatever_else_the_answer_lacks() {
    let folder = Folder::new("oauth");
    let case = async |answer: &'static str| {
        let server = Server::start(move |request, _| match request.lines().next().unwrap() {
            TOKEN_LINE => ok(answer),
            _ => service(request),
        });
        let path = folder.file("config.json", config(0).as_bytes());
        let result = get(&path, &server.await).await;
        (result.is_ok(), read(&path))
    };
    // The old one is good still where there is no new one (RFC 6749, 6).
    let (good, file) = case(r#"{"access_token":"ScriptedAccess2","expires_in":"10800"}"#).await;
    assert!(good);
    assert_eq!(file, refreshed(10_800).replace("ScriptedRefresh2", "ScriptedRefresh1+/="));
    let (good, file) =
        case(r#"{"access_token":"ScriptedAccess2","refresh_token":"ScriptedRefresh2","expires_in":"soon"}"#)
            .await;
    assert!(good);
    assert_eq!(file, refreshed(0));
    let (good, file) = case(r#"{"refresh_token":"ScriptedRefresh2"}"#).await;
    assert!(!good);
    assert_eq!(file, config(0).replace("ScriptedRefresh1+/=", "ScriptedRefresh2"));
    for none in ["<html>", "{}", "[]", r#"{"access_token":""}"#] {
        let (good, file) = case(none).await;
        assert!(!good);
        assert_eq!(file, config(0));
    }
}

/// Each refresh token is good once. Other SDKs read the file before they lock it, if they do.
#[tokio::test]
async fn of_many_at_once_one_refreshes_and_the_others_use_what_it_wrote() {
    let server = Server::start(|request, _| {
        if request.starts_with(TOKEN_LINE) && !request.contains("ScriptedRefresh1") {
            return status(400, r#"{"error":"invalid_grant"}"#);
        }
        service(request)
    });
    let server = Arc::new(server.await);
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(0).as_bytes());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let (path, server) = (path.clone(), Arc::clone(&server));
        tasks.spawn(async move { get(&path, &server).await });
    }
    for result in tasks.join_all().await {
        result.unwrap();
    }
    assert_eq!(server.lines().iter().filter(|line| *line == TOKEN_LINE).count(), 1);
    assert_eq!(read(&path), refreshed(10_800));
}

fn replace(path: &Path, text: &str) {
    let aside = Folder::new("aside");
    std::fs::rename(aside.file("new", text.as_bytes()), path).unwrap();
}

/// The CLI does not lock the file.
#[tokio::test]
async fn what_a_program_without_a_lock_has_refreshed_is_used() {
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(0).as_bytes());
    let of = path.clone();
    let server = Server::start(move |request, _| match request.lines().next().unwrap() {
        TOKEN_LINE => {
            replace(&of, &refreshed(10_800));
            status(400, r#"{"error":"invalid_grant"}"#)
        }
        _ => service(request),
    });
    let server = server.await;
    get(&path, &server).await.unwrap();
    assert!(server.received()[1].contains("Bearer ScriptedAccess2"));
    assert_eq!(read(&path), refreshed(10_800));
}

#[tokio::test]
async fn a_refresh_that_fails_is_no_reason_to_fail_while_the_token_is_valid() {
    let refusals = [(400, "{\"error\":\"invalid_grant\"}"), (500, "<html>"), (302, "")];
    for (code, body) in refusals {
        let server = Server::start(move |request, _| match request.lines().next().unwrap() {
            TOKEN_LINE => status(code, body),
            _ => service(request),
        });
        let server = server.await;
        let folder = Folder::new("oauth");
        let path = folder.file("config.json", config(60).as_bytes());
        get(&path, &server).await.unwrap();
        assert!(server.received()[1].contains("Bearer ScriptedAccess1"));
        let path = folder.file("config.json", config(0).as_bytes());
        let error = get(&path, &server).await.unwrap_err();
        let expected = if code == 400 {
            (
                Invalid,
                "the login was not refreshed (HTTP 400, `invalid_grant`); log in again with `aliyun configure --mode OAuth`",
            )
        } else {
            (Failed, "; ask again later")
        };
        assert_eq!(error.kind(), expected.0);
        assert!(error.to_string().contains(expected.1), "{error}");
        assert_eq!(read(&path), config(0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_is_finished_when_nobody_waits_any_more() {
    let (asked, mut is_asked) = tokio::sync::mpsc::unbounded_channel();
    let (go, may_go) = std::sync::mpsc::channel::<()>();
    let may_go = Mutex::new(may_go);
    let server = Server::start(move |request, _| {
        asked.send(()).unwrap();
        may_go.lock().unwrap().recv().unwrap();
        service(request)
    });
    let server = server.await;
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(0).as_bytes());
    let provider = provider(&path, &server);
    let waiting = tokio::spawn(async move { provider.provide_credentials().await });
    is_asked.recv().await.unwrap();
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    while read(&path) != refreshed(10_800) {
        tokio::task::yield_now().await;
    }
}

/// Its name leaves no room for a new file beside it: that fails for root, too.
#[tokio::test]
async fn a_file_that_cannot_be_written_uses_no_refresh_token_up() {
    let server = Server::start(|request, _| service(request)).await;
    let folder = Folder::new("oauth");
    let path = folder.file(&"c".repeat(250), config(0).as_bytes());
    let error = get(&path, &server).await.unwrap_err();
    assert!(error.kind() == Failed && error.to_string().contains("cannot be kept in"), "{error}");
    assert!(server.lines().is_empty());
    let path = folder.file(&"c".repeat(250), config(60).as_bytes());
    get(&path, &server).await.unwrap();
    assert_eq!(server.lines(), [EXCHANGE_LINE]);
}

#[tokio::test]
async fn a_byte_order_mark_stays() {
    let server = Server::start(|request, _| service(request)).await;
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", format!("\u{feff}{}", config(0)).as_bytes());
    get(&path, &server).await.unwrap();
    assert_eq!(read(&path), format!("\u{feff}{}", refreshed(10_800)));
}

#[test]
fn sites() {
    let folder = Folder::new("oauth");
    let refresh = |path: PathBuf| {
        let login = Login {
            provider: "oauth",
            mode: "OAuth",
            os: Os::fixed("/", []),
            path,
            profile: "login".to_owned(),
        };
        Refresh { login, clock: clock(), base: None }.access_token()
    };
    for (site, base) in [
        ("CN", "https://oauth.aliyun.com/"),
        ("cn", "https://oauth.aliyun.com/"),
        ("INTL", "https://oauth.alibabacloud.com/"),
        ("Intl", "https://oauth.alibabacloud.com/"),
    ] {
        let config = config(3600).replace("\"CN\"", &format!("\"{site}\""));
        let token = refresh(folder.file("config.json", config.as_bytes())).unwrap();
        assert_eq!(token.base.to_string(), base);
    }
    for bad in ["\"\"", "\"EU\"", "null"] {
        let config = config(3600).replace("\"CN\"", bad);
        let error = refresh(folder.file("config.json", config.as_bytes())).err().unwrap();
        assert_eq!(
            error.to_string(),
            "no credentials from oauth: `oauth_site_type` is neither `CN` nor `INTL`"
        );
    }
    let without = config(0).replace("oauth_refresh_token", "other");
    let error = refresh(folder.file("config.json", without.as_bytes())).err().unwrap();
    assert!(
        error.to_string().contains("the login has ended and has no refresh token; log in again"),
        "{error}"
    );
    let soon = config(60).replace("oauth_refresh_token", "other");
    assert!(refresh(folder.file("config.json", soon.as_bytes())).is_ok());
    let odd = config(60).replace("\"ScriptedAccess1\"", "[\"ScriptedAccess1\"]");
    let error = refresh(folder.file("config.json", odd.as_bytes())).err().unwrap();
    assert!(error.to_string().contains("`oauth_access_token` is not a text"), "{error}");
}

#[tokio::test]
async fn what_is_no_good_exchange() {
    let folder = Folder::new("oauth");
    let path = folder.file("config.json", config(3600).as_bytes());
    for (answer, kind, said) in [
        (
            status(401, r#"{"error":"expired_token","error_description":"<html>","requestId":"r"}"#),
            Invalid,
            "gave no credentials (HTTP 401, `expired_token`); log in again",
        ),
        (status(500, "<html>"), Failed, "(HTTP 500); ask again later"),
        (ok("<html>"), Failed, "not a JSON object"),
        (ok("{}"), Failed, "no `AccessKeyId`"),
        (ok(&credentials().replace("securityToken", "x")), Failed, "no `SecurityToken`"),
        (ok(&credentials().replace("2035", "x")), Failed, "`Expiration` is not a time"),
        (Act::Reply(b"\xff".to_vec()), Failed, "did not answer as it should"),
        (
            Act::Pour(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 9999]),
            Failed,
            "did not answer as it should",
        ),
    ] {
        let answer = Mutex::new(Some(answer));
        let server = Server::start(move |_, _| answer.lock().unwrap().take().unwrap()).await;
        let error = get(&path, &server).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
    assert_eq!(read(&path), config(3600));
}
