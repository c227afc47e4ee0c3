//! Every refusal of OSS: status, code, message, and the detail that the service gives with it.

use std::borrow::Cow;

use http::StatusCode;

use crate::faults::FaultError;
use crate::oss::xml::Writer;

/// Strings to sign that are longer are not sent back.
const MOST_DETAIL_BYTES: usize = 16 * 1024;

/// Why a request gets no answer. Codes and messages are those of the service's documentation and of what its clients
/// have published; `EC`, its detailed code, is there where it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    detailed_code: Option<&'static str>,
    details: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: code.into(), message: message.into(), detailed_code: None, details: Vec::new() }
    }

    fn detailed(self, code: &'static str) -> Self {
        Self { detailed_code: Some(code), ..self }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if value.len() <= MOST_DETAIL_BYTES {
            self.details.push((name, value));
        }
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// The code of what is no fault.
    #[cfg(test)]
    pub(crate) fn known_code(&self) -> &'static str {
        match self.code {
            Cow::Borrowed(code) => code,
            Cow::Owned(_) => panic!("a fault"),
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn detailed_code(&self) -> Option<&'static str> {
        self.detailed_code
    }

    /// The service's XML. `host` is what the client has called it.
    pub(crate) fn to_xml(&self, request_id: &str, host: &str) -> String {
        let mut xml = Writer::new();
        xml.group("Error", |xml| {
            xml.text("Code", &self.code);
            xml.text("Message", &self.message);
            xml.text("RequestId", request_id);
            xml.text("HostId", host);
            for (name, value) in &self.details {
                xml.text(name, value);
            }
            if let Some(code) = self.detailed_code {
                xml.text("EC", code);
            }
        });
        xml.finish()
    }
}

/// Who asks, and whether it was signed.
impl Refusal {
    pub(crate) fn unknown_access_key(id: &str) -> Self {
        let message = "The OSS Access Key Id you provided does not exist in our records.";
        Self::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message)
            .with("OSSAccessKeyId", id)
            .detailed("0002-00000902")
    }

    /// A token came with a key that no session has.
    pub(crate) fn unknown_session_key(id: &str) -> Self {
        Self { detailed_code: Some("0002-00000002"), ..Self::unknown_access_key(id) }
    }

    pub(crate) fn inactive_access_key(id: &str) -> Self {
        let message = "The OSS Access Key Id you provided is disabled.";
        Self::new(StatusCode::FORBIDDEN, "InvalidAccessKeyId", message).with("OSSAccessKeyId", id)
    }

    pub(crate) fn invalid_token() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "InvalidSecurityToken",
            "The security token you provided is invalid.",
        )
        .detailed("0002-00000004")
    }

    pub(crate) fn expired_token() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "SecurityTokenExpired",
            "The security token you provided has expired.",
        )
        .detailed("0002-00000007")
    }

    /// `canonical_request` is that of V4.
    pub(crate) fn signature_mismatch(
        id: &str,
        provided: &str,
        string_to_sign: &str,
        canonical_request: Option<&str>,
    ) -> Self {
        let message = "The request signature we calculated does not match the signature you provided. Check your key \
                       and signing method.";
        let refusal = Self::new(StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message)
            .with("OSSAccessKeyId", id)
            .with("SignatureProvided", provided)
            .with("StringToSign", string_to_sign)
            .with("StringToSignBytes", spaced_hex(string_to_sign));
        let refusal = match canonical_request {
            Some(text) => {
                refusal.with("CanonicalRequest", text).with("CanonicalRequestBytes", spaced_hex(text))
            }
            None => refusal,
        };
        refusal.detailed("0002-00000040")
    }

    pub(crate) fn skewed_time(server_time: &str) -> Self {
        let message = "The difference between the request time and the current time is too large.";
        Self::new(StatusCode::FORBIDDEN, "RequestTimeTooSkewed", message)
            .with("MaxAllowedSkewMilliseconds", "900000")
            .with("ServerTime", server_time)
    }

    pub(crate) fn invalid_date() -> Self {
        Self::access_denied("OSS authentication requires a valid Date.")
    }

    pub(crate) fn expired_url(server_time: &str) -> Self {
        Self::access_denied("Request has expired.").with("ServerTime", server_time)
    }

    /// `x-oss-expires` of no time at all, or of more than seven days.
    pub(crate) fn expires_out_of_range() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "AuthorizationQueryParametersError",
            "X-Oss-Expires must be 1 to 604800 seconds.",
        )
    }

    pub(crate) fn signing_region() -> Self {
        Self::invalid_argument("Invalid signing region in Authorization header.", "Authorization", "")
            .detailed("0002-00000226")
    }

    pub(crate) fn signing_product() -> Self {
        Self::invalid_argument("Invalid signing product in Authorization header.", "Authorization", "")
    }

    /// What is no signature, or a signature of a scheme that is not spoken here.
    pub(crate) fn authorization(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", why)
    }
}

