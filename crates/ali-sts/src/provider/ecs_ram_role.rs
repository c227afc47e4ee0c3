//! Credentials of the RAM role of the ECS instance that this program runs on.

use crate::clock;
use crate::os::Os;
use crate::provider::fetch::{self, Fetch, Limits, request, sensitive};
use crate::provider::profile::is_true;
use crate::reply::document;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use sts_http::{Error, ErrorKind, ProxySettings};
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, Secret};
use tokio::time::Instant;

const NAME: &str = "ecs_ram_role";

const ADDRESS: &str = "http://100.100.100.200";
const TOKEN_PATH: &str = "/latest/api/token";
const ROLES_PATH: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token");
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token-ttl-seconds");

/// The longest lifetime that may be asked for.
const TTL: Duration = Duration::from_secs(21_600);
/// A token is not used in the last part of its life: it must not end on its way.
const TTL_MARGIN: Duration = Duration::from_secs(120);

/// The service is one hop away: off ECS this second is what asking it costs. The answer takes its time from the same.
const LIMITS: Limits = Limits { connect: Duration::from_secs(1), answer: Duration::from_secs(2) };

const ROLE_VARIABLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";
/// No official SDK has one; these are of reqsign and of ack-ram-tool.
const ENDPOINT_VARIABLES: [&str; 2] =
    ["ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT", "ALIBABA_CLOUD_IMDS_ENDPOINT"];

/// Provides the credentials of the RAM role that is attached to the ECS instance, from its metadata service (`http://100.100.100.200`).
///
/// Each time it is asked it fetches them anew, by hardened requests (v2): a token first, which is kept for most of its six hours, then the
/// credentials. The service renews them itself, well before they expire. It is never asked through a proxy, whatever the
/// variables say, and nothing is tried twice here.
///
/// * **The v1 rule**: where the service gives no token, it is asked without one, unless
///   [`require_token`](Self::require_token) or `ALIBABA_CLOUD_IMDSV1_DISABLED` = `true` forbids that. A request with a token that fails is not
///   repeated without one; one that is refused because of a kept token is repeated with a new one.
/// * **Not configured**, so that a chain goes on: `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`; no connection within a second;
///   no role is attached (404 for the list of roles). Anything else that fails is *broken*.
/// * The documents have at most 1 MiB, an answer takes at most 2 s.
///
/// ```no_run
/// use ali_sts::{Client, provider::EcsRamRole};
///
/// # fn example() -> Result<(), ali_sts::Error> {
/// // The role is looked up; to save one request, name it.
/// let sts = Client::new(EcsRamRole::new().role_name("app"))?;
/// # Ok(())
/// # }
/// ```
pub struct EcsRamRole {
    role_name: Option<String>,
    endpoint: Option<String>,
    token_required: bool,
    os: Os,
    token: Mutex<Option<Token>>,
}

/// A token and what it is good for.
#[derive(Clone)]
struct Token {
    text: Secret,
    base: Uri,
    asked: Instant,
}

/// What to ask, and how.
struct Metadata {
    fetch: Fetch,
    base: Uri,
    token_required: bool,
    /// A token that was asked for since then is as new as can be.
    started: Instant,
}

impl EcsRamRole {
    /// The role that is attached to this instance.
    #[must_use]
    pub fn new() -> Self {
        Self {
            role_name: None,
            endpoint: None,
            token_required: false,
            os: Os::process(),
            token: Mutex::new(None),
        }
    }

    /// The role's name; default what `ALIBABA_CLOUD_ECS_METADATA` says, and without that the service is asked for it each time.
    #[must_use]
    pub fn role_name(mut self, name: impl Into<String>) -> Self {
        self.role_name = Some(name.into());
        self
    }

    /// Where the service is: `https`, or `http` at an address of this machine or its surroundings (loopback, link-local,
    /// `100.100.100.200`). Default what `ALIBABA_CLOUD_ECS_METADATA_SERVICE_ENDPOINT` or `ALIBABA_CLOUD_IMDS_ENDPOINT` says, and
    /// without those `http://100.100.100.200`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Never asks without a token (v1); default what `ALIBABA_CLOUD_IMDSV1_DISABLED` says, and without that it does where there is none.
    #[must_use]
    pub fn require_token(mut self) -> Self {
        self.token_required = true;
        self
    }

