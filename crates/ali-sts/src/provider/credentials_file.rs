//! The credentials file of the official SDKs.

mod ini;

use crate::client::builder::ClientBuilder;
use crate::client::check_usable;
use crate::os::{FileError, Os};
use crate::provider::profile::{
    Fields, Kept, LIMIT, Location, Mode, Place, Profile, Role, RoleText, Stamp, not_unicode, selected, shown,
    shown_path,
};
use ini::{Entry, Section};
use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use sts_types::ProviderErrorKind::{Invalid, NotConfigured};
use sts_types::{Credentials, OidcProviderArn, ProvideCredentials, ProviderError, SharedProvider};
use zeroize::Zeroizing;

pub(super) const NAME: &str = "credentials_file";
pub(super) const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
/// Of the Go and Node SDKs.
pub(super) const USUAL: &str = ".alibabacloud/credentials";
/// Of the Python and Java SDKs.
pub(super) const OTHER_USUAL: &str = ".alibabacloud/credentials.ini";

/// Provides what a profile of the credentials file says, `~/.alibabacloud/credentials` or, without one,
/// `~/.alibabacloud/credentials.ini`; of `ALIBABA_CLOUD_CREDENTIALS_FILE` if that is set.
///
/// The profile is the one chosen here, else that of `ALIBABA_CLOUD_PROFILE`, else `default`. It is a section such as
///
/// ```ini
/// [default]
/// enable = true
/// type = ram_role_arn
/// access_key_id = LTAI…
/// access_key_secret = …
/// role_arn = acs:ram::123456789012:role/app
/// ```
///
/// | `type` | keys (in parentheses: may be left out) |
/// | --- | --- |
/// | `access_key` | `access_key_id`, `access_key_secret` |
/// | `sts` | the same and `security_token` (or `sts_token`) |
/// | `ram_role_arn` | `access_key_id`, `access_key_secret`, (`security_token`), `role_arn`, (`role_session_name`, `role_session_expiration` in seconds, `policy`, `external_id`, `region_id`, `sts_endpoint`, `enable_vpc`) |
/// | `ecs_ram_role` | (`role_name`) |
/// | `oidc_role_arn` | `oidc_provider_arn`, `oidc_token_file_path`, `role_arn`, and what `ram_role_arn` may have |
/// | `credentials_uri` | `credentials_uri` |
/// | `external` | `process_command` |
/// | `rsa_key_pair`, `bearer` | known, and refused: the service has given up the one, STS does not take the other |
///
/// The file is read each time credentials are asked for (on a thread for work that blocks), so that a change of it counts; while it says
/// the same, the role session made of it is kept. No file, or no `default` in it, is *not configured*; a profile that was
/// asked for and is not there, a file that cannot be read, a line that cannot be understood is *broken*, and told by its line.
///
/// Comments begin with `#` or `;` at the start of a line or after a space, outside double quotes: a `policy` is not cut.
/// A value is on one line.
pub struct CredentialsFile {
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

const ROLE: RoleText = RoleText {
    arn: "role_arn",
    session_name: "role_session_name",
    duration: "role_session_expiration",
    region: "region_id",
};

impl CredentialsFile {
    /// Reads the usual file.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Os::process())
    }

    pub(super) fn of(os: Os) -> Self {
        Self { os, settings: Arc::default(), kept: Kept::default() }
    }

