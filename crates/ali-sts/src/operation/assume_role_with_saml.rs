//! AssumeRoleWithSAML.

use crate::client::Client;
use crate::client::call::Operation;
use crate::error::Error;
use crate::operation::{Params, seconds, session_request};
use crate::reply::output;
use sts_types::{
    AssumeRoleWithSamlInput, AssumeRoleWithSamlOutput, InvalidInput, RoleArn, SamlAssertion, SamlProviderArn,
    SessionDuration,
};

impl Client {
    /// Asks for temporary credentials of a role that trusts a SAML identity provider, by an assertion of that provider:
    /// the whole SAML response, in Base64.
    ///
    /// The request is anonymous: no access key is needed, and none is sent. The session's name is an attribute of the
    /// assertion; it lasts 3,600 s unless chosen otherwise.
    pub fn assume_role_with_saml<P, R, A>(
        &self,
        saml_provider_arn: P,
        role_arn: R,
        saml_assertion: A,
    ) -> AssumeRoleWithSaml
    where
        P: TryInto<SamlProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        A: TryInto<SamlAssertion, Error: Into<InvalidInput>>,
    {
        AssumeRoleWithSaml::new(self.clone(), saml_provider_arn, role_arn, saml_assertion)
    }
}

session_request! {
    /// An AssumeRoleWithSAML request in the making: see [`Client::assume_role_with_saml`].
    AssumeRoleWithSaml, AssumeRoleWithSamlInput
}

impl<C> AssumeRoleWithSaml<C> {
    pub(crate) fn new<P, R, A>(client: C, saml_provider_arn: P, role_arn: R, saml_assertion: A) -> Self
    where
        P: TryInto<SamlProviderArn, Error: Into<InvalidInput>>,
        R: TryInto<RoleArn, Error: Into<InvalidInput>>,
        A: TryInto<SamlAssertion, Error: Into<InvalidInput>>,
    {
        let input = || {
            let mut input = AssumeRoleWithSamlInput::new(
                saml_provider_arn.try_into().map_err(Into::into)?,
                role_arn.try_into().map_err(Into::into)?,
                saml_assertion.try_into().map_err(Into::into)?,
            );
            input.duration = Some(SessionDuration::DEFAULT);
            Ok(input)
        };
        Self { client, input: input() }
    }
}

impl AssumeRoleWithSaml<Client> {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] before anything is sent; else whatever the [`Error`]'s kinds tell.
    pub async fn send(self) -> Result<AssumeRoleWithSamlOutput, Error> {
        let input = self.input?;
        let seconds = seconds(input.duration);
        let mut params = Params::new("AssumeRoleWithSAML");
        params
            .with_some("DurationSeconds", seconds.as_deref())
            .with("Format", "JSON")
            .with_some("Policy", input.policy.as_ref().map(|policy| policy.as_str()))
            .with("RoleArn", input.role_arn.as_str())
            .with("SAMLAssertion", input.saml_assertion.expose_secret())
            .with("SAMLProviderArn", input.saml_provider_arn.as_str())
            .version(&self.client);
        self.client
            .call(
                &Operation { params: params.as_slice(), signed: false, kept: None },
                output::assume_role_with_saml,
            )
            .await
    }
}
