//! Credentials of who logged in by OAuth, with the aliyun CLI.

mod refresh;

use super::login::Login;
use crate::clock::Clock;
use crate::os::{FileError, Os};
use crate::reply::document;
use crate::reply::json::{read_object, texts};
use crate::reply::{CredentialsFields, Text, filled};
use http::Uri;
use refresh::Refresh;
use std::fmt;
use std::path::PathBuf;
use sts_types::{Credentials, ProvideCredentials, ProviderError, Secret};

const NAME: &str = "oauth";

/// Where OAuth is served, and the public id of the aliyun CLI there, by `oauth_site_type`.
const SITES: [(&str, &str, &str); 2] = [
    ("CN", "https://oauth.aliyun.com", "4038181954557748008"),
    ("INTL", "https://oauth.alibabacloud.com", "4103531455503354461"),
];

/// Provides what mode `OAuth` says.
///
/// The file is read each time. An access token with less than 20 minutes left (the SDKs' rule) is refreshed, which uses up the refresh
/// token: so the file is locked first and read again, whatever another program has refreshed meanwhile is used, and the new tokens are
/// in the file before anything is done with them. All of this goes on when nobody waits for it any more. If it fails, an access
/// token that is still valid is used.
///
/// The access token then gets the credentials (`POST /v1/exchange`), each time. Those that the CLI keeps in the profile are
/// neither used nor written.
pub(in crate::provider) struct OAuth {
    login: Login,
    clock: Clock,
    /// In the place of the sites' own, for tests.
    base: Option<Uri>,
}

impl OAuth {
    pub(in crate::provider) fn new(os: Os, path: PathBuf, profile: String, clock: Clock) -> Self {
        let login = Login { provider: NAME, mode: "OAuth", os, path, profile };
        Self { login, clock, base: None }
    }

    #[cfg(test)]
    fn with_base(mut self, base: &str) -> Self {
        self.base = Some(base.parse().unwrap());
        self
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let refresh =
            Refresh { login: self.login.clone(), clock: self.clock.clone(), base: self.base.clone() };
        let token = self.login.os.off_thread(move |_| refresh.access_token()).await;
        let token = token.map_err(|error: FileError| self.login.failed(error.to_string()))??;
        let post = self.login.post(uri(&token.base, "/v1/exchange"), &token.text, String::new())?;
        let response = self.login.fetch()?.send(post).await;
        let response = response.map_err(|error| {
            self.login
                .failed("the OAuth service did not answer as it should; ask again later")
                .with_source(error)
        })?;
        let reply = read_object::<Reply<'_>>(response.body());
        let status = response.status();
        if !status.is_success() {
            let error = reply.as_ref().map(|reply| &reply.error);
            return Err(refused(
                &self.login,
                "the OAuth service gave no credentials",
                status.as_u16(),
                error,
            ));
        }
        let credentials =
            reply.ok_or("it is not a JSON object").and_then(|reply| document::whole(&reply.into_fields()));
        let credentials = credentials.map_err(|problem| {
            self.login.failed(format!("the answer of the OAuth service cannot be used: {problem}"))
        })?;
        Ok(credentials.with_provider_name(NAME))
    }
}

/// An access token, and where it is good.
struct AccessToken {
    text: Secret,
    base: Uri,
}

/// `base` has no path of its own.
fn uri(base: &Uri, path: &'static str) -> Uri {
    let mut parts = base.clone().into_parts();
    parts.path_and_query = Some(http::uri::PathAndQuery::from_static(path));
    Uri::from_parts(parts).unwrap_or_else(|_| base.clone())
}

/// What it amounts to that OAuth refused: a bad request is about the login, anything else may pass.
fn refused(login: &Login, what: &str, status: u16, error: Option<&Text<'_>>) -> ProviderError {
    let said = match error.and_then(|error| document::name(filled(error)?)) {
        Some(error) => format!("{what} (HTTP {status}, `{error}`)"),
        None => format!("{what} (HTTP {status})"),
    };
    match status {
        400 | 401 | 403 => login.ended(&said),
        _ => login.failed(format!("{said}; ask again later")),
    }
}

#[derive(Default)]
struct Reply<'a> {
    access_key_id: Text<'a>,
    access_key_secret: Text<'a>,
    security_token: Text<'a>,
    expiration: Text<'a>,
    error: Text<'a>,
}

// The service writes these names so; the Python SDK looks for others.
texts!(Reply {
    "accessKeyId" => access_key_id,
    "accessKeySecret" => access_key_secret,
    "securityToken" => security_token,
    "expiration" => expiration,
    "error" => error,
});

impl<'a> Reply<'a> {
    fn into_fields(self) -> CredentialsFields<'a> {
        CredentialsFields {
            access_key_id: self.access_key_id,
            access_key_secret: self.access_key_secret,
            security_token: self.security_token,
            expiration: self.expiration,
        }
    }
}

impl ProvideCredentials for OAuth {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Login { path, profile, .. } = &self.login;
        f.debug_struct("OAuth").field("path", path).field("profile", profile).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
