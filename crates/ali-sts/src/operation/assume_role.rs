//! AssumeRole.

mod prepared;

pub use prepared::PreparedAssumeRole;

use crate::client::Client;
use crate::client::call::Operation;
use crate::client::signing::Kept;
use crate::error::Error;
use crate::operation::{Params, seconds, session_request, set};
use crate::reply::output;
use sts_types::{
    AssumeRoleInput, AssumeRoleOutput, ExternalId, InvalidInput, RoleArn, SessionDuration, SessionName,
    SourceIdentity,
};

impl Client {
    /// Asks for temporary credentials of a role that trusts the caller's account.
    ///
    /// The session is called `app` and lasts 3,600 s unless chosen otherwise, as in ali-oss. A value of the
    /// wrong form is told by `send()` before anything is sent.
    pub fn assume_role<R>(&self, role_arn: R) -> AssumeRole
    where
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
    {
        AssumeRole::new(self.clone(), role_arn)
    }
}

session_request! {
    /// An AssumeRole request in the making: see [`Client::assume_role`].
    AssumeRole, AssumeRoleInput, named
}

impl<C> AssumeRole<C> {
    pub(crate) fn new<R>(client: C, role_arn: R) -> Self
    where
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
    {
        let input = role_arn.try_into().map_err(Into::into).map(|role_arn| {
            let mut input = AssumeRoleInput::new(role_arn, default_session_name());
            input.duration = Some(SessionDuration::DEFAULT);
            input
        });
        Self { client, input }
    }

    /// The agreed text that the role's trust policy asks for; default none.
    pub fn external_id<V: TryInto<ExternalId, Error: Into<InvalidInput>>>(mut self, id: V) -> Self {
        self.input = set(self.input, id.try_into(), |input, id| input.external_id = Some(id));
        self
    }

    /// Who is behind the session. It stays through the whole chain of roles and cannot be changed; default none.
    pub fn source_identity<V: TryInto<SourceIdentity, Error: Into<InvalidInput>>>(
        mut self,
        identity: V,
    ) -> Self {
        self.input =
            set(self.input, identity.try_into(), |input, identity| input.source_identity = Some(identity));
        self
    }
}

#[cfg(feature = "session-store")]
impl<C> AssumeRole<C> {
    pub(crate) fn input(&self) -> &Result<AssumeRoleInput, InvalidInput> {
        &self.input
    }
}

impl AssumeRole<Client> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] before anything is sent; else whatever the [`Error`]'s kinds tell.
    pub async fn send(self) -> Result<AssumeRoleOutput, Error> {
        call(&self.client, &self.input?, None).await
    }
}

pub(crate) async fn call(
    client: &Client,
    input: &AssumeRoleInput,
    kept: Option<&Kept>,
) -> Result<AssumeRoleOutput, Error> {
    let seconds = seconds(input.duration);
    let mut params = Params::new("AssumeRole");
    params
        .with_some("DurationSeconds", seconds.as_deref())
        .with_some("ExternalId", input.external_id.as_ref().map(ExternalId::as_str))
        .with("Format", "JSON")
        .with_some("Policy", input.policy.as_ref().map(|policy| policy.as_str()))
        .with("RoleArn", input.role_arn.as_str())
        .with("RoleSessionName", input.session_name.as_str())
        .with_some("SourceIdentity", input.source_identity.as_ref().map(SourceIdentity::as_str))
        .version(client);
    let operation = Operation { params: params.as_slice(), signed: true, kept };
    client.call(&operation, output::assume_role).await
}

/// What ali-oss calls a session that got no name.
pub(crate) fn default_session_name() -> SessionName {
    SessionName::unchecked("app")
}
