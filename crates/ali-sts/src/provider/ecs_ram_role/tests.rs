use super::EcsRamRole;
use crate::os::Os;
use crate::provider::scripted::{
    Act, DOCUMENT, SECRET, Server, TOKEN, assert_clean, nobody, ok, start_of, status,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use sts_types::ProviderErrorKind::{Failed, Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials as _, ProviderError, ProviderErrorKind};

const PUT: &str = "PUT /latest/api/token HTTP/1.1";
const LIST: &str = "GET /latest/meta-data/ram/security-credentials/ HTTP/1.1";
const ROLE: &str = "GET /latest/meta-data/ram/security-credentials/app HTTP/1.1";
const METADATA_TOKEN: &str = "ScriptedMetadataToken==";

/// What an instance with the role `app` says.
fn instance(request: &str) -> Act {
    match request.lines().next().unwrap() {
        PUT => ok(METADATA_TOKEN),
        LIST => ok("app"),
        ROLE => ok(DOCUMENT),
        other => panic!("{other}"),
    }
}

async fn an_instance() -> Server {
    Server::start(|request, _| instance(request)).await
}

fn provider(server: &Server, variables: &[(&str, &str)]) -> EcsRamRole {
    EcsRamRole::new().endpoint(server.url()).with_os(Os::fixed("/", variables.iter().copied()))
}

async fn get(provider: &EcsRamRole) -> Result<Credentials, ProviderError> {
    let result = provider.provide_credentials().await;
    if let Err(error) = &result {
        assert_clean(error, &["127.0.0.1:", "<html>"]);
    }
    result
}

/// What is told of a document in the place of the role's.
async fn refusal(document: Act) -> (ProviderErrorKind, String) {
    let document = std::sync::Mutex::new(Some(document));
    let server = Server::start(move |request, _| match request.lines().next().unwrap() {
        ROLE => document.lock().unwrap().take().unwrap(),
        _ => instance(request),
    })
    .await;
    let error = get(&provider(&server, &[])).await.unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test]
async fn a_token_the_role_and_its_credentials() {
    let server = an_instance().await;
    let credentials = get(&provider(&server, &[])).await.unwrap();
    assert_eq!(credentials.access_key_id(), "STS.NTdocumented");
    assert_eq!(credentials.access_key_secret().expose_secret(), SECRET);
    assert_eq!(credentials.security_token().unwrap().expose_secret(), TOKEN);
    // date -u -d 2035-04-09T11:52:19Z +%s
    let expiration = SystemTime::UNIX_EPOCH + Duration::from_secs(2_059_732_339);
    assert_eq!(credentials.expiration(), Some(expiration));
    assert_eq!(credentials.provider_name(), Some("ecs_ram_role"));
    assert_eq!(server.lines(), [PUT, LIST, ROLE]);
    let [put, list, role] = <[String; 3]>::try_from(server.received()).unwrap();
    assert!(put.contains("\r\nx-aliyun-ecs-metadata-token-ttl-seconds: 21600\r\n"), "{put}");
    assert!(put.contains("\r\ncontent-length: 0\r\n"), "{put}");
    for request in [list, role] {
        assert!(
            request.contains(&format!("\r\nx-aliyun-ecs-metadata-token: {METADATA_TOKEN}\r\n")),
            "{request}"
        );
        assert!(request.contains("\r\nuser-agent: ali-sts/"), "{request}");
    }
}

#[tokio::test]
async fn a_named_role_is_not_looked_up() {
    let server = an_instance().await;
    get(&provider(&server, &[]).role_name(" app\n")).await.unwrap();
    get(&provider(&server, &[("ALIBABA_CLOUD_ECS_METADATA", "app")])).await.unwrap();
    get(&provider(&server, &[("ALIBABA_CLOUD_ECS_METADATA", "other")]).role_name("app")).await.unwrap();
    assert_eq!(server.lines(), [PUT, ROLE].repeat(3));
    get(&provider(&server, &[]).role_name(" ")).await.unwrap();
    assert_eq!(server.lines()[6..], [PUT, LIST, ROLE]);
}

#[tokio::test]
async fn a_name_cannot_lead_elsewhere() {
    let server = an_instance().await;
    for name in ["..", "../../user-data", "a/b", "a?b", "a#b", "a b", "é", "a\r\nb: c", &"x".repeat(65)] {
        let error = get(&provider(&server, &[]).role_name(name)).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{name}");
    }
    assert!(server.lines().is_empty());
    for name in ["../../user-data", "<html></html>", "", "\n", "a\0b"] {
        let server = Server::start(move |request, _| match request.lines().next().unwrap() {
            LIST => ok(name),
            _ => instance(request),
        });
        let server = server.await;
        assert_eq!(get(&provider(&server, &[])).await.unwrap_err().kind(), Failed, "{name}");
        assert_eq!(server.lines(), [PUT, LIST]);
    }
    let two = Server::start(|request, _| match request.lines().next().unwrap() {
        LIST => ok("app\r\nanother\n"),
        _ => instance(request),
    });
    let two = two.await;
    get(&provider(&two, &[])).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_for_its_lifetime_and_credentials_are_not() {
    tokio::time::resume();
    let server = an_instance().await;
    let provider = provider(&server, &[]).role_name("app");
    get(&provider).await.unwrap();
    get(&provider).await.unwrap();
    assert_eq!(server.lines(), [PUT, ROLE, ROLE]);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(21_600 - 119)).await;
    tokio::time::resume();
    get(&provider).await.unwrap();
    assert_eq!(server.lines()[3..], [PUT, ROLE]);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    for refusal in [401, 403] {
        let refused = AtomicUsize::new(0);
        let server = Server::start(move |request, number| match request.lines().next().unwrap() {
            // The second time, the service knows the token no more.
            ROLE if number == 2 => {
                refused.fetch_add(1, Ordering::Relaxed);
                status(refusal, "")
            }
            _ => instance(request),
        });
        let server = server.await;
        let provider = provider(&server, &[]).role_name("app");
        get(&provider).await.unwrap();
        get(&provider).await.unwrap();
        assert_eq!(server.lines(), [PUT, ROLE, ROLE, PUT, ROLE]);
    }
    let always = Server::start(|request, number| match request.lines().next().unwrap() {
        ROLE if number > 1 => status(401, ""),
        _ => instance(request),
    });
    let always = always.await;
    let provider = provider(&always, &[]).role_name("app");
    get(&provider).await.unwrap();
    assert_eq!(get(&provider).await.unwrap_err().kind(), Failed);
    assert_eq!(always.lines(), [PUT, ROLE, ROLE, PUT, ROLE]);
}

#[tokio::test]
async fn without_a_token_where_there_is_none_unless_that_is_forbidden() {
    let html = "<html>\n<body>proxy</body></html>";
    let answers: [fn(&str) -> Act; 6] = [
        |_| status(404, ""),
        |_| status(405, ""),
        |_| status(500, ""),
        |html| ok(html),
        |_| ok(""),
        |_| Act::Reply(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut".to_vec()),
    ];
    for answer in answers {
        let server = Server::start(move |request, _| match request.lines().next().unwrap() {
            PUT => answer(html),
            _ => instance(request),
        });
        let server = server.await;
        get(&provider(&server, &[])).await.unwrap();
        let lines = server.lines();
        assert_eq!((lines[1].as_str(), lines.last().unwrap().as_str()), (LIST, ROLE));
        assert!(!server.received()[1].contains("metadata-token"));

        for required in [
            provider(&server, &[]).require_token(),
            provider(&server, &[("ALIBABA_CLOUD_IMDSV1_DISABLED", "True")]),
        ] {
            let before = server.lines().len();
            let error = get(&required).await.unwrap_err();
            assert_eq!(error.kind(), Failed);
            assert!(error.to_string().contains("gave no token ("), "{error}");
            assert_eq!(server.lines()[before..], [PUT]);
        }
    }
}

#[tokio::test]
async fn a_failed_request_with_a_token_is_not_repeated_without() {
    let server = Server::start(|request, _| match request.lines().next().unwrap() {
        ROLE => status(500, ""),
        _ => instance(request),
    });
    let server = server.await;
    get(&provider(&server, &[]).role_name("app")).await.unwrap_err();
    assert_eq!(server.lines(), [PUT, ROLE]);
}

#[tokio::test]
async fn switched_off() {
    let server = an_instance().await;
    let off = get(&provider(&server, &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "TRUE")])).await.unwrap_err();
    assert_eq!(off.kind(), NotConfigured);
    assert_eq!(
        off.to_string(),
        "no credentials from ecs_ram_role: `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`"
    );
    assert!(server.lines().is_empty());
    for other in ["1", "yes", "false"] {
        get(&provider(&server, &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", other)])).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_there_and_no_role_are_not_configured() {
    let refused = EcsRamRole::new().endpoint(nobody().await).with_os(Os::fixed("/", []));
    let error = get(&refused).await.unwrap_err();
    assert_eq!(error.kind(), NotConfigured);
    assert!(error.to_string().contains("no ECS instance"), "{error}");
    let none = Server::start(|request, _| match request.lines().next().unwrap() {
        LIST => status(404, "<html>"),
        _ => instance(request),
    });
    let error = get(&provider(&none.await, &[])).await.unwrap_err();
    assert_eq!(error.kind(), NotConfigured);
    assert!(error.to_string().contains("no RAM role is attached"), "{error}");
}

/// A queue of connections that nobody takes: further ones are not even refused.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_not_made_within_a_second_is_not_configured() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = vec![tokio::net::TcpStream::connect(address).await.unwrap()];
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(50), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
    }
    tokio::time::pause();
    let started = crate::clock::instant();
    let provider = EcsRamRole::new().endpoint(format!("http://{address}")).with_os(Os::fixed("/", []));
    let error = get(&provider).await.unwrap_err();
    assert_eq!(error.kind(), NotConfigured);
    assert_eq!(started.elapsed().as_secs(), 1);
}

#[tokio::test]
async fn a_service_that_is_there_and_silent_is_broken() {
    let server = Server::start(|request, _| match request.lines().next().unwrap() {
        ROLE => Act::Hang(Vec::new()),
        _ => instance(request),
    });
    let provider = provider(&server.await, &[]);
    assert_eq!(get(&provider).await.unwrap_err().kind(), Failed);
}

#[tokio::test]
async fn what_is_no_good_document_is_broken() {
    let without = |member: &str| ok(&DOCUMENT.replace(member, "Other"));
    let cut =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", DOCUMENT.len(), start_of(DOCUMENT, 99));
    for (document, said) in [
        (ok("<html>no</html>"), "not a JSON object"),
        (ok(start_of(DOCUMENT, DOCUMENT.len() - 1)), "not a JSON object"),
        (ok(""), "not a JSON object"),
        (ok(&DOCUMENT.replace("Success", "Failed")), "its `Code` is `Failed`, not `Success`"),
        (ok(&DOCUMENT.replace("Success", SECRET)), "its `Code` is not `Success`"),
        (without("AccessKeyId"), "no `AccessKeyId`"),
        (without("AccessKeySecret"), "no `AccessKeySecret`"),
        (without("SecurityToken"), "no `SecurityToken`"),
        (without("Expiration"), "no `Expiration`"),
        (ok(&DOCUMENT.replace("\"2035-04-09T11:52:19Z\"", "[1]")), "no `Expiration`"),
        (ok(&DOCUMENT.replace("T11:52:19Z\",", "\",")), "`Expiration` is not a time"),
        (status(401, DOCUMENT), "HTTP 401"),
        (status(403, "<html>"), "HTTP 403"),
        (status(500, DOCUMENT), "HTTP 500"),
        (status(204, ""), "HTTP 204"),
        (Act::Reply(cut.into_bytes()), "did not answer as it should"),
        (Act::Reply(b"not HTTP".to_vec()), "did not answer as it should"),
        (Act::Reply(Vec::new()), "did not answer as it should"),
    ] {
        let (kind, text) = refusal(document).await;
        assert_eq!(kind, Failed, "{text}");
        assert!(text.contains(said), "{said}: {text}");
    }
    let (kind, text) = refusal(status(404, DOCUMENT)).await;
    assert_eq!(kind, Invalid);
    assert!(text.contains("no role `app`"), "{text}");
    let other = Act::Reply(
        [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"AccessKeyId\":\"".as_slice(), &[0xff], b"\"}"]
            .concat(),
    );
    assert!(refusal(other).await.1.contains("not a JSON object"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = an_instance().await;
    let to = format!("HTTP/1.1 302 Found\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.url());
    let (kind, text) = refusal(Act::Reply(to.into_bytes())).await;
    assert!(kind == Failed && text.contains("HTTP 302"), "{text}");
    assert!(elsewhere.lines().is_empty());
}

#[tokio::test]
async fn what_never_ends_is_cut_off() {
    let body = Act::Pour(b"HTTP/1.1 200 OK\r\n\r\n{\"a\":\"".to_vec(), vec![b'a'; 64 * 1024]);
    let head =
        Act::Pour(b"HTTP/1.1 200 OK\r\n".to_vec(), format!("x: {}\r\n", "a".repeat(1000)).into_bytes());
    let long =
        Act::Reply([b"HTTP/1.1 200 OK\r\nx: ".as_slice(), &vec![b'a'; 10_000_000], b"\r\n\r\n{}"].concat());
    for act in [body, head, long] {
        assert_eq!(refusal(act).await.0, Failed);
    }
}

/// Peers send the instance's metadata requests through whatever proxy the variables name.
#[tokio::test]
async fn no_proxy_variable_is_used() {
    let (server, proxy) = (an_instance().await, Server::start(|_, _| ok(DOCUMENT)).await);
    let url = proxy.url();
    let names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    get(&provider(&server, &names.map(|name| (name, url.as_str())))).await.unwrap();
    assert_eq!((server.lines().len(), proxy.lines().len()), (3, 0));
}

#[tokio::test]
async fn endpoints_of_the_environment() {
    let (first, second) = (an_instance().await, an_instance().await);
    let (one, two) = (first.url(), second.url() + "/");
    let both = [
        ("ALIBABA_CLOUD_IMDS_ENDPOINT", two.as_str()),
        ("ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT", one.as_str()),
    ];
    get(&EcsRamRole::new().with_os(Os::fixed("/", both))).await.unwrap();
    assert_eq!((first.lines().len(), second.lines().len()), (3, 0));
    get(&EcsRamRole::new().with_os(Os::fixed("/", [both[0]]))).await.unwrap();
    assert_eq!((first.lines().len(), second.lines().len()), (3, 3));
    for bad in
        ["http://example.com", "http://127.0.0.1/path", "https://example.com/?a", "http://u:p4ss@127.0.0.1"]
    {
        let provider = EcsRamRole::new().endpoint(bad).with_os(Os::fixed("/", []));
        let error = get(&provider).await.unwrap_err();
        assert_eq!(error.kind(), Invalid, "{bad}");
        let text = format!("{provider:?} {error}");
        assert!(!text.contains("p4ss") && !text.contains("example.com"), "{text}");
    }
}

/// Credentials are judged where they are used, by a corrected clock.
#[tokio::test]
async fn expired_credentials_are_given_with_their_expiration() {
    let server = Server::start(|request, _| match request.lines().next().unwrap() {
        ROLE => ok(&DOCUMENT.replace("2035", "2015")),
        _ => instance(request),
    });
    let credentials = get(&provider(&server.await, &[])).await.unwrap();
    assert!(credentials.expiration().unwrap() < SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_000));
}

/// credentials-go dereferences nil where `Code` or `Expiration` is missing (`ecs_ram_role.go:199`, 208).
#[tokio::test]
async fn a_missing_code_or_expiration_is_no_crash() {
    let server = Server::start(|request, _| match request.lines().next().unwrap() {
        ROLE => ok(&DOCUMENT.replace("\"Code\"", "\"Other\"")),
        _ => instance(request),
    });
    get(&provider(&server.await, &[])).await.unwrap();
    assert_eq!(refusal(ok(r#"{"Code":"Success"}"#)).await.0, Failed);
    assert_eq!(refusal(ok(&DOCUMENT.replace("\"Expiration\"", "\"Other\""))).await.0, Failed);
}

#[test]
fn debug_shows_the_name_alone() {
    let provider = EcsRamRole::new().role_name("app").endpoint("http://user:p4ss@127.0.0.1");
    assert_eq!(format!("{provider:?}"), r#"EcsRamRole { role_name: Some("app"), .. }"#);
}
