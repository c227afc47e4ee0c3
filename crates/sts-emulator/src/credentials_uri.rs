//! A credentials URI: one GET, the credentials of a role out.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use crate::exchange;
use crate::metadata::{document, json};
use crate::sessions::Issued;

/// The path of the URI.
pub(crate) const PATH: &str = "/credentials";

/// The side of the URI.
pub(crate) struct CredentialsUri {
    /// The value that `Authorization` must have, if any is asked for.
    pub(crate) authorization: Option<Secret>,
}

impl CredentialsUri {
    /// Answers a request for [`PATH`]. `mint` opens a session; each answer has one of its own.
    pub(crate) fn answer<E>(
        &self,
        request: &Parts,
        mint: impl FnOnce() -> Result<Issued, E>,
    ) -> Response<Bytes> {
        if request.method != Method::GET {
            return refused(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed");
        }
        if !self.admits(request) {
            return refused(StatusCode::UNAUTHORIZED, "Unauthorized");
        }
        match mint() {
            Ok(issued) => json(&document(&issued, None)),
            Err(_) => refused(StatusCode::NOT_FOUND, "EntityNotExist.Role"),
        }
    }

    fn admits(&self, request: &Parts) -> bool {
        let Some(wanted) = &self.authorization else { return true };
        let given = request.headers.get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
        wanted.expose_secret().as_bytes().ct_eq(given).into()
    }
}

fn refused(status: StatusCode, code: &str) -> Response<Bytes> {
    exchange::refused(status, &serde_json::json!({ "Code": code }))
}
