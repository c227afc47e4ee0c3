//! Credentials of an access configuration of `CloudSSO`, by the login of the aliyun CLI.

use super::login::Login;
use crate::clock::Clock;
use crate::os::{FileError, Os};
use crate::provider::fetch;
use crate::reply::document;
use crate::reply::json::{Object, object, read_object, scalar};
use crate::reply::{CredentialsFields, Text, filled};
use http::Uri;
use serde_core::de::{IgnoredAny, MapAccess};
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use sts_types::{Credentials, ProvideCredentials, ProviderError, Secret};

const NAME: &str = "cloud_sso";
const PATH: &str = "/cloud-credentials";

/// Provides what mode `CloudSSO` says.
///
/// The file is read each time, so that a new login counts. There is nothing to refresh a login with: when its access token has ended,
/// the user must log in again. The credentials are fetched each time (`POST <sign-in host>/cloud-credentials`); those that the CLI keeps
/// in the profile are neither used nor written.
pub(in crate::provider) struct CloudSso {
    login: Login,
    clock: Clock,
}

/// What the profile says.
struct Access {
    sign_in_url: Secret,
    account: Secret,
    configuration: Secret,
    token: Secret,
    ends: SystemTime,
}

impl CloudSso {
    pub(in crate::provider) fn new(os: Os, path: PathBuf, profile: String, clock: Clock) -> Self {
        let login = Login { provider: NAME, mode: "CloudSSO", os, path, profile };
        Self { login, clock }
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let login = self.login.clone();
        let read = self.login.os.off_thread(move |_| access(&login)).await;
        let access = read.map_err(|error: FileError| self.login.failed(error.to_string()))??;
        if access.ends <= self.clock.now() {
            return Err(self.login.ended("the login has ended"));
        }
        let uri = endpoint(access.sign_in_url.expose_secret());
        let uri = uri.map_err(|problem| {
            self.login.invalid(format!("`cloud_sso_sign_in_url` cannot be used: {problem}"))
        })?;
        let body = serde_json::json!({
            "AccountId": access.account.expose_secret(),
            "AccessConfigurationId": access.configuration.expose_secret(),
        });
        let post = self.login.post(uri, &access.token, body.to_string())?;
        let response = self.login.fetch()?.send(post).await;
        let response = response.map_err(|error| {
            self.login.failed("CloudSSO did not answer as it should; ask again later").with_source(error)
        })?;
        let reply = read_object::<Reply<'_>>(response.body());
        let status = response.status();
        if !status.is_success() {
            return Err(self.refused(status.as_u16(), reply.as_ref()));
        }
        let credential = reply.and_then(|reply| reply.credential);
        let credentials =
            credential.ok_or("it has no `CloudCredential`").and_then(|fields| document::whole(&fields));
        let credentials = credentials.map_err(|problem| {
            self.login.failed(format!("the answer of CloudSSO cannot be used: {problem}"))
        })?;
        Ok(credentials.with_provider_name(NAME))
    }

    fn refused(&self, status: u16, reply: Option<&Reply<'_>>) -> ProviderError {
        let code = reply.and_then(|reply| document::name(filled(&reply.error_code)?));
        let said = match code {
            Some(code) => format!("CloudSSO refused (HTTP {status}, `{code}`)"),
            None => format!("CloudSSO refused (HTTP {status})"),
        };
        match status {
            401 => self.login.ended(&said),
            403 | 404 => self.login.invalid(format!("{said}; check account and access configuration")),
            _ => self.login.failed(format!("{said}; ask again later")),
        }
    }
}

fn access(login: &Login) -> Result<Access, ProviderError> {
    login.read(|profile| {
        let required = |key| {
            login.text(profile, key)?.ok_or_else(|| login.invalid(format!("`{key}` is missing or empty")))
        };
        let (sign_in_url, account) = (required("cloud_sso_sign_in_url")?, required("cloud_sso_account_id")?);
        let configuration = required("cloud_sso_access_config")?;
        let token = login.text(profile, "access_token")?;
        let ends = login.number(profile, "cloud_sso_access_token_expire")?;
        let ends = ends.and_then(|ends| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(ends)));
        match (token, ends) {
            (Some(token), Some(ends)) => Ok(Access { sign_in_url, account, configuration, token, ends }),
            _ => Err(login.ended("nobody has logged in yet")),
        }
    })
}

/// Beside the sign-in page: the same host, and the same port.
fn endpoint(sign_in_url: &str) -> Result<Uri, &'static str> {
    let mut parts = fetch::source(sign_in_url.trim())?.into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static(PATH));
    Uri::from_parts(parts).map_err(|_| "it is not a URL")
}

#[derive(Default)]
struct Reply<'a> {
    credential: Option<CredentialsFields<'a>>,
    error_code: Text<'a>,
}

impl<'de> Object<'de> for Reply<'de> {
    fn member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "CloudCredential" => object(&mut self.credential, map),
            "ErrorCode" => scalar(&mut self.error_code, map),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl ProvideCredentials for CloudSso {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

impl fmt::Debug for CloudSso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Login { path, profile, .. } = &self.login;
        f.debug_struct("CloudSso").field("path", path).field("profile", profile).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
