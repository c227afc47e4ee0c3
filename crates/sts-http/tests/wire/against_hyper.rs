//! HTTP/1.1 responses as they may come, good and bad: this client and hyper's must take the same for an answer.

use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use sts_http::{HttpClient, SendRequest};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{post, read_request};

/// Status and body, or none where there is no answer.
type Outcome = Option<(u16, Vec<u8>)>;

fn head() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200",
        "HTTP/1.0 200 OK",
        "HTTP/1.1 204 No Content",
        "HTTP/1.1 304 Not Modified",
        "HTTP/1.1 403 Forbidden",
        "HTTP/1.1 503 Busy",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
        "\r\nHTTP/1.1 200 OK",
        "HTTP/2.0 200 OK",
        "HTTP/1.1 20 OK",
        "ICY 200 OK",
    ]);
    let header = prop::sample::select(vec![
        "content-length: 5",
        "Content-Length:5",
        "content-length: 05",
        "content-length: 5, 5",
        "content-length: 0",
        "content-length: 3",
        "content-length: +5",
        "content-length: 5 5",
        "content-length: -1",
        "content-length: 99999999999999999999",
        "content-length: ",
        "transfer-encoding: chunked",
        "Transfer-Encoding: Chunked",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked, gzip",
        "transfer-encoding: identity",
        "transfer-encoding: xchunked",
        "connection: close",
        "connection: keep-alive",
        "x-a: b",
        "x-a : b",
        " folded",
        "x-\u{e9}: b",
        "x-a: \u{e9}",
        "x-a",
    ]);
    (line, prop::collection::vec(header, 0..4)).prop_map(|(line, headers)| {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        format!("{line}\r\n{headers}\r\n")
    })
}

fn body() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "5\r\nhello\r\n",
        "5;a=\"b\"\r\nhello\r\n",
        "5 \t;x\r\nhello\r\n",
        "5 x\r\nhello\r\n",
        "0005\r\nhello\r\n",
        "A\r\n0123456789\r\n",
        "0\r\n\r\n",
        "0\r\nt: u\r\n\r\n",
        "0;x\r\n\r\n",
        "hello",
        "he",
        "\r\n",
        "\n",
        "5\nhello\r\n",
        "5\r\nhello\n",
        "\r\n0\r\n\r\n",
        ";x\r\n",
        "fffffffffffffffff\r\nx",
        "ffffffffffffffff\r\nx",
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// The answer in pieces, and then the end.
async fn play(mut stream: impl AsyncWrite + Unpin, answer: &[u8], step: usize) {
    for piece in answer.chunks(step) {
        let _ = stream.write_all(piece).await;
        tokio::task::yield_now().await;
    }
    let _ = stream.shutdown().await;
}

async fn ours(listener: &TcpListener, answer: &[u8], step: usize) -> Outcome {
    let client = HttpClient::builder().read_timeout(Duration::from_secs(5)).build().unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let serve = async {
        let mut stream: TcpStream = listener.accept().await.unwrap().0;
        read_request(&mut stream).await.unwrap();
        play(&mut stream, answer, step).await;
        // Not reset before it was read.
        let _ = stream.read_to_end(&mut Vec::new()).await;
    };
    // The client goes when it has its answer, and its connection with it.
    let call = async move { client.send_request(post(&url)).await };
    let (response, ()) = tokio::join!(call, serve);
    let response = response.ok()?;
    Some((response.status().as_u16(), response.into_body().to_vec()))
}

/// A request's body for hyper's client.
struct Ready(Option<Bytes>);

impl Body for Ready {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

async fn hypers(answer: &[u8], step: usize) -> Outcome {
    let (near, mut far) = tokio::io::duplex(1 << 16);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(near)).await.unwrap();
    let driver = tokio::spawn(connection);
    let serve = async {
        read_request(&mut far).await.unwrap();
        play(&mut far, answer, step).await;
        let _ = far.read_to_end(&mut Vec::new()).await;
    };
    let call = async {
        let mut request = post("/").map(|body| Ready(Some(body)));
        request.headers_mut().insert("host", "h".parse().unwrap());
        let response = sender.send_request(request).await.ok()?;
        let (status, mut body) = (response.status().as_u16(), response.into_body());
        let mut whole = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await
        {
            whole.extend_from_slice(frame.ok()?.data_ref().map_or(&[], |data| data));
        }
        drop(sender);
        Some((status, whole))
    };
    let (outcome, ()) = tokio::join!(call, serve);
    driver.abort();
    outcome
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn the_same_is_an_answer(head in head(), body in body(), step in prop::sample::select(vec![1_usize, 7, 4096])) {
        let answer = format!("{head}{body}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (ours, hypers) = runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            (ours(&listener, answer.as_bytes(), step).await, hypers(answer.as_bytes(), step).await)
        });
        prop_assert_eq!(ours, hypers, "{:?}", answer);
    }
}
