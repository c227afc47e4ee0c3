//! Which side to look at when a permission is missing.

use crate::error::service::ServiceError;
use std::fmt;
use sts_types::{ErrorKind, Secret};

/// What the service tells about a missing permission (`AccessDeniedDetail`). All values are as it sent them; empty where
/// it sent none.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct AccessDeniedDetail {
    /// The permission that is missing, such as `sts:AssumeRole`.
    pub auth_action: String,
    /// The caller's name.
    pub auth_principal_display_name: String,
    /// The caller's account.
    pub auth_principal_owner_id: String,
    /// What sort of caller it is, such as `SubUser` or `AssumedRoleUser`.
    pub auth_principal_type: String,
    /// `ImplicitDeny` (nothing allows it) or `ExplicitDeny` (a statement forbids it).
    pub no_permission_type: String,
    /// Whose policy decided, such as `AssumeRolePolicy` or `AccountLevelIdentityBasedPolicy`.
    pub policy_type: String,
    /// What the vendor's policy diagnosis takes, in Base64; `None` where the service sent none. It tells about policies,
    /// and nobody here can read it, so it is treated as a secret.
    pub encoded_diagnostic_message: Option<Secret>,
}

impl fmt::Debug for AccessDeniedDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessDeniedDetail")
            .field("auth_action", &self.auth_action)
            .field("auth_principal_type", &self.auth_principal_type)
            .field("no_permission_type", &self.no_permission_type)
            .field("policy_type", &self.policy_type)
            .finish_non_exhaustive()
    }
}

/// Whose policy refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeniedBy {
    /// The policies of the RAM user or role that signed the request.
    CallerPolicy,
    /// The session policy under which the signing credentials were issued.
    SessionPolicy,
    /// The trust policy of the role that was to be assumed.
    TrustPolicy,
    /// A control policy of the resource directory.
    ControlPolicy,
    /// Nobody's: an account's own (root) key cannot assume roles.
    RootAccount,
    /// The caller's policies or the role's trust policy: the service does not tell which.
    CallerOrTrustPolicy,
}

impl DeniedBy {
    pub(crate) fn tell(error: &ServiceError) -> Option<Self> {
        if error.kind() != ErrorKind::TokenRequestDenied {
            return None;
        }
        let policy_type = error.access_denied.as_ref().map_or("", |detail| detail.policy_type.as_str());
        match policy_type {
            "AssumeRolePolicy" => return Some(Self::TrustPolicy),
            "SessionPolicy" => return Some(Self::SessionPolicy),
            "ControlPolicy" => return Some(Self::ControlPolicy),
            _ if policy_type.ends_with("IdentityBasedPolicy") => return Some(Self::CallerPolicy),
            _ => {}
        }
        // The published messages of `NoPermission` (STS error codes, 2026).
        let says = |text| error.message.contains(text);
        if says("assumed by root accounts") {
            Some(Self::RootAccount)
        } else if says("role does not trust you") {
            Some(Self::CallerOrTrustPolicy)
        } else if says("authorized by RAM") {
            Some(Self::CallerPolicy)
        } else {
            None
        }
    }
}

impl fmt::Display for DeniedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CallerPolicy => {
                "look at the policies of the caller: they must allow `sts:AssumeRole` on the role, and none may deny it"
            }
            Self::SessionPolicy => "look at the session policy of the credentials that signed",
            Self::TrustPolicy => "look at the role's trust policy: it must name the caller",
            Self::ControlPolicy => "look at the control policies of the resource directory",
            Self::RootAccount => "sign with the key of a RAM user: an account's own key cannot assume roles",
            Self::CallerOrTrustPolicy => {
                "look at the policies of the caller (they must allow `sts:AssumeRole` on the role) and at the role's \
                 trust policy (it must name the caller)"
            }
        })
    }
}
