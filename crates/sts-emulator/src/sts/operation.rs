//! The four operations.

mod assume_role;
mod assume_role_with_oidc;
mod assume_role_with_saml;
mod get_caller_identity;
mod rules;

use std::net::SocketAddr;

use jiff::Timestamp;
use sts_policy::{Context, Policy};

use crate::access::{Ask, Denial, ResourcePolicy};
use crate::caller::{Caller, Who};
use crate::cloud::Cloud;
use crate::sessions::SessionRequest;
use crate::sts::parameters::Parameters;
use crate::sts::refusal::Refusal;
use crate::sts::reply::{Answer, Field, Value, text};
use crate::sts::service::Notes;
use crate::trail::{Check, What};
use crate::world::Role;

/// An operation of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Signed(SignedOperation),
    Anonymous(AnonymousOperation),
}

/// An operation whose caller proves itself by a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignedOperation {
    AssumeRole,
    GetCallerIdentity,
}

/// An operation whose caller proves itself by what an identity provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnonymousOperation {
    AssumeRoleWithOidc,
    AssumeRoleWithSaml,
}

impl Operation {
    /// By the `Action` parameter, which is case-sensitive.
    pub(crate) fn named(action: &str) -> Option<Self> {
        [
            Self::Signed(SignedOperation::AssumeRole),
            Self::Signed(SignedOperation::GetCallerIdentity),
            Self::Anonymous(AnonymousOperation::AssumeRoleWithOidc),
            Self::Anonymous(AnonymousOperation::AssumeRoleWithSaml),
        ]
        .into_iter()
        .find(|operation| operation.name() == action)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Signed(SignedOperation::AssumeRole) => "AssumeRole",
            Self::Signed(SignedOperation::GetCallerIdentity) => "GetCallerIdentity",
            Self::Anonymous(AnonymousOperation::AssumeRoleWithOidc) => "AssumeRoleWithOIDC",
            Self::Anonymous(AnonymousOperation::AssumeRoleWithSaml) => "AssumeRoleWithSAML",
        }
    }
}

/// What an operation reads and changes.
pub(crate) struct Run<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) parameters: &'a Parameters,
    pub(crate) peer: SocketAddr,
    pub(crate) now: Timestamp,
    pub(crate) notes: &'a mut Notes,
}

/// The session that an operation has found nothing against.
struct Granted<'a> {
    role: &'a Role,
    name: &'a str,
    source_identity: Option<&'a str>,
    policy: Option<&'a Policy>,
    seconds: i64,
}

impl Run<'_> {
    pub(crate) fn signed(&mut self, operation: SignedOperation, caller: &Caller) -> Result<Answer, Refusal> {
        match operation {
            SignedOperation::AssumeRole => assume_role::run(self, caller),
            SignedOperation::GetCallerIdentity => Ok(get_caller_identity::run(caller)),
        }
    }

    pub(crate) async fn anonymous(&mut self, operation: AnonymousOperation) -> Result<Answer, Refusal> {
        match operation {
            AnonymousOperation::AssumeRoleWithOidc => assume_role_with_oidc::run(self).await,
            AnonymousOperation::AssumeRoleWithSaml => assume_role_with_saml::run(self),
        }
    }

    /// Whether the role trusts an identity provider, with these condition keys. Nothing else decides about those whom a
    /// provider vouches for.
    fn trusts_provider<'k>(
        &mut self,
        role: &Role,
        provider_arn: &str,
        keys: impl IntoIterator<Item = (&'static str, Vec<&'k str>)>,
    ) -> Result<(), Refusal> {
        let caller =
            Caller { account_id: role.account_id.clone(), who: Who::Federated(provider_arn.to_owned()) };
        self.notes.who = Some(provider_arn.to_owned());
        let mut context = self.cloud.context(&caller, self.peer.ip(), self.now);
        for (key, values) in keys {
            values.into_iter().for_each(|value| context.insert(key, value));
        }
        let denied = |_| Refusal::federation_denied("There is no permission");
        self.authorize(&caller, role, &context).map_err(denied)
    }

    /// Whether this caller may assume this role.
    fn authorize(&mut self, caller: &Caller, role: &Role, context: &Context) -> Result<(), Denial> {
        let outcome = self.cloud.authorize(&Ask {
            caller,
            owner: &role.account_id,
            checks: &[("sts:AssumeRole", &role.arn())],
            context,
            resource_policy: ResourcePolicy::Trust(&role.trust),
        });
        self.notes.checks.push(match &outcome {
            Ok(grant) => Check::passed(What::Policies, grant.to_string()),
            Err(denial) => Check::failed(What::Policies, denial.to_string()),
        });
        outcome.map(|_grant| ())
    }

    /// Opens a session and writes the fields that all three AssumeRole operations answer with.
    fn open_session(&self, granted: &Granted<'_>) -> Result<Vec<Field>, Refusal> {
        let role = granted.role;
        if granted.seconds > role.max_session_seconds {
            return Err(Refusal::duration());
        }
        let issued = self.cloud.open_session(&SessionRequest {
            role,
            name: granted.name,
            seconds: granted.seconds,
            policy: granted.policy,
            source_identity: granted.source_identity,
        })?;
        let user = vec![
            text("Arn", format!("{}/{}", role.arn(), granted.name)),
            text("AssumedRoleId", format!("{}:{}", role.id, granted.name)),
        ];
        let credentials = vec![
            text("AccessKeyId", issued.access_key_id),
            text("AccessKeySecret", issued.access_key_secret.expose_secret()),
            text("SecurityToken", issued.security_token.expose_secret()),
            text("Expiration", issued.expiration.to_string()),
        ];
        let mut fields =
            vec![("AssumedRoleUser", Value::Group(user)), ("Credentials", Value::Group(credentials))];
        fields.extend(granted.source_identity.map(|source| text("SourceIdentity", source)));
        Ok(fields)
    }
}
