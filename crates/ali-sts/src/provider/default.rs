//! The chain that every program starts with.

mod warnings;

use crate::client::builder::ClientBuilder;
use crate::os::Os;
use crate::provider::chain::Chain;
use crate::provider::explanation::Explanation;
use crate::provider::{
    CliConfig, CredentialsFile, CredentialsUri, EcsRamRole, Environment, OidcRole, cli_config,
    credentials_file, environment,
};
use std::fmt;
use std::sync::OnceLock;
use sts_types::{Credentials, ProvideCredentials, ProviderError};

/// The chain of [`Client::from_env`](crate::Client::from_env): the first of these that is set up gives the credentials.
///
/// 1. [`Environment`], an access key in the environment's variables.
/// 2. [`OidcRole`] (RRSA), of `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`, `ALIBABA_CLOUD_OIDC_TOKEN_FILE` and `ALIBABA_CLOUD_ROLE_ARN`.
/// 3. [`CliConfig`], of `~/.aliyun/config.json`.
/// 4. [`CredentialsFile`], of `~/.alibabacloud/credentials`, or `credentials.ini` beside it.
/// 5. [`EcsRamRole`], the metadata service of an ECS instance, unless `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`. Elsewhere this
///    costs a second.
/// 6. [`CredentialsUri`], of `ALIBABA_CLOUD_CREDENTIALS_URI`.
///
/// It is the order of the official Go SDK. What differs from the official SDKs: a source that is set up wrongly or fails
/// ends the chain (see [`Chain`]), and a half-set pair of variables is such a source.
///
/// Nothing is read before credentials are asked for.
///
/// ```no_run
/// use ali_sts::provider;
///
/// # async fn example() {
/// println!("{}", provider::Default::new().explain().await);
/// # }
/// ```
pub struct Default {
    os: Os,
    profile: Option<String>,
    sts: ClientBuilder,
    chain: OnceLock<Chain>,
}

impl Default {
    /// With all that the environment says.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Os::process())
    }

    fn of(os: Os) -> Self {
        Self { os, profile: None, sts: ClientBuilder::default(), chain: OnceLock::new() }
    }

    /// The profile to take of both files; default that of `ALIBABA_CLOUD_PROFILE`, else what each file has as its own. An access key in
    /// the environment still wins.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// How STS is called for a profile with a role: timeouts, proxy, clock (which expiry is judged by as well); default
    /// [`Client::builder`](crate::Client::builder)'s.
    #[must_use]
    pub fn sts(mut self, settings: ClientBuilder) -> Self {
        self.sts = settings;
        self
    }

    /// Asks all sources up to the one that gives credentials, as if none had been asked before, and tells what each said, which one
    /// won, and what looks wrong. Nothing secret is in it.
    ///
    /// It is for people: print it, or show its parts. A source that needs the network is asked over the network.
    pub async fn explain(&self) -> Explanation {
        let explanation = self.chain().explain().await;
        let (profile, offset) = (self.profile.clone(), self.sts.clock_handle().offset_millis());
        let warnings = self.os.off_thread(move |os| warnings::collect(os, profile.as_deref(), offset));
        explanation.with_warnings(warnings.await.unwrap_or_default())
    }

    fn chain(&self) -> &Chain {
        self.chain.get_or_init(|| {
            let (mut config, mut file) =
                (CliConfig::of(self.os.clone()), CredentialsFile::of(self.os.clone()));
            (config, file) = (config.sts(self.sts.clone()), file.sts(self.sts.clone()));
            if let Some(profile) = &self.profile {
                (config, file) = (config.profile(profile), file.profile(profile));
            }
            Chain::empty()
                .clock(self.sts.clock_handle().clone())
                .link(environment::NAME, Environment::of(self.os.clone()))
                .link("oidc_role_arn", OidcRole::from_env())
                .link(cli_config::NAME, config)
                .link(credentials_file::NAME, file)
                .link("ecs_ram_role", EcsRamRole::new())
                .link("credentials_uri", CredentialsUri::from_env())
        })
    }
}

impl std::default::Default for Default {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredentials for Default {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.chain().provide_credentials()
    }

    fn invalidate(&self, rejected: &Credentials) {
        self.chain().invalidate(rejected);
    }
}

impl fmt::Debug for Default {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Default").field("profile", &self.profile).finish_non_exhaustive()
    }
}
