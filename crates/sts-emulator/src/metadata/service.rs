//! The metadata service behind a listener.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use super::{Metadata, plain};
use crate::cloud::Cloud;
use crate::lent_role::LentRole;
use crate::server::{BodyError, Handler, Limits};
use crate::trail::Service;

/// Nothing that is asked here has a body.
const MAX_BODY_BYTES: usize = 4 * 1024;
const MAX_TARGET_BYTES: usize = 4 * 1024;

/// The metadata service behind a listener.
pub(crate) struct MetadataService {
    pub(crate) cloud: Arc<Cloud>,
    pub(crate) metadata: Arc<Metadata>,
    pub(crate) role: LentRole,
}

impl Handler for MetadataService {
    fn limits(&self, _head: &Parts) -> Limits {
        Limits { target_bytes: MAX_TARGET_BYTES, body_bytes: MAX_BODY_BYTES }
    }

    async fn handle(
        &self,
        request: http::Request<Result<Bytes, BodyError>>,
        peer: SocketAddr,
    ) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let operation = operation(head.uri.path());
        let visit = self.cloud.visit(Service::Metadata, operation, &self.role, peer);
        let response = match (visit.error(), body) {
            (Some(error), _) => plain(error.status(), &error.message),
            (None, Err(_)) => plain(StatusCode::PAYLOAD_TOO_LARGE, ""),
            (None, Ok(_)) => {
                self.metadata.answer(&head, visit.now, || self.role.open(&self.cloud, "instance"))
            }
        };
        visit.end(response).await
    }
}

/// What the trail calls a path.
fn operation(path: &str) -> Option<&'static str> {
    let item = path.strip_prefix("/latest/")?;
    match item.strip_prefix("meta-data/ram/security-credentials") {
        Some("" | "/") => Some("ListRoles"),
        Some(_) => Some("GetCredentials"),
        None if item == "api/token" => Some("CreateToken"),
        None => item.starts_with("meta-data/").then_some("GetMetadata"),
    }
}
