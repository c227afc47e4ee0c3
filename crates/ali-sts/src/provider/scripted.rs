//! A server on this machine for the tests of sources: does to each request what it is told, and keeps what came.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What to do with one request.
pub(crate) enum Act {
    /// Say this and close.
    Reply(Vec<u8>),
    /// Say this, stop the clock, and neither say anything more nor close: the next timer goes off at once.
    Hang(Vec<u8>),
    /// Say the first, then the second again and again, until the client goes away.
    Pour(Vec<u8>, Vec<u8>),
}

pub(crate) struct Server {
    addr: SocketAddr,
    received: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Acts on a request's text and its number, from 0.
    pub(crate) async fn start(act: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<String>>>::default();
        let (act, all) = (Arc::new(act), Arc::clone(&received));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&act), Arc::clone(&all)));
            }
        });
        Self { addr, received }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// All requests so far: head and body, names of headers in lower case as they are sent.
    pub(crate) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }

    /// The first lines of all requests so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.received().iter().map(|request| request.lines().next().unwrap().to_owned()).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    act: Arc<impl Fn(&str, usize) -> Act>,
    received: Arc<Mutex<Vec<String>>>,
) {
    let Some(request) = read_request(&mut stream).await else { return };
    let number = {
        let mut received = received.lock().unwrap();
        received.push(request.clone());
        received.len() - 1
    };
    match act(&request, number) {
        Act::Reply(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::pause();
            let _ = stream.read_u8().await;
        }
        Act::Pour(first, again) => {
            let _ = stream.write_all(&first).await;
            while stream.write_all(&again).await.is_ok() {}
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        text.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(text).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}

/// An answer of this status with this body.
pub(crate) fn status(status: u16, body: &str) -> Act {
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    Act::Reply([head.as_bytes(), body.as_bytes()].concat())
}

pub(crate) fn ok(body: &str) -> Act {
    status(200, body)
}

/// The first bytes of a text.
pub(crate) fn start_of(text: &str, length: usize) -> &str {
    text.get(..length).unwrap()
}

/// A folder of its own, removed at the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("ali-sts-sources-{}-{name}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A documented reply of the metadata service, with [`SECRET`] and [`TOKEN`] in it.
pub(crate) const DOCUMENT: &str = r#"{
  "AccessKeyId" : "STS.NTdocumented",
  "AccessKeySecret" : "ScriptedSecretQz5cW9kD7mB2nR4x",
  "Expiration" : "2035-04-09T11:52:19Z",
  "SecurityToken" : "CAISscripted/token+8vQz3Lk9pXwJm2Rt5Yb7NcD4sF6hG==",
  "LastUpdated" : "2035-04-09T05:52:19Z",
  "Code" : "Success"
}"#;
pub(crate) const SECRET: &str = "ScriptedSecretQz5cW9kD7mB2nR4x";
pub(crate) const TOKEN: &str = "CAISscripted/token+8vQz3Lk9pXwJm2Rt5Yb7NcD4sF6hG==";

/// Everything that can be printed of an error and its causes.
#[track_caller]
pub(crate) fn printed(error: &(dyn std::error::Error + 'static)) -> String {
    let (mut text, mut layer) = (String::new(), Some(error));
    while let Some(error) = layer {
        text.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        assert_eq!(error.to_string().lines().count(), 1, "{error}");
        layer = error.source();
    }
    text
}

/// Checks that nothing printed of an error shows anything secret or any of `more`.
#[track_caller]
pub(crate) fn assert_clean(error: &(dyn std::error::Error + 'static), more: &[&str]) {
    let text = printed(error);
    for private in [SECRET, TOKEN, "Scripted", "CAIS"].iter().chain(more) {
        assert!(!text.contains(private), "`{private}` shows in: {text}");
    }
}
