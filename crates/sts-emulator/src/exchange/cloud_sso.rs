//! CloudSSO: an access token and an access configuration in, the credentials of its role out.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response, StatusCode};
use jiff::Timestamp;
use serde_json::json;
use sts_types::Secret;

use super::{bears, refused};
use crate::sessions::Issued;

/// Where credentials are asked for, below the scheme and host of the sign-in URL.
pub(crate) const PATH: &str = "/cloud-credentials";

/// One user who has logged in, and the one access configuration given to him.
pub(crate) struct CloudSso {
    pub(crate) access_token: Secret,
    pub(crate) expiration: Timestamp,
    pub(crate) account_id: String,
    pub(crate) access_configuration_id: String,
}

impl CloudSso {
    /// Answers a request for [`PATH`]. `mint` opens a session of the access configuration's role.
    pub(crate) fn answer<E>(
        &self,
        request: &Parts,
        body: &[u8],
        request_id: &str,
        now: Timestamp,
        mint: impl FnOnce() -> Result<Issued, E>,
    ) -> Response<Bytes> {
        let refuse = |status, code: &str, message: &str| {
            refused(status, &json!({ "ErrorCode": code, "ErrorMessage": message, "RequestId": request_id }))
        };
        if request.method != Method::POST {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "UnsupportedHTTPMethod", "Use POST.");
        }
        if !bears(request, &self.access_token) {
            let message = "The access token is not known.";
            return refuse(StatusCode::UNAUTHORIZED, "InvalidAccessToken", message);
        }
        if now >= self.expiration {
            return refuse(StatusCode::UNAUTHORIZED, "AccessTokenExpired", "The access token is expired.");
        }
        let Ok(asked) = serde_json::from_slice::<serde_json::Value>(body) else {
            return refuse(StatusCode::BAD_REQUEST, "InvalidParameter", "The body is not JSON.");
        };
        let text = |name: &str| asked.get(name).and_then(serde_json::Value::as_str);
        for name in ["AccountId", "AccessConfigurationId"] {
            if text(name).is_none_or(str::is_empty) {
                let message = format!("{name} is mandatory for this action.");
                return refuse(StatusCode::BAD_REQUEST, &format!("Missing{name}"), &message);
            }
        }
        let is_given = text("AccountId") == Some(self.account_id.as_str())
            && text("AccessConfigurationId") == Some(self.access_configuration_id.as_str());
        if !is_given {
            let message = "The access configuration is not assigned to the user.";
            return refuse(StatusCode::FORBIDDEN, "NoPermission", message);
        }
        let Ok(issued) = mint() else {
            return refuse(StatusCode::NOT_FOUND, "EntityNotExists.Role", "The role does not exist.");
        };
        let document = json!({
            "CloudCredential": {
                "AccessKeyId": issued.access_key_id,
                "AccessKeySecret": issued.access_key_secret.expose_secret(),
                "SecurityToken": issued.security_token.expose_secret(),
                "Expiration": issued.expiration.to_string(),
            },
            "RequestId": request_id,
        });
        crate::metadata::json(&document.to_string())
    }
}
