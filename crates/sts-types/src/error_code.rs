//! What the service calls its refusals, and what they amount to.

use std::borrow::Cow;
use std::fmt;

/// A code of the service, kept as it came. Codes are open: the service adds new ones without notice.
///
/// ```
/// use sts_types::{ErrorCode, ErrorKind};
///
/// let code = ErrorCode::new("EntityNotExist.Role");
/// assert_eq!((code == ErrorCode::ROLE_NOT_FOUND, code.kind()), (true, ErrorKind::NoSuchRole));
/// assert_eq!(ErrorCode::new("Something.New").kind(), ErrorKind::Other);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ErrorCode(Cow<'static, str>);

/// Constants for the codes that programs ask about; any other is made with [`ErrorCode::new`].
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self(Cow::Borrowed($text));)*
        }
    };
}

codes! {
    /// 403: the caller's policy, the role's trust policy, or use of an account's own (root) key.
    NO_PERMISSION = "NoPermission";
    /// 401: the OIDC or SAML provider is unknown, or the role does not trust it.
    AUTHENTICATION_NO_PERMISSION = "AuthenticationFail.NoPermission";
    /// 404: there is no such role.
    ROLE_NOT_FOUND = "EntityNotExist.Role";
    /// 400: the session policy is not a policy.
    POLICY_GRAMMAR = "InvalidParameter.PolicyGrammar";
    /// 400: the session policy is too long.
    POLICY_SIZE = "InvalidParameter.PolicySize";
    /// 404: the access key id is unknown.
    ACCESS_KEY_NOT_FOUND = "InvalidAccessKeyId.NotFound";
    /// 400: the access key is switched off.
    ACCESS_KEY_INACTIVE = "InvalidAccessKeyId.Inactive";
    /// 400: the secret is wrong, or what was signed is not what arrived.
    SIGNATURE_DOES_NOT_MATCH = "SignatureDoesNotMatch";
    /// 400: the nonce was used before.
    SIGNATURE_NONCE_USED = "SignatureNonceUsed";
    /// 400: the clocks of client and service are more than 15 minutes apart.
    TIMESTAMP_EXPIRED = "InvalidTimeStamp.Expired";
    /// 400: the security token of the signing credentials has expired.
    SECURITY_TOKEN_EXPIRED = "InvalidSecurityToken.Expired";
    /// 400: the access key needs a security token and none was sent.
    SECURITY_TOKEN_MISSING = "MissingSecurityToken";
    /// 401: the OIDC token has expired.
    OIDC_TOKEN_EXPIRED = "AuthenticationFail.OIDCToken.Expired";
    /// 401: the SAML assertion has expired.
    SAML_ASSERTION_EXPIRED = "AuthenticationFail.SAMLAssertion.Expired";
    /// 400: too many requests of this user.
    THROTTLING_USER = "Throttling.User";
    /// 400: too many requests to this operation.
    THROTTLING_API = "Throttling.Api";
    /// 500: the service failed.
    INTERNAL_ERROR = "InternalError";
    /// 503: the service is out of order for now.
    SERVICE_UNAVAILABLE = "ServiceUnavailable";
}

/// What a failure amounts to. Coarse and stable: codes come and go, kinds stay.
///
/// The first five bear the names of the ali-oss documentation. The service itself sends other codes for them; both
/// families map here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The role does not exist (`EntityNotExist.Role`).
    NoSuchRole,
    /// The session policy is refused (`InvalidParameter.PolicyGrammar`, `InvalidParameter.PolicySize`).
    MalformedPolicyDocument,
    /// A parameter is missing or out of range (`InvalidParameter.…`, `Missing…`), found by the service or before.
    InvalidParameterValue,
    /// The caller may not do this (`NoPermission`, `AuthenticationFail.NoPermission`, `Forbidden.…`).
    TokenRequestDenied,
    /// No answer in time. It comes from this side; the service has no such code.
    RequestTimeout,
    /// The access key is unknown or switched off.
    InvalidAccessKey,
    /// The security token is missing, malformed, or not the key's.
    InvalidSecurityToken,
    /// The security token of the signing credentials has expired.
    ExpiredSecurityToken,
    /// The OIDC token or SAML assertion is refused.
    InvalidIdentityToken,
    /// The OIDC token or SAML assertion has expired.
    ExpiredIdentityToken,
    /// The signature is not the one the service computes.
    SignatureMismatch,
    /// The clocks are too far apart, or the time is malformed.
    InvalidTimestamp,
    /// The nonce was used before.
    NonceUsed,
    /// The service does not know the operation, version, protocol or method.
    UnsupportedRequest,
    /// Too many requests.
    Throttled,
    /// The service failed or is out of order.
    ServiceFailure,
    /// The service could not be reached, or the connection broke, or no TLS was possible.
    Connection,
    /// The answer is not one of this service, or not HTTP, or too large.
    InvalidResponse,
    /// No credentials could be had to sign with.
    Credentials,
    /// This machine or program failed: no random numbers, no thread, no async runtime.
    Local,
    /// A code that has no kind of its own.
    Other,
}

