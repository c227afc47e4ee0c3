//! A server that reads requests and answers with the bytes that it is told, and what the tests share.

use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use sts_http::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
pub(crate) enum Act {
    /// Answer and wait for the next one on the same connection.
    Reply(Vec<u8>),
    /// Answer, then close the connection.
    Last(Vec<u8>),
    /// Answer, then reset the connection.
    Reset(Vec<u8>),
    /// Answer, then neither say anything more nor close.
    Hang(Vec<u8>),
    /// Pass the bytes on to and from this address (CONNECT), after the answer.
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    Splice(Vec<u8>, SocketAddr),
}

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    pub(crate) requests: tokio::sync::mpsc::UnboundedReceiver<()>,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<String>,
}

impl Server {
    /// Serves on a free port until the runtime ends. `act` gets the request's text and its number over all connections.
    pub(crate) async fn start(act: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Seen>>::default();
        let act = Arc::new(act);
        let (tell, requests) = tokio::sync::mpsc::unbounded_channel();
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                shared.lock().unwrap().connections += 1;
                let (seen, act, tell) = (Arc::clone(&shared), Arc::clone(&act), tell.clone());
                tokio::spawn(async move {
                    let mut stream = stream;
                    while let Some(request) = read_request(&mut stream).await {
                        let number = {
                            let mut seen = seen.lock().unwrap();
                            seen.requests.push(request.clone());
                            seen.requests.len() - 1
                        };
                        let _ = tell.send(());
                        if !perform(&mut stream, act(&request, number)).await {
                            return;
                        }
                    }
                });
            }
        });
        Self { addr, seen, requests }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }
}

/// Whether the connection goes on.
async fn perform(stream: &mut TcpStream, act: Act) -> bool {
    match act {
        Act::Reply(bytes) => stream.write_all(&bytes).await.is_ok(),
        Act::Last(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            false
        }
        Act::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            stream.set_zero_linger().unwrap();
            false
        }
        Act::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // Until the client goes away.
            let _ = stream.read_u8().await;
            false
        }
        #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
        Act::Splice(bytes, to) => {
            let _ = stream.write_all(&bytes).await;
            let mut other = TcpStream::connect(to).await.unwrap();
            let _ = tokio::io::copy_bidirectional(stream, &mut other).await;
            false
        }
    }
}

/// One request's head and body as text, `None` at the end of the connection.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let byte = stream.read_u8().await.ok()?;
        text.push(byte);
        if text.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let head = String::from_utf8(text).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0_usize);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

pub(crate) fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub(crate) fn post(url: &str) -> http::Request<Bytes> {
    http::Request::post(url).body(Bytes::from_static(b"SecretBody=1")).unwrap()
}

/// The error's kind, after a look that nothing of request, response or peer shows anywhere in it.
#[track_caller]
pub(crate) fn kind(result: Result<http::Response<Bytes>, Error>) -> sts_http::ErrorKind {
    let error = result.expect_err("the call was to fail");
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(layer) = source {
        text.push_str(&format!(" {layer} {layer:?}"));
        source = layer.source();
    }
    for private in ["127.0.0.1", "localhost", "Secret", "secret", "http://", "https://", ".test"] {
        assert!(!text.contains(private), "`{private}` shows in: {text}");
    }
    error.kind()
}
