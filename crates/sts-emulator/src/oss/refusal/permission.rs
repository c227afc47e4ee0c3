//! Who is allowed what.

use std::borrow::Cow;

use http::StatusCode;

use super::Refusal;

impl Refusal {
    pub(super) fn access_denied(message: impl Into<Cow<'static, str>>) -> Self {
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
