//! The two services that turn a browser login into credentials, as far as they are asked without a browser.

pub(crate) mod cloud_sso;
pub(crate) mod oauth;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Response, StatusCode};
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use crate::metadata::json;

/// Whether a request brings this bearer token.
fn bears(request: &Parts, token: &Secret) -> bool {
    let given = request.headers.get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
    token.expose_secret().as_bytes().ct_eq(given).into()
}

fn refused(status: StatusCode, document: &serde_json::Value) -> Response<Bytes> {
    let mut response = json(&document.to_string());
    *response.status_mut() = status;
    response
}
