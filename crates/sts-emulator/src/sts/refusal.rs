//! What the emulator says when it says no: code, status and published message of each refusal.

use std::borrow::Cow;

use crate::faults::FaultError;
use crate::server::BodyError;

/// Why a request was refused, in the words of the service.
///
/// Codes, statuses and messages are those of the vendor's error tables for STS and its gateway; where the tables
/// are silent the comment at the constructor says so.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    status: u16,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    access_denied: Option<Box<AccessDenied>>,
    is_fault: bool,
}

/// The `AccessDeniedDetail` group of a permission failure.
#[derive(Clone, Debug)]
pub(crate) struct AccessDenied {
    pub(crate) principal_name: String,
    pub(crate) principal_owner: String,
    pub(crate) principal_type: &'static str,
    pub(crate) no_permission_type: &'static str,
    pub(crate) policy_type: &'static str,
}

impl Refusal {
    fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: code.into(), message: message.into(), access_denied: None, is_fault: false }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// What a fault that was asked for says.
    pub(crate) fn fault(error: &FaultError) -> Self {
        Self { is_fault: true, ..Self::new(error.status, error.code.clone(), error.message.clone()) }
    }

    pub(crate) fn is_fault(&self) -> bool {
        self.is_fault
    }

    pub(crate) fn access_denied(&self) -> Option<&AccessDenied> {
        self.access_denied.as_deref()
    }
}

/// Refusals of the gateway: before any operation sees the request.
impl Refusal {
    /// `name` is a parameter the gateway requires.
    pub(crate) fn missing(name: &'static str) -> Self {
        Self::new(400, format!("Missing{name}"), format!("{name} is mandatory for this action."))
    }

    pub(crate) fn version() -> Self {
        Self::new(400, "InvalidVersion", "Specified parameter Version is not valid.")
    }

    pub(crate) fn unknown_action() -> Self {
        Self::new(
            404,
            "InvalidAction.NotFound",
            "Specified api is not found, please check your url and method.",
        )
    }

    /// The path is not `/`.
    pub(crate) fn unknown_path() -> Self {
        Self::new(404, "InvalidApi.NotFound", "Specified api is not found, please check your url and method.")
    }

    pub(crate) fn method() -> Self {
        Self::new(400, "UnsupportedHTTPMethod", "The HTTP method must be either GET or POST.")
    }

    pub(crate) fn format() -> Self {
        Self::new(400, "InvalidParameter.Format", "Specified parameter format is not valid.")
    }

    pub(crate) fn content_type() -> Self {
        Self::new(
            400,
            "InvalidParameter.ContentType",
            "The ContentType request header must be either \"application/json\" or \"application/x-www-form-urlencoded\".",
        )
    }

    pub(crate) fn no_body(error: BodyError) -> Self {
        match error {
            BodyError::LongTarget => Self::too_large(414),
            BodyError::TooLarge => Self::too_large(413),
            BodyError::Late => Self::body_timeout(),
            BodyError::Broken => Self::unreadable("The request body broke off."),
        }
    }

    /// The parameters cannot be read at all. The tables have no code for it; this is the general one.
    pub(crate) fn unreadable(why: &'static str) -> Self {
        Self::new(400, "InvalidParameter", why)
    }

    /// The tables give the limits (GET 4 KB, POST 10 MB) but no code for crossing them.
    fn too_large(status: u16) -> Self {
        Self::new(status, "InvalidParameter", "The request is too large: 4 KB by GET, 10 MB by POST.")
    }

    /// The body did not arrive in time. The tables have no code for it.
    fn body_timeout() -> Self {
        Self::new(408, "InvalidParameter", "The request body did not arrive in time.")
    }