impl ErrorCode {
    /// Keeps the code as it is.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
        Self(code.into())
    }

    /// The code as the service sent it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it amounts to.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self.as_str() {
            "EntityNotExist.Role" | "EntityNotExist.RoleArn" | "NoSuchRole" => ErrorKind::NoSuchRole,
            "InvalidParameter.PolicyGrammar" | "InvalidParameter.PolicySize" | "MalformedPolicyDocument" => {
                ErrorKind::MalformedPolicyDocument
            }
            "NoPermission" | "AuthenticationFail.NoPermission" | "TokenRequestDenied" => {
                ErrorKind::TokenRequestDenied
            }
            "Forbidden.AccessKeyDisabled"
            | "AuthenticationFail.ApiUsername"
            | "AuthenticationFail.ApiPassword" => ErrorKind::InvalidAccessKey,
            "RequestTimeout" => ErrorKind::RequestTimeout,
            "InvalidSecurityToken.Expired" => ErrorKind::ExpiredSecurityToken,
            "MissingSecurityToken" => ErrorKind::InvalidSecurityToken,
            "AuthenticationFail.OIDCToken.Expired" | "AuthenticationFail.SAMLAssertion.Expired" => {
                ErrorKind::ExpiredIdentityToken
            }
            "EntityNotExist.SAMLProvider" => ErrorKind::InvalidIdentityToken,
            "SignatureDoesNotMatch" | "IncompleteSignature" | "InvalidSignatureMethod" => {
                ErrorKind::SignatureMismatch
            }
            "IllegalTimestamp" => ErrorKind::InvalidTimestamp,
            "SignatureNonceUsed" => ErrorKind::NonceUsed,
            "InvalidVersion"
            | "UnsupportedHTTPMethod"
            | "InvalidProtocol.NeedSsl"
            | "InvalidAction.NotFound"
            | "InvalidApi.NotFound"
            | "InvalidProduct.NotFound"
            | "InvalidRegion.NotFound" => ErrorKind::UnsupportedRequest,
            "InternalError" | "UnknownError" | "ServiceUnavailable" => ErrorKind::ServiceFailure,
            other => by_family(other),
        }
    }
}

impl ErrorCode {
    /// Whether a service says by it that it does not take the credentials, so that others should be asked for before the
    /// request is made again. A signature that does not match, or a missing permission, is something else.
    ///
    /// Known are the codes of STS and of the API gateway in front of most services (`InvalidSecurityToken.…`,
    /// `InvalidAccessKeyId.…`, `Forbidden.AccessKeyDisabled`), of OSS (`SecurityTokenExpired`, `InvalidSecurityToken`,
    /// `InvalidAccessKeyId`), and `ExpiredToken` of what speaks the S3 protocol.
    ///
    /// ```
    /// use sts_types::ErrorCode;
    ///
    /// assert!(ErrorCode::new("InvalidSecurityToken.Expired").rejects_credentials()); // STS, ECS, …
    /// assert!(ErrorCode::new("SecurityTokenExpired").rejects_credentials()); // OSS
    /// assert!(!ErrorCode::new("NoPermission").rejects_credentials());
    /// ```
    #[must_use]
    pub fn rejects_credentials(&self) -> bool {
        let code = self.as_str();
        let family = code.split_once('.').map_or(code, |(family, _)| family);
        matches!(
            family,
            "InvalidSecurityToken" | "InvalidAccessKeyId" | "SecurityTokenExpired" | "ExpiredToken"
        ) || code == "Forbidden.AccessKeyDisabled"
    }
}

