//! Credentials of a role, asked for anew before they expire.

use crate::client::Client;
use crate::error::Error;
use crate::operation::assume_role::{AssumeRole, PreparedAssumeRole};
use std::fmt;
use std::time::{Duration, SystemTime};
use sts_types::{Credentials, ErrorKind, ProvideCredentials, ProviderError, ProviderErrorKind};
use tokio::sync::Mutex;

const NAME: &str = "ram_role_arn";

/// Provides the credentials of a role: what [`AssumeRole::into_provider`] makes.
///
/// Credentials are kept and given to everybody who asks, until a sixth of their lifetime (at most five minutes) is left. Then one
/// caller asks for others while the rest wait for it; if that fails, what is still valid is given out for up to 30 s before
/// somebody asks again, and what has expired never is. A caller that is dropped while it asks leaves the asking to the next.
pub struct RamRole {
    request: Result<PreparedAssumeRole, Invalid>,
    client: Client,
    held: Mutex<Option<Held>>,
}

/// What a request for a role cannot be made of.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
struct Invalid(String);

struct Held {
    credentials: Credentials,
    /// When to ask for others.
    refresh: SystemTime,
}

impl AssumeRole<Client> {
    /// A provider that assumes the role when credentials are asked for, and again before they expire: to sign requests of
    /// other services with, or to go from role to role. A value of the wrong form is told when it is first asked.
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
    pub fn into_provider(self) -> RamRole {
        let client = self.client.clone();
        // An input error has no cause of its own, so its text is all of it.
        let request = self.prepare().map_err(|error| Invalid(error.to_string()));
        RamRole { request, client, held: Mutex::new(None) }
    }
}

impl RamRole {
    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let request = self.request.as_ref().map_err(|invalid| {
            ProviderError::new(ProviderErrorKind::Invalid, NAME, "the request for the role is not valid")
                .with_source(invalid.clone())
        })?;
        // Held while asking: whoever comes meanwhile waits for the same answer.
        let mut held = self.held.lock().await;
        let now = self.client.clock().now();
        if let Some(held) = held.as_ref().filter(|held| now < held.refresh) {
            return Ok(held.credentials.clone());
        }
        match request.send().await {
            Ok(out) => {
                let credentials = out.credentials.with_provider_name(NAME);
                // The clock may have been corrected by the very answer.
                let refresh = refresh(&credentials, self.client.clock().now());
                *held = Some(Held { credentials: credentials.clone(), refresh });
                Ok(credentials)
            }
            Err(error) => {
                let now = self.client.clock().now();
                match held.as_mut().filter(|held| is_valid(&held.credentials, now)) {
                    Some(held) => {
                        held.refresh = after_failure(&held.credentials, now);
                        Ok(held.credentials.clone())
                    }
                    None => Err(failed(error)),
                }
            }
        }
    }
}

/// When to ask for others: early enough that a failure leaves time for another try, and not so early that credentials
/// of the shortest lifetime (900 s) are hardly used.
fn refresh(credentials: &Credentials, now: SystemTime) -> SystemTime {
    const EARLIEST: Duration = Duration::from_secs(300);
    let Some(expiration) = credentials.expiration() else {
        return now;
    };
    let left = expiration.duration_since(now).unwrap_or_default();
    expiration.checked_sub(EARLIEST.min(left / 6)).unwrap_or(now)
}

/// When to ask again after a failure while credentials are valid: later, or each of those who wait would ask and fail in turn,
/// and before they expire.
fn after_failure(credentials: &Credentials, now: SystemTime) -> SystemTime {
    const LATEST: Duration = Duration::from_secs(30);
    let left = credentials.expiration().and_then(|expiration| expiration.duration_since(now).ok());
    now.checked_add(LATEST.min(left.unwrap_or_default() / 6)).unwrap_or(now)
}

fn is_valid(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiration().is_some_and(|expiration| now < expiration)
}

fn failed(error: Error) -> ProviderError {
    let kind = match error.kind() {
        ErrorKind::InvalidParameterValue | ErrorKind::Credentials => ProviderErrorKind::Invalid,
        _ => ProviderErrorKind::Failed,
    };
    ProviderError::new(kind, NAME, "the role could not be assumed").with_source(error)
}

impl ProvideCredentials for RamRole {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }
}

/// The request; nothing of the credentials.
impl fmt::Debug for RamRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RamRole").field("request", &self.request).finish_non_exhaustive()
    }
}
