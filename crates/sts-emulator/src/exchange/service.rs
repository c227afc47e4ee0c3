//! Credentials URI, CloudSSO and OAuth behind one listener.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};
use serde_json::json;

use super::cloud_sso::{self, CloudSso};
use super::oauth::{self, OAuth};
use super::refused;
use crate::cloud::Cloud;
use crate::credentials_uri::{self, CredentialsUri};
use crate::lent_role::LentRole;
use crate::server::{BodyError, Handler, Limits};
use crate::trail::Service;
use crate::visit::Visit;

const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_TARGET_BYTES: usize = 4 * 1024;

/// Credentials URI, CloudSSO and OAuth behind one listener.
pub(crate) struct ExchangeService {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) credentials_uri: CredentialsUri,
    pub(crate) cloud_sso: Arc<CloudSso>,
    pub(crate) oauth: Arc<OAuth>,
    pub(crate) role: LentRole,
}

impl Handler for ExchangeService {
    fn limits(&self, _head: &Parts) -> Limits {
        Limits { target_bytes: MAX_TARGET_BYTES, body_bytes: MAX_BODY_BYTES }
    }

    async fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        peer: SocketAddr,
    ) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let (service, operation) = match head.uri.path() {
            credentials_uri::PATH => (Service::CredentialsUri, Some("GetCredentials")),
            cloud_sso::PATH => (Service::CloudSso, Some("CreateCloudCredential")),
            oauth::TOKEN_PATH => (Service::OAuth, Some("CreateToken")),
            oauth::EXCHANGE_PATH => (Service::OAuth, Some("ExchangeToken")),
            _ => (Service::CredentialsUri, None),
        };
        let visit = self.cloud.visit(service, operation, &self.role, peer);
        let response = match (visit.error(), body, operation) {
            // All names that one of the three has for a code.
            (Some(error), _, _) => refused(
                error.status(),
                &json!({ "Code": error.code, "ErrorCode": error.code, "error": error.code, "message": error.message }),
            ),
            (None, Err(_), _) => {
                refused(StatusCode::PAYLOAD_TOO_LARGE, &json!({ "Code": "RequestTooLarge" }))
            }
            (None, Ok(_), None) => refused(StatusCode::NOT_FOUND, &json!({ "Code": "NotFound" })),
            (None, Ok(body), Some(_)) => self.answer(&head, &body, &visit),
        };
        visit.end(response).await
    }
}

impl ExchangeService {
    fn answer(&self, head: &Parts, body: &[u8], visit: &Visit<'_>) -> Response<Bytes> {
        let (now, id) = (visit.now, visit.request_id.as_str());
        let mint = || self.role.open(&self.cloud, "session");
        match head.uri.path() {
            credentials_uri::PATH => self.credentials_uri.answer(head, mint),
            cloud_sso::PATH => self.cloud_sso.answer(head, body, id, now, mint),
            oauth::TOKEN_PATH => self.oauth.token(head, body, id, now, &self.cloud.random),
            _ => self.oauth.exchange(head, id, now, mint),
        }
    }
}
