//! The fault table: what a network, a server or a clock may do to a call, one row each, over real sockets. Each row says
//! what the caller is told and how many requests were sent; none takes long, none holds much, and none shows a secret.

use crate::canary::{self, Canaries, everything};
use crate::wire::{Act, Received, Server, answer, good, granted, refusal, refusing};
use ali_sts::{
    AssumeRoleOutput, Backoff, Client, ClientBuilder, Clock, Credentials, Error, ProvideCredentials,
    ProviderError, RetryPolicy,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

const ROLE: &str = "acs:ram::123456789012:role/app";

/// For rows whose outcome is that time runs out. All others have minutes.
const SHORT: Duration = Duration::from_millis(200);

/// Far above what any row needs.
const BOUND: Duration = Duration::from_secs(60);

/// What the sockets' own buffers may swallow beyond what the client reads.
const SOCKET_BUFFERS: u64 = 16 << 20;

fn credentials() -> Credentials {
    Credentials::new("STS.canary", canary::SECRET).with_security_token(canary::TOKEN)
}

fn policy() -> RetryPolicy {
    let backoff = Backoff::new().base(Duration::from_millis(1)).cap(Duration::from_millis(2));
    RetryPolicy::new().attempt_timeout(BOUND).overall_timeout(2 * BOUND).backoff(backoff)
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder().endpoint(url).credentials(credentials()).retry(policy())
}

/// For a server that never ends: time ends it.
fn impatient(builder: ClientBuilder) -> ClientBuilder {
    builder.retry(policy().attempt_timeout(SHORT))
}

async fn call(client: &Client) -> Result<AssumeRoleOutput, Error> {
    let call = client.assume_role(ROLE).policy(canary::POLICY).send();
    tokio::time::timeout(2 * BOUND, call).await.expect("a call is to end")
}

/// What the caller is told, in one line.
fn told(result: &Result<AssumeRoleOutput, Error>) -> String {
    match result {
        Ok(out) => format!("ok {}", out.credentials.access_key_id()),
        Err(error) => match error {
            Error::Transport(transport) => format!("{:?}: {:?}", error.kind(), transport.transport_kind()),
            Error::Service(service) => format!("{:?}: {}", error.kind(), service.code()),
            Error::Response(response) => format!("{:?}: {}", error.kind(), response.problem()),
            other => format!("{:?}: {other}", error.kind()),
        },
    }
}

/// The signatures that the server saw are as secret as what made them.
fn canaries(received: &[Received]) -> Canaries {
    received.iter().fold(Canaries::new(), |canaries, received| {
        canaries.and("signature", received.param("Signature").unwrap())
    })
}

#[track_caller]
fn check(name: &str, result: &Result<AssumeRoleOutput, Error>, received: &[Received], expected: &str) {
    assert_eq!(told(result), expected, "{name}: {result:?}");
    let canaries = canaries(received);
    match result {
        Ok(out) => canaries.assert_absent(name, &format!("{out:?} {out:#?}")),
        Err(error) => {
            let text = everything(error);
            canaries.assert_absent(name, &text);
            let of_the_wire = ["http://", "127.0.0.1", "<html", "granted-"];
            assert!(!of_the_wire.iter().any(|it| text.contains(it)), "{name}: {text}");
            assert_eq!(error.to_string().lines().count(), 1, "{name}: {error}");
        }
    }
    // Each attempt is signed anew.
    let mut nonces: Vec<_> = received.iter().map(|one| one.param("SignatureNonce").unwrap()).collect();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), received.len(), "{name}");
}

type Choose = Box<dyn Fn(usize, &Received) -> Act + Send + Sync>;

struct Row {
    name: &'static str,
    act: Choose,
    client: fn(ClientBuilder) -> ClientBuilder,
    expected: &'static str,
    attempts: usize,
}

fn row(
    name: &'static str,
    act: impl Fn(usize, &Received) -> Act + Send + Sync + 'static,
    expected: &'static str,
    attempts: usize,
) -> Row {
    Row { name, act: Box::new(act), client: |builder| builder, expected, attempts }
}

/// The same answer each time.
fn always(name: &'static str, bytes: Vec<u8>, expected: &'static str, attempts: usize) -> Row {
    row(name, move |_, _| Act::Reply(bytes.clone()), expected, attempts)
}

