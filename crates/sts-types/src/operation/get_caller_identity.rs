//! GetCallerIdentity.

use crate::Arn;
use std::fmt;

/// What GetCallerIdentity takes: nothing; the signing credentials are the question.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct GetCallerIdentityInput {}

impl GetCallerIdentityInput {
    /// Nothing to fill in.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

/// What GetCallerIdentity gives: who the signing credentials belong to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GetCallerIdentityOutput {
    /// What sort of caller it is.
    pub identity_type: IdentityType,
    /// The account's id.
    pub account_id: String,
    /// The caller's name.
    pub arn: Arn,
    /// The account's id, the user's id, or `<role-id>:<session>`.
    pub principal_id: String,
    /// The RAM user's id; absent for a role session.
    pub user_id: Option<String>,
    /// The role's id; present for a role session alone.
    pub role_id: Option<String>,
    /// The service's id of the request; empty when it sent none.
    pub request_id: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

impl GetCallerIdentityOutput {
    /// Status 200, no request id, nothing optional.
    #[must_use]
    pub fn new(
        identity_type: IdentityType,
        account_id: impl Into<String>,
        arn: Arn,
        principal_id: impl Into<String>,
    ) -> Self {
        Self {
            identity_type,
            account_id: account_id.into(),
            arn,
            principal_id: principal_id.into(),
            user_id: None,
            role_id: None,
            request_id: String::new(),
            status: 200,
        }
    }
}

/// What sort of caller it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdentityType {
    /// `Account`: the account itself (root).
    Account,
    /// `RAMUser`.
    RamUser,
    /// `AssumedRoleUser`: a role session.
    AssumedRoleUser,
    /// A sort that is not known here, as the service sent it.
    Other(String),
}

impl From<&str> for IdentityType {
    fn from(text: &str) -> Self {
        match text {
            "Account" => Self::Account,
            "RAMUser" => Self::RamUser,
            "AssumedRoleUser" => Self::AssumedRoleUser,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for IdentityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Account => "Account",
            Self::RamUser => "RAMUser",
            Self::AssumedRoleUser => "AssumedRoleUser",
            Self::Other(text) => text,
        })
    }
}
