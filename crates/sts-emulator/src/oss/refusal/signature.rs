//! Who asks, and whether it was signed.

use std::borrow::Cow;

use http::StatusCode;

use super::{Refusal, spaced_hex};

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
        Self::invalid_argument("x-oss-expires must be from 1 to 604800 seconds.", "x-oss-expires", "")
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