/// So many times the answer, then a good one.
fn at_first(
    name: &'static str,
    times: usize,
    bytes: Vec<u8>,
    expected: &'static str,
    attempts: usize,
) -> Row {
    let choose = move |number, _: &Received| Act::Reply(if number < times { bytes.clone() } else { good() });
    row(name, choose, expected, attempts)
}

impl Row {
    fn with(mut self, client: fn(ClientBuilder) -> ClientBuilder) -> Self {
        self.client = client;
        self
    }

    async fn run(self) -> Outcome {
        let server = Server::start(self.act).await;
        let client = (self.client)(builder(&server.url())).build().unwrap();
        let result = call(&client).await;
        let received = server.received();
        check(self.name, &result, &received, self.expected);
        assert_eq!(received.len(), self.attempts, "{}: attempts", self.name);
        let counted = match &result {
            Err(Error::Service(error)) => error.attempts(),
            Err(Error::Transport(error)) => error.attempts(),
            _ => return Outcome { result, received, server },
        };
        assert_eq!(counted as usize, self.attempts, "{}: attempts told", self.name);
        Outcome { result, received, server }
    }
}

/// What came of a row, for what is special about it.
struct Outcome {
    result: Result<AssumeRoleOutput, Error>,
    received: Vec<Received>,
    server: Server,
}

async fn run(rows: Vec<Row>) {
    for row in rows {
        row.run().await;
    }
}

const GRANTED: &str = "ok STS.granted";

