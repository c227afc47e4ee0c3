//! Where a profile's credentials come from, and the provider for that.

use super::Role;
use crate::client::builder::ClientBuilder;
use crate::error::{CredentialsError, Error};
use crate::os::Os;
use crate::provider::cli_config::{CloudSso, OAuth};
use crate::provider::{CredentialsUri, EcsRamRole, ExternalProcess, OidcRole};
use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use sts_types::{
    Credentials, OidcProviderArn, ProvideCredentials, ProviderError, ProviderErrorKind, SharedProvider,
};

/// Where a profile's credentials come from.
pub(in crate::provider) enum Mode {
    Key(Credentials),
    /// A role, with the credentials of another profile or of this one.
    RamRole {
        source: Box<Profile>,
        role: Box<Role>,
    },
    EcsRamRole {
        role_name: Option<String>,
    },
    OidcRole {
        provider_arn: OidcProviderArn,
        token_file: PathBuf,
        role: Box<Role>,
    },
    CredentialsUri(String),
    ExternalProcess(String),
    CloudSso,
    OAuth,
}

/// A profile, read.
pub(in crate::provider) struct Profile {
    /// The provider that reads the file.
    pub(in crate::provider) provider: &'static str,
    pub(in crate::provider) path: PathBuf,
    /// The profile's own name.
    pub(in crate::provider) name: String,
    pub(in crate::provider) mode: Mode,
}

impl Profile {
    /// As in [`Credentials::provider_name`]: outermost first.
    fn sources(&self) -> String {
        match &self.mode {
            Mode::Key(credentials) if credentials.security_token().is_some() => "static_sts".to_owned(),
            Mode::Key(_) => "static_ak".to_owned(),
            Mode::RamRole { source, .. } => format!("ram_role_arn/{}", source.sources()),
            Mode::EcsRamRole { .. } => "ecs_ram_role".to_owned(),
            Mode::OidcRole { .. } => "oidc_role_arn".to_owned(),
            Mode::CredentialsUri(_) => "credentials_uri".to_owned(),
            Mode::ExternalProcess(_) => "external_process".to_owned(),
            Mode::CloudSso => "cloud_sso".to_owned(),
            Mode::OAuth => "oauth".to_owned(),
        }
    }

    fn hops(&self) -> usize {
        match &self.mode {
            Mode::RamRole { source, .. } => 1 + source.hops(),
            _ => 0,
        }
    }

    /// The provider that this amounts to. STS is called by `sts`, unless the profile says otherwise.
    pub(in crate::provider) fn provider(self, sts: &ClientBuilder) -> Result<SharedProvider, ProviderError> {
        let hops = self.hops();
        self.hop(sts, hops)
    }

    fn hop(self, sts: &ClientBuilder, hops: usize) -> Result<SharedProvider, ProviderError> {
        let name = format!("{}/{}", self.provider, self.sources());
        let (place, hop) = (
            format!("`{}`, profile `{}`", super::shown_path(&self.path), super::shown(&self.name)),
            self.hops(),
        );
        let invalid = |error: Error| {
            ProviderError::new(
                ProviderErrorKind::Invalid,
                self.provider,
                format!("{place}: the settings cannot be used"),
            )
            .with_source(error)
        };
        let (inner, failed) = match self.mode {
            Mode::Key(credentials) => return Ok(SharedProvider::new(credentials.with_provider_name(name))),
            Mode::RamRole { source, role } => {
                let source = source.hop(sts, hops)?;
                let client = role.client(sts, Some(source)).map_err(invalid)?;
                let failed = match hops {
                    1 => format!("{place}: the role `{}` could not be assumed", role.arn),
                    _ => {
                        format!("{place}: the role `{}` (hop {hop} of {hops}) could not be assumed", role.arn)
                    }
                };
                let mut request = client.assume_role(role.arn);
                if let Some(name) = role.session_name {
                    request = request.session_name(name);
                }
                if let Some(duration) = role.duration {
                    request = request.duration(duration);
                }
                if let Some(policy) = role.policy {
                    request = request.policy(policy);
                }
                if let Some(id) = role.external_id {
                    request = request.external_id(id);
                }
                (SharedProvider::new(request.into_provider()), failed)
            }
            other => {
                let failed = format!("{place}: its source gave none");
                (other.remote(self.provider, &place, (self.path, self.name), sts)?, failed)
            }
        };
        Ok(SharedProvider::new(Provided { inner, name, provider: self.provider, failed }))
    }
}

