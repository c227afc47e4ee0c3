//! AssumeRole.

use crate::{
    Arn, Credentials, ExternalId, RoleArn, SessionDuration, SessionName, SessionPolicy, SourceIdentity,
};

/// What AssumeRole takes: a signed request for temporary credentials of a role that trusts the caller's account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AssumeRoleInput {
    /// The role to assume.
    pub role_arn: RoleArn,
    /// The session's name, for audit logs.
    pub session_name: SessionName,
    /// How long the credentials are to be valid; the service's default is 3,600 s.
    pub duration: Option<SessionDuration>,
    /// Narrows what the session may do to what the role *and* this policy allow.
    pub policy: Option<SessionPolicy>,
    /// The agreed text that the role's trust policy asks for.
    pub external_id: Option<ExternalId>,
    /// Who is behind the session; stays through the whole chain of roles.
    pub source_identity: Option<SourceIdentity>,
}

impl AssumeRoleInput {
    /// The required values; all else is left out.
    #[must_use]
    pub fn new(role_arn: RoleArn, session_name: SessionName) -> Self {
        Self {
            role_arn,
            session_name,
            duration: None,
            policy: None,
            external_id: None,
            source_identity: None,
        }
    }
}

/// What AssumeRole gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AssumeRoleOutput {
    /// The temporary credentials.
    pub credentials: Credentials,
    /// The role session.
    pub assumed_role_user: Option<AssumedRoleUser>,
    /// The source identity that the session carries, when one is set.
    pub source_identity: Option<String>,
    /// The service's id of the request; empty when it sent none.
    pub request_id: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl AssumeRoleOutput {
    /// Status 200, no request id, nothing optional.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            assumed_role_user: None,
            source_identity: None,
            request_id: String::new(),
            status: 200,
        }
    }
}

/// The role session that the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumedRoleUser {
    /// The session's name: `…:role/<role>/<session>` or `…:assumed-role/<role>/<session>`.
    pub arn: Arn,
    /// `<role-id>:<session>`; some answers carry the role id alone.
    pub assumed_role_id: String,
}

impl AssumedRoleUser {
    /// Both values as the service sent them.
    #[must_use]
    pub fn new(arn: Arn, assumed_role_id: impl Into<String>) -> Self {
        Self { arn, assumed_role_id: assumed_role_id.into() }
    }
}
