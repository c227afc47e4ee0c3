//! What the profiles of `config.json` say.

use super::NAME;
use super::document::{Document, Members};
use crate::client::check_usable;
use crate::os::Os;
use crate::provider::profile::{Fields, Mode, Place, Profile, Role, RoleText, is_true, shown};
use std::fmt::Display;
use std::path::Path;
use sts_types::{Credentials, OidcProviderArn, ProviderError};
use zeroize::Zeroizing;

const ROLE: RoleText = RoleText {
    arn: "ram_role_arn",
    session_name: "ram_session_name",
    duration: "expired_seconds",
    region: "sts_region",
};

/// More roles in a row than anybody has, and few enough to be asked for one inside the other.
const MOST_HOPS: usize = 16;

/// Follows a profile to where its credentials come from.
pub(super) fn read(
    document: &Document<'_>,
    path: &Path,
    profile: &Members<'_>,
    os: &Os,
) -> Result<Profile, ProviderError> {
    follow(document, path, profile, os, &mut Vec::new())
}

fn follow<'d>(
    document: &'d Document<'_>,
    path: &Path,
    profile: &'d Members<'_>,
    os: &Os,
    way: &mut Vec<&'d str>,
) -> Result<Profile, ProviderError> {
    let place = Place { provider: NAME, path, profile: &profile.name };
    let reader = Reader { place, document, profile };
    let whole = |mode| Profile { provider: NAME, path: path.to_owned(), name: profile.name.clone(), mode };
    let mode = mode_of(&reader)?;
    if mode != "chainableramrolearn" {
        return Ok(whole(reader.mode(&mode, os)?));
    }
    way.push(&profile.name);
    let next = reader.required("source_profile")?;
    if let Some(start) = way.iter().position(|name| *name == next.as_str()) {
        let circle =
            way.iter().skip(start).copied().chain([next.as_str()]).map(|name| format!("`{}`", shown(name)));
        let circle = circle.collect::<Vec<_>>().join(" -> ");
        return Err(
            reader.broken("source_profile", format_args!("the source profiles lead in a circle: {circle}"))
        );
    }
    if way.len() > MOST_HOPS {
        return Err(
            reader.broken("source_profile", format_args!("more than {MOST_HOPS} roles stand in a row"))
        );
    }
    let next = document.profile(&next).ok_or_else(|| {
        reader.broken("source_profile", format_args!("there is no profile `{}`", shown(&next)))
    })?;
    let role = Role::read(&reader, os, &ROLE)?;
    let source = follow(document, path, next, os, way)?;
    Ok(whole(Mode::RamRole { source: Box::new(source), role: Box::new(role) }))
}

/// The mode in lower case; the aliyun CLI takes any case, and guesses where there is none.
fn mode_of(reader: &Reader<'_>) -> Result<String, ProviderError> {
    if let Some(mode) = reader.text("mode")? {
        return Ok(mode.to_ascii_lowercase());
    }
    let has = |keys: &[&str]| {
        keys.iter().try_fold(true, |all, key| Ok::<_, ProviderError>(all && reader.text(key)?.is_some()))
    };
    let guess = if has(&["access_key_id", "access_key_secret"])? {
        if has(&["sts_token"])? {
            "ststoken"
        } else if has(&["ram_role_arn"])? {
            "ramrolearn"
        } else {
            "ak"
        }
    } else if has(&["private_key", "key_pair_name"])? {
        "rsakeypair"
    } else if has(&["ram_role_name"])? {
        "ecsramrole"
    } else if has(&["process_command"])? {
        "external"
    } else if has(&["oidc_provider_arn", "oidc_token_file", "ram_role_arn"])? {
        "oidc"
    } else if has(&["cloud_sso_sign_in_url"])? {
        "cloudsso"
    } else if has(&["bearer_token"])? {
        "bearertoken"
    } else {
        return Err(reader.broken("mode", "it has no `mode`, and nothing to tell it by"));
    };
    Ok(guess.to_owned())
}

/// One profile, with its place.
struct Reader<'a> {
    place: Place<'a>,
    document: &'a Document<'a>,
    profile: &'a Members<'a>,
}

