//! The control endpoint: faults, time, sessions, keys and the trail, for those who do not start the emulator from Rust.
//!
//! It listens on a port of its own, only when asked for. A page in a browser must not reach it: a request with an `Origin`, or with a
//! `Host` that is not an address or `localhost`, is refused.

mod order;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderValue, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{Method, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;

use self::order::{ClockOrder, FaultOrder, KeyOrder};
use crate::cloud::Cloud;
use crate::metadata::Metadata;
use crate::server::{BodyError, Handler, Limits};
use crate::world::World;

const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const MAX_TARGET_BYTES: usize = 4 * 1024;

/// The control endpoint behind a listener.
pub(crate) struct ControlService {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) metadata: Arc<Metadata>,
}

/// Why an order is not carried out.
struct Refused {
    status: StatusCode,
    error: String,
}

type Outcome = Result<Option<String>, Refused>;

impl Handler for ControlService {
    fn limits(&self, _head: &Parts) -> Limits {
        Limits { target_bytes: MAX_TARGET_BYTES, body_bytes: MAX_BODY_BYTES }
    }

    async fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        _peer: SocketAddr,
    ) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let outcome = match body {
            _ if !is_from_here(&head) => Err(refused(
                StatusCode::FORBIDDEN,
                "requests of browsers and of other host names are refused; ask by address, without `Origin`",
            )),
            Err(_) => Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or did not come")),
            Ok(body) => self.obey(&head, &body),
        };
        let (status, text) = match outcome {
            Ok(Some(text)) => (StatusCode::OK, text),
            Ok(None) => (StatusCode::NO_CONTENT, String::new()),
            Err(refused) => (refused.status, json!({ "error": refused.error }).to_string()),
        };
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

impl ControlService {
    fn obey(&self, head: &Parts, body: &[u8]) -> Outcome {
        match (head.method.as_str(), head.uri.path()) {
            ("GET", "/trail") => {
                let lines = self.cloud.trail.to_vec().into_iter().map(|record| record.to_json() + "\n");
                return Ok(Some(lines.collect()));
            }
            ("DELETE", "/trail") => self.cloud.trail.clear(),
            ("POST", "/faults") => {
                let fault = read::<FaultOrder>(body)?.fault().map_err(bad)?;
                self.cloud.faults.inject(fault);
            }
            ("DELETE", "/faults") => self.cloud.faults.clear(),
            ("PUT", "/clock") => self.cloud.clock.set_offset(read::<ClockOrder>(body)?.offset()),
            ("PUT", "/world") => self.cloud.replace_world(world(head, body)?),
            ("POST", "/metadata/rotate") => self.metadata.rotate(),
            ("POST", "/sessions/revoke") => {
                let order = read::<KeyOrder>(body)?;
                if !self.cloud.revoke_session(&order.access_key_id) {
                    return Err(no_such("session"));
                }
            }
            ("POST", "/keys/rotate") => {
                let order = read::<KeyOrder>(body)?;
                let key = self.cloud.rotate_key(&order.access_key_id).map_err(internal)?;
                let key = key.ok_or_else(|| no_such("access key"))?;
                let secret = key.secret.expose_secret();
                return Ok(Some(json!({ "access_key_id": key.id, "access_key_secret": secret }).to_string()));
            }
            (
                _,
                "/trail" | "/faults" | "/clock" | "/world" | "/metadata/rotate" | "/sessions/revoke"
                | "/keys/rotate",
            ) => {
                return Err(refused(StatusCode::METHOD_NOT_ALLOWED, "the method does not fit the path"));
            }
            _ => {
                return Err(refused(
                    StatusCode::NOT_FOUND,
                    "take GET or DELETE /trail, POST or DELETE /faults, PUT /clock, PUT /world, POST /sessions/revoke, POST /keys/rotate, or POST /metadata/rotate",
                ));
            }
        }
        Ok(None)
    }
}

/// The world of a body: JSON if it says so, TOML otherwise. It may not name files.
fn world(head: &Parts, body: &[u8]) -> Result<World, Refused> {
    let text = str::from_utf8(body).map_err(|_| bad("the world is not UTF-8"))?;
    let is_json =
        head.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    World::from_afar(text, is_json).map_err(|error| bad(error.to_string()))
}

/// A browser sends `Origin` with whatever may change something, and by a name that was made to point here it would send that name.
fn is_from_here(head: &Parts) -> bool {
    let reads = head.method == Method::GET;
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    let is_named_here = host.is_some_and(|authority| {
        let host = authority.host();
        host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
    });
    is_named_here && (reads || !head.headers.contains_key(ORIGIN))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| bad(format!("the body is not what is asked for: {error}")))
}

fn refused(status: StatusCode, error: impl Into<String>) -> Refused {
    Refused { status, error: error.into() }
}

fn bad(error: impl Into<String>) -> Refused {
    refused(StatusCode::BAD_REQUEST, error)
}

fn no_such(what: &str) -> Refused {
    refused(StatusCode::NOT_FOUND, format!("there is no such {what}"))
}

fn internal(error: impl std::error::Error) -> Refused {
    refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}
