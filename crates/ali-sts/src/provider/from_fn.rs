//! A provider out of a function.

use std::borrow::Cow;
use std::fmt;
use sts_types::{Credentials, ProvideCredentials, ProviderError};

/// A provider that calls a function of yours each time it is asked: what [`from_fn`] makes.
#[derive(Clone)]
pub struct FromFn<F> {
    name: Cow<'static, str>,
    function: F,
}

/// Makes a provider out of an async function. `name` is what `Debug` and [`Credentials::provider_name`] show; credentials
/// that have a name already keep it.
///
/// ```
/// use ali_sts::provider::{self, Chain};
/// use ali_sts::{Credentials, ProvideCredentials as _, ProviderError, ProviderErrorKind};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), ProviderError> {
/// let vault = provider::from_fn("vault", || async {
///     // Ask yours. What is not set up here at all lets a chain go on:
///     Err(ProviderError::new(ProviderErrorKind::NotConfigured, "vault", "`VAULT_ADDR` is not set"))
/// });
/// let chain = Chain::first(vault).or_else(Credentials::new("id", "secret"));
/// assert_eq!(chain.provide_credentials().await?.access_key_id(), "id");
/// # Ok(())
/// # }
/// ```
pub fn from_fn<F, R>(name: impl Into<Cow<'static, str>>, function: F) -> FromFn<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<Credentials, ProviderError>> + Send,
{
    FromFn { name: name.into(), function }
}

impl<F, R> ProvideCredentials for FromFn<F>
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Result<Credentials, ProviderError>> + Send,
{
    async fn provide_credentials(&self) -> Result<Credentials, ProviderError> {
        let credentials = (self.function)().await?;
        Ok(match credentials.provider_name() {
            Some(_) => credentials,
            None => credentials.with_provider_name(self.name.clone()),
        })
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FromFn").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::from_fn;
    use sts_types::{Credentials, ProvideCredentials as _};

    #[tokio::test]
    async fn what_has_no_name_gets_one() {
        let plain = from_fn("mine", || async { Ok(Credentials::new("id", "secret")) });
        assert_eq!(plain.provide_credentials().await.unwrap().provider_name(), Some("mine"));
        let named =
            from_fn("mine", || async { Ok(Credentials::new("id", "secret").with_provider_name("theirs")) });
        assert_eq!(named.provide_credentials().await.unwrap().provider_name(), Some("theirs"));
        assert_eq!(format!("{named:?}"), r#"FromFn("mine")"#);
    }
}
