//! What a working client does: reuse, versions, runtimes, bounds.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sts_http::{BuildError, ErrorKind, HttpClient, SendRequest, SharedSender};

use crate::server::{Act, Server, kind, ok, post};

fn client() -> HttpClient {
    HttpClient::builder().build().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the caller's clock, of which a deadline is made")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test]
async fn sends_what_it_is_given_and_returns_what_comes() {
    let server = Server::start(|_, _| {
        Act::Reply(
            b"HTTP/1.1 418 I'm a teapot\r\nx-acs-request-id: R\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
        )
    })
    .await;
    let mut request = post(&server.url("/a?b=c"));
    request.headers_mut().insert("user-agent", "u/1".parse().unwrap());
    let response = client().send_before(request, None).await.unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.headers()["x-acs-request-id"], "R");
    assert_eq!(response.body(), "{}");
    let expect = format!(
        "POST /a?b=c HTTP/1.1\r\nuser-agent: u/1\r\nhost: {}\r\ncontent-length: 12\r\n\r\nSecretBody=1",
        server.addr
    );
    assert_eq!(server.seen(), [expect]);
}

#[tokio::test]
async fn a_connection_is_kept_and_used_again() {
    let server = Server::start(|_, n| Act::Reply(ok(&n.to_string()))).await;
    let client = client();
    for n in 0..5 {
        let response = client.clone().send_request(post(&server.url("/"))).await.unwrap();
        assert_eq!(response.body(), n.to_string().as_str());
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn no_connection_is_kept_when_none_is_to_be() {
    let server = Server::start(|_, _| Act::Reply(ok(""))).await;
    let client = HttpClient::builder().max_idle_per_host(0).build().unwrap();
    for _ in 0..2 {
        client.send_request(post(&server.url("/"))).await.unwrap();
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_redirect_is_returned_and_not_followed() {
    let server = Server::start(|_, _| {
        Act::Reply(b"HTTP/1.1 307 Elsewhere\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n".to_vec())
    })
    .await;
    let response = client().send_request(post(&server.url("/"))).await.unwrap();
    assert_eq!((response.status().as_u16(), server.seen().len()), (307, 1));
}

#[tokio::test]
async fn bodies_of_every_framing_are_read_whole() {
    let long = "x".repeat(300_000);
    let body = long.clone();
    let server = Server::start(move |request, _| {
        if request.contains("/chunked") {
            let chunk = format!("{:x}\r\n{body}\r\n3\r\nabc\r\n0\r\n\r\n", body.len());
            Act::Reply(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunk}").into_bytes())
        } else if request.contains("/close") {
            Act::Last(format!("HTTP/1.1 200 OK\r\n\r\n{body}").into_bytes())
        } else if request.contains("/none") {
            Act::Reply(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())
        } else {
            Act::Reply(ok(&body))
        }
    })
    .await;
    let client = client();
    let get = async |path: &str| client.send_request(post(&server.url(path))).await.unwrap().into_body();
    assert_eq!(get("/length").await, long);
    assert_eq!(get("/chunked").await, long.clone() + "abc");
    assert_eq!(get("/close").await, long);
    assert_eq!(get("/none").await, "");
}

#[tokio::test]
async fn the_size_bound_is_inclusive() {
    let server = Server::start(|request, _| {
        let size = request.split(['/', ' ']).nth(2).unwrap().parse().unwrap();
        Act::Reply(ok(&"x".repeat(size)))
    })
    .await;
    let client = HttpClient::builder().max_response_size(1000).build().unwrap();
    assert_eq!(client.send_request(post(&server.url("/1000"))).await.unwrap().body().len(), 1000);
    assert_eq!(kind(client.send_request(post(&server.url("/1001"))).await), ErrorKind::ResponseTooLarge);
    // The next call is not the worse for it.
    assert!(client.send_request(post(&server.url("/1"))).await.is_ok());
}

#[test]
fn a_client_serves_one_runtime_after_the_other_even_when_the_first_sleeps() {
    let servers = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = servers.block_on(Server::start(|_, _| Act::Reply(ok(""))));
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = client();
    let call = || client.send_request(post(&server.url("/")));

    let first = runtime();
    first.block_on(call()).unwrap();
    let second = runtime();
    second.block_on(call()).unwrap();
    second.block_on(call()).unwrap();
    first.block_on(call()).unwrap();
    assert_eq!(server.connections(), 2);
    drop((first, second));
    // More of them than are remembered, alive at the same time.
    let many: Vec<_> = (0..20).map(|_| runtime()).collect();
    for runtime in many.iter().chain(&many) {
        runtime.block_on(call()).unwrap();
    }
}

#[test]
fn outside_a_runtime_a_call_ends_in_an_error() {
    let client = client();
    let mut call = pin!(client.send_request(post("http://127.0.0.1:1/")));
    match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => assert_eq!(kind(result), ErrorKind::NoRuntime),
        Poll::Pending => panic!("nothing would ever wake it"),
    }
}

#[tokio::test]
async fn a_dropped_call_leaves_the_next_one_alone() {
    let mut server = Server::start(|_, n| if n == 0 { Act::Hang(vec![]) } else { Act::Reply(ok("")) }).await;
    let client = client();
    tokio::select! {
        biased;
        _ = client.send_request(post(&server.url("/"))) => panic!("it was never answered"),
        _ = server.requests.recv() => {}
    }
    assert!(client.send_request(post(&server.url("/"))).await.is_ok());
}

#[tokio::test]
async fn a_deadline_counts_whether_it_has_passed_or_passes() {
    let server = Server::start(|_, _| Act::Hang(vec![])).await;
    let client = client();
    let passed = now();
    let call = client.send_before(post(&server.url("/")), Some(passed)).await;
    assert_eq!((kind(call), server.connections()), (ErrorKind::DeadlineExceeded, 0));
    let soon = now() + Duration::from_millis(40);
    let call = client.send_before(post(&server.url("/")), Some(soon)).await;
    assert_eq!(kind(call), ErrorKind::DeadlineExceeded);
}

#[tokio::test]
async fn a_timeout_for_ever_is_taken_at_its_word() {
    let server = Server::start(|_, _| Act::Reply(ok(""))).await;
    let client =
        HttpClient::builder().read_timeout(Duration::MAX).connect_timeout(Duration::MAX).build().unwrap();
    assert!(client.send_request(post(&server.url("/"))).await.is_ok());
}

#[tokio::test]
async fn a_client_of_ones_own_stands_in() {
    struct Canned;
    impl SendRequest for Canned {
        async fn send_request(
            &self,
            request: http::Request<Bytes>,
        ) -> Result<http::Response<Bytes>, sts_http::Error> {
            Ok(http::Response::new(request.into_body()))
        }
    }
    let shared = SharedSender::new(Canned);
    let twice = SharedSender::new(shared.clone());
    assert_eq!(twice.send_request(post("/")).await.unwrap().body(), "SecretBody=1");
    assert_eq!(format!("{shared:?}"), "SharedSender(..)");
}

#[test]
fn settings_that_cannot_work_are_said_when_building() {
    let build = |b: sts_http::HttpClientBuilder| b.build().err();
    assert_eq!(build(HttpClient::builder().connect_timeout(Duration::ZERO)), Some(BuildError::ZeroTimeout));
    assert_eq!(build(HttpClient::builder().read_timeout(Duration::ZERO)), Some(BuildError::ZeroTimeout));
}

#[test]
fn the_future_of_a_call_is_small_and_can_be_sent() {
    fn is_send<T: Send>(_: &T) {}
    let client = client();
    let call = client.send_before(post("http://127.0.0.1:1/"), None);
    is_send(&call);
    // 256 of them at a time are to stay far below half a megabyte.
    assert!(size_of_val(&call) < 1024, "{}", size_of_val(&call));
}