impl Reader<'_> {
    fn mode(&self, mode: &str, os: &Os) -> Result<Mode, ProviderError> {
        Ok(match mode {
            "ak" => Mode::Key(self.key(None)?),
            "ststoken" => Mode::Key(self.key(Some(self.required("sts_token")?))?),
            // The SDKs leave the token out, and are then refused: a temporary key is none without it.
            "ramrolearn" => self.role(Mode::Key(self.key(self.text("sts_token")?)?), os)?,
            "ecsramrole" => self.ecs()?,
            "ramrolearnwithrolename" => self.role(self.ecs()?, os)?,
            "oidc" => {
                let provider = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
                let provider_arn = self.required_or_variable(os, "oidc_provider_arn", provider)?;
                let file = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
                let token_file = self.required_or_variable(os, "oidc_token_file", file)?;
                Mode::OidcRole {
                    provider_arn: OidcProviderArn::try_from(provider_arn.as_str())
                        .map_err(|error| self.broken("oidc_provider_arn", error))?,
                    token_file: token_file.as_str().into(),
                    role: Box::new(Role::read(self, os, &ROLE)?),
                }
            }
            "external" => {
                self.allowed(os)?;
                Mode::ExternalProcess(self.required("process_command")?.to_string())
            }
            "credentialsuri" => {
                self.allowed(os)?;
                let uri =
                    self.required_or_variable(os, "credentials_uri", "ALIBABA_CLOUD_CREDENTIALS_URI")?;
                Mode::CredentialsUri(uri.to_string())
            }
            "cloudsso" => {
                for key in ["cloud_sso_sign_in_url", "cloud_sso_account_id", "cloud_sso_access_config"] {
                    self.required(key)?;
                }
                if self.text("access_token")?.is_none() {
                    let problem =
                        "there is no `access_token`; log in with `aliyun configure --mode CloudSSO`";
                    return Err(self.broken("access_token", problem));
                }
                Mode::CloudSso
            }
            "oauth" => Mode::OAuth,
            "rsakeypair" => {
                let problem = "`RsaKeyPair` is not supported, and deprecated by the service; use an access key or a role";
                return Err(self.broken("mode", problem));
            }
            "bearertoken" => {
                let problem = "a bearer token is no access key, and STS takes none; use a profile with one or with a role";
                return Err(self.broken("mode", problem));
            }
            "anonymous" => {
                let problem = "`Anonymous` is a profile without credentials; use another";
                return Err(self.broken("mode", problem));
            }
            _ => {
                let problem = "its `mode` is unknown; there are `AK`, `StsToken`, `RamRoleArn`, `ChainableRamRoleArn`, \
                               `EcsRamRole`, `OIDC`, `CredentialsURI`, `External`, `CloudSSO` and `OAuth`";
                return Err(self.broken("mode", problem));
            }
        })
    }

    fn role(&self, source: Mode, os: &Os) -> Result<Mode, ProviderError> {
        let (path, name) = (self.place.path.to_owned(), self.profile.name.clone());
        let source = Profile { provider: NAME, path, name, mode: source };
        Ok(Mode::RamRole { source: Box::new(source), role: Box::new(Role::read(self, os, &ROLE)?) })
    }

    fn ecs(&self) -> Result<Mode, ProviderError> {
        Ok(Mode::EcsRamRole { role_name: self.text("ram_role_name")?.map(|name| name.to_string()) })
    }

    fn key(&self, token: Option<Zeroizing<String>>) -> Result<Credentials, ProviderError> {
        let (id, secret) = (self.required("access_key_id")?, self.required("access_key_secret")?);
        let credentials = Credentials::new(id.as_str(), secret.as_str());
        let credentials = match token {
            Some(token) => credentials.with_security_token(token.as_str()),
            None => credentials,
        };
        check_usable(&credentials).map_err(|error| self.broken("access_key_id", error))?;
        Ok(credentials)
    }

    /// The aliyun CLI's switch against profiles that start programs or ask addresses.
    fn allowed(&self, os: &Os) -> Result<(), ProviderError> {
        const SWITCH: &str = "ALIBABA_CLOUD_DISABLE_EXTERNAL_PROCESS";
        let is_one = os
            .variable(SWITCH)
            .map_err(|error| self.broken("mode", error))?
            .is_some_and(|value| value == "1");
        if is_one || is_true(os, SWITCH).map_err(|error| self.broken("mode", error))? {
            return Err(self.broken("mode", format_args!("`{SWITCH}` forbids this mode")));
        }
        Ok(())
    }
}

impl Fields for Reader<'_> {
    fn text(&self, key: &str) -> Result<Option<Zeroizing<String>>, ProviderError> {
        let text = self.profile.get::<String>(key);
        let text = text.map_err(|()| self.broken(key, format_args!("`{key}` is not a text")))?;
        Ok(text.filter(|text| !text.is_empty()).map(Zeroizing::new))
    }

    fn number(&self, key: &str) -> Result<Option<u64>, ProviderError> {
        let number = self.profile.get::<u64>(key);
        let number = number.map_err(|()| self.broken(key, format_args!("`{key}` is not a whole number")))?;
        Ok(number.filter(|number| *number != 0))
    }

    fn flag(&self, key: &str) -> Result<Option<bool>, ProviderError> {
        self.profile
            .get(key)
            .map_err(|()| self.broken(key, format_args!("`{key}` is neither `true` nor `false`")))
    }

    fn broken(&self, key: &str, problem: impl Display) -> ProviderError {
        self.place.broken(self.document.position_of(self.profile, key), problem)
    }
}
