//! AssumeRoleWithOIDC.

use crate::client::Client;
use crate::client::call::Operation;
use crate::error::Error;
use crate::operation::assume_role::default_session_name;
use crate::operation::{Params, seconds, session_request};
use crate::reply::output;
use sts_types::{
    AssumeRoleWithOidcInput, AssumeRoleWithOidcOutput, InvalidInput, OidcProviderArn, OidcToken, RoleArn,
    SessionDuration,
};

impl Client {
    /// Asks for temporary credentials of a role that trusts an OIDC identity provider, by a token of that provider.
    ///
    /// The request is anonymous: no access key is needed, and none is sent. The session is called `app` and lasts
    /// 3,600 s unless chosen otherwise.
    pub fn assume_role_with_oidc<P, R, T>(
        &self,
        oidc_provider_arn: P,
        role_arn: R,
        oidc_token: T,
    ) -> AssumeRoleWithOidc
    where
        P: TryInto<OidcProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        T: TryInto<OidcToken, Error: Into<InvalidInput>>,
    {
        AssumeRoleWithOidc::new(self.clone(), oidc_provider_arn, role_arn, oidc_token)
    }
}

session_request! {
    /// An AssumeRoleWithOIDC request in the making: see [`Client::assume_role_with_oidc`].
    AssumeRoleWithOidc, AssumeRoleWithOidcInput, named
}

impl<C> AssumeRoleWithOidc<C> {
    pub(crate) fn new<P, R, T>(client: C, oidc_provider_arn: P, role_arn: R, oidc_token: T) -> Self
    where
        P: TryInto<OidcProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        T: TryInto<OidcToken, Error: Into<InvalidInput>>,
    {
        let input = || {
            let mut input = AssumeRoleWithOidcInput::new(
                oidc_provider_arn.try_into().map_err(Into::into)?,
                role_arn.try_into().map_err(Into::into)?,
                oidc_token.try_into().map_err(Into::into)?,
                default_session_name(),
            );
            input.duration = Some(SessionDuration::DEFAULT);
            Ok(input)
        };
        Self { client, input: input() }
    }
}

impl AssumeRoleWithOidc<Client> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] before anything is sent; else whatever the [`Error`]'s kinds tell.
    pub async fn send(self) -> Result<AssumeRoleWithOidcOutput, Error> {
        let input = self.input?;
        let seconds = seconds(input.duration);
        let mut params = Params::new("AssumeRoleWithOIDC");
        params
            .with_some("DurationSeconds", seconds.as_deref())
            .with("Format", "JSON")
            .with("OIDCProviderArn", input.oidc_provider_arn.as_str())
            .with("OIDCToken", input.oidc_token.expose_secret())
            .with_some("Policy", input.policy.as_ref().map(|policy| policy.as_str()))
            .with("RoleArn", input.role_arn.as_str())
            .with("RoleSessionName", input.session_name.as_str())
            .version(&self.client);
        self.client
            .call(
                &Operation { params: params.as_slice(), signed: false, kept: None },
                output::assume_role_with_oidc,
            )
            .await
    }
}
