//! Credentials of a role, asked for anew before they expire.

use crate::client::Client;
use crate::error::Error;
use crate::operation::assume_role::{AssumeRole, PreparedAssumeRole};
use crate::provider::Cached;
use std::fmt;
use std::time::Duration;
use sts_types::{Credentials, ErrorKind, ProvideCredentials, ProviderError, ProviderErrorKind};

pub(super) const NAME: &str = "ram_role_arn";

/// Assumes a role each time it is asked. [`AssumeRole::into_provider`] makes one, and puts it in a [`Cached`].
pub struct RamRole {
    request: Result<PreparedAssumeRole, Invalid>,
}

/// What a request for a role cannot be made of.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct Invalid(String);

impl AssumeRole<Client> {
    /// A provider that assumes the role when credentials are asked for, and again before they expire: to sign requests of
    /// other services with, or to go from role to role. A value of the wrong form is told when it is first asked. What has
    /// expired goes by the client's clock.
    ///
    /// ```no_run
    /// use ali_sts::{Client, ProvideCredentials as _};
    ///
    /// # async fn example(sts: Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let app = sts.assume_role("acs:ram::123456789012:role/app").external_id("tenant-7").into_provider();
    /// let for_oss = app.provide_credentials().await?;
    /// // A client that acts as the role, for as long as it likes.
    /// let as_app = Client::new(app)?;
    /// # let _ = (for_oss, as_app);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_provider(self) -> Cached<RamRole> {
        // A call ends by itself; the cache's own limit is for when it does not.
        let timeout = self.client.0.retry.overall().saturating_add(Duration::from_secs(1));
        let clock = self.client.clock().clone();
        Cached::builder(RamRole::new(self)).clock(clock).timeout(timeout).build()
    }
}

impl RamRole {
    fn new(request: AssumeRole<Client>) -> Self {
        // An input error has no cause of its own, so its text is all of it.
        let request = request.prepare().map_err(|error| Invalid(error.to_string()));
        Self { request }
    }
}

pub(super) fn failed(error: Error) -> ProviderError {
    let kind = match error.kind() {
        ErrorKind::InvalidParameterValue | ErrorKind::Credentials => ProviderErrorKind::Invalid,
        _ => ProviderErrorKind::Failed,
    };
    ProviderError::new(kind, NAME, "the role could not be assumed").with_source(error)
}

impl ProvideCredentials for RamRole {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let request = self.request.as_ref().map_err(|invalid| {
            ProviderError::new(ProviderErrorKind::Invalid, NAME, "the request for the role is not valid")
                .with_source(invalid.clone())
        })?;
        let out = request.send().await.map_err(failed)?;
        Ok(out.credentials.with_provider_name(NAME))
    }
}

/// The request; nothing of the credentials.
impl fmt::Debug for RamRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RamRole").field("request", &self.request).finish()
    }
}
