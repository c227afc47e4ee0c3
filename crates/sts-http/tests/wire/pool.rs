//! Which connection a call goes out on, and what becomes of it. The server is played step by step.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use bytes::Bytes;
use sts_http::{ErrorKind, HttpClient, HttpClientBuilder, SendRequest};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{kind, ok, post, read_request};

struct Peer {
    listener: TcpListener,
    url: String,
}

impl Peer {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        Self { listener, url }
    }

    /// One call on a new connection that is answered with `answer`.
    async fn on_new(&self, client: &HttpClient, answer: &[u8]) -> (Bytes, TcpStream) {
        let serve = async {
            let mut stream = self.listener.accept().await.unwrap().0;
            read_request(&mut stream).await.unwrap();
            stream.write_all(answer).await.unwrap();
            stream
        };
        let (response, stream) = tokio::join!(client.send_request(post(&self.url)), serve);
        (response.unwrap().into_body(), stream)
    }

    /// One call on `stream`, which an earlier one left behind.
    async fn on_kept(&self, client: &HttpClient, stream: &mut TcpStream, answer: &[u8]) -> Bytes {
        let serve = async {
            read_request(stream).await.expect("the call goes out on this connection");
            stream.write_all(answer).await.unwrap();
        };
        tokio::join!(client.send_request(post(&self.url)), serve).0.unwrap().into_body()
    }
}

fn builder() -> HttpClientBuilder {
    HttpClient::builder().read_timeout(Duration::from_secs(5))
}

/// Lets the runtime hear from the operating system what has happened.
async fn settle() {
    for _ in 0..500 {
        tokio::task::yield_now().await;
    }
}

/// Waits for the client to close.
async fn closed(stream: &mut TcpStream) {
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut [0; 1])).await;
    assert_eq!(read.expect("the client does not close the connection").unwrap_or(0), 0);
}

#[tokio::test]
async fn the_one_used_last_is_used_again() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let (_, mut stream) = peer.on_new(&client, &ok("1")).await;
    for answer in ["2", "3"] {
        assert_eq!(peer.on_kept(&client, &mut stream, &ok(answer)).await, answer);
    }
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n4\r\n0\r\n\r\n";
    assert_eq!(peer.on_kept(&client, &mut stream, chunked).await, "4");
    let interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    let answer = [interim, ok("5").as_slice()].concat();
    assert_eq!(peer.on_kept(&client, &mut stream, &answer).await, "5");
    peer.on_kept(&client, &mut stream, b"HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(peer.on_kept(&client, &mut stream, &ok("7")).await, "7");
}

#[tokio::test]
async fn one_that_was_closed_or_speaks_unasked_is_passed_over() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let (_, first) = peer.on_new(&client, &ok("1")).await;
    drop(first);
    settle().await;
    let (body, mut second) = peer.on_new(&client, &ok("2")).await;
    assert_eq!(body, "2");
    // An answer nobody asked for must not become the next call's.
    second.write_all(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    settle().await;
    let (body, mut third) = peer.on_new(&client, &ok("3")).await;
    assert_eq!(body, "3");
    closed(&mut second).await;
    assert_eq!(peer.on_kept(&client, &mut third, &ok("4")).await, "4");
}

#[tokio::test]
async fn of_several_the_broken_ones_are_passed_over() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let serve = async {
        let mut streams = Vec::new();
        for _ in 0..3 {
            streams.push(peer.listener.accept().await.unwrap().0);
        }
        for stream in &mut streams {
            read_request(stream).await.unwrap();
            stream.write_all(&ok("")).await.unwrap();
            settle().await;
        }
        streams
    };
    let call = || client.send_request(post(&peer.url));
    let (a, b, c, mut streams) = tokio::join!(call(), call(), call(), serve);
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    streams.truncate(1);
    settle().await;
    assert_eq!(peer.on_kept(&client, &mut streams[0], &ok("x")).await, "x");
}