impl Mode {
    /// The providers of what is outside this process.
    fn remote(
        self,
        provider: &'static str,
        place: &str,
        (path, profile): (PathBuf, String),
        sts: &ClientBuilder,
    ) -> Result<SharedProvider, ProviderError> {
        let invalid = |message| ProviderError::new(ProviderErrorKind::Invalid, provider, message);
        let clock = sts.clock_handle().clone();
        Ok(match self {
            Self::OidcRole { provider_arn, token_file, role } => {
                let client = role.client(sts, None).map_err(|error| {
                    invalid(format!("{place}: the settings cannot be used")).with_source(error)
                })?;
                let mut oidc = OidcRole::new(provider_arn, role.arn, token_file).client(client);
                if let Some(name) = role.session_name {
                    oidc = oidc.session_name(name);
                }
                if let Some(duration) = role.duration {
                    oidc = oidc.duration(duration);
                }
                if let Some(policy) = role.policy {
                    oidc = oidc.policy(policy);
                }
                SharedProvider::new(oidc)
            }
            Self::EcsRamRole { role_name: Some(name) } => {
                SharedProvider::new(EcsRamRole::new().role_name(name))
            }
            Self::EcsRamRole { role_name: None } => SharedProvider::new(EcsRamRole::new()),
            Self::CredentialsUri(uri) => SharedProvider::new(CredentialsUri::new(uri)),
            Self::ExternalProcess(command) => SharedProvider::new(ExternalProcess::new(command)),
            Self::CloudSso => SharedProvider::new(CloudSso::new(Os::process(), path, profile, clock)),
            Self::OAuth => SharedProvider::new(OAuth::new(Os::process(), path, profile, clock)),
            // Not of outside.
            Self::Key(credentials) => SharedProvider::new(credentials),
            Self::RamRole { .. } => return Err(invalid(format!("{place}: the role has no source"))),
        })
    }
}

/// What a profile provides: under its own name, and with its place in every error.
#[derive(Clone)]
pub(in crate::provider) struct Provided {
    inner: SharedProvider,
    name: String,
    provider: &'static str,
    failed: String,
}

impl ProvideCredentials for Provided {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        match self.inner.provide_credentials().await {
            Ok(credentials) => Ok(credentials.with_provider_name(self.name.clone())),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn invalidate(&self, rejected: &Credentials) {
        self.inner.invalidate(rejected);
    }
}

impl Provided {
    fn failed(&self, error: ProviderError) -> ProviderError {
        // The hop that failed says so itself.
        if let Some(inner) =
            error.source().and_then(provider_error).filter(|inner| inner.provider() == self.provider)
        {
            return inner.clone();
        }
        // The profile asks for this source: that it is not there is no reason to go on to another.
        let kind = match error.kind() {
            ProviderErrorKind::NotConfigured => ProviderErrorKind::Failed,
            kind => kind,
        };
        ProviderError::new(kind, self.provider, self.failed.clone()).with_source(error)
    }
}

/// The error of a client's provider, that a call ended with.
fn provider_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a ProviderError> {
    let inner: Option<&'a Arc<dyn StdError + Send + Sync>> = cause.downcast_ref();
    let error = match inner {
        Some(inner) => inner.downcast_ref::<Error>(),
        None => cause.downcast_ref::<Error>(),
    };
    match error {
        Some(Error::Credentials(CredentialsError::Provider(error))) => Some(error),
        _ => None,
    }
}

impl fmt::Debug for Provided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Profile").field(&self.name).finish()
    }
}
