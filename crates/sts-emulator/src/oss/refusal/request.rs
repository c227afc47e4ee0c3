//! What is asked, and how.

use std::borrow::Cow;

use http::StatusCode;

use super::Refusal;
use crate::faults::FaultError;

impl Refusal {
    pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>, name: &str, value: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
            .with("ArgumentName", name)
            .with("ArgumentValue", value)
    }

    pub(crate) fn invalid_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequest", message)
    }

    /// What a fault that was asked for says.
    pub(crate) fn fault(error: &FaultError) -> Self {
        Self { code: error.code.clone().into(), ..Self::new(error.status(), "", error.message.clone()) }
    }

    pub(crate) fn not_implemented(what: &str) -> Self {
        let message = "A header or query you provided implies functionality that is not implemented.";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message).with("Header", what)
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        let message = "The specified method is not allowed against this resource.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).with("Method", method)
    }

    pub(crate) fn bucket_name(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidBucketName", "The specified bucket is not valid.")
            .with("BucketName", name)
    }

    pub(crate) fn object_name(name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidObjectName", "The specified object is not valid.")
            .with("ObjectName", name)
    }

    pub(crate) fn malformed_xml() -> Self {
        let message =
            "The XML you provided was not well-formed or did not validate against our published schema.";
        Self::new(StatusCode::BAD_REQUEST, "MalformedXML", message)
    }

    pub(crate) fn malformed_form(why: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MalformedPOSTRequest", why)
    }

    pub(crate) fn invalid_digest() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    }

    pub(crate) fn missing_argument(name: &'static str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "MissingArgument",
            format!("Missing Some Required Arguments: {name}."),
        )
    }

    pub(crate) fn too_large(limit: u64) -> Self {
        let message = "Your proposed upload exceeds the maximum allowed size.";
        Self::new(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
            .with("MaxSizeAllowed", limit.to_string())
            .detailed("0016-00000104")
    }

    pub(crate) fn too_small(minimum: u64) -> Self {
        let message = "Your proposed upload is smaller than the minimum allowed size.";
        Self::new(StatusCode::BAD_REQUEST, "EntityTooSmall", message)
            .with("MinSizeAllowed", minimum.to_string())
    }

    pub(crate) fn body_timeout() -> Self {
        let message =
            "Your socket connection to the server was not read from or written to within the timeout period.";
        Self::new(StatusCode::BAD_REQUEST, "RequestTimeout", message)
    }

    pub(crate) fn broken_body() -> Self {
        let message = "You did not provide the number of bytes specified by the Content-Length HTTP header.";
        Self::new(StatusCode::BAD_REQUEST, "IncompleteBody", message)
    }
}
