//! Credentials that a URI answers with.

use crate::client::builder::proxy_of_environment;
use crate::os::Os;
use crate::provider::fetch::{self, Fetch, USUAL, request, sensitive};
use crate::reply::document;
use http::header::AUTHORIZATION;
use http::{Method, StatusCode};
use std::borrow::Cow;
use std::fmt;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, Secret};

const NAME: &str = "credentials_uri";
const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// Provides the credentials that a URI answers a GET with: a JSON document with `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and
/// `Expiration`, as the metadata service gives it. All four are required; `Code` must be `Success` or absent.
///
/// The URI is `https`, or `http` at a literal address of this machine or its surroundings (loopback, link-local,
/// `100.100.100.200`); a name such as `localhost` is not literal. Official SDKs take any. It is fetched anew each time, within 10 s, up to
/// 1 MiB, and once: redirects are not followed. Proxy variables count for `https` to elsewhere, never for those addresses.
///
/// The URI is treated as secret, as its path or query often is: no error, `Debug` output or log shows it.
///
/// ```no_run
/// use ali_sts::{Client, provider::CredentialsUri};
///
/// # fn example(password: String) -> Result<(), ali_sts::Error> {
/// let local = CredentialsUri::new("http://127.0.0.1:8080/credentials").authorization(format!("Bearer {password}"));
/// let sts = Client::new(local)?;
/// # Ok(())
/// # }
/// ```
pub struct CredentialsUri {
    /// `None` is what the variable says.
    uri: Option<Secret>,
    authorization: Option<Secret>,
    os: Os,
}

impl CredentialsUri {
    /// Credentials of this URI. What is wrong with it is told when it is first asked.
    #[must_use]
    pub fn new(uri: impl Into<String>) -> Self {
        Self { uri: Some(Secret::new(uri)), authorization: None, os: Os::process() }
    }

    /// Credentials of the URI that `ALIBABA_CLOUD_CREDENTIALS_URI` says, which is read each time; *not configured* while it is unset or
    /// empty.
    #[must_use]
    pub fn from_env() -> Self {
        Self { uri: None, authorization: None, os: Os::process() }
    }

    /// The value of the header `Authorization`, such as `Bearer …`; default none is sent. Official SDKs send none.
    #[must_use]
    pub fn authorization(mut self, value: impl Into<Secret>) -> Self {
        self.authorization = Some(value.into());
        self
    }

    /// Another environment than the process's.
    #[cfg(test)]
    pub(crate) fn with_os(mut self, os: Os) -> Self {
        self.os = os;
        self
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let uri = match &self.uri {
            Some(uri) => uri.clone(),
            None => self.variable()?,
        };
        let uri = fetch::source(uri.expose_secret().trim());
        let uri = uri.map_err(|problem| invalid(format!("the credentials URI cannot be used: {problem}")))?;
        let mut get = request(Method::GET, uri);
        if let Some(value) = &self.authorization {
            let value = sensitive(value.expose_secret());
            let value = value.ok_or_else(|| {
                invalid("the authorization for the credentials URI is no header value; is there a line break in it?")
            })?;
            get.headers_mut().insert(AUTHORIZATION, value);
        }
        let proxy = proxy_of_environment(&self.os).map_err(|error| invalid(error.to_string()))?;
        let response = Fetch::new(NAME, USUAL, proxy)?.send(get).await.map_err(|error| {
            failed("the credentials URI did not answer as it should; is what serves it running?")
                .with_source(error)
        })?;
        let status = response.status();
        if status != StatusCode::OK {
            let code = status.as_u16();
            return Err(failed(match code {
                401 | 403 => format!("the credentials URI refused (HTTP {code}); check its authorization"),
                404 => format!("the credentials URI leads to nothing (HTTP {code}); check its path"),
                300..=399 => format!(
                    "the credentials URI leads elsewhere (HTTP {code}); name where the credentials are"
                ),
                _ => format!("the credentials URI answered HTTP {code}; look at what serves it"),
            }));
        }
        let credentials = document::credentials(response.body());
        let credentials = credentials
            .map_err(|problem| failed(format!("the credentials URI's document cannot be used: {problem}")))?;
        Ok(credentials.with_provider_name(NAME))
    }

    fn variable(&self) -> Result<Secret, ProviderError> {
        match self.os.variable(VARIABLE) {
            Ok(Some(uri)) => Ok(Secret::new(uri)),
            Ok(None) => {
                let message = format!("`{VARIABLE}` is not set");
                Err(ProviderError::new(ProviderErrorKind::NotConfigured, NAME, message))
            }
            Err(error) => Err(invalid(error.to_string())),
        }
    }
}

fn invalid(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Invalid, NAME, message)
}

fn failed(message: impl Into<Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Failed, NAME, message)
}

impl ProvideCredentials for CredentialsUri {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsUri").field("from_env", &self.uri.is_none()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