/// More of them than tokio lets a task read from in one go: a read that was put off is no quiet connection.
#[tokio::test]
async fn of_very_many_closed_ones_all_are_passed_over() {
    const MANY: usize = 200;
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let serve = async {
        let mut streams = Vec::new();
        for _ in 0..MANY {
            streams.push(peer.listener.accept().await.unwrap().0);
        }
        for stream in &mut streams {
            read_request(stream).await.unwrap();
            stream.write_all(&ok("")).await.unwrap();
        }
        streams
    };
    let calls = (0..MANY).map(|_| {
        let (client, url) = (client.clone(), peer.url.clone());
        tokio::spawn(async move { client.send_request(post(&url)).await.unwrap() })
    });
    let calls: Vec<_> = calls.collect();
    let streams = serve.await;
    for call in calls {
        call.await.unwrap();
    }
    drop(streams);
    settle().await;
    let answer = ok("x");
    let call = peer.on_new(&client, &answer);
    let (body, _) =
        tokio::time::timeout(Duration::from_secs(5), call).await.expect("a new connection is made");
    assert_eq!(body, "x");
}

#[tokio::test]
async fn a_connection_that_is_not_to_be_used_again_is_closed() {
    let peer = Peer::new().await;
    for answer in [
        &b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx"[..],
        b"HTTP/1.1 200 OK\r\nconnection: foo, Close\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx",
        // More than was announced: the beginning of whose answer?
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n1\r\nx\r\n0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\nx",
        // Nothing comes after these heads, and yet something may be under way.
        b"HTTP/1.1 204 No Content\r\ncontent-length: 1\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    ] {
        let client = builder().build().unwrap();
        let mut stream = peer.on_new(&client, answer).await.1;
        closed(&mut stream).await;
    }
}

#[tokio::test]
async fn a_request_may_ask_for_the_close_itself() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let mut request = post(&peer.url);
    request.headers_mut().insert("connection", "close".parse().unwrap());
    let serve = async {
        let mut stream = peer.listener.accept().await.unwrap().0;
        read_request(&mut stream).await.unwrap();
        stream.write_all(&ok("x")).await.unwrap();
        stream
    };
    let (response, mut stream) = tokio::join!(client.send_request(request), serve);
    assert_eq!(response.unwrap().body(), "x");
    closed(&mut stream).await;
}

/// A server may refuse a request before it has read all of it.
#[tokio::test]
async fn an_answer_before_the_request_was_read_is_taken_and_ends_the_connection() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let request = http::Request::post(&peer.url).body(Bytes::from(vec![b'x'; 64 << 20])).unwrap();
    let serve = async {
        let mut stream = peer.listener.accept().await.unwrap().0;
        let mut head = [0; 16];
        stream.read_exact(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno").await.unwrap();
        stream
    };
    let (response, mut stream) = tokio::join!(client.send_request(request), serve);
    let response = response.unwrap();
    assert_eq!((response.status().as_u16(), response.body().as_ref()), (413, &b"no"[..]));
    // What was under way comes still, and then the end: the connection is not kept.
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap();
    assert!(rest.len() < 64 << 20);
}

#[tokio::test]
async fn a_large_request_arrives_whole() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let sent: Vec<u8> = (0..3_000_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
    let request = http::Request::post(&peer.url).body(Bytes::from(sent.clone())).unwrap();
    let serve = async {
        let mut stream = peer.listener.accept().await.unwrap().0;
        let received = read_request(&mut stream).await.unwrap();
        stream.write_all(&ok("")).await.unwrap();
        received
    };
    let (response, received) = tokio::join!(client.send_request(request), serve);
    assert!(response.is_ok());
    assert!(received.into_bytes().ends_with(&sent));
}

#[tokio::test]
async fn no_more_are_kept_than_were_asked_for() {
    let (peer, client) = (Peer::new().await, builder().max_idle_per_host(1).build().unwrap());
    let serve = async {
        let (mut a, mut b) =
            (peer.listener.accept().await.unwrap().0, peer.listener.accept().await.unwrap().0);
        for stream in [&mut a, &mut b] {
            read_request(stream).await.unwrap();
            stream.write_all(&ok("")).await.unwrap();
            settle().await;
        }
        (a, b)
    };
    let call = || client.send_request(post(&peer.url));
    let (one, other, (mut a, mut b)) = tokio::join!(call(), call(), serve);
    assert!(one.is_ok() && other.is_ok());
    // The one that has been idle for longer.
    closed(&mut a).await;
    assert_eq!(peer.on_kept(&client, &mut b, &ok("b")).await, "b");
}