    /// Reads this file, which must be there; default that of `ALIBABA_CLOUD_CREDENTIALS_FILE`, else the usual ones.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        Arc::make_mut(&mut self.settings).path = Some(path.into());
        self
    }

    /// Takes this profile, which must be there; default that of `ALIBABA_CLOUD_PROFILE`, else `default`.
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
        let (location, bytes) = self.read(os)?;
        let path = location.path();
        let wanted = selected(os, self.profile.as_deref()).map_err(|error| not_unicode(NAME, &error))?;
        let name = wanted.as_ref().map_or("default", |(name, _)| name);
        let stamp = Stamp::of(path, name, &bytes);
        if last == Some(&stamp) {
            return Ok(None);
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            ProviderError::new(Invalid, NAME, format!("`{}` is not UTF-8; save it anew", shown_path(path)))
        })?;
        let sections = ini::parse(text).map_err(|malformed| {
            let (path, line, problem) = (shown_path(path), malformed.line, malformed.problem);
            ProviderError::new(Invalid, NAME, format!("`{path}` line {line}: {problem}"))
        })?;
        let section = sections.iter().find(|section| section.name == name);
        let section = section.ok_or_else(|| {
            let path = shown_path(path);
            match &wanted {
                Some((name, by)) => {
                    let message =
                        format!("`{path}` has no profile `{}`, which {} asks for", shown(name), by_whom(by));
                    ProviderError::new(Invalid, NAME, message)
                }
                None => ProviderError::new(NotConfigured, NAME, format!("`{path}` has no profile `default`")),
            }
        })?;
        let reader = Reader { place: Place { provider: NAME, path, profile: name }, section };
        if !reader.flag("enable")?.unwrap_or(true) {
            let problem = "it is switched off by `enable`";
            let error = reader.broken("enable", problem);
            return Err(match wanted {
                Some(_) => error,
                None => {
                    let path = shown_path(path);
                    ProviderError::new(NotConfigured, NAME, format!("`{path}`, profile `default`: {problem}"))
                }
            });
        }
        let provider = reader.read(os)?.provider(&self.sts)?;
        Ok(Some((stamp, provider)))
    }

    fn read(&self, os: &Os) -> Result<(Location, Zeroizing<Vec<u8>>), ProviderError> {
        let place = |usual| Location::of(os, NAME, self.path.as_deref(), VARIABLE, usual);
        let first = place(USUAL)?;
        match (os.read(first.path(), LIMIT), &first) {
            (Ok(bytes), _) => Ok((first, bytes)),
            (Err(FileError::NotFound), Location::Usual(_)) => {
                let other = place(OTHER_USUAL)?;
                match os.read(other.path(), LIMIT) {
                    Ok(bytes) => Ok((other, bytes)),
                    Err(FileError::NotFound) => Err(first.failed(NAME, FileError::NotFound)),
                    Err(error) => Err(other.failed(NAME, error)),
                }
            }
            (Err(error), _) => Err(first.failed(NAME, error)),
        }
    }
}

/// Who asked for a profile, as words of a sentence.
pub(super) fn by_whom(by: &str) -> String {
    if by.contains(' ') { by.to_owned() } else { format!("`{by}`") }
}

/// One section, with its place.
struct Reader<'a> {
    place: Place<'a>,
    section: &'a Section<'a>,
}

