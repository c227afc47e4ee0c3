//! The two services that turn a browser login into credentials, as far as they are asked without a browser.

mod cloud_sso;
mod oauth;
mod service;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Response, StatusCode};
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use crate::metadata::json;
use crate::visit::Reason;

pub(crate) use self::cloud_sso::CloudSso;
pub(crate) use self::oauth::OAuth;
pub(crate) use self::service::ExchangeService;

/// Whether a request brings this bearer token.
fn bears(request: &Parts, token: &Secret) -> bool {
    let given = request.headers.get(AUTHORIZATION).map_or(&b""[..], |value| value.as_bytes());
    let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
    token.expose_secret().as_bytes().ct_eq(given).into()
}

pub(crate) fn refused(status: StatusCode, document: &serde_json::Value) -> Response<Bytes> {
    let mut response = json(&document.to_string());
    *response.status_mut() = status;
    // Each service has a name of its own for the code and the text.
    let text =
        |names: &[&str]| names.iter().find_map(|name| document.get(*name)?.as_str()).unwrap_or_default();
    let code = text(&["Code", "ErrorCode", "error"]);
    let reason = match text(&["ErrorMessage", "error_description"]) {
        "" => code.to_owned(),
        message => format!("{code}: {message}"),
    };
    response.extensions_mut().insert(Reason(reason.into()));
    response
}