/// Codes come in families: `Throttling.User`, `InvalidParameter.RoleArn`, `MissingRoleArn`.
fn by_family(code: &str) -> ErrorKind {
    let family = code.split_once('.').map_or(code, |(family, _)| family);
    match family {
        "Throttling" => ErrorKind::Throttled,
        "InvalidParameter" | "InvalidParameterValue" | "MissingParameter" => ErrorKind::InvalidParameterValue,
        "InvalidAccessKeyId" => ErrorKind::InvalidAccessKey,
        "InvalidSecurityToken" => ErrorKind::InvalidSecurityToken,
        "InvalidTimeStamp" => ErrorKind::InvalidTimestamp,
        "AuthenticationFail" => ErrorKind::InvalidIdentityToken,
        "Forbidden" => ErrorKind::TokenRequestDenied,
        _ if family.starts_with("Missing") => ErrorKind::InvalidParameterValue,
        _ => ErrorKind::Other,
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for ErrorCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for ErrorCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(<String as serde::Deserialize>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorCode, ErrorKind};

    /// The codes of the published lists of STS, the API gateway and OSS.
    #[test]
    fn refused_credentials_are_told_from_other_refusals() {
        for code in [
            "InvalidSecurityToken.Expired",
            "InvalidSecurityToken.Malformed",
            "InvalidSecurityToken.MismatchWithAccessKey",
            "InvalidAccessKeyId.NotFound",
            "InvalidAccessKeyId.Inactive",
            "Forbidden.AccessKeyDisabled",
            "SecurityTokenExpired",
            "InvalidSecurityToken",
            "InvalidAccessKeyId",
            "ExpiredToken",
        ] {
            assert!(ErrorCode::new(code).rejects_credentials(), "{code}");
        }
        for code in [
            "",
            "NoPermission",
            "Forbidden.RAM",
            "AccessDenied",
            "SignatureDoesNotMatch",
            "MissingSecurityToken",
            "InvalidTimeStamp.Expired",
            "AuthenticationFail.OIDCToken.Expired",
            "InvalidSecurityTokens",
        ] {
            assert!(!ErrorCode::new(code).rejects_credentials(), "{code}");
        }
    }

    #[test]
    fn both_families_map_to_the_same_kinds() {
        use ErrorKind as K;
        for (codes, kind) in [
            (&["NoSuchRole", "EntityNotExist.Role", "EntityNotExist.RoleArn"][..], K::NoSuchRole),
            (
                &["MalformedPolicyDocument", "InvalidParameter.PolicyGrammar", "InvalidParameter.PolicySize"],
                K::MalformedPolicyDocument,
            ),
            (
                &[
                    "InvalidParameterValue",
                    "InvalidParameter",
                    "InvalidParameter.RoleArn",
                    "InvalidParameter.DurationSeconds",
                    "MissingRoleArn",
                    "MissingParameter.SAMLAssertion",
                ],
                K::InvalidParameterValue,
            ),
            (
                &["TokenRequestDenied", "NoPermission", "AuthenticationFail.NoPermission", "Forbidden.RAM"],
                K::TokenRequestDenied,
            ),
            (&["RequestTimeout"], K::RequestTimeout),
            (&["Throttling", "Throttling.User", "Throttling.Api"], K::Throttled),
            (&["InternalError", "UnknownError", "ServiceUnavailable"], K::ServiceFailure),
            (&["InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive"], K::InvalidAccessKey),
            (&["InvalidSecurityToken.Expired"], K::ExpiredSecurityToken),
            (
                &[
                    "MissingSecurityToken",
                    "InvalidSecurityToken.Malformed",
                    "InvalidSecurityToken.MismatchWithAccessKey",
                ],
                K::InvalidSecurityToken,
            ),
            (
                &["AuthenticationFail.OIDCToken.Invalid", "AuthenticationFail.SAMLAssertion.Invalid"],
                K::InvalidIdentityToken,
            ),
            (&["AuthenticationFail.OIDCToken.Expired"], K::ExpiredIdentityToken),
            (&["InvalidTimeStamp.Expired", "InvalidTimeStamp.Format"], K::InvalidTimestamp),
            (&["", ".", "Throttled", "invalidparameter", "Ünknown"], K::Other),
        ] {
            for code in codes {
                assert_eq!(ErrorCode::new(*code).kind(), kind, "{code}");
            }
        }
    }
}