#[tokio::test]
async fn an_idle_connection_is_closed_when_its_time_has_come_each_time() {
    let peer = Peer::new().await;
    let client = builder().pool_idle_timeout(Duration::from_millis(20)).build().unwrap();
    for _ in 0..2 {
        let mut stream = peer.on_new(&client, &ok("")).await.1;
        closed(&mut stream).await;
    }
}

#[tokio::test]
async fn without_an_end_to_idling_a_connection_stays() {
    let peer = Peer::new().await;
    let client = builder().pool_idle_timeout(Duration::MAX).build().unwrap();
    let mut stream = peer.on_new(&client, &ok("")).await.1;
    settle().await;
    assert_eq!(peer.on_kept(&client, &mut stream, &ok("x")).await, "x");
}

#[tokio::test]
async fn a_client_that_goes_takes_its_connections_along() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let mut stream = peer.on_new(&client, &ok("")).await.1;
    drop(client);
    closed(&mut stream).await;
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection_wherever_it_was() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    for part in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"] {
        let serve = async {
            let mut stream = peer.listener.accept().await.unwrap().0;
            read_request(&mut stream).await.unwrap();
            stream.write_all(part.as_bytes()).await.unwrap();
            stream
        };
        let call = client.send_request(post(&peer.url));
        let mut stream = tokio::select! {
            biased;
            _ = call => panic!("it was never answered"),
            stream = serve => stream,
        };
        closed(&mut stream).await;
    }
    assert_eq!(peer.on_new(&client, &ok("x")).await.0, "x");
}

#[tokio::test]
async fn a_head_that_drips_in_is_understood() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n2 ;a=b\r\nxy\r\n0\r\nt: u\r\n\r\n";
    let serve = async {
        let mut stream = peer.listener.accept().await.unwrap().0;
        read_request(&mut stream).await.unwrap();
        for byte in answer {
            stream.write_all(&[*byte]).await.unwrap();
            settle().await;
        }
        stream
    };
    let (response, mut stream) = tokio::join!(client.send_request(post(&peer.url)), serve);
    let response = response.unwrap();
    assert_eq!((&response.headers()["x-a"], response.body().as_ref()), (&"b".parse().unwrap(), &b"xy"[..]));
    assert_eq!(peer.on_kept(&client, &mut stream, &ok("z")).await, "z");
}

#[tokio::test]
async fn what_lies_between_chunks_is_bounded() {
    for aside in [
        format!("1;{}\r\nx\r\n0\r\n\r\n", "e".repeat(20_000)),
        format!("0\r\n{}\r\n", "t: u\r\n".repeat(5_000)),
        format!("1{}\r\nx\r\n0\r\n\r\n", " ".repeat(20_000)),
    ] {
        let (peer, client) = (Peer::new().await, builder().build().unwrap());
        let serve = async {
            let mut stream = peer.listener.accept().await.unwrap().0;
            read_request(&mut stream).await.unwrap();
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let _ = stream.write_all(format!("{head}{aside}").as_bytes()).await;
        };
        let (response, ()) = tokio::join!(client.send_request(post(&peer.url)), serve);
        assert_eq!(kind(response), ErrorKind::Protocol);
    }
}

#[tokio::test]
async fn interim_answers_without_end_are_no_answer() {
    let (peer, client) = (Peer::new().await, builder().build().unwrap());
    let serve = async {
        let mut stream = peer.listener.accept().await.unwrap().0;
        read_request(&mut stream).await.unwrap();
        while stream.write_all(b"HTTP/1.1 102 Processing\r\n\r\n").await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    let (response, ()) = tokio::join!(client.send_request(post(&peer.url)), serve);
    assert_eq!(kind(response), ErrorKind::Protocol);
}

#[test]
fn a_runtime_that_ends_takes_its_connections_along_and_the_client_works_on() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let mut stream = listener.accept().unwrap().0;
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            let mut read = [0; 4096];
            assert!(stream.read(&mut read).unwrap() > 0);
            stream.write_all(&ok("x")).unwrap();
            assert_eq!(stream.read(&mut read).unwrap_or(0), 0, "the connection was used again");
        }
    });
    let client = builder().build().unwrap();
    for _ in 0..2 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(runtime.block_on(client.send_request(post(&url))).unwrap().body(), "x");
        drop(runtime);
    }
    server.join().unwrap();
}
