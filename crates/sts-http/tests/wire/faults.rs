//! What goes wrong on the wire, and the kind that each is.

use std::time::Duration;

use sts_http::{ErrorKind, HttpClient, SendRequest};

use crate::server::{Act, Server, kind, ok, post};

async fn check(act: impl Fn() -> Act + Send + Sync + 'static, expect: ErrorKind) {
    let server = Server::start(move |_, _| act()).await;
    let client = HttpClient::builder()
        .read_timeout(Duration::from_millis(100))
        .max_response_size(64 * 1024)
        .build()
        .unwrap();
    assert_eq!(kind(client.send_request(post(&server.url("/secret"))).await), expect);
}

fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[tokio::test]
async fn refused() {
    // Bound and closed again: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = HttpClient::builder().build().unwrap();
    let call = client.send_request(post(&format!("http://{free}/"))).await;
    assert_eq!(kind(call), ErrorKind::Connect);
}

#[tokio::test]
async fn closed_or_reset_before_an_answer() {
    check(|| Act::Last(vec![]), ErrorKind::Closed).await;
    check(|| Act::Reset(vec![]), ErrorKind::Closed).await;
    check(|| Act::Last(bytes("HTTP/1.1 200 OK\r\ncontent-le")), ErrorKind::Closed).await;
}

#[tokio::test]
async fn closed_or_reset_within_the_body() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nab";
    check(move || Act::Last(bytes(head)), ErrorKind::Closed).await;
    check(move || Act::Reset(bytes(head)), ErrorKind::Closed).await;
    check(move || Act::Last(bytes(chunked)), ErrorKind::Closed).await;
}

#[tokio::test]
async fn no_answer_or_a_slow_one() {
    check(|| Act::Hang(vec![]), ErrorKind::ReadTimeout).await;
    check(|| Act::Hang(bytes("HTTP/1.1 200 OK\r\n")), ErrorKind::ReadTimeout).await;
    check(|| Act::Hang(bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nslow")), ErrorKind::ReadTimeout)
        .await;
}

#[tokio::test]
async fn too_large_by_its_header_or_by_its_bytes() {
    // Nothing but the head is ever sent, and it is refused all the same.
    check(
        || Act::Hang(bytes("HTTP/1.1 200 OK\r\ncontent-length: 67108864\r\n\r\n")),
        ErrorKind::ResponseTooLarge,
    )
    .await;
    let endless = || {
        let chunk = format!("{:x}\r\n{}\r\n", 16 * 1024, "x".repeat(16 * 1024));
        Act::Hang(bytes(&format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(5))))
    };
    check(endless, ErrorKind::ResponseTooLarge).await;
    check(
        || Act::Last(bytes(&format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(65 * 1024)))),
        ErrorKind::ResponseTooLarge,
    )
    .await;
}

#[tokio::test]
async fn not_http() {
    check(|| Act::Last(bytes("SSH-2.0-OpenSSH_9.9\r\n")), ErrorKind::Protocol).await;
    check(|| Act::Last(bytes("HTTP/1.1 200 OK\r\nb@d header\r\n\r\n")), ErrorKind::Protocol).await;
    check(
        || Act::Last(bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nsecret\r\n")),
        ErrorKind::Protocol,
    )
    .await;
    let head = || format!("HTTP/1.1 200 OK\r\nx-secret: {}\r\n\r\n", "x".repeat(1 << 20));
    check(move || Act::Last(bytes(&head())), ErrorKind::Protocol).await;
}

#[tokio::test]
async fn requests_that_cannot_be_sent() {
    let client = HttpClient::builder().build().unwrap();
    for url in ["/secret", "ftp://localhost/", "http://secret:secret@localhost/", "https://:443/"] {
        let Ok(uri) = url.parse::<http::Uri>() else { continue };
        let mut request = post("/");
        *request.uri_mut() = uri;
        assert_eq!(kind(client.send_request(request).await), ErrorKind::InvalidRequest, "{url}");
    }
    let mut request = post("http://localhost:1/");
    *request.method_mut() = http::Method::CONNECT;
    assert_eq!(kind(client.send_request(request).await), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_meanwhile_is_replaced_unnoticed() {
    let server = Server::start(|_, _| Act::Last(ok("a"))).await;
    let client = HttpClient::builder().build().unwrap();
    for _ in 0..20 {
        // Closed right after the answer that said nothing of closing: either that was seen in time or the request was not written.
        match client.send_request(post(&server.url("/"))).await {
            Ok(response) => assert_eq!(response.body(), "a"),
            // Written before the close was seen: the one case that is the caller's to repeat.
            Err(error) => assert_eq!(error.kind(), ErrorKind::Closed),
        }
    }
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
#[tokio::test]
async fn https_without_a_tls_provider() {
    let client = HttpClient::builder().build().unwrap();
    let call = client.send_request(post("https://127.0.0.1:1/")).await;
    assert_eq!(kind(call), ErrorKind::TlsUnavailable);
}