    /// Another environment than the process's.
    #[cfg(test)]
    pub(crate) fn with_os(mut self, os: Os) -> Self {
        self.os = os;
        self
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        if self.is_true(DISABLED)? {
            return Err(not_configured(format!("`{DISABLED}` is `true`")));
        }
        let metadata = Metadata {
            fetch: Fetch::new(NAME, LIMITS, ProxySettings::none())?,
            base: self.base()?,
            token_required: self.token_required || self.is_true(V1_DISABLED)?,
            started: clock::instant(),
        };
        let named = match &self.role_name {
            Some(name) => Some(name.clone()),
            None => self.variable(ROLE_VARIABLE)?,
        };
        let role = match named.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => role(name).ok_or_else(|| {
                invalid(format!("the name of the role is none; correct it, or leave `{ROLE_VARIABLE}` out"))
            })?,
            None => self.attached_role(&metadata).await?,
        };
        let response = self.get(&metadata, &format!("{ROLES_PATH}{role}")).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(invalid(format!(
                    "the instance has no role `{role}` (HTTP 404); attach it, or leave the name out to take the one that is"
                )));
            }
            status => return Err(refused(status)),
        }
        let credentials = document::credentials(response.body());
        let credentials = credentials.map_err(|problem| {
            failed(format!("the metadata service's document of role `{role}` cannot be used: {problem}"))
        })?;
        Ok(credentials.with_provider_name(NAME))
    }

    async fn attached_role(&self, metadata: &Metadata) -> Result<String, ProviderError> {
        let response = self.get(metadata, ROLES_PATH).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(not_configured("no RAM role is attached to this ECS instance; attach one"));
            }
            status => return Err(refused(status)),
        }
        // An instance has one role; the list has a line for it.
        let first = response.body().trim_ascii().split(|byte| *byte == b'\n').next().unwrap_or_default();
        let first = std::str::from_utf8(first).ok().and_then(|line| role(line.trim()));
        first.ok_or_else(|| {
            failed("the metadata service's list of roles names none; is something else answering?")
        })
    }

    /// A GET with a token, and with a new one if a kept one is refused.
    async fn get(&self, metadata: &Metadata, path: &str) -> Result<Response<Bytes>, ProviderError> {
        if let Some(kept) = self.kept_token(metadata) {
            let response = metadata.get(path, Some(&kept.text)).await.map_err(unreachable)?;
            let refused = matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            if !refused || kept.asked >= metadata.started {
                return Ok(response);
            }
        }
        let token = self.new_token(metadata).await?;
        metadata.get(path, token.as_ref()).await.map_err(unreachable)
    }

    fn kept_token(&self, metadata: &Metadata) -> Option<Token> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |token: &&Token| {
            token.base == metadata.base && clock::instant() < token.asked + (TTL - TTL_MARGIN)
        };
        kept.as_ref().filter(is_good).cloned()
    }

    /// A token from the service; none where it gives none and may be asked without one.
    async fn new_token(&self, metadata: &Metadata) -> Result<Option<Secret>, ProviderError> {
        let asked = clock::instant();
        let problem = match metadata.token().await {
            Ok(text) => {
                let token = Token { text: text.clone(), base: metadata.base.clone(), asked };
                *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
                return Ok(Some(text));
            }
            Err(NoToken::Unreachable(error)) => return Err(unreachable(error)),
            Err(NoToken::Refused(problem)) => problem,
        };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if metadata.token_required {
            return Err(failed(format!(
                "the metadata service gave no token ({problem}) and must not be asked without one; in a container, raise the \
                 instance's hop limit for metadata"
            )));
        }
        tracing::debug!(problem, "metadata without a token");
        Ok(None)
    }

    fn base(&self) -> Result<Uri, ProviderError> {
        let mut endpoint = self.endpoint.clone();
        for name in ENDPOINT_VARIABLES {
            if endpoint.is_none() {
                endpoint = self.variable(name)?;
            }
        }
        let base = fetch::source(endpoint.as_deref().unwrap_or(ADDRESS));
        let base = base.map_err(|problem| {
            invalid(format!("the metadata service's endpoint cannot be used: {problem}"))
        })?;
        if !matches!(base.path(), "" | "/") || base.query().is_some() {
            return Err(invalid(
                "the metadata service's endpoint cannot be used: leave path and query out of it",
            ));
        }
        Ok(base)
    }

    fn is_true(&self, name: &str) -> Result<bool, ProviderError> {
        is_true(&self.os, name).map_err(|error| invalid(error.to_string()))
    }

    fn variable(&self, name: &str) -> Result<Option<String>, ProviderError> {
        self.os.variable(name).map_err(|error| invalid(error.to_string()))
    }
}