/// Who is allowed what.
impl Refusal {
    fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    /// A policy of the caller's says no.
    pub(crate) fn denied_by_policy() -> Self {
        Self::access_denied("Access denied by authorizer's policy.").detailed("0003-00000201")
    }

    /// No policy of the caller's says yes.
    pub(crate) fn not_allowed_by_policy() -> Self {
        Self::access_denied("Access denied by authorizer's policy.").detailed("0003-00000202")
    }

    /// One key of a batch is not the caller's to delete, and so none is deleted.
    pub(crate) fn batch_denied_by_policy() -> Self {
        Self::access_denied("Access denied by authorizer's policy.").detailed("0003-00000204")
    }

    pub(crate) fn denied_by_bucket_policy() -> Self {
        Self::access_denied("Access denied by bucket policy.").detailed("0003-00000101")
    }

    /// No policy says anything, and the ACL does not let everybody in.
    pub(crate) fn denied_by_acl() -> Self {
        Self::access_denied("You have no right to access this object because of bucket acl.")
            .detailed("0003-00000001")
    }

    pub(crate) fn not_the_owner() -> Self {
        Self::access_denied("The bucket you access does not belong to you.")
    }

    pub(crate) fn anonymous() -> Self {
        Self::access_denied("Anonymous access is forbidden for this operation.")
    }

    pub(crate) fn form_policy(why: String) -> Self {
        Self::access_denied(format!("Invalid according to Policy: {why}"))
    }

    /// The policy of a form cannot be read.
    pub(crate) fn form_policy_document(why: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidPolicyDocument", why)
    }

    pub(crate) fn cross_origin() -> Self {
        let message = "CORSResponse: This CORS request is not allowed. The emulator answers pages of loopback origins only.";
        Self::new(StatusCode::FORBIDDEN, "AccessForbidden", message)
    }
}

/// What is asked, and how.
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

/// What is there.
impl Refusal {
    pub(crate) fn no_such_bucket(name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist.")
            .with("BucketName", name)
            .detailed("0015-00000101")
    }

    pub(crate) fn no_such_key(key: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
            .with("Key", key)
            .detailed("0026-00000001")
    }

    pub(crate) fn no_such_upload(id: &str) -> Self {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
                       aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message).with("UploadId", id)
    }

    pub(crate) fn invalid_part(number: u32) -> Self {
        let message = "One or more of the specified parts could not be found or the specified entity tag might not \
                       have matched the part's entity tag.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPart", message).with("PartNumber", number.to_string())
    }

    pub(crate) fn part_order() -> Self {
        let message = "The list of parts was not in ascending order. The parts list must be specified in order by part \
                       number.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPartOrder", message)
    }

    pub(crate) fn bucket_taken(name: &str) -> Self {
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the \
                       system. Please select a different name and try again.";
        Self::new(StatusCode::CONFLICT, "BucketAlreadyExists", message).with("BucketName", name)
    }

    pub(crate) fn bucket_not_empty(name: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "BucketNotEmpty", "The bucket you tried to delete is not empty.")
            .with("BucketName", name)
    }

    pub(crate) fn too_many_buckets() -> Self {
        let message = "You have attempted to create more buckets than allowed.";
        Self::new(StatusCode::BAD_REQUEST, "TooManyBuckets", message)
    }

    pub(crate) fn object_exists() -> Self {
        let message = "The object you specified already exists and can not be overwritten.";
        Self::new(StatusCode::CONFLICT, "FileAlreadyExists", message)
    }

    pub(crate) fn invalid_range(range: &str) -> Self {
        let message = "The requested range cannot be satisfied.";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message).with("RangeRequested", range)
    }

    pub(crate) fn precondition_failed(condition: &str) -> Self {
        let message = "At least one of the pre-conditions you specified did not hold.";
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message).with("Condition", condition)
    }

    /// Sent without a body.
    pub(crate) fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED, "NotModified", "The object has not been modified.")
    }

    /// The emulator's own bounds: the service has none that it would meet.
    pub(crate) fn full() -> Self {
        let message = "The emulator holds as much as it will: delete something, or start it anew.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message)
    }

    pub(crate) fn internal() -> Self {
        let message = "We encountered an internal error. Please try again.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }
}

/// `47 45 54`, as the service shows the bytes of what it signed.
fn spaced_hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn the_xml_has_the_shape_that_clients_read() {
        let xml = Refusal::not_allowed_by_policy().to_xml("ID", "b.localhost");
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access denied by \
             authorizer&apos;s policy.</Message><RequestId>ID</RequestId><HostId>b.localhost</HostId>\
             <EC>0003-00000202</EC></Error>"
        );
    }

    #[test]
    fn what_was_signed_is_told_unless_it_is_huge() {
        let xml = Refusal::signature_mismatch("id", "c2ln", "GET\n", None).to_xml("ID", "h");
        assert!(xml.contains("<StringToSignBytes>47 45 54 0A</StringToSignBytes>"), "{xml}");
        let huge = "x".repeat(20_000);
        assert!(Refusal::signature_mismatch("id", "", &huge, Some(&huge)).to_xml("ID", "h").len() < 1000);
    }
}
