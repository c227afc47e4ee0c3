use super::CredentialsUri;
use crate::os::Os;
use crate::provider::scripted::{
    Act, DOCUMENT, SECRET, Server, TOKEN, assert_clean, nobody, ok, start_of, status,
};
use sts_types::ProviderErrorKind::{Failed, Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError, ProviderErrorKind};

const PATH: &str = "/SecretPath?key=SecretQuery";

async fn get(provider: &CredentialsUri) -> Result<Credentials, ProviderError> {
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["SecretPath", "SecretQuery", "Hunter", "<html>", "http://127.0.0.1:8"]);
    }
    result
}

fn of(server: &Server, variables: &[(&str, &str)]) -> CredentialsUri {
    CredentialsUri::new(server.url() + PATH).with_os(Os::fixed("/", variables.iter().copied()))
}

async fn refusal(answer: Act) -> (ProviderErrorKind, String) {
    let answer = std::sync::Mutex::new(Some(answer));
    let server = Server::start(move |_, _| answer.lock().unwrap().take().unwrap()).await;
    let error = get(&of(&server, &[])).await.unwrap_err();
    assert_eq!(server.lines().len(), 1, "asked once");
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn a_document_by_get_without_and_with_authorization() {
    let server = Server::start(|_, _| ok(DOCUMENT)).await;
    let credentials = get(&of(&server, &[])).await.unwrap();
    assert_eq!(credentials.access_key_id(), "STS.NTdocumented");
    assert_eq!(credentials.access_key_secret().expose_secret(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose_secret(), TOKEN);
    assert_eq!(credentials.provider_name(), Some("credentials_uri"));
    get(&of(&server, &[]).authorization("Bearer Hunter2")).await.unwrap();
    let [without, with] = <[String; 2]>::try_from(server.received()).unwrap();
    assert!(without.starts_with("GET /SecretPath?key=SecretQuery HTTP/1.1\r\n"), "{without}");
    assert!(without.ends_with("\r\n\r\n") && !without.contains("authorization:"), "{without}");
    assert!(with.contains("\r\nauthorization: Bearer Hunter2\r\n"), "{with}");
}

#[tokio::test]
async fn the_variable_is_read_each_time() {
    let server = Server::start(|_, _| ok(DOCUMENT)).await;
    let uri = server.url() + PATH;
    let with = |variables: &[(&str, &str)]| {
        CredentialsUri::from_env().with_os(Os::fixed("/", variables.iter().copied()))
    };
    get(&with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", &uri)])).await.unwrap();
    for unset in [with(&[]), with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "")])] {
        let error = get(&unset).await.unwrap_err();
        assert_eq!(error.kind(), NotConfigured);
        assert_eq!(
            error.to_string(),
            "no credentials from credentials_uri: `ALIBABA_CLOUD_CREDENTIALS_URI` is not set"
        );
    }
    // Set and failing ends a chain.
    let gone = nobody().await + PATH;
    assert_eq!(get(&with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", &gone)])).await.unwrap_err().kind(), Failed);
}

/// Official SDKs fetch credentials from anywhere in the open.
#[tokio::test]
async fn plain_http_is_for_addresses_of_this_machine() {
    for bad in [
        "http://example.com/SecretPath",
        "http://localhost:8080/SecretPath",
        "SecretPath",
        "ftp://127.0.0.1/",
    ] {
        let error = get(&CredentialsUri::new(bad)).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{error}");
    }
    let error = get(&CredentialsUri::new("https://user:Hunter2@example.com/")).await.unwrap_err();
    assert!(error.to_string().contains("leave user and password out"), "{error}");
    let error =
        get(&CredentialsUri::new("http://127.0.0.1:1/").authorization("Hunter\n2")).await.unwrap_err();
    assert!(error.to_string().contains("line break"), "{error}");
}

#[tokio::test]
async fn what_is_no_good_answer_is_broken() {
    let cut =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", DOCUMENT.len(), start_of(DOCUMENT, 99));
    for (answer, said) in [
        (ok("<html>no</html>"), "not a JSON object"),
        (ok(start_of(DOCUMENT, DOCUMENT.len() - 1)), "not a JSON object"),
        (ok(&DOCUMENT.replace("Success", "Forbidden")), "its `Code` is `Forbidden`"),
        (ok(&DOCUMENT.replace("SecurityToken", "SessionToken")), "no `SecurityToken`"),
        (ok(&DOCUMENT.replace("Expiration", "Expires")), "no `Expiration`"),
        (ok(&DOCUMENT.replace("2035-04", "2035-13")), "`Expiration` is not a time"),
        (ok(&DOCUMENT.replace(&format!("\"{SECRET}\""), "{}")), "no `AccessKeySecret`"),
        (status(201, DOCUMENT), "HTTP 201"),
        (status(401, DOCUMENT), "check its authorization"),
        (status(404, DOCUMENT), "check its path"),
        (status(500, DOCUMENT), "HTTP 500"),
        (Act::Reply(cut.into_bytes()), "did not answer as it should"),
        (Act::Reply(b"\xff\xfe".to_vec()), "did not answer as it should"),
        (
            Act::Pour(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 64 * 1024]),
            "did not answer as it should",
        ),
        (Act::Pour(b"HTTP/1.1 200 OK\r\nx: ".to_vec(), vec![b'a'; 64 * 1024]), "did not answer as it should"),
    ] {
        let (kind, text) = refusal(answer).await;
        assert_eq!(kind, Failed, "{text}");
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test]
async fn silence_is_cut_off_after_ten_seconds() {
    let (kind, text) = refusal(Act::Hang(b"HTTP/1.1 200 OK\r\n".to_vec())).await;
    assert!(kind == Failed && text.contains("did not answer as it should"), "{text}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_, _| ok(DOCUMENT)).await;
    for code in [301, 302, 307, 308] {
        let to = format!("HTTP/1.1 {code} X\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
        let (kind, text) = refusal(Act::Reply(to.into_bytes())).await;
        assert!(kind == Failed && text.contains("leads elsewhere"), "{text}");
    }
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn no_proxy_for_this_machine_and_the_variables_one_for_others() {
    let (server, proxy) =
        (Server::start(|_, _| ok(DOCUMENT)).await, Server::start(|_, _| status(403, "")).await);
    let url = proxy.url();
    let variables = ["http_proxy", "https_proxy", "all_proxy"].map(|name| (name, url.as_str()));
    get(&of(&server, &variables)).await.unwrap();
    assert_eq!((server.lines().len(), proxy.lines().len()), (1, 0));
    let remote =
        CredentialsUri::new("https://credentials.test/SecretPath").with_os(Os::fixed("/", variables));
    assert_eq!(get(&remote).await.unwrap_err().kind(), Failed);
    assert_eq!(proxy.lines(), ["CONNECT credentials.test:443 HTTP/1.1"]);
    let bad = of(&server, &[("all_proxy", "gopher://Hunter2")]);
    assert_eq!(get(&bad).await.unwrap_err().kind(), Invalid);
}

#[test]
fn debug_shows_nothing_secret() {
    let provider = CredentialsUri::new("https://example.com/SecretPath").authorization("Hunter2");
    assert_eq!(format!("{provider:?}"), "CredentialsUri { from_env: false, .. }");
}