impl Reader<'_> {
    fn entry(&self, key: &str) -> Option<&Entry<'_>> {
        self.section.entries.iter().find(|entry| entry.key == key)
    }

    fn read(&self, os: &Os) -> Result<Profile, ProviderError> {
        let kind = self.required("type")?.to_ascii_lowercase();
        let mode = match kind.as_str() {
            "access_key" => Mode::Key(self.key(None)?),
            "sts" | "sts_token" => {
                let token = self.token()?;
                let token =
                    token.ok_or_else(|| self.broken("type", "`security_token` is missing or empty"))?;
                Mode::Key(self.key(Some(token))?)
            }
            "ecs_ram_role" => {
                Mode::EcsRamRole { role_name: self.text("role_name")?.map(|name| name.to_string()) }
            }
            "ram_role_arn" => Mode::RamRole {
                source: Box::new(self.profile(Mode::Key(self.key(self.token()?)?))),
                role: Box::new(Role::read(self, os, &ROLE)?),
            },
            "oidc_role_arn" => {
                let provider = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
                let provider_arn = self.required_or_variable(os, "oidc_provider_arn", provider)?;
                let token_file =
                    self.required_or_variable(os, "oidc_token_file_path", "ALIBABA_CLOUD_OIDC_TOKEN_FILE")?;
                Mode::OidcRole {
                    provider_arn: OidcProviderArn::try_from(provider_arn.as_str())
                        .map_err(|error| self.broken("oidc_provider_arn", error))?,
                    token_file: token_file.as_str().into(),
                    role: Box::new(Role::read(self, os, &ROLE)?),
                }
            }
            "credentials_uri" => Mode::CredentialsUri(self.required("credentials_uri")?.to_string()),
            "external" => Mode::ExternalProcess(self.required("process_command")?.to_string()),
            "rsa_key_pair" => {
                let problem = "`rsa_key_pair` is not supported, and deprecated by the service; use an access key or a role";
                return Err(self.broken("type", problem));
            }
            "bearer" => {
                let problem = "a bearer token is no access key, and STS takes none; use a profile with one or with a role";
                return Err(self.broken("type", problem));
            }
            _ => {
                let problem = "its `type` is unknown; there are `access_key`, `sts`, `ram_role_arn`, `ecs_ram_role`, \
                               `oidc_role_arn`, `credentials_uri` and `external`";
                return Err(self.broken("type", problem));
            }
        };
        Ok(self.profile(mode))
    }

    fn profile(&self, mode: Mode) -> Profile {
        Profile {
            provider: NAME,
            path: self.place.path.to_owned(),
            name: self.place.profile.to_owned(),
            mode,
        }
    }

    fn token(&self) -> Result<Option<Zeroizing<String>>, ProviderError> {
        match self.text("security_token")? {
            Some(token) => Ok(Some(token)),
            None => self.text("sts_token"),
        }
    }

    fn key(&self, token: Option<Zeroizing<String>>) -> Result<Credentials, ProviderError> {
        let (id, secret) = (self.required("access_key_id")?, self.required("access_key_secret")?);
        let credentials = Credentials::new(id.as_str(), secret.as_str());
        let credentials = match token {
            Some(token) => credentials.with_security_token(token.as_str()),
            None => credentials,
        };
        check_usable(&credentials).map_err(|error| self.broken("type", error))?;
        Ok(credentials)
    }
}

impl Fields for Reader<'_> {
    fn text(&self, key: &str) -> Result<Option<Zeroizing<String>>, ProviderError> {
        let value = self.entry(key).map(|entry| entry.value).filter(|value| !value.is_empty());
        Ok(value.map(|value| Zeroizing::new(value.to_owned())))
    }

    fn number(&self, key: &str) -> Result<Option<u64>, ProviderError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let number =
            text.parse().map_err(|_| self.broken(key, format_args!("`{key}` is not a whole number")))?;
        Ok(Some(number).filter(|number| *number != 0))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, ProviderError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(Some(true)),
            "false" | "no" | "off" | "0" => Ok(Some(false)),
            _ => Err(self.broken(key, format_args!("`{key}` is neither `true` nor `false`"))),
        }
    }

    fn broken(&self, key: &str, problem: impl Display) -> ProviderError {
        let line = self.entry(key).map_or(self.section.line, |entry| entry.line);
        self.place.broken(format_args!("line {line}"), problem)
    }
}

impl Default for CredentialsFile {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredentials for CredentialsFile {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let settings = Arc::clone(&self.settings);
        let resolve = move |os: &Os, last: Option<&Stamp>| settings.resolve(os, last);
        self.kept.get(&self.os, NAME, resolve).await?.provide_credentials().await
    }

    fn invalidate(&self, rejected: &Credentials) {
        self.kept.invalidate(rejected);
    }
}

impl fmt::Debug for CredentialsFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Option<&Path> = self.settings.path.as_deref();
        f.debug_struct("CredentialsFile")
            .field("path", &path)
            .field("profile", &self.settings.profile)
            .finish_non_exhaustive()
    }
}
