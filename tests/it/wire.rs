//! A server of real sockets that does to a client what it is told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What to do with a connection, once it is made or its request is read.
pub(crate) enum Act {
    /// Say this and close.
    Reply(Vec<u8>),
    /// Say this and reset (RST).
    Reset(Vec<u8>),
    /// Say this, then neither say anything more nor close.
    Hang(Vec<u8>),
    /// Say the first, then the second so many times, until the client goes away.
    Pour(Vec<u8>, Vec<u8>, u64),
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Received {
    /// A parameter of the form body, decoded.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        param(&self.body, name)
    }
}

/// A parameter of a form, decoded.
pub(crate) fn param(form: &str, name: &str) -> Option<String> {
    let value = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    Some(decode(value))
}

/// Undoes percent-encoding, written without the code under test.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' && tail.len() >= 2 {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) struct Server {
    addr: SocketAddr,
    seen: Arc<Seen>,
    ends: mpsc::UnboundedReceiver<()>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    received: Mutex<Vec<Received>>,
    connections: AtomicU64,
    poured: AtomicU64,
}

impl Server {
    /// Acts when a request was read: on its number, from 0, and on what it says.
    pub(crate) async fn start(act: impl Fn(usize, &Received) -> Act + Send + Sync + 'static) -> Self {
        Self::run(move |number, received| received.map(|received| act(number, received))).await
    }

    /// Acts as soon as a connection is made.
    pub(crate) async fn at_accept(act: impl Fn() -> Act + Send + Sync + 'static) -> Self {
        Self::run(move |_, _| Some(act())).await
    }

    /// `act` is asked first without a request; `None` means that it wants to see it.
    async fn run(act: impl Fn(usize, Option<&Received>) -> Option<Act> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (act, seen) = (Arc::new(act), Arc::<Seen>::default());
        let (ended, ends) = mpsc::unbounded_channel();
        let shared = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                shared.connections.fetch_add(1, Ordering::Relaxed);
                let (act, seen, ended) = (Arc::clone(&act), Arc::clone(&shared), ended.clone());
                tokio::spawn(async move {
                    let todo = match act(0, None) {
                        Some(act) => Some(act),
                        None => read_request(&mut stream).await.and_then(|received| {
                            let number = {
                                let mut all = seen.received.lock().unwrap();
                                all.push(received.clone());
                                all.len() - 1
                            };
                            act(number, Some(&received))
                        }),
                    };
                    if let Some(todo) = todo {
                        perform(&mut stream, todo, &seen.poured).await;
                    }
                    drop(stream);
                    let _ = ended.send(());
                });
            }
        });
        Self { addr, seen, ends, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.seen.received.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> u64 {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// Bytes that went out by [`Act::Pour`].
    pub(crate) fn poured(&self) -> u64 {
        self.seen.poured.load(Ordering::Relaxed)
    }

    /// Waits until every connection made so far has ended.
    pub(crate) async fn all_ended(&mut self) {
        for _ in 0..self.connections() {
            self.ends.recv().await.unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A port of this machine that refuses connections for as long as the guard lives.
pub(crate) fn refusing() -> (String, TcpSocket) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    (format!("http://{}", socket.local_addr().unwrap()), socket)
}

async fn perform(stream: &mut TcpStream, act: Act, poured: &AtomicU64) {
    match act {
        Act::Reply(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            // Closing with the client's bytes unread would reset the connection.
            let _ = stream.read(&mut [0; 64]).await;
        }
        Act::Reset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            stream.set_zero_linger().unwrap();
        }
        Act::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            while matches!(stream.read(&mut [0; 4096]).await, Ok(1..)) {}
        }
        Act::Pour(head, piece, times) => {
            let _ = stream.write_all(&head).await;
            for _ in 0..times {
                if stream.write_all(&piece).await.is_err() {
                    return;
                }
                poured.fetch_add(piece.len() as u64, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
            let _ = stream.shutdown().await;
            let _ = stream.read(&mut [0; 64]).await;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Received> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(Received { head: head.to_owned(), body: body.to_owned() });
        }
    }
}

/// An answer with the right length, whose connection then closes.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A refusal of the service, in JSON.
pub(crate) fn refusal(status: u16, headers: &str, code: &str, message: &str) -> Vec<u8> {
    let body = serde_json::json!({
        "RequestId": "4C467B38-3910-447D-87BC-AC049166F216", "HostId": "sts.aliyuncs.com",
        "Code": code, "Message": message,
    });
    answer(status, &format!("content-type: application/json\r\n{headers}"), &body.to_string())
}

/// What a good AssumeRole answers.
pub(crate) fn granted() -> serde_json::Value {
    serde_json::json!({
        "RequestId": "6894B13B-6D71-4EF5-88FA-F32781734A7F",
        "AssumedRoleUser": {
            "Arn": "acs:ram::123456789012:role/app/app", "AssumedRoleId": "34458433936495****:app",
        },
        "Credentials": {
            "AccessKeyId": "STS.granted", "AccessKeySecret": "granted-secret",
            "SecurityToken": "granted-token", "Expiration": "2033-05-18T03:33:20Z",
        },
    })
}

/// When what [`granted`] grants expires.
pub(crate) fn granted_expiration() -> std::time::SystemTime {
    std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(2_000_000_000)
}

/// A good answer.
pub(crate) fn good() -> Vec<u8> {
    answer(200, "content-type: application/json\r\n", &granted().to_string())
}
