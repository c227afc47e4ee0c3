//! The four operations.

mod assume_role;
mod assume_role_with_oidc;
mod assume_role_with_saml;
mod get_caller_identity;
mod rules;

use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::identity::IdentityProvider;
use crate::lock::lock;
use crate::os::Random;
use crate::parameters::Parameters;
use crate::refusal::Refusal;
use crate::reply::{Answer, Field, Value, text};
use crate::sessions::{Session, Sessions};
use crate::verify::Caller;
use crate::world::{Role, World};

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
pub(crate) struct Context<'a> {
    pub(crate) world: &'a World,
    pub(crate) sessions: &'a Mutex<Sessions>,
    pub(crate) identity_provider: &'a IdentityProvider,
    pub(crate) random: &'a Random,
    pub(crate) now: Timestamp,
}

impl Context<'_> {
    pub(crate) fn signed(
        &self,
        operation: SignedOperation,
        caller: &Caller,
        parameters: &Parameters,
    ) -> Result<Answer, Refusal> {
        match operation {
            SignedOperation::AssumeRole => assume_role::run(self, caller, parameters),
            SignedOperation::GetCallerIdentity => Ok(get_caller_identity::run(self.world, caller)),
        }
    }

    pub(crate) fn anonymous(
        &self,
        operation: AnonymousOperation,
        parameters: &Parameters,
    ) -> Result<Answer, Refusal> {
        match operation {
            AnonymousOperation::AssumeRoleWithOidc => assume_role_with_oidc::run(self, parameters),
            AnonymousOperation::AssumeRoleWithSaml => assume_role_with_saml::run(self, parameters),
        }
    }

    /// Opens a session and writes the fields that all three AssumeRole operations answer with.
    fn open_session(
        &self,
        role: &Arc<Role>,
        name: String,
        source_identity: Option<String>,
        seconds: i64,
    ) -> Result<Vec<Field>, Refusal> {
        if seconds > role.max_session_seconds {
            return Err(Refusal::duration());
        }
        let issued = Session::issue(self.random, Arc::clone(role), name, source_identity, self.now, seconds)?;
        lock(self.sessions).insert(&issued);
        let session = &issued.session;
        let user = vec![
            text("Arn", format!("{}/{}", self.world.role_arn(role), session.name)),
            text("AssumedRoleId", format!("{}:{}", role.id, session.name)),
        ];
        let credentials = vec![
            text("AccessKeyId", issued.access_key_id.as_str()),
            text("AccessKeySecret", session.secret.expose_secret()),
            text("SecurityToken", issued.security_token.expose_secret()),
            text("Expiration", issued.expiration().to_string()),
        ];
        let mut fields =
            vec![("AssumedRoleUser", Value::Group(user)), ("Credentials", Value::Group(credentials))];
        fields.extend(session.source_identity.as_deref().map(|source| text("SourceIdentity", source)));
        Ok(fields)
    }
}
