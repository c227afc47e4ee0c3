//! AssumeRoleWithOIDC.

use crate::{
    AssumedRoleUser, Credentials, OidcProviderArn, OidcToken, RoleArn, SessionDuration, SessionName,
    SessionPolicy,
};

/// What AssumeRoleWithOIDC takes: an unsigned request; the identity provider's token vouches for the caller.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithOidcInput {
    /// The OIDC provider that the role trusts.
    pub oidc_provider_arn: OidcProviderArn,
    /// The role to assume.
    pub role_arn: RoleArn,
    /// The token that the provider issued.
    pub oidc_token: OidcToken,
    /// The session's name, for audit logs.
    pub session_name: SessionName,
    /// How long the credentials are to be valid; the service's default is 3,600 s.
    pub duration: Option<SessionDuration>,
    /// Narrows what the session may do to what the role *and* this policy allow.
    pub policy: Option<SessionPolicy>,
}

impl AssumeRoleWithOidcInput {
    /// The required values; all else is left out.
    #[must_use]
    pub fn new(
        oidc_provider_arn: OidcProviderArn,
        role_arn: RoleArn,
        oidc_token: OidcToken,
        session_name: SessionName,
    ) -> Self {
        Self { oidc_provider_arn, role_arn, oidc_token, session_name, duration: None, policy: None }
    }
}

/// What AssumeRoleWithOIDC gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleWithOidcOutput {
    /// The temporary credentials.
    pub credentials: Credentials,
    /// The role session.
    pub assumed_role_user: Option<AssumedRoleUser>,
    /// What the service read in the token.
    pub oidc_token_info: Option<OidcTokenInfo>,
    /// The source identity that the session carries, when one is set.
    pub source_identity: Option<String>,
    /// The service's id of the request; empty when it sent none.
    pub request_id: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl AssumeRoleWithOidcOutput {
    /// Status 200, no request id, nothing optional.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            assumed_role_user: None,
            oidc_token_info: None,
            source_identity: None,
            request_id: String::new(),
            status: 200,
        }
    }
}

/// What the service read in an OIDC token. All values are as it sent them; empty where it sent none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OidcTokenInfo {
    /// The token's `sub`.
    pub subject: String,
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `aud`, several separated by commas.
    pub client_ids: String,
    /// The token's `exp`, as `YYYY-MM-DDThh:mm:ssZ`.
    pub expiration_time: String,
    /// The token's `iat`, as `YYYY-MM-DDThh:mm:ssZ`.
    pub issuance_time: String,
    /// How the check ended, such as `Success`.
    pub verification_info: String,
}