/// Why there is no token.
enum NoToken {
    /// There is nobody to ask for anything else either.
    Unreachable(Error),
    /// In the words of a message.
    Refused(String),
}

impl Metadata {
    async fn token(&self) -> Result<Secret, NoToken> {
        let refused = |problem: &str| NoToken::Refused(problem.to_owned());
        let uri = self.uri(TOKEN_PATH).ok_or_else(|| refused("no URI"))?;
        let mut put = request(Method::PUT, uri);
        put.headers_mut().insert(TOKEN_TTL, HeaderValue::from(TTL.as_secs()));
        let response = match self.fetch.send(put).await {
            Ok(response) => response,
            Err(error) if is_unreachable(&error) => return Err(NoToken::Unreachable(error)),
            Err(error) => return Err(refused(&error.to_string())),
        };
        if response.status() != StatusCode::OK {
            return Err(NoToken::Refused(format!("HTTP {}", response.status().as_u16())));
        }
        let text = std::str::from_utf8(response.body().trim_ascii()).unwrap_or_default();
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_token { Ok(Secret::new(text)) } else { Err(refused("its answer is no token")) }
    }

    async fn get(&self, path: &str, token: Option<&Secret>) -> Result<Response<Bytes>, Error> {
        let uri = self.uri(path).ok_or(ErrorKind::InvalidRequest)?;
        let mut get = request(Method::GET, uri);
        let token = token.and_then(|token| sensitive(token.expose_secret()));
        get.headers_mut().extend(token.map(|token| (TOKEN, token)));
        self.fetch.send(get).await
    }

    fn uri(&self, path: &str) -> Option<Uri> {
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(path.parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// A role's name as RAM allows it. It becomes part of a path, so nothing else may hide in it.
fn role(text: &str) -> Option<String> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let fine =
        (1..=64).contains(&text.len()) && text.bytes().all(is_name) && text.bytes().any(|byte| byte != b'.');
    fine.then(|| text.to_owned())
}

fn is_unreachable(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Connect | ErrorKind::ConnectTimeout)
}

fn unreachable(error: Error) -> ProviderError {
    if is_unreachable(&error) {
        not_configured(
            "no metadata service can be reached; this is no ECS instance, or something is in between",
        )
        .with_source(error)
    } else {
        failed("the metadata service did not answer as it should").with_source(error)
    }
}

fn refused(status: StatusCode) -> ProviderError {
    let status = status.as_u16();
    failed(match status {
        401 | 403 => format!(
            "the metadata service refused (HTTP {status}); does it ask for tokens that it does not give here?"
        ),
        _ => format!("the metadata service answered HTTP {status}; ask again later"),
    })
}

fn not_configured(message: impl Into<std::borrow::Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::NotConfigured, NAME, message)
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Invalid, NAME, message)
}

fn failed(message: impl Into<std::borrow::Cow<'static, str>>) -> ProviderError {
    ProviderError::new(ProviderErrorKind::Failed, NAME, message)
}

impl Default for EcsRamRole {
    fn default() -> Self {
        Self::new()
    }
}

impl ProvideCredentials for EcsRamRole {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

/// Not the endpoint: it is not checked yet, and a password may be in it.
impl fmt::Debug for EcsRamRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcsRamRole").field("role_name", &self.role_name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
