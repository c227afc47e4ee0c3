//! Proxies: absolute form, CONNECT, SOCKS, exceptions.

use std::time::Duration;

use sts_http::{BuildError, ErrorKind, HttpClient, ProxySettings, SendRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::server::{Act, Server, kind, ok, post, read_request};

fn through(proxy: ProxySettings) -> HttpClient {
    HttpClient::builder().proxy(proxy).connect_timeout(Duration::from_millis(200)).build().unwrap()
}

#[tokio::test]
async fn plain_http_is_handed_over_in_absolute_form() {
    let proxy = Server::start(|_, _| Act::Reply(ok("proxied"))).await;
    let client = through(ProxySettings::explicit(format!("http://user:p%40ss@{}", proxy.addr)));
    let response = client.send_request(post("http://sts.example.test/a?b")).await.unwrap();
    assert_eq!(response.body(), "proxied");
    let expect = "POST http://sts.example.test/a?b HTTP/1.1\r\nproxy-authorization: Basic dXNlcjpwQHNz\r\n\
                  host: sts.example.test\r\ncontent-length: 12\r\n\r\nSecretBody=1";
    assert_eq!(proxy.seen(), [expect]);
}

#[tokio::test]
async fn the_environments_proxy_is_for_the_network_alone() {
    let proxy = Server::start(|_, _| Act::Reply(ok("proxied"))).await;
    let server = Server::start(|_, _| Act::Reply(ok("direct"))).await;
    let address = format!("http://{}", proxy.addr);
    let client = through(ProxySettings::from_vars(None, Some(&address), None, Some("127.0.0.2")));
    let send = async |url: &str| client.send_request(post(url)).await.unwrap().into_body();
    assert_eq!(send(&server.url("/")).await, "direct");
    assert_eq!(send("http://sts.example.test/").await, "proxied");
    // An explicit one takes loopback too, unless it is told not to.
    let client = through(ProxySettings::explicit(&*address));
    assert_eq!(client.send_request(post(&server.url("/"))).await.unwrap().body(), "proxied");
    let client = through(ProxySettings::explicit(address).no_proxy("10.0.0.0/8,127.0.0.1"));
    assert_eq!(client.send_request(post(&server.url("/"))).await.unwrap().body(), "direct");
}

#[tokio::test]
async fn a_socks_proxy_gets_the_name_and_the_credentials() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let proxy = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = async |length: usize, answer: &[u8]| {
            let mut bytes = vec![0; length];
            stream.read_exact(&mut bytes).await.unwrap();
            stream.write_all(answer).await.unwrap();
            bytes
        };
        let mut said = read(3, &[5, 2]).await; // RFC 1928: user name and password
        said.extend(read(11, &[1, 0]).await); // RFC 1929
        said.extend(read(7 + 16, &[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await);
        assert!(read_request(&mut stream).await.unwrap().starts_with("POST / HTTP/1.1\r\n"));
        stream.write_all(&ok("through")).await.unwrap();
        said
    });
    let client = through(ProxySettings::explicit(format!("socks5://user:pass@{addr}")));
    let response = client.send_request(post("http://sts.example.test/")).await.unwrap();
    assert_eq!(response.body(), "through");
    let expect = b"\x05\x01\x02\x01\x04user\x04pass\x05\x01\x00\x03\x10sts.example.test\x00\x50";
    assert_eq!(proxy.await.unwrap(), expect);
}

#[tokio::test]
async fn a_proxy_that_is_not_there() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = through(ProxySettings::explicit(format!("http://secret:secret@{free}")));
    assert_eq!(kind(client.send_request(post("http://sts.example.test/")).await), ErrorKind::Connect);
}

#[test]
fn a_proxy_that_cannot_be_used_is_said_when_building() {
    let built = HttpClient::builder().proxy(ProxySettings::explicit("ftp://user:secret@h")).build();
    let error = built.unwrap_err();
    assert_eq!(error, BuildError::InvalidProxy);
    assert!(!format!("{error} {error:?}").contains("secret"));
}

#[test]
fn no_debug_shows_the_password() {
    let builder = HttpClient::builder().proxy(ProxySettings::explicit("http://user:secret@proxy.test"));
    let text = format!("{builder:?} {:?}", builder.clone().build().unwrap());
    assert!(!text.contains("secret") && !text.contains("proxy.test"), "{text}");
}
