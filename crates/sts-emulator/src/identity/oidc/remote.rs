//! Keys that an OIDC provider on this machine serves: a JWKS URL, or that of its discovery document.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::uri::{PathAndQuery, Scheme};
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::keys::{KeySet, MAX_BYTES};
use crate::clock::monotonic;

/// For the whole way to the keys, discovery included.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long keys are kept.
const KEPT: Duration = Duration::from_secs(300);
/// How soon the provider is asked again after it failed, or for a `kid` that it did not have.
const PAUSE: Duration = Duration::from_secs(1);

/// A URL that is not asked for keys.
#[derive(Debug, thiserror::Error)]
#[error("take a URL like `http://127.0.0.1:8080/jwks`: keys are fetched by http from this machine only")]
pub(crate) struct KeysUrlError;

/// Keys that are fetched when they are needed, by one request at a time.
pub(crate) struct RemoteKeys {
    location: Location,
    memory: Mutex<Memory>,
}

impl RemoteKeys {
    /// `url` is that of a key set or of a discovery document; which, its contents tell.
    pub(crate) fn new(url: &str) -> Result<Self, KeysUrlError> {
        let location = Location::parse(url).ok_or(KeysUrlError)?;
        Ok(Self { location, memory: Mutex::default() })
    }

    /// The keys, or none when they cannot be had.
    pub(super) async fn keys(&self, issuer: &str, key_id: Option<&str>) -> Option<Arc<KeySet>> {
        // Held while fetching, so that those who come meanwhile wait for the same answer; the fetch has its deadline.
        let mut memory = self.memory.lock().await;
        match memory.recall(monotonic(), key_id) {
            Recall::Keys(keys) => return Some(keys),
            Recall::Failed => return None,
            Recall::Ask => {}
        }
        let fetched = timeout(PATIENCE, fetch_keys(&self.location, issuer)).await.ok().flatten();
        memory.remember(monotonic(), fetched.map(Arc::new))
    }
}

#[derive(Default)]
struct Memory {
    asked: Option<Instant>,
    /// The newest keys and when they came: an answer that failed does not throw good ones away.
    keys: Option<(Instant, Arc<KeySet>)>,
}

enum Recall {
    Keys(Arc<KeySet>),
    Failed,
    Ask,
}

impl Memory {
    fn recall(&self, now: Instant, key_id: Option<&str>) -> Recall {
        let within = |since: Instant, period: Duration| now.saturating_duration_since(since) < period;
        let asked_just_now = self.asked.is_some_and(|asked| within(asked, PAUSE));
        match &self.keys {
            Some((came, keys)) if within(*came, KEPT) && (asked_just_now || keys.may_have(key_id)) => {
                Recall::Keys(Arc::clone(keys))
            }
            _ if asked_just_now => Recall::Failed,
            _ => Recall::Ask,
        }
    }

    /// Gives the keys to judge by: what was fetched, or else what is still kept.
    fn remember(&mut self, now: Instant, fetched: Option<Arc<KeySet>>) -> Option<Arc<KeySet>> {
        self.asked = Some(now);
        self.keys = match (fetched, self.keys.take()) {
            (Some(keys), _) => Some((now, keys)),
            (None, Some((came, keys))) if now.saturating_duration_since(came) < KEPT => Some((came, keys)),
            (None, _) => None,
        };
        self.keys.as_ref().map(|(_, keys)| Arc::clone(keys))
    }
}

/// An address of this machine and what to ask it for.
struct Location {
    addresses: Vec<SocketAddr>,
    authority: String,
    path: PathAndQuery,
}

impl Location {
    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTP))?;
        if authority.as_str().contains('@') {
            return None;
        }
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host)?.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None => 80,
        };
        let addresses = if host.eq_ignore_ascii_case("localhost") {
            vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
        } else {
            vec![host.trim_start_matches('[').trim_end_matches(']').parse().ok()?]
        };
        addresses.iter().all(IpAddr::is_loopback).then(|| Self {
            addresses: addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect(),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/")),
        })
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

