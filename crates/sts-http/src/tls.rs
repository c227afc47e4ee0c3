//! A rustls configuration of your own (feature `rustls`): the one place where this crate's signatures name rustls.
//!
//! ```
//! use sts_http::tls::RustlsConfig;
//!
//! # fn configure(config: rustls::ClientConfig) -> Result<(), sts_http::BuildError> {
//! let client = sts_http::HttpClient::builder().rustls_config(RustlsConfig::from(config)).build()?;
//! # let _ = client;
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::sync::Arc;

use rustls::ClientConfig;

/// A [`rustls::ClientConfig`] to use as it is: its provider, roots, client certificate and verifier. Root certificates added
/// to the builder do not count beside it.
///
/// Where its `alpn_protocols` are empty they become `h2` and `http/1.1`; set them to leave one out.
#[derive(Clone)]
pub struct RustlsConfig(ClientConfig);

impl RustlsConfig {
    pub(crate) fn into_inner(self) -> ClientConfig {
        self.0
    }
}

impl From<ClientConfig> for RustlsConfig {
    fn from(config: ClientConfig) -> Self {
        Self(config)
    }
}

impl From<Arc<ClientConfig>> for RustlsConfig {
    fn from(config: Arc<ClientConfig>) -> Self {
        Self(Arc::unwrap_or_clone(config))
    }
}

impl fmt::Debug for RustlsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RustlsConfig(..)")
    }
}
