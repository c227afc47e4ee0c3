//! The aliyun CLI's configuration file.

mod cloud_sso;
mod document;
mod login;
mod oauth;
mod profiles;

pub(super) use cloud_sso::CloudSso;
pub(super) use oauth::OAuth;

use crate::client::builder::ClientBuilder;
use crate::os::Os;
use crate::provider::credentials_file::by_whom;
use crate::provider::profile::{
    Kept, LIMIT, Location, Stamp, is_true, not_unicode, selected, shown, shown_path,
};
use document::Document;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sts_types::ProviderErrorKind::{Invalid, NotConfigured};
use sts_types::{Credentials, ProvideCredentials, ProviderError, SharedProvider};

pub(super) const NAME: &str = "cli_config";
pub(super) const VARIABLE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
pub(super) const USUAL: &str = ".aliyun/config.json";
/// Any of these, set to `true`, means that the file is not to be used: the SDKs' and the aliyun CLI's.
pub(super) const DISABLED: [&str; 3] =
    ["ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE"];

/// Provides what a profile of the aliyun CLI's configuration says: `~/.aliyun/config.json`, or the file of
/// `ALIBABA_CLOUD_CONFIG_FILE` if that is set.
///
/// The profile is the one chosen here, else that of `ALIBABA_CLOUD_PROFILE`, else the file's `current`, else `default`. Its
/// `mode` may be, in any case of letters:
///
/// | `mode` | members (in parentheses: may be left out) |
/// | --- | --- |
/// | `AK` | `access_key_id`, `access_key_secret` |
/// | `StsToken` | the same and `sts_token` |
/// | `RamRoleArn` | the same (`sts_token`), and a role: `ram_role_arn` (`ram_session_name`, `expired_seconds`, `policy`, `external_id`, `sts_region`, `sts_endpoint`, `enable_vpc`) |
/// | `ChainableRamRoleArn` | `source_profile`, whose credentials assume the role; and a role. Roles in a circle are told |
/// | `EcsRamRole` | (`ram_role_name`) |
/// | `RamRoleArnWithRoleName` | (`ram_role_name`), and a role to assume with the instance's |
/// | `OIDC` | `oidc_provider_arn`, `oidc_token_file`, and a role |
/// | `CredentialsURI` | `credentials_uri` |
/// | `External` | `process_command` |
/// | `CloudSSO`, `OAuth` | what the CLI wrote when you logged in |
/// | `RsaKeyPair`, `BearerToken`, `Anonymous` | known, and refused |
///
/// Where a role has no ARN, session name, region or endpoint of its own, the environment's variables count, as in the official
/// SDKs. The file is read each time credentials are asked for (on a thread for work that blocks), so that a change of it
/// counts; while it says the same, the role session made of it is kept. No file, or neither a `current` nor a `default` profile, is *not
/// configured*; a profile that was asked for and is not there, a file that cannot be read or understood, an unknown mode is
/// *broken*, and told by line and column.
pub struct CliConfig {
    os: Os,
    settings: Arc<Settings>,
    kept: Kept,
}

#[derive(Clone, Default)]
struct Settings {
    path: Option<PathBuf>,
    profile: Option<String>,
    sts: ClientBuilder,
}

impl CliConfig {
    /// Reads the usual file.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Os::process())
    }

    pub(super) fn of(os: Os) -> Self {
        Self { os, settings: Arc::default(), kept: Kept::default() }
    }

    /// Reads this file, which must be there; default that of `ALIBABA_CLOUD_CONFIG_FILE`, else the usual one.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        Arc::make_mut(&mut self.settings).path = Some(path.into());
        self
    }

    /// Takes this profile, which must be there; default that of `ALIBABA_CLOUD_PROFILE`, else the file's `current`, else
    /// `default`.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.settings).profile = Some(name.into());
        self
    }

    /// How STS is called for a profile with a role: timeouts, proxy, clock; default [`Client::builder`](crate::Client::builder)'s. Region and endpoint
    /// are the profile's where it has them.
    #[must_use]
    pub fn sts(mut self, settings: ClientBuilder) -> Self {
        Arc::make_mut(&mut self.settings).sts = settings;
        self
    }
}

impl Settings {
    fn resolve(
        &self,
        os: &Os,
        last: Option<&Stamp>,
    ) -> Result<Option<(Stamp, SharedProvider)>, ProviderError> {
        // What the program chose itself, no variable takes away.
        if self.path.is_none() && self.profile.is_none() {
            for name in DISABLED {
                if is_true(os, name).map_err(|error| not_unicode(NAME, &error))? {
                    return Err(ProviderError::new(NotConfigured, NAME, format!("switched off by `{name}`")));
                }
            }
        }
        let location = Location::of(os, NAME, self.path.as_deref(), VARIABLE, USUAL)?;
        let bytes = os.read(location.path(), LIMIT).map_err(|error| location.failed(NAME, error))?;
        let (path, place) = (location.path(), shown_path(location.path()));
        let wanted = selected(os, self.profile.as_deref()).map_err(|error| not_unicode(NAME, &error))?;
        let stamp = Stamp::of(path, wanted.as_ref().map_or("", |(name, _)| name), &bytes);
        if last == Some(&stamp) {
            return Ok(None);
        }
        let invalid = |message| ProviderError::new(Invalid, NAME, message);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| invalid(format!("`{place}` is not UTF-8; save it anew")))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let document = Document::parse(text).map_err(|malformed| {
            invalid(format!("`{place}` {}: {}", malformed.position, malformed.problem))
        })?;
        let wanted = wanted.or_else(|| Some((document.current.clone()?, "current")));
        let profile = match &wanted {
            Some((name, by)) => document.profile(name).ok_or_else(|| {
                invalid(format!("`{place}` has no profile `{}`, which {} asks for", shown(name), by_whom(by)))
            })?,
            None => document.profile("default").ok_or_else(|| {
                let message = format!("`{place}` has neither `current` nor a profile `default`");
                ProviderError::new(NotConfigured, NAME, message)
            })?,
        };
        let provider = profiles::read(&document, path, profile, os)?.provider(&self.sts)?;
        Ok(Some((stamp, provider)))
    }
}

impl Default for CliConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredentials for CliConfig {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let settings = Arc::clone(&self.settings);
        let resolve = move |os: &Os, last: Option<&Stamp>| settings.resolve(os, last);
        self.kept.get(&self.os, NAME, resolve).await?.provide_credentials().await
    }

    fn invalidate(&self, rejected: &Credentials) {
        self.kept.invalidate(rejected);
    }
}

impl fmt::Debug for CliConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Option<&Path> = self.settings.path.as_deref();
        f.debug_struct("CliConfig")
            .field("path", &path)
            .field("profile", &self.settings.profile)
            .finish_non_exhaustive()
    }
}
