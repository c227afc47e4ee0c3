//! OAuth: a refresh token in, an access token and the next refresh token out; an access token in, credentials out.

use std::sync::Mutex;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sts_types::Secret;
use subtle::ConstantTimeEq as _;

use super::{bears, refused};
use crate::lock::lock;
use crate::os::{NoRandomness, Random};
use crate::sessions::Issued;
use crate::sts::parameters::Parameters;

pub(crate) const TOKEN_PATH: &str = "/v1/token";
pub(crate) const EXCHANGE_PATH: &str = "/v1/exchange";

/// The public client ids of the two sites.
pub(crate) const CLIENT_IDS: [&str; 2] = ["4038181954557748008", "4103531455503354461"];

/// How long an access token lives, in seconds.
const ACCESS_TOKEN_SECONDS: i64 = 3600;

/// One user who has logged in.
pub(crate) struct OAuth(Mutex<Tokens>);

/// The tokens in force. A refresh makes both anew, and the refresh token before it is of no more use.
struct Tokens {
    refresh: Secret,
    access: Option<(Secret, Timestamp)>,
}

impl OAuth {
    pub(crate) fn new(random: &Random) -> Result<Self, NoRandomness> {
        let refresh = Secret::new(random.alphanumeric(64)?);
        Ok(Self(Mutex::new(Tokens { refresh, access: None })))
    }

    /// The refresh token in force: what a login has left in the profile.
    pub(crate) fn refresh_token(&self) -> Secret {
        lock(&self.0).refresh.clone()
    }

    /// Answers a request for [`TOKEN_PATH`].
    pub(crate) fn token(
        &self,
        request: &Parts,
        body: &[u8],
        request_id: &str,
        now: Timestamp,
        random: &Random,
    ) -> Response<Bytes> {
        let refuse = |error: &str, description: &str| failed(request_id, error, description);
        let is_form = request
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if request.method != Method::POST || !is_form {
            return refuse("invalid_request", "The request is not a POST of a form.");
        }
        let Ok(form) = Parameters::parse(b"", body) else {
            return refuse("invalid_request", "The form cannot be read.");
        };
        if form.get("grant_type") != Some("refresh_token") {
            return refuse("unsupported_grant_type", "Only refresh_token is supported here.");
        }
        if !form.get("client_id").is_some_and(|id| CLIENT_IDS.contains(&id)) {
            return refuse("invalid_client", "The client is not known.");
        }
        let given = form.get("refresh_token").unwrap_or_default().as_bytes();
        let mut tokens = lock(&self.0);
        if !bool::from(tokens.refresh.expose_secret().as_bytes().ct_eq(given)) {
            return refuse("invalid_grant", "The refresh token is not in force.");
        }
        let Ok((access, refresh)) = random.alphanumeric(64).and_then(|a| Ok((a, random.alphanumeric(64)?)))
        else {
            return refuse("server_error", "No token could be made.");
        };
        let end = now.checked_add(SignedDuration::from_secs(ACCESS_TOKEN_SECONDS)).unwrap_or(Timestamp::MAX);
        let document = json!({
            "access_token": access, "refresh_token": refresh,
            "expires_in": ACCESS_TOKEN_SECONDS, "token_type": "Bearer",
        });
        *tokens = Tokens { refresh: Secret::new(refresh), access: Some((Secret::new(access), end)) };
        crate::metadata::json(&document.to_string())
    }

    /// Answers a request for [`EXCHANGE_PATH`]. `mint` opens a session of the user's role.
    pub(crate) fn exchange<E>(
        &self,
        request: &Parts,
        request_id: &str,
        now: Timestamp,
        mint: impl FnOnce() -> Result<Issued, E>,
    ) -> Response<Bytes> {
        if request.method != Method::POST {
            return failed(request_id, "invalid_request", "Use POST.");
        }
        match &lock(&self.0).access {
            Some((token, end)) if bears(request, token) && now < *end => {}
            Some((token, _)) if bears(request, token) => {
                return failed(request_id, "expired_token", "The access token is expired.");
            }
            _ => return failed(request_id, "invalid_token", "The access token is not in force."),
        }
        let Ok(issued) = mint() else {
            return failed(request_id, "access_denied", "The role does not exist.");
        };
        let document = json!({
            "accessKeyId": issued.access_key_id,
            "accessKeySecret": issued.access_key_secret.expose_secret(),
            "securityToken": issued.security_token.expose_secret(),
            "expiration": issued.expiration.to_string(),
            "requestId": request_id,
        });
        crate::metadata::json(&document.to_string())
    }
}

/// A refusal. OAuth answers 400 to all but a bad access token.
fn failed(request_id: &str, error: &str, description: &str) -> Response<Bytes> {
    let status = match error {
        "expired_token" | "invalid_token" => StatusCode::UNAUTHORIZED,
        "access_denied" => StatusCode::FORBIDDEN,
        "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    refused(status, &json!({ "error": error, "error_description": description, "requestId": request_id }))
}