    pub(crate) fn unknown_access_key() -> Self {
        Self::new(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    }

    pub(crate) fn inactive_access_key() -> Self {
        Self::new(400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled.")
    }

    pub(crate) fn malformed_token() -> Self {
        Self::new(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.")
    }

    pub(crate) fn mismatched_token() -> Self {
        Self::new(
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
            "Specified SecurityToken mismatch with the AccessKey.",
        )
    }

    pub(crate) fn expired_token() -> Self {
        Self::new(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
    }

    pub(crate) fn timestamp_format() -> Self {
        Self::new(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
    }

    pub(crate) fn timestamp_expired() -> Self {
        Self::new(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
    }

    pub(crate) fn nonce_used() -> Self {
        Self::new(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    }

    pub(crate) fn signature_method() -> Self {
        Self::new(400, "InvalidSignatureMethod", "Specified signature method is not valid.")
    }

    /// `Signature` cannot be a signature of the method that the request names.
    pub(crate) fn incomplete_signature() -> Self {
        Self::new(400, "IncompleteSignature", "The request signature does not conform to Aliyun standards.")
    }

    /// Official clients compare what follows the colon with their own string to sign.
    pub(crate) fn signature_mismatch(server_string_to_sign: &str) -> Self {
        let message = format!(
            "Specified signature is not matched with our calculation. server string to sign is:{server_string_to_sign}"
        );
        Self::new(400, "SignatureDoesNotMatch", message)
    }
}

/// Refusals of the operations.
impl Refusal {
    /// `name` is a parameter that the service, not the gateway, requires (SAML and OIDC).
    pub(crate) fn missing_parameter(name: &'static str) -> Self {
        Self::new(400, format!("MissingParameter.{name}"), format!("Parameter {name} is required."))
    }

    pub(crate) fn wrongly_formed(name: &'static str) -> Self {
        Self::new(400, format!("InvalidParameter.{name}"), format!("The parameter {name} is wrongly formed."))
    }

    /// The published text says one hour whatever the role allows.
    pub(crate) fn duration() -> Self {
        Self::new(
            400,
            "InvalidParameter.DurationSeconds",
            "The Min/Max value of DurationSeconds is 15min/1hr.",
        )
    }

    pub(crate) fn policy_grammar() -> Self {
        Self::new(400, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.")
    }

    pub(crate) fn policy_size() -> Self {
        Self::new(400, "InvalidParameter.PolicySize", "The size of Policy must be smaller than 2048 bytes.")
    }

    pub(crate) fn root_caller() -> Self {
        Self::new(403, "NoPermission", "Roles may not be assumed by root accounts.")
    }

    /// By the caller's policies, the session's or the role's trust policy.
    pub(crate) fn denied(detail: AccessDenied) -> Self {
        let message = "No permission perform sts:AssumeRole on this Role. Maybe you are not authorized to perform \
                       sts:AssumeRole or the specified role does not trust you";
        Self { access_denied: Some(Box::new(detail)), ..Self::new(403, "NoPermission", message) }
    }

    /// `role_arn` has passed the grammar of role ARNs.
    pub(crate) fn no_such_role(role_arn: &str) -> Self {
        Self::new(404, "EntityNotExist.Role", format!("The role not exists: {role_arn}."))
    }

    /// The SAML operation has a code of its own.
    pub(crate) fn no_such_role_for_saml() -> Self {
        Self::new(404, "EntityNotExist.RoleArn", "The specified Role does not exists.")
    }

    pub(crate) fn no_such_saml_provider() -> Self {
        Self::new(404, "EntityNotExist.SAMLProvider", "Can not find SAML provider.")
    }

    /// Trust policy, provider or assertion do not belong together.
    pub(crate) fn federation_denied(why: &'static str) -> Self {
        Self::new(401, "AuthenticationFail.NoPermission", why)
    }

    pub(crate) fn oidc_invalid(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(401, "AuthenticationFail.OIDCToken.Invalid", why)
    }

    pub(crate) fn oidc_signature() -> Self {
        Self::new(
            401,
            "AuthenticationFail.OIDCToken.InvalidSignature",
            "OIDC token validate failed: invalid signature.",
        )
    }

    pub(crate) fn oidc_audience() -> Self {
        Self::new(401, "AuthenticationFail.OIDCToken.AudienceNotMatch", "Invalid audience.")
    }

    pub(crate) fn oidc_issuer() -> Self {
        Self::new(
            401,
            "AuthenticationFail.OIDCToken.IssuerNotMatch",
            "The issuer in the OIDC Token doesn't match the OIDC Provider registered.",
        )
    }

    pub(crate) fn oidc_expired() -> Self {
        Self::new(401, "AuthenticationFail.OIDCToken.Expired", "This JsonWebToken is expired.")
    }

    /// The keys of the provider with this issuer URL could not be fetched, or are none. The status is that of its siblings.
    pub(crate) fn oidc_keys(issuer: &str) -> Self {
        Self::new(
            401,
            "AuthenticationFail.OIDCToken.IssuerConfigurationBroken",
            format!("Get public keys from OIDC Provider failed, the issuer is {issuer}."),
        )
    }

    /// The code is known, its text is not; the status is that of its siblings.
    pub(crate) fn oidc_fingerprint() -> Self {
        Self::new(
            401,
            "AuthenticationFail.OIDCToken.PublicKeyFingerprintMismatch",
            "The certificate fingerprint of the OIDC Provider doesn't match the fingerprints registered.",
        )
    }

    pub(crate) fn saml_invalid() -> Self {
        Self::new(401, "AuthenticationFail.SAMLAssertion.Invalid", "The SAML Assertion is invalid.")
    }

    pub(crate) fn saml_expired() -> Self {
        Self::new(401, "AuthenticationFail.SAMLAssertion.Expired", "The SAML Assertion is expired.")
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            500,
            "InternalError",
            "STS Server Internal Error happened, please send the RequestId to us.",
        )
    }
}

impl From<crate::os::NoRandomness> for Refusal {
    fn from(_: crate::os::NoRandomness) -> Self {
        Self::internal()
    }
}
