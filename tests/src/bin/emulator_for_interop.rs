//! The emulator as a program, behind a proxy that keeps the bytes of the last request: for the clients of tests/interop.
//!
//! Prints one line of JSON that says where it listens and with which key, or which OIDC token, it can be asked for which
//! role. Then it answers
//! each line of standard input with one line of JSON, until its input closes: `last` with the bytes of the last
//! request in hexadecimal, `clock SECONDS` by moving the emulator's clock that far ahead of the machine's.

use std::error::Error;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use sts_emulator::{ClockOffset, Emulator};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let emulator = Emulator::builder().all_services().start().await?;
    let upstream = emulator.base_url().trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let last = LastRequest::default();
    tokio::spawn(record(listener, upstream, last.clone()));

    say(&json!({
        "url": format!("http://{address}"),
        "access_key_id": emulator.access_key_id(),
        "access_key_secret": emulator.access_key_secret().expose_secret(),
        "role_arn": emulator.role_arn(),
        "oss_url": emulator.oss_url(),
        "bucket": emulator.bucket(),
        "oidc_provider_arn": emulator.oidc_provider_arn(),
        "metadata": emulator.metadata_url(),
        "credentials_uri": emulator.credentials_uri(),
        "oidc_token": emulator.issue_oidc_token("interop")?.expose_secret(),
    }))?;
    let mut commands = BufReader::new(tokio::io::stdin()).lines();
    while let Some(command) = commands.next_line().await? {
        match command.split_once(' ').unwrap_or((command.as_str(), "")) {
            ("last", "") => say(&json!({ "request": last.hex() }))?,
            ("clock", seconds) => {
                emulator.set_clock_offset(ClockOffset::Ahead(Duration::from_secs(seconds.parse()?)));
                say(&json!({ "clock": seconds }))?;
            }
            _ => {
                return Err(format!("`{command}` is no command; there are `last` and `clock SECONDS`").into());
            }
        }
    }
    emulator.stop().await;
    Ok(())
}

fn say(line: &Value) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// What the client of a connection has sent since it was last answered. No client here pipelines, so that is one request.
#[derive(Clone, Default)]
struct LastRequest(Arc<Mutex<Bytes>>);

#[derive(Default)]
struct Bytes {
    bytes: Vec<u8>,
    answered: bool,
}

impl LastRequest {
    fn sent(&self, bytes: &[u8]) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut last.answered) {
            last.bytes.clear();
        }
        last.bytes.extend_from_slice(bytes);
    }

    fn answered(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).answered = true;
    }

    fn hex(&self) -> String {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Passes every connection on to the emulator.
async fn record(listener: TcpListener, upstream: String, last: LastRequest) {
    while let Ok((client, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(&upstream).await else { return };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (asked, answered) = (last.clone(), last.clone());
        tokio::spawn(pass(from_client, to_server, move |bytes| asked.sent(bytes)));
        tokio::spawn(pass(from_server, to_client, move |_| answered.answered()));
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, see: impl Fn(&[u8])) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let Some(bytes) = buffer.get(..length) else { return };
        // Before it is passed on: an answer must not be seen before its request.
        see(bytes);
        if to.write_all(bytes).await.is_err() {
            return;
        }
    }
    // The other side learns of the end when the half is dropped.
}
