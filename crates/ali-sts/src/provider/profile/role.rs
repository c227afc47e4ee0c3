//! What a profile says of a role.

use super::is_true;
use crate::client::Client;
use crate::client::builder::ClientBuilder;
use crate::error::Error;
use crate::operation::session_policy::IntoSessionPolicy as _;
use crate::os::Os;
use std::fmt::Display;
use sts_types::{
    ExternalId, ProviderError, RoleArn, SessionDuration, SessionName, SessionPolicy, SharedProvider,
};
use zeroize::Zeroizing;

/// The members of one profile.
pub(in crate::provider) trait Fields {
    /// A member's text; `None` when it is not there or empty.
    fn text(&self, key: &str) -> Result<Option<Zeroizing<String>>, ProviderError>;

    /// A member's whole number; `None` when it is not there or 0.
    fn number(&self, key: &str) -> Result<Option<u64>, ProviderError>;

    /// A member that says yes or no; `None` when it is not there.
    fn flag(&self, key: &str) -> Result<Option<bool>, ProviderError>;

    /// Tells what is wrong with a member, and where it is.
    fn broken(&self, key: &str, problem: impl Display) -> ProviderError;

    fn required(&self, key: &str) -> Result<Zeroizing<String>, ProviderError> {
        self.text(key)?.ok_or_else(|| self.broken(key, format_args!("`{key}` is missing or empty")))
    }

    /// A member or, where it has none, a variable, as the SDKs do.
    fn or_variable(
        &self,
        os: &Os,
        key: &str,
        variable: &str,
    ) -> Result<Option<Zeroizing<String>>, ProviderError> {
        match self.text(key)? {
            Some(text) => Ok(Some(text)),
            None => match os.variable(variable) {
                Ok(value) => Ok(value.map(Zeroizing::new)),
                Err(error) => Err(self.broken(key, error)),
            },
        }
    }

    fn required_or_variable(
        &self,
        os: &Os,
        key: &str,
        variable: &str,
    ) -> Result<Zeroizing<String>, ProviderError> {
        self.or_variable(os, key, variable)?.ok_or_else(|| {
            self.broken(key, format_args!("`{key}` is missing or empty, and `{variable}` is not set"))
        })
    }
}

/// How the two files call what is the same.
pub(in crate::provider) struct RoleText {
    pub(in crate::provider) arn: &'static str,
    pub(in crate::provider) session_name: &'static str,
    pub(in crate::provider) duration: &'static str,
    pub(in crate::provider) region: &'static str,
}

/// A role and how to ask for it, checked.
#[derive(Clone)]
pub(in crate::provider) struct Role {
    pub(in crate::provider) arn: RoleArn,
    pub(in crate::provider) session_name: Option<SessionName>,
    pub(in crate::provider) duration: Option<SessionDuration>,
    pub(in crate::provider) policy: Option<SessionPolicy>,
    pub(in crate::provider) external_id: Option<ExternalId>,
    region: Option<String>,
    endpoint: Option<String>,
    vpc: bool,
}

impl Role {
    pub(in crate::provider) fn read(
        fields: &impl Fields,
        os: &Os,
        names: &RoleText,
    ) -> Result<Self, ProviderError> {
        let broken = |key: &'static str| move |error: sts_types::InvalidInput| fields.broken(key, error);
        let arn = fields.required_or_variable(os, names.arn, "ALIBABA_CLOUD_ROLE_ARN")?;
        let arn = RoleArn::try_from(arn.as_str()).map_err(broken(names.arn))?;
        let session_name = fields.or_variable(os, names.session_name, "ALIBABA_CLOUD_ROLE_SESSION_NAME")?;
        let session_name =
            session_name.map(|name| SessionName::try_from(name.as_str()).map_err(broken(names.session_name)));
        let duration = fields
            .number(names.duration)?
            .map(|seconds| SessionDuration::try_from(seconds).map_err(broken(names.duration)));
        let policy = fields
            .text("policy")?
            .map(|policy| policy.as_str().into_session_policy().map_err(broken("policy")));
        let external_id = fields
            .text("external_id")?
            .map(|id| ExternalId::try_from(id.as_str()).map_err(broken("external_id")));
        let open = |text: Zeroizing<String>| text.as_str().to_owned();
        let region = fields.or_variable(os, names.region, "ALIBABA_CLOUD_STS_REGION")?;
        let endpoint = fields.or_variable(os, "sts_endpoint", "ALIBABA_CLOUD_STS_ENDPOINT")?;
        // What the profile says wins also when it says no.
        let vpc = match fields.flag("enable_vpc")? {
            Some(vpc) => vpc,
            None => is_true(os, "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED")
                .map_err(|error| fields.broken("enable_vpc", error))?,
        };
        let role = Self {
            arn,
            session_name: session_name.transpose()?,
            duration: duration.transpose()?,
            policy: policy.transpose()?,
            external_id: external_id.transpose()?,
            region: region.map(open),
            endpoint: endpoint.map(open),
            vpc,
        };
        // What is wrong with region or endpoint is told here, by its place.
        match role.client(&Client::builder(), None) {
            Ok(_) => Ok(role),
            Err(Error::Input(error)) if error.parameter() == "endpoint" => {
                Err(fields.broken("sts_endpoint", error))
            }
            Err(error) => Err(fields.broken(names.region, error)),
        }
    }

    /// A client that calls STS where the profile wants it called.
    pub(in crate::provider) fn client(
        &self,
        sts: &ClientBuilder,
        source: Option<SharedProvider>,
    ) -> Result<Client, Error> {
        let mut builder = sts.clone();
        if let Some(region) = &self.region {
            builder = builder.region(region);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.endpoint(endpoint);
        }
        if self.vpc {
            builder = builder.vpc_endpoint();
        }
        match source {
            Some(source) => builder.credentials(source).build(),
            None => builder.build(),
        }
    }
}
