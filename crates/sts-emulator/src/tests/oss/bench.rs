//! A client as small as can be: signs with `sts-sign`, hands requests over without a socket.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use jiff::{SignedDuration, Timestamp};
use sts_policy::Policy;
use sts_sign::{oss_v1, oss_v4};
use sts_types::Credentials;

use crate::clock::{Clock, system_time};
use crate::cloud::{Cloud, Tokens};
use crate::oss::OssService;
use crate::server::{BodyError, Handler as _};
use crate::sessions::SessionRequest;
use crate::tests::oss::world::{HOME, world};
use crate::trail::Trail;

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    V1,
    V4,
    PresignedV1,
    PresignedV4,
}

pub(super) const SCHEMES: [Scheme; 4] = [Scheme::V1, Scheme::V4, Scheme::PresignedV1, Scheme::PresignedV4];

/// The cloud, and OSS in it.
pub(super) struct Bench {
    pub(super) cloud: Arc<Cloud>,
    pub(super) service: OssService,
}

/// A request, to be changed before it is signed.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: &'static str,
    bucket: Option<String>,
    key: Option<String>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Bytes,
    peer: IpAddr,
    /// Of signing, against the emulator's.
    clock: SignedDuration,
    pub(super) expires: Duration,
    region: &'static str,
    is_virtual_host: bool,
}

/// A reply.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// A request as it would be on the wire, to be changed after it was signed.
pub(super) struct Wire {
    pub(super) request: http::Request<Result<Bytes, BodyError>>,
    peer: IpAddr,
}

impl Bench {
    pub(super) fn new() -> Self {
        let cloud =
            Arc::new(Cloud::new(world(), Clock::default(), &Tokens::Sealed, Trail::default()).unwrap());
        Self { service: OssService::new(Arc::clone(&cloud)), cloud }
    }

    pub(super) fn inject(&self, fault: crate::Fault) {
        self.cloud.faults.inject(fault);
    }

    /// The key of a user of any account, or of an account.
    pub(super) fn key(&self, name: &str) -> Credentials {
        let world = self.cloud.world();
        let accounts = || world.accounts.iter();
        let users = accounts().flat_map(|account| &account.users).filter(|user| user.name == name);
        let of_users = users.flat_map(|user| &user.access_keys);
        let of_accounts =
            accounts().filter(|account| account.id == name).flat_map(|account| &account.access_keys);
        let key = of_users.chain(of_accounts).next().unwrap_or_else(|| panic!("{name}"));
        Credentials::new(key.id.as_str(), key.secret.clone())
    }

    /// A session of the role `app`, which may do everything with the buckets of its account.
    pub(super) fn session(&self, policy: Option<&str>) -> Credentials {
        let world = self.cloud.world();
        let policy: Option<Policy> = policy.map(|policy| policy.parse().unwrap());
        let issued = self.cloud.open_session(&SessionRequest {
            role: world.role(HOME, "app").unwrap(),
            name: "test",
            seconds: 3600,
            policy: policy.as_ref(),
            source_identity: None,
        });
        let issued = issued.unwrap();
        Credentials::new(issued.access_key_id, issued.access_key_secret)
            .with_security_token(issued.security_token)
    }

    pub(super) async fn send(&self, wire: Wire) -> Reply {
        let response = self.service.handle(wire.request, SocketAddr::new(wire.peer, 50_000)).await;
        let (parts, body) = response.into_parts();
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(super) fn sign(&self, ask: &Ask, credentials: &Credentials, scheme: Scheme) -> Wire {
        let time = self.cloud.clock.now().checked_add(ask.clock).unwrap();
        ask.wire_by(credentials, scheme, time)
    }

    pub(super) async fn ask(&self, ask: &Ask, credentials: &Credentials, scheme: Scheme) -> Reply {
        self.send(self.sign(ask, credentials, scheme)).await
    }

    pub(super) async fn by(&self, credentials: &Credentials, ask: Ask) -> Reply {
        self.ask(&ask, credentials, Scheme::V4).await
    }

    pub(super) async fn anonymously(&self, ask: Ask) -> Reply {
        self.send(ask.unsigned()).await
    }
}

pub(super) fn ask(method: &'static str, bucket: &str, key: &str) -> Ask {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ask {
        method,
        bucket: some(bucket),
        key: some(key),
        query: Vec::new(),
        headers: Vec::new(),
        body: Bytes::new(),
        peer: [127, 0, 0, 1].into(),
        clock: SignedDuration::ZERO,
        expires: Duration::from_secs(600),
        region: "cn-hangzhou",
        is_virtual_host: false,
    }
}

impl Ask {
    pub(super) fn bucket(mut self, bucket: &str) -> Self {
        self.bucket = Some(bucket.to_owned());
        self
    }

    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    pub(super) fn clock_off_by(mut self, seconds: i64) -> Self {
        self.clock = SignedDuration::from_secs(seconds);
        self
    }

    pub(super) fn region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    pub(super) fn virtual_host(mut self) -> Self {
        self.is_virtual_host = true;
        self
    }