#[tokio::test]
async fn connections_that_break() {
    let truncated = |length: usize, body: &str| {
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
    };
    let chunk = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{\"RequestId\"".to_vec();
    run(vec![
        row("reset", |_, _| Act::Reset(Vec::new()), "Connection: Closed", 3),
        row("reset mid-head", |_, _| Act::Reset(b"HTTP/1.1 200 O".to_vec()), "Connection: Closed", 3),
        always("closed without a word", Vec::new(), "Connection: Closed", 3),
        always("closed mid-head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(), "Connection: Closed", 3),
        always("closed mid-body", truncated(500, "{\"RequestId\":\"6894"), "Connection: Closed", 3),
        always("closed mid-chunk", chunk, "Connection: Closed", 3),
        row(
            "closed once, then good",
            |number, _| Act::Reply(if number == 0 { Vec::new() } else { good() }),
            GRANTED,
            2,
        ),
        row(
            "reset twice, then good",
            |number, _| if number < 2 { Act::Reset(Vec::new()) } else { Act::Reply(good()) },
            GRANTED,
            3,
        ),
        row("closed, and one attempt allowed", |_, _| Act::Reply(Vec::new()), "Connection: Closed", 1)
            .with(|builder| builder.retry(RetryPolicy::never())),
    ])
    .await;
}

#[tokio::test]
async fn refused_connections() {
    let (url, _guard) = refusing();
    let result = call(&builder(&url).build().unwrap()).await;
    check("refused", &result, &[], "Connection: Connect");
    let Err(Error::Transport(error)) = &result else { panic!("{result:?}") };
    assert_eq!(error.attempts(), 3);
    assert!(result.unwrap_err().is_retryable());
}

#[tokio::test]
async fn connections_that_break_before_the_request() {
    for (name, act) in [
        ("closed at once", (|| Act::Reply(Vec::new())) as fn() -> Act),
        ("reset at once", || Act::Reset(Vec::new())),
    ] {
        let server = Server::at_accept(act).await;
        let result = call(&builder(&server.url()).build().unwrap()).await;
        check(name, &result, &[], "Connection: Closed");
        assert_eq!(server.connections(), 3, "{name}");
    }
}

#[tokio::test]
async fn silence() {
    run(vec![
        row("hang", |_, _| Act::Hang(Vec::new()), "RequestTimeout: ReadTimeout", 3).with(impatient),
        row(
            "hang mid-head",
            |_, _| Act::Hang(b"HTTP/1.1 200 OK\r\n".to_vec()),
            "RequestTimeout: ReadTimeout",
            3,
        )
        .with(impatient),
        row(
            "hang mid-body",
            |_, _| Act::Hang(b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"Re".to_vec()),
            "RequestTimeout: ReadTimeout",
            3,
        )
        .with(impatient),
        row(
            "hang once, then good",
            |number, _| if number == 0 { Act::Hang(Vec::new()) } else { Act::Reply(good()) },
            GRANTED,
            2,
        )
        .with(|builder| builder.timeout(5 * SHORT)),
        row(
            "hang past the overall time",
            |_, _| Act::Hang(Vec::new()),
            "RequestTimeout: DeadlineExceeded",
            1,
        )
        .with(|builder| builder.retry(policy().overall_timeout(SHORT))),
    ])
    .await;

    let mut server = Server::at_accept(|| Act::Hang(Vec::new())).await;
    let result = call(&impatient(builder(&server.url())).build().unwrap()).await;
    check("accepted, then silence", &result, &[], "RequestTimeout: ReadTimeout");
    assert_eq!(server.connections(), 3);
    // Nothing is left behind.
    server.all_ended().await;
}

/// A byte at a time, and never done: a read that is never idle is bounded too.
#[tokio::test]
async fn slow_drips() {
    let head = |head: &str| format!("HTTP/1.1 200 OK\r\n{head}").into_bytes();
    let slow = "RequestTimeout: ReadTimeout";
    for (name, head, piece, expected) in [
        ("dripping body", head("content-length: 999999999\r\n\r\n"), b"{".to_vec(), slow),
        ("dripping chunks", head("transfer-encoding: chunked\r\n\r\n"), b"1\r\n{\r\n".to_vec(), slow),
        // What comes before an answer is bounded like its head.
        (
            "provisional answers",
            Vec::new(),
            b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
            "InvalidResponse: Protocol",
        ),
    ] {
        let act = move |_, _: &Received| Act::Pour(head.clone(), piece.clone(), u64::MAX);
        let row = row(name, act, expected, 1).with(|builder| {
            let http = ali_sts::HttpClient::builder().max_response_size(usize::MAX);
            builder.http(http).retry(RetryPolicy::never().attempt_timeout(SHORT))
        });
        row.run().await.server.all_ended().await;
    }
}

#[tokio::test]
async fn answers_without_end() {
    const MIB: usize = 1 << 20;
    let head = |head: &str| format!("HTTP/1.1 200 OK\r\n{head}\r\n").into_bytes();
    let chunk = || [b"10000\r\n".as_slice(), &[b' '; 0x10000], b"\r\n"].concat();
    let plain = || vec![b' '; 0x10000];
    let chunked = || head("transfer-encoding: chunked\r\n");
    for (name, head, piece, times, expected, read) in [
        ("endless body", chunked(), chunk(), u64::MAX, "InvalidResponse: ResponseTooLarge", MIB),
        ("64 MiB, chunked", chunked(), chunk(), 1024, "InvalidResponse: ResponseTooLarge", MIB),
        (
            "64 MiB, announced",
            head("content-length: 67108864\r\n"),
            plain(),
            1024,
            "InvalidResponse: ResponseTooLarge",
            0,
        ),
        ("until closed", head(""), plain(), u64::MAX, "InvalidResponse: ResponseTooLarge", MIB),
        (
            "header bomb",
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            b"x-bomb: 1\r\n".repeat(1000),
            u64::MAX,
            "InvalidResponse: Protocol",
            MIB,
        ),
        (
            "one endless header",
            b"HTTP/1.1 200 OK\r\nx-bomb: ".to_vec(),
            plain(),
            u64::MAX,
            "InvalidResponse: Protocol",
            MIB,
        ),
        ("one endless line", Vec::new(), plain(), u64::MAX, "InvalidResponse: Protocol", MIB),
    ] {
        let act = move |_, _: &Received| Act::Pour(head.clone(), piece.clone(), times);
        let Outcome { result, mut server, .. } = row(name, act, expected, 1).run().await;
        assert!(!result.unwrap_err().is_retryable(), "{name}");
        server.all_ended().await;
        let (poured, most) = (server.poured(), read as u64 + SOCKET_BUFFERS);
        assert!(poured < most, "{name}: the client took {poured} bytes");
    }
}

#[tokio::test]
async fn a_bound_of_ones_own() {
    let act = |_, _: &Received| Act::Reply(good());
    let small = |builder: ClientBuilder| builder.http(ali_sts::HttpClient::builder().max_response_size(100));
    row("bound of 100 bytes", act, "InvalidResponse: ResponseTooLarge", 1).with(small).run().await;
}

#[tokio::test]
async fn answers_of_somebody_else() {
    let html = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
    let json =
        |body: &serde_json::Value| answer(200, "content-type: application/json\r\n", &body.to_string());
    let good_text = granted().to_string();
    let html_type = "content-type: text/html\r\n";
    let not_json = "InvalidResponse: it is not one JSON object";
    run(vec![
        always("truncated JSON", answer(200, "", &good_text[..good_text.len() / 2]), not_json, 1),
        always("JSON and more", answer(200, "", &format!("{good_text}{good_text}")), not_json, 1),
        always(
            "not UTF-8",
            b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"Code\":\"\xff\"}".to_vec(),
            not_json,
            1,
        ),
        always("an array", answer(200, "", "[]"), not_json, 1),
        always("a success page in HTML", answer(200, html_type, html), not_json, 1),
        always("a grant in XML", answer(200, "", "<AssumeRoleResponse></AssumeRoleResponse>"), not_json, 1),
        always("no content", answer(204, "", ""), not_json, 1),
        always("empty body", answer(200, "", ""), not_json, 1),
        always("no credentials", json(&serde_json::json!({})), "InvalidResponse: it has no `Credentials`", 1),
        always("wrong content type", answer(200, html_type, &good_text), GRANTED, 1),
        always("no content type", answer(200, "", &good_text), GRANTED, 1),
        always("HTML 502", answer(502, html_type, html), "ServiceFailure: HTTP 502", 3),
        at_first("HTML 502, then good", 2, answer(502, html_type, html), GRANTED, 3),
        always("empty 500", answer(500, "", ""), "ServiceFailure: HTTP 500", 3),
        always("empty 501", answer(501, "", ""), "ServiceFailure: HTTP 501", 1),
        always("HTML 429", answer(429, html_type, html), "Throttled: HTTP 429", 3),
        always("HTML 404", answer(404, html_type, html), "InvalidResponse: it has no error code", 1),
        always(
            "JSON 403 of another API",
            answer(403, "", "{\"error\":\"no\"}"),
            "InvalidResponse: it has no error code",
            1,
        ),
        always(
            "redirect",
            answer(302, "location: http://127.0.0.1:1/elsewhere\r\n", ""),
            "InvalidResponse: it is a redirect, which is never followed",
            1,
        ),
        always(
            "permanent redirect",
            answer(308, "location: https://example.com/\r\n", html),
            "InvalidResponse: it is a redirect, which is never followed",
            1,
        ),
        always("garbage", b"\x16\x03\x01 what is this?\r\n\r\n".to_vec(), "InvalidResponse: Protocol", 1),
        always(
            "another protocol",
            b"220 mail.example.com ESMTP\r\n".to_vec(),
            "InvalidResponse: Protocol",
            1,
        ),
        always(
            "two lengths",
            b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
            "InvalidResponse: Protocol",
            1,
        ),
        always(
            "a chunk without a size",
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n".to_vec(),
            "InvalidResponse: Protocol",
            1,
        ),
    ])
    .await;
}

#[tokio::test]
async fn half_a_set_of_credentials() {
    for (field, problem) in [
        ("AccessKeyId", "InvalidResponse: it has no `AccessKeyId`"),
        ("AccessKeySecret", "InvalidResponse: it has no `AccessKeySecret`"),
        ("SecurityToken", "InvalidResponse: it has no `SecurityToken`"),
        ("Expiration", "InvalidResponse: it has no `Expiration`"),
    ] {
        for (how, value) in [
            ("missing", None),
            ("empty", Some(serde_json::json!(""))),
            ("null", Some(serde_json::Value::Null)),
            ("an object", Some(serde_json::json!({ "x": 1 }))),
        ] {
            let mut body = granted();
            let credentials = body["Credentials"].as_object_mut().unwrap();
            credentials.remove(field);
            credentials.extend(value.map(|value| (field.to_owned(), value)));
            let bytes = answer(200, "x-acs-request-id: of-the-header\r\n", &body.to_string());
            let error = always(how, bytes, problem, 1).run().await.result.unwrap_err();
            assert_eq!((error.request_id(), error.status()), (Some("of-the-header"), Some(200)));
        }
    }
    let mut body = granted();
    body["Credentials"]["Expiration"] = "tomorrow".into();
    let bytes = answer(200, "", &body.to_string());
    always("no time", bytes, "InvalidResponse: its `Expiration` is not a time", 1).run().await;
}

#[tokio::test]
async fn refusals() {
    let of = |status, code| refusal(status, "", code, "The service's own words.");
    let xml = |status, code: &str| {
        let body = format!(
            "<?xml version=\"1.0\"?><Error><RequestId>R</RequestId><Code>{code}</Code><Message>m</Message></Error>"
        );
        answer(status, "content-type: text/xml\r\n", &body)
    };
    let lower = |code| answer(400, "", &serde_json::json!({ "code": code, "message": "m" }).to_string());
    run(vec![
        always(
            "a failure in a 2xx",
            of(200, "InvalidParameter.RoleArn"),
            "InvalidParameterValue: InvalidParameter.RoleArn",
            1,
        ),
        always("throttling in a 2xx", of(200, "Throttling.User"), "Throttled: Throttling.User", 3),
        always("XML", xml(403, "NoPermission"), "TokenRequestDenied: NoPermission", 1),
        at_first("throttling in XML, then good", 1, xml(400, "Throttling.User"), GRANTED, 2),
        always("keys in lower case", lower("EntityNotExist.Role"), "NoSuchRole: EntityNotExist.Role", 1),
        always("no such role", of(404, "EntityNotExist.Role"), "NoSuchRole: EntityNotExist.Role", 1),
        always("a code that nobody knows", of(400, "Something.New"), "Other: Something.New", 1),
        always("a known code with a 503", of(503, "NoPermission"), "TokenRequestDenied: NoPermission", 1),
        always("a code that nobody knows, 503", of(503, "Something.New"), "ServiceFailure: Something.New", 3),
        at_first("500 twice, then good", 2, of(500, "InternalError"), GRANTED, 3),
        at_first("503 twice, then good", 2, of(503, "ServiceUnavailable"), GRANTED, 3),
        at_first("500 three times", 3, of(500, "InternalError"), "ServiceFailure: InternalError", 3),
        at_first("Throttling.User twice, then good", 2, of(400, "Throttling.User"), GRANTED, 3),
        at_first("Throttling.Api, 429, then good", 1, of(429, "Throttling.Api"), GRANTED, 2),
        at_first("Throttling, then good", 1, of(400, "Throttling"), GRANTED, 2),
        at_first("more failures than attempts", 5, of(503, "ServiceUnavailable"), GRANTED, 6)
            .with(|builder| builder.retry(policy().max_attempts(6))),
        at_first(
            "the issuer's keys, once",
            1,
            of(401, "AuthenticationFail.OIDCToken.IssuerConfigurationBroken"),
            GRANTED,
            2,
        ),
        at_first(
            "the issuer's keys, twice",
            2,
            of(401, "AuthenticationFail.OIDCToken.IssuerConfigurationBroken"),
            "InvalidIdentityToken: AuthenticationFail.OIDCToken.IssuerConfigurationBroken",
            2,
        ),
        at_first("nonce used, then good", 1, of(400, "SignatureNonceUsed"), GRANTED, 2),
        at_first("nonce used twice", 2, of(400, "SignatureNonceUsed"), "NonceUsed: SignatureNonceUsed", 2),
        at_first(
            "signature",
            1,
            of(400, "SignatureDoesNotMatch"),
            "SignatureMismatch: SignatureDoesNotMatch",
            1,
        ),
    ])
    .await;
}

#[tokio::test]
async fn hints_how_long_to_wait() {
    let throttled =
        |headers| refusal(400, headers, "Throttling.User", "Request was denied due to user flow control.");
    run(vec![
        at_first("x-acs-retry-after", 2, throttled("x-acs-retry-after: 3\r\n"), GRANTED, 3),
        at_first("Retry-After of zero", 1, throttled("retry-after: 0\r\n"), GRANTED, 2),
        at_first(
            "hints that are none",
            1,
            throttled("retry-after: soon\r\nx-acs-retry-after: -1\r\n"),
            GRANTED,
            2,
        ),
        at_first(
            "the first hint counts",
            1,
            throttled("x-acs-retry-after: 1\r\nretry-after: 31536000\r\n"),
            GRANTED,
            2,
        ),
        // Not waited for: the call could not end in time.
        always("a year", throttled("retry-after: 31536000\r\n"), "Throttled: Throttling.User", 1)
            .with(|builder| builder.retry(policy().overall_timeout(Duration::from_secs(15)))),
        always(
            "longer than numbers go",
            throttled("retry-after: 99999999999999999999\r\n"),
            "Throttled: Throttling.User",
            3,
        ),
        at_first("a year, cut", 1, throttled("retry-after: 31536000\r\n"), GRANTED, 2)
            .with(|builder| builder.retry(policy().max_hint(Duration::from_millis(5)))),
    ])
    .await;
}

const NOON: Duration = Duration::from_secs(1_700_000_000); // 2023-11-14T22:13:20Z
const FOUR_HOURS_ON: &str = "date: Wed, 15 Nov 2023 02:13:20 GMT\r\n";

fn stopped() -> Clock {
    Clock::from_fn(|| SystemTime::UNIX_EPOCH + NOON)
}

#[tokio::test]
async fn a_clock_four_hours_off() {
    let expired = |headers| {
        refusal(400, headers, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
    };
    let mended = at_first("mended by Date", 1, expired(FOUR_HOURS_ON), GRANTED, 2)
        .with(|builder| builder.clock(stopped()));
    let received = mended.run().await.received;
    let times: Vec<_> = received.iter().map(|one| one.param("Timestamp").unwrap()).collect();
    assert_eq!(times, ["2023-11-14T22:13:20Z", "2023-11-15T02:13:20Z"]);

    let told = "InvalidTimestamp: InvalidTimeStamp.Expired";
    run(vec![
        always("once only", expired(FOUR_HOURS_ON), told, 2).with(|builder| builder.clock(stopped())),
        always("no Date", expired(""), told, 1).with(|builder| builder.clock(stopped())),
        always("a Date that is none", expired("date: yesterday\r\n"), told, 1)
            .with(|builder| builder.clock(stopped())),
        always("the same Date", expired("date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"), told, 1)
            .with(|builder| builder.clock(stopped())),
        always("one attempt allowed", expired(FOUR_HOURS_ON), told, 1)
            .with(|builder| builder.clock(stopped()).retry(RetryPolicy::never())),
    ])
    .await;
}

/// Another session each time it is asked.
#[derive(Debug, Default)]
struct Renewing(AtomicUsize);

impl ProvideCredentials for Renewing {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let session = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Credentials::new(format!("STS.session{session}"), canary::SECRET)
            .with_security_token(format!("{}{session}", canary::TOKEN)))
    }
}

/// The same session each time, and yet asked anew.
#[derive(Debug)]
struct Stuck;

impl ProvideCredentials for Stuck {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        Ok(credentials())
    }
}

