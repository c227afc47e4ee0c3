//! AssumeRoleWithSAML.

use crate::{
    AssumedRoleUser, Credentials, RoleArn, SamlAssertion, SamlProviderArn, SessionDuration, SessionPolicy,
};

/// What AssumeRoleWithSAML takes: an unsigned request; the identity provider's assertion vouches for the caller. The
/// session's name is an attribute of the assertion.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithSamlInput {
    /// The SAML provider that the role trusts.
    pub saml_provider_arn: SamlProviderArn,
    /// The role to assume.
    pub role_arn: RoleArn,
    /// The whole SAML response, in Base64.
    pub saml_assertion: SamlAssertion,
    /// How long the credentials are to be valid; the service's default is 3,600 s.
    pub duration: Option<SessionDuration>,
    /// Narrows what the session may do to what the role *and* this policy allow.
    pub policy: Option<SessionPolicy>,
}

impl AssumeRoleWithSamlInput {
    /// The required values; all else is left out.
    #[must_use]
    pub fn new(saml_provider_arn: SamlProviderArn, role_arn: RoleArn, saml_assertion: SamlAssertion) -> Self {
        Self { saml_provider_arn, role_arn, saml_assertion, duration: None, policy: None }
    }
}

/// What AssumeRoleWithSAML gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithSamlOutput {
    /// The temporary credentials.
    pub credentials: Credentials,
    /// The role session.
    pub assumed_role_user: Option<AssumedRoleUser>,
    /// What the service read in the assertion.
    pub saml_assertion_info: Option<SamlAssertionInfo>,
    /// The source identity that the session carries, when one is set.
    pub source_identity: Option<String>,
    /// The service's id of the request; empty when it sent none.
    pub request_id: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl AssumeRoleWithSamlOutput {
    /// Status 200, no request id, nothing optional.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            assumed_role_user: None,
            saml_assertion_info: None,
            source_identity: None,
            request_id: String::new(),
            status: 200,
        }
    }
}

/// What the service read in a SAML assertion. All values are as it sent them; empty where it sent none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SamlAssertionInfo {
    /// The format of the subject's name, without `urn:oasis:names:tc:SAML:2.0:nameid-format:`.
    pub subject_type: String,
    /// The subject's name.
    pub subject: String,
    /// The identity provider.
    pub issuer: String,
    /// Whom the assertion was made for, such as `https://signin.aliyun.com/saml-role/SSO`.
    pub recipient: String,
}