    pub(super) fn unsigned(&self) -> Wire {
        let query: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| {
                format!("{}={}", sts_sign::percent_encode(name), sts_sign::percent_encode(value))
            })
            .collect();
        self.wire(&query.join("&"))
    }

    pub(super) fn wire_by(&self, credentials: &Credentials, scheme: Scheme, time: Timestamp) -> Wire {
        let time = system_time(Timestamp::from_second(time.as_second()).unwrap());
        let query: Vec<(&str, &str)> = self.query.iter().map(|(name, value)| (&**name, &**value)).collect();
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let (bucket, key) = (self.bucket.as_deref(), self.key.as_deref());
        let v1 = |signer: &dyn Fn(&oss_v1::Request<'_>) -> Wire| {
            let mut request = oss_v1::Request::new(self.method, time).query(&query).headers(&headers);
            request = bucket.map_or(request, |bucket| request.bucket(bucket));
            signer(&key.map_or(request, |key| request.key(key)))
        };
        let v4 = |signer: &dyn Fn(&oss_v4::Request<'_>) -> Wire| {
            let mut request = oss_v4::Request::new(self.method, time).query(&query).headers(&headers);
            request = bucket.map_or(request, |bucket| request.bucket(bucket));
            signer(&key.map_or(request, |key| request.key(key)))
        };
        match scheme {
            Scheme::V1 => v1(&|request| {
                let added = oss_v1::Signer::new(credentials).sign(request).unwrap();
                self.with(&added.iter().map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>())
            }),
            Scheme::V4 => v4(&|request| {
                let signer = oss_v4::Signer::new(credentials, self.region, time).unwrap();
                let added = signer.sign(request).unwrap();
                self.with(&added.iter().map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>())
            }),
            Scheme::PresignedV1 => v1(&|request| {
                let query = oss_v1::Signer::new(credentials).presign(request, self.expires).unwrap();
                self.wire(&query)
            }),
            Scheme::PresignedV4 => v4(&|request| {
                let signer = oss_v4::Signer::new(credentials, self.region, time).unwrap();
                self.wire(&signer.presign(request, self.expires).unwrap())
            }),
        }
    }

    fn with(&self, added: &[(&'static str, String)]) -> Wire {
        let mut wire = self.unsigned();
        for (name, value) in added {
            wire.request.headers_mut().insert(*name, value.parse().unwrap());
        }
        wire
    }

    /// `query` is all of it.
    fn wire(&self, query: &str) -> Wire {
        let key = self
            .key
            .as_deref()
            .map(|key| sts_sign::percent_encode(key).replace("%2F", "/"))
            .unwrap_or_default();
        let bucket = self.bucket.as_deref().unwrap_or_default();
        let (host, path) = match (self.is_virtual_host, bucket) {
            (_, "") => ("localhost:1".to_owned(), "/".to_owned()),
            (true, bucket) => (format!("{bucket}.localhost:1"), format!("/{key}")),
            (false, bucket) => ("localhost:1".to_owned(), format!("/{bucket}/{key}")),
        };
        let target = if query.is_empty() { path } else { format!("{path}?{query}") };
        let mut request = http::Request::new(Ok(self.body.clone()));
        *request.method_mut() = self.method.parse::<Method>().unwrap();
        *request.uri_mut() = target.parse::<Uri>().unwrap();
        let headers = request.headers_mut();
        headers.insert("host", host.parse().unwrap());
        for (name, value) in &self.headers {
            headers.insert(http::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        Wire { request, peer: self.peer }
    }
}

impl Wire {
    /// Changes the header after it was signed.
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    /// Changes path and query after they were signed.
    pub(super) fn target(mut self, change: impl Fn(&str) -> String) -> Self {
        let changed = change(&self.request.uri().to_string());
        *self.request.uri_mut() = changed.parse().unwrap();
        self
    }

    pub(super) fn method(mut self, method: &str) -> Self {
        *self.request.method_mut() = method.parse().unwrap();
        self
    }

    pub(super) fn body(mut self, body: &'static [u8]) -> Self {
        *self.request.body_mut() = Ok(Bytes::from_static(body));
        self
    }

    pub(super) fn without_body(mut self, error: BodyError) -> Self {
        *self.request.body_mut() = Err(error);
        self
    }
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// The content of the first element of this name.
    pub(super) fn element(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text().split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0)
    }

    /// The contents of all elements of this name.
    pub(super) fn elements(&self, name: &str) -> Vec<&str> {
        let pieces = self.text().split(&format!("<{name}>")).skip(1).collect::<Vec<_>>();
        let end = format!("</{name}>");
        pieces.into_iter().map(|piece| piece.split_once(&end).unwrap().0).collect()
    }

    /// `200`, or `403 AccessDenied`.
    pub(super) fn outcome(&self) -> String {
        match self.status {
            200..300 => self.status.to_string(),
            status => format!("{status} {}", self.element("Code").unwrap_or_default()).trim_end().to_owned(),
        }
    }
}
