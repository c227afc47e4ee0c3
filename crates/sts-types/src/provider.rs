//! How credentials are asked for.

use crate::Credentials;
use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A source of credentials.
///
/// ```
/// use sts_types::{Credentials, ProvideCredentials, ProviderError, SharedProvider};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// impl ProvideCredentials for Vault {
///     async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
///         Ok(Credentials::new("id", "secret").with_provider_name("vault"))
///     }
/// }
///
/// let shared = SharedProvider::new(Vault); // one type for any source; cheap to clone
/// # let _ = shared;
/// ```
pub trait ProvideCredentials: fmt::Debug + Send + Sync + 'static {
    /// Gives the credentials to sign the next request with.
    ///
    /// # Errors
    ///
    /// [`ProviderErrorKind::NotConfigured`] when this source is not set up at all, so that a chain may ask the next
    /// one; any other kind ends the chain.
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send;

    /// The credentials of a source that always gives the same ones, so that nobody caches or awaits them; default
    /// none.
    fn fixed_credentials(&self) -> Option<&Credentials> {
        None
    }

    /// Whether this source keeps its credentials and renews them in time, so that nobody wraps it in a cache; default no.
    fn is_cached(&self) -> bool {
        false
    }

    /// Tells that a service refused these credentials, so that a source that keeps them asks for others; default
    /// nothing. A source made of other sources passes it on.
    fn invalidate(&self, rejected: &Credentials) {
        let _ = rejected;
    }
}

/// Credentials provide themselves.
impl ProvideCredentials for Credentials {
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        Ok(self.clone())
    }

    fn fixed_credentials(&self) -> Option<&Credentials> {
        Some(self)
    }
}

/// A provider can be shared as it is.
impl<P: ProvideCredentials> ProvideCredentials for Arc<P> {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        P::provide_credentials(self)
    }

    fn fixed_credentials(&self) -> Option<&Credentials> {
        P::fixed_credentials(self)
    }

    fn is_cached(&self) -> bool {
        P::is_cached(self)
    }

    fn invalidate(&self, rejected: &Credentials) {
        P::invalidate(self, rejected);
    }
}

/// Any provider behind one cheap, cloneable handle.
#[derive(Clone)]
pub struct SharedProvider(Arc<dyn DynProvide>);

impl SharedProvider {
    /// Erases the provider's type.
    #[must_use]
    pub fn new(provider: impl ProvideCredentials) -> Self {
        Self(Arc::new(provider))
    }
}

impl ProvideCredentials for SharedProvider {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.0.provide()
    }

    fn fixed_credentials(&self) -> Option<&Credentials> {
        self.0.fixed()
    }

    fn is_cached(&self) -> bool {
        self.0.cached()
    }

    fn invalidate(&self, rejected: &Credentials) {
        self.0.rejected(rejected);
    }
}

impl fmt::Debug for SharedProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The object-safe twin of [`ProvideCredentials`].
trait DynProvide: fmt::Debug + Send + Sync {
    fn provide(&self) -> Pin<Box<dyn Future<Output = Result<Credentials, ProviderError>> + Send + '_>>;
    fn fixed(&self) -> Option<&Credentials>;
    fn cached(&self) -> bool;
    fn rejected(&self, rejected: &Credentials);
}

impl<T: ProvideCredentials> DynProvide for T {
    fn provide(&self) -> Pin<Box<dyn Future<Output = Result<Credentials, ProviderError>> + Send + '_>> {
        Box::pin(self.provide_credentials())
    }

    fn fixed(&self) -> Option<&Credentials> {
        self.fixed_credentials()
    }

    fn cached(&self) -> bool {
        self.is_cached()
    }

    fn rejected(&self, rejected: &Credentials) {
        self.invalidate(rejected);
    }
}

/// Why a provider gave no credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProviderErrorKind {
    /// The source is not set up here. A chain asks the next one.
    NotConfigured,
    /// The source is set up, but wrongly: half-set variables, a malformed file. A chain ends.
    Invalid,
    /// The source is set up and did not answer as it should: the network, the service, a program. A chain ends.
    Failed,
}

/// A provider gave no credentials. The message says which one and what to do; it never holds a secret.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no credentials from {provider}: {message}")]
pub struct ProviderError {
    kind: ProviderErrorKind,
    provider: Cow<'static, str>,
    message: Cow<'static, str>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ProviderError {
    /// `provider` is the provider's name as in [`Credentials::provider_name`]; `message` must not hold a secret.
    pub fn new(
        kind: ProviderErrorKind,
        provider: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, provider: provider.into(), message: message.into(), source: None }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// What sort of failure it was.
    #[must_use]
    pub fn kind(&self) -> ProviderErrorKind {
        self.kind
    }

    /// The provider's name.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// What `Display` says after the provider's name.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

#[cfg(test)]
mod tests {
    use super::{ProvideCredentials, ProviderError, ProviderErrorKind, SharedProvider};
    use crate::Credentials;
    use std::error::Error;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Context, Poll, Waker};

    #[test]
    fn credentials_provide_themselves_through_the_handle() {
        let shared = SharedProvider::new(Credentials::new("id", "secret"));
        assert_eq!(shared.fixed_credentials().unwrap().access_key_id(), "id");
        let mut future = std::pin::pin!(shared.provide_credentials());
        let Poll::Ready(Ok(credentials)) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("static credentials are ready at once");
        };
        assert_eq!(credentials.access_key_id(), "id");
        assert_eq!(format!("{shared:?}"), r#"Credentials { access_key_id: "id", .. }"#);
    }

    #[test]
    fn the_handle_passes_everything_on() {
        #[derive(Debug, Default)]
        struct Keeper(AtomicU32);
        impl ProvideCredentials for Keeper {
            async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
                Err(ProviderError::new(ProviderErrorKind::Failed, "keeper", "none"))
            }
            fn is_cached(&self) -> bool {
                true
            }
            fn invalidate(&self, rejected: &Credentials) {
                assert_eq!(rejected.access_key_id(), "id");
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let keeper = Arc::new(Keeper::default());
        let shared = SharedProvider::new(Arc::clone(&keeper));
        assert!(shared.is_cached() && !Credentials::new("id", "secret").is_cached());
        shared.invalidate(&Credentials::new("id", "secret"));
        assert_eq!(keeper.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn the_cause_is_the_source_and_not_in_the_message() {
        let cause = "x".parse::<u8>().unwrap_err();
        let error = ProviderError::new(ProviderErrorKind::Invalid, "environment", "half set")
            .with_source(cause.clone());
        assert_eq!(error.to_string(), "no credentials from environment: half set");
        assert_eq!(error.source().unwrap().to_string(), cause.to_string());
    }
}