async fn fetch_keys(location: &Location, issuer: &str) -> Option<KeySet> {
    let document = fetch(location).await?;
    if let Ok(keys) = KeySet::parse(&document) {
        return Some(keys);
    }
    let discovery: Discovery = serde_json::from_slice(&document).ok()?;
    // OpenID Connect Discovery §4.3: it must be the very issuer.
    if discovery.issuer != issuer {
        return None;
    }
    KeySet::parse(&fetch(&Location::parse(&discovery.jwks_uri)?).await?).ok()
}

/// One GET. Redirects are not followed.
async fn fetch(location: &Location) -> Option<Bytes> {
    let stream = TcpStream::connect(location.addresses.as_slice()).await.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let request = Request::get(location.path.as_str())
        .header(header::HOST, &location.authority)
        .header(header::ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let exchange = async {
        let response = sender.send_request(request).await.ok()?;
        if response.status() != StatusCode::OK {
            return None;
        }
        Some(Limited::new(response.into_body(), MAX_BYTES).collect().await.ok()?.to_bytes())
    };
    // A connection may end before the last of the body has been taken out of it.
    let driven = async {
        connection.await.ok();
        std::future::pending().await
    };
    tokio::select! {
        body = exchange => body,
        never = driven => never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_asked() {
        for good in [
            "http://127.0.0.1:8080/jwks",
            "http://127.9.9.9/",
            "http://[::1]:1/a?b=c",
            "http://localhost:65535",
            "http://LOCALHOST/x",
        ] {
            assert!(RemoteKeys::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "127.0.0.1:8080",
            "/jwks",
            "https://127.0.0.1/jwks",
            "ftp://127.0.0.1/jwks",
            "http://192.0.2.1/jwks",
            "http://0.0.0.0/jwks",
            "http://169.254.169.254/jwks",
            "http://example.com/jwks",
            "http://localhost.example.com/jwks",
            "http://127.0.0.1.example.com/jwks",
            "http://localhost@example.com/jwks",
            "http://user@127.0.0.1/jwks",
            "http://127.0.0.1:65536/jwks",
            "http://127.0.0.1:/jwks",
            "http://[::ffff:192.0.2.1]/jwks",
        ] {
            assert!(RemoteKeys::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_kept_and_for_how_long() {
        let keys = || {
            let text = format!(
                r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"a","x":"{0}","y":"{0}"}}]}}"#,
                "A".repeat(43)
            );
            Some(Arc::new(KeySet::parse(text.as_bytes()).unwrap()))
        };
        let start = monotonic();
        let after = |millis: u64| start + Duration::from_millis(millis);
        let name = |recall: Recall| match recall {
            Recall::Keys(_) => "keys",
            Recall::Failed => "failed",
            Recall::Ask => "ask",
        };
        let mut memory = Memory::default();
        assert_eq!(name(memory.recall(start, None)), "ask");

        // A failure is believed for a second.
        assert!(memory.remember(start, None).is_none());
        assert_eq!(name(memory.recall(after(999), Some("a"))), "failed");
        assert_eq!(name(memory.recall(after(1000), Some("a"))), "ask");

        // Keys are kept for five minutes, but a strange `kid` asks again, once a second.
        assert!(memory.remember(after(1000), keys()).is_some());
        assert_eq!(name(memory.recall(after(1500), Some("b"))), "keys");
        assert_eq!(name(memory.recall(after(2000), Some("b"))), "ask");
        assert_eq!(name(memory.recall(after(300_999), Some("a"))), "keys");
        assert_eq!(name(memory.recall(after(300_999), None)), "keys");
        assert_eq!(name(memory.recall(after(301_000), Some("a"))), "ask");

        // A provider that is down does not take away keys that are still good.
        assert!(memory.remember(after(3000), None).is_some());
        assert_eq!(name(memory.recall(after(3001), Some("a"))), "keys");
        assert!(memory.remember(after(301_000), None).is_none());
        assert_eq!(name(memory.recall(after(301_001), Some("a"))), "failed");
    }
}
