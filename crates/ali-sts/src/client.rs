//! The client: what it is made of, and the walk of one call.

pub(crate) mod attempt;
pub(crate) mod builder;
pub(crate) mod call;
pub(crate) mod signing;
pub(crate) mod transport;

use crate::client::builder::ClientBuilder;
use crate::client::call::Operation;
use crate::client::signing::{Held, Kept, SignatureScheme, Signing};
use crate::client::transport::Transport;
use crate::clock::Clock;
use crate::error::{CredentialsError, Error, LocalError, UnusableCredentials};
use http::{HeaderMap, Uri};
use std::fmt;
use std::sync::Arc;
use sts_http::RetryPolicy;
use sts_types::{Credentials, ProvideCredentials, SharedProvider};
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

/// A client of STS. Cheap to clone; all clones share connections, credentials and clock.
///
/// Its calls need a tokio runtime with the I/O and time drivers on; without one they end in an error of the kind
/// [`Local`](crate::ErrorKind::Local).
///
/// ```no_run
/// use ali_sts::{Client, Credentials};
/// use std::time::Duration;
///
/// # async fn example() -> Result<(), ali_sts::Error> {
/// let sts = Client::builder().region("cn-hangzhou").credentials(Credentials::new("id", "secret")).build()?;
/// let out = sts
///     .assume_role("acs:ram::123456789012:role/app")
///     .session_name("deploy-42")
///     .duration(Duration::from_secs(900))
///     .send()
///     .await?;
/// println!("{} is valid until {:?}", out.credentials.access_key_id(), out.credentials.expiration());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) endpoint: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) api_version: String,
    pub(crate) provider: Option<SharedProvider>,
    pub(crate) scheme: SignatureScheme,
    /// For a provider that always gives the same credentials.
    pub(crate) fixed: Option<Signing>,
    pub(crate) retry: RetryPolicy,
    pub(crate) clock: Clock,
    pub(crate) transport: Transport,
}

impl Client {
    /// A client for the unified endpoint, `https://sts.aliyuncs.com`, with all defaults.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(credentials: impl ProvideCredentials) -> Result<Self, Error> {
        Self::builder().credentials(credentials).build()
    }

    /// Starts a client whose settings are to be chosen. Nothing need be.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The clock that this client signs by, corrected by what the service's answers taught.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The endpoint's host, and its port where one was given.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.0.endpoint.authority().map_or("", http::uri::Authority::as_str)
    }

    /// The credentials to sign with, ready for it.
    pub(crate) async fn signing(&self, deadline: Instant) -> Result<Held<'_>, Error> {
        match &self.0.fixed {
            Some(fixed) => Ok(Held::Kept(fixed)),
            None => {
                let credentials = self.provided_credentials(deadline).await?;
                Ok(Held::Made(Signing::new(self.0.scheme, credentials)))
            }
        }
    }

    /// [`signing`](Self::signing), with what was prepared for an operation, which is made where it is missing or of other
    /// credentials.
    pub(crate) async fn prepared_signing(
        &self,
        operation: &Operation<'_>,
        kept: &Kept,
        deadline: Instant,
    ) -> Result<Held<'static>, Error> {
        let credentials = self.provided_credentials(deadline).await?;
        Ok(Held::Shared(kept.get(self.0.scheme, credentials, operation)?))
    }

    /// What the provider gives now.
    pub(crate) async fn provided_credentials(&self, deadline: Instant) -> Result<Credentials, Error> {
        let provider = self.0.provider.as_ref().ok_or(CredentialsError::NotGiven)?;
        // Checked when the client was built.
        if let Some(fixed) = provider.fixed_credentials() {
            return Ok(fixed.clone());
        }
        // A timer would panic.
        if Handle::try_current().is_err() {
            return Err(LocalError::new("called outside a tokio runtime; call it from within one").into());
        }
        let Ok(result) = timeout_at(deadline, provider.provide_credentials()).await else {
            return Err(CredentialsError::TimedOut.into());
        };
        let credentials = result.map_err(CredentialsError::Provider)?;
        check_usable(&credentials)?;
        Ok(credentials)
    }
}

/// What cannot be sent, or what a stray line break or quotation mark at the end makes useless.
pub(crate) fn check_usable(credentials: &Credentials) -> Result<(), CredentialsError> {
    let token = credentials.security_token().map(|token| ("security token", token.expose_secret()));
    let secret = credentials.access_key_secret().expose_secret();
    let parts = [("access key id", credentials.access_key_id()), ("access key secret", secret)];
    for (part, text) in parts.into_iter().chain(token) {
        let problem = if text.is_empty() {
            "is empty"
        } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            "has white space or control characters in it"
        } else {
            continue;
        };
        return Err(UnusableCredentials { part, problem }.into());
    }
    Ok(())
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("endpoint", &self.endpoint()).finish_non_exhaustive()
    }
}
