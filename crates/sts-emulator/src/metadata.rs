//! The metadata service of an ECS instance, as far as credentials go.
//!
//! What the real one answers is documented for the paths below and not for most of what can go wrong: a token of the wrong
//! form or past its time, and none where one is required, are 403 here; a method that does not fit is 405.

mod service;

use std::borrow::Cow;
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use jiff::Timestamp;
use ring::hmac;

use crate::lock::lock;
use crate::os::{NoRandomness, Random};
use crate::sessions::Issued;
use crate::visit::Reason;

pub(crate) use self::service::MetadataService;

const TOKEN_PATH: &str = "/latest/api/token";
const TTL_HEADER: &str = "x-aliyun-ecs-metadata-token-ttl-seconds";
const TOKEN_HEADER: &str = "x-aliyun-ecs-metadata-token";

/// How long a metadata token may be asked for, in seconds (documented).
const TTL_SECONDS: std::ops::RangeInclusive<i64> = 1..=21_600;

/// The bytes of the key that proves tokens.
const KEY_BYTES: usize = 32;

/// What the instance is, and the credentials it holds at the moment.
pub(crate) struct Metadata {
    settings: Settings,
    token_key: hmac::Key,
    held: Mutex<Option<Held>>,
}

/// What the metadata service is told of its instance.
pub(crate) struct Settings {
    /// The instance's RAM role; an instance without one has no credentials.
    pub(crate) role: Option<String>,
    /// Whether every question must bring a token ("hardened only", `HttpTokens=required`).
    pub(crate) is_token_required: bool,
    pub(crate) region: String,
    pub(crate) instance_id: String,
}

struct Held {
    issued: Issued,
    since: Timestamp,
}

impl Metadata {
    pub(crate) fn new(settings: Settings, random: &Random) -> Result<Self, NoRandomness> {
        let mut bytes = [0; KEY_BYTES];
        random.fill(&mut bytes)?;
        let token_key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        Ok(Self { settings, token_key, held: Mutex::default() })
    }

    /// Answers a request. `mint` opens a session of the instance's role.
    pub(crate) fn answer<E>(
        &self,
        request: &Parts,
        now: Timestamp,
        mint: impl FnOnce() -> Result<Issued, E>,
    ) -> Response<Bytes> {
        let path = request.uri.path();
        if path == TOKEN_PATH {
            return self.token(request, now);
        }
        if request.method != Method::GET {
            return refused(StatusCode::METHOD_NOT_ALLOWED, "the method does not fit the path");
        }
        if !self.admits(request, now) {
            return refused(
                StatusCode::FORBIDDEN,
                "the metadata token is missing, of another service, or past its time",
            );
        }
        let Some(item) = path.strip_prefix("/latest/meta-data/") else {
            return refused(StatusCode::NOT_FOUND, "there is nothing at this path");
        };
        let role = self.settings.role.as_deref();
        match (item.strip_prefix("ram/security-credentials"), role) {
            (Some("" | "/"), Some(role)) => plain(StatusCode::OK, role),
            (Some(named), Some(role)) if named.strip_prefix('/') == Some(role) => self.credentials(now, mint),
            (Some(_), _) => refused(StatusCode::NOT_FOUND, "the instance has no such role"),
            (None, _) => self.about_the_instance(item),
        }
    }

    /// Forgets the credentials held: whoever asks next gets others. The old ones stay valid until they expire.
    pub(crate) fn rotate(&self) {
        lock(&self.held).take();
    }

    fn about_the_instance(&self, item: &str) -> Response<Bytes> {
        let settings = &self.settings;
        match item {
            "" if settings.role.is_some() => plain(StatusCode::OK, "instance-id\nram/\nregion-id\nzone-id"),
            "" => plain(StatusCode::OK, "instance-id\nregion-id\nzone-id"),
            "ram/" if settings.role.is_some() => plain(StatusCode::OK, "security-credentials/"),
            "instance-id" => plain(StatusCode::OK, &settings.instance_id),
            "region-id" => plain(StatusCode::OK, &settings.region),
            "zone-id" => plain(StatusCode::OK, &format!("{}-a", settings.region)),
            _ => refused(StatusCode::NOT_FOUND, "there is nothing at this path"),
        }
    }

