//! Sources one after the other.

use crate::clock::Clock;
use crate::provider::explanation::{Attempt, Explanation};
use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use sts_types::ProviderErrorKind::NotConfigured;
use sts_types::{Credentials, ProvideCredentials, ProviderError, ProviderErrorKind, SharedProvider};

const NAME: &str = "chain";

/// Asks one source after the other, until one is set up.
///
/// A source that is *not configured* is passed over. One that is set up and gives none, whatever the reason, **ends the chain**
/// with an error that lists all that were asked: were the next one asked, a broken setting would let the program act as
/// somebody else. (The official SDKs for Go, Python, Java and Node go on.)
///
/// The first source that gives credentials is kept, and asked alone from then on. The chain is walked from its start
/// again only when that source fails and what it gave last has expired; credentials that never expire count as
/// expired when their source is no longer configured.
///
/// ```
/// use ali_sts::provider::{Chain, Environment};
/// use ali_sts::{Credentials, ProvideCredentials as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ali_sts::ProviderError> {
/// let chain = Chain::first(Environment::new()).or_else(Credentials::new("id", "secret"));
/// let credentials = chain.provide_credentials().await?;
/// println!("{}", chain.explain().await);
/// # let _ = credentials;
/// # Ok(())
/// # }
/// ```
pub struct Chain {
    links: Vec<Link>,
    clock: Clock,
    kept: Mutex<Option<Kept>>,
}

struct Link {
    name: Cow<'static, str>,
    provider: SharedProvider,
}

/// The source that gave credentials.
#[derive(Clone, Copy)]
struct Kept {
    index: usize,
    /// Of what it gave last.
    expiration: Option<SystemTime>,
}

impl Chain {
    /// A chain of one source.
    #[must_use]
    pub fn first(provider: impl ProvideCredentials) -> Self {
        Self::empty().or_else(provider)
    }

    pub(super) fn empty() -> Self {
        Self { links: Vec::new(), clock: Clock::default(), kept: Mutex::new(None) }
    }

    /// Adds a source, to be asked when all before it are not configured.
    #[must_use]
    pub fn or_else(self, provider: impl ProvideCredentials) -> Self {
        let name = match provider.fixed_credentials() {
            Some(credentials) => credentials.provider_name().unwrap_or("static").to_owned(),
            None => format!("{provider:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned(),
        };
        self.link(name, provider)
    }

    /// [`or_else`](Self::or_else), with a name for what is not asked.
    pub(super) fn link(
        mut self,
        name: impl Into<Cow<'static, str>>,
        provider: impl ProvideCredentials,
    ) -> Self {
        self.links.push(Link { name: name.into(), provider: SharedProvider::new(provider) });
        self
    }

    /// The clock that expiry is judged by; default the system's. Give it the client's
    /// ([`Client::clock`](crate::Client::clock)) where that may be off.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Asks the sources from the first on, as if none had been asked before, and tells what each said. The one that is kept stays
    /// kept. Nothing secret is in it.
    pub async fn explain(&self) -> Explanation {
        let mut attempts = Vec::new();
        let mut ended = false;
        for link in &self.links {
            let attempt = if ended {
                Attempt::not_asked(&link.name)
            } else {
                Attempt::of(&link.name, &link.provider.provide_credentials().await)
            };
            ended |= !attempt.goes_on();
            attempts.push(attempt);
        }
        Explanation::new(attempts)
    }

    async fn credentials(&self) -> Result<Credentials, ProviderError> {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kept, link)) = kept.and_then(|kept| Some((kept, self.links.get(kept.index)?))) {
            match link.provider.provide_credentials().await {
                Ok(credentials) => return Ok(self.keep(kept.index, credentials)),
                Err(error) if self.stays(kept, &error) => return Err(failed_later(error)),
                Err(error) => {
                    tracing::debug!(
                        provider = error.provider(),
                        "expired and gave none; walking the chain again"
                    );
                }
            }
        }
        let mut refusals = Vec::new();
        for (index, link) in self.links.iter().enumerate() {
            match link.provider.provide_credentials().await {
                Ok(credentials) => {
                    tracing::debug!(provider = credentials.provider_name(), "gave credentials");
                    return Ok(self.keep(index, credentials));
                }
                Err(error) => {
                    let ends = error.kind() != NotConfigured;
                    refusals.push(error);
                    if ends {
                        break;
                    }
                }
            }
        }
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Err(refused(&refusals))
    }

    fn keep(&self, index: usize, credentials: Credentials) -> Credentials {
        let kept = Kept { index, expiration: credentials.expiration() };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        credentials
    }

    /// Whether the source that failed is still the one to be asked.
    fn stays(&self, kept: Kept, error: &ProviderError) -> bool {
        match kept.expiration {
            Some(expiration) => self.clock.now() < expiration,
            None => error.kind() != NotConfigured,
        }
    }
}

/// What was kept fails. It is not that nothing is configured, whatever the source says.
fn failed_later(error: ProviderError) -> ProviderError {
    if error.kind() != NotConfigured {
        return error;
    }
    let message = format!(
        "it gave credentials before, which have not expired, and gives none now: {}",
        error.message()
    );
    ProviderError::new(ProviderErrorKind::Failed, error.provider().to_owned(), message).with_source(error)
}

/// One error for all of them, of the last one's kind.
fn refused(refusals: &[ProviderError]) -> ProviderError {
    let asked = refusals.iter().map(|error| format!("{}: {}", error.provider(), error.message()));
    let asked = asked.collect::<Vec<_>>().join("; ");
    let Some(last) = refusals.last() else {
        return ProviderError::new(NotConfigured, NAME, "it has no sources");
    };
    let message = match last.kind() {
        NotConfigured => format!("no source is configured ({asked})"),
        _ => {
            format!("`{}` is configured and gave none, so none after it was asked ({asked})", last.provider())
        }
    };
    ProviderError::new(last.kind(), NAME, message).with_source(last.clone())
}

impl ProvideCredentials for Chain {
    fn provide_credentials(&self) -> impl Future<Output = Result<Credentials, ProviderError>> + Send {
        self.credentials()
    }

    fn invalidate(&self, rejected: &Credentials) {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(link) = kept.and_then(|kept| self.links.get(kept.index)) {
            link.provider.invalidate(rejected);
        }
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chain ")?;
        f.debug_list().entries(self.links.iter().map(|link| &link.provider)).finish()
    }
}

#[cfg(test)]
mod tests;