#[tokio::test]
async fn an_expired_session() {
    let expired = || refusal(400, "", "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
    let told = "ExpiredSecurityToken: InvalidSecurityToken.Expired";
    let renewing: fn(ClientBuilder) -> ClientBuilder = |builder| builder.credentials(Renewing::default());

    let received = at_first("renewed", 1, expired(), GRANTED, 2).with(renewing).run().await.received;
    let ids: Vec<_> = received.iter().map(|one| one.param("AccessKeyId").unwrap()).collect();
    assert_eq!(ids, ["STS.session0", "STS.session1"]);
    run(vec![
        always("renewed once only", expired(), told, 2).with(renewing),
        always("the same again", expired(), told, 1).with(|builder| builder.credentials(Stuck)),
        always("fixed", expired(), told, 1),
        row(
            "each cause is mended",
            |number, _| {
                Act::Reply(match number {
                    0 => refusal(400, "", "InvalidSecurityToken.Expired", ""),
                    1 => refusal(400, FOUR_HOURS_ON, "InvalidTimeStamp.Expired", ""),
                    2 => refusal(400, "", "SignatureNonceUsed", ""),
                    3 => refusal(503, "", "ServiceUnavailable", ""),
                    _ => good(),
                })
            },
            GRANTED,
            5,
        )
        .with(|builder| {
            builder.clock(stopped()).credentials(Renewing::default()).retry(policy().max_attempts(5))
        }),
    ])
    .await;
}

/// What stays in the pool after a bad answer does not spoil the next call.
#[tokio::test]
async fn the_client_survives() {
    let server = Server::start(|number, _| match number {
        0 => Act::Reply(b"garbage\r\n\r\n".to_vec()),
        1 => Act::Pour(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 0x10000], u64::MAX),
        2 => Act::Hang(Vec::new()),
        _ => Act::Reply(good()),
    })
    .await;
    let client =
        builder(&server.url()).retry(RetryPolicy::never().attempt_timeout(5 * SHORT)).build().unwrap();
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        outcomes.push(told(&call(&client).await));
    }
    assert_eq!(outcomes[0], "InvalidResponse: Protocol");
    assert_eq!(outcomes[2], "RequestTimeout: ReadTimeout");
    assert_eq!(outcomes[3], GRANTED);
}