    fn token(&self, request: &Parts, now: Timestamp) -> Response<Bytes> {
        if request.method != Method::PUT {
            return refused(StatusCode::METHOD_NOT_ALLOWED, "the method does not fit the path");
        }
        let ttl = request.headers.get(TTL_HEADER).and_then(|ttl| ttl.to_str().ok());
        let ttl: Option<i64> = ttl.and_then(|ttl| ttl.trim().parse().ok());
        match ttl.filter(|ttl| TTL_SECONDS.contains(ttl)) {
            Some(ttl) => plain(StatusCode::OK, &self.sealed(now.as_second().saturating_add(ttl))),
            None => refused(StatusCode::BAD_REQUEST, "the lifetime of the token is not 1 to 21600 seconds"),
        }
    }

    fn sealed(&self, end: i64) -> String {
        let end = end.to_be_bytes();
        let tag = hmac::sign(&self.token_key, &end);
        URL_SAFE_NO_PAD.encode([end.as_slice(), tag.as_ref()].concat())
    }

    /// Whether a question may be answered: with a good token always, without any only where none is required.
    fn admits(&self, request: &Parts, now: Timestamp) -> bool {
        let Some(token) = request.headers.get(TOKEN_HEADER) else {
            return !self.settings.is_token_required;
        };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token.as_bytes()) else { return false };
        let Some((end, tag)) = bytes.split_first_chunk::<8>() else { return false };
        hmac::verify(&self.token_key, end, tag).is_ok() && now.as_second() < i64::from_be_bytes(*end)
    }

    fn credentials<E>(&self, now: Timestamp, mint: impl FnOnce() -> Result<Issued, E>) -> Response<Bytes> {
        let mut held = lock(&self.held);
        if held.as_ref().is_none_or(|held| held.is_old(now)) {
            match mint() {
                Ok(issued) => *held = Some(Held { issued, since: now }),
                // The role is gone, or there is no randomness: nothing the instance could be told.
                Err(_) => return refused(StatusCode::NOT_FOUND, "the role of the instance does not exist"),
            }
        }
        match held.as_ref() {
            Some(held) => json(&held.document()),
            None => refused(StatusCode::NOT_FOUND, "the role of the instance does not exist"),
        }
    }
}

impl Held {
    /// Credentials are replaced while a twelfth of their life is left (half an hour of six hours), and when the clock was
    /// put back before them.
    fn is_old(&self, now: Timestamp) -> bool {
        let life = self.issued.expiration.duration_since(self.since);
        let renewal = self.issued.expiration.checked_sub(life / 12).unwrap_or(Timestamp::MIN);
        now >= renewal || now < self.since
    }

    fn document(&self) -> String {
        document(&self.issued, Some(self.since))
    }
}

/// The document of credentials that the metadata service and a credentials URI answer with.
pub(crate) fn document(issued: &Issued, since: Option<Timestamp>) -> String {
    let mut document = serde_json::json!({
        "Code": "Success",
        "AccessKeyId": issued.access_key_id,
        "AccessKeySecret": issued.access_key_secret.expose_secret(),
        "SecurityToken": issued.security_token.expose_secret(),
        "Expiration": issued.expiration.to_string(),
    });
    if let Some((members, since)) = document.as_object_mut().zip(since) {
        let since = Timestamp::from_second(since.as_second()).unwrap_or(since);
        members.insert("LastUpdated".to_owned(), since.to_string().into());
    }
    document.to_string()
}

/// A reply of plain text.
fn plain(status: StatusCode, text: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(text.as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// A refusal: an empty page, and a reason for the trail.
fn refused(status: StatusCode, reason: &'static str) -> Response<Bytes> {
    let mut response = plain(status, "");
    response.extensions_mut().insert(Reason(Cow::Borrowed(reason)));
    response
}

/// A reply of JSON.
pub(crate) fn json(text: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::copy_from_slice(text.as_bytes()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
