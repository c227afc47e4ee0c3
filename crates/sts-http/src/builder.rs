//! How a client is put together.

use std::fmt;
use std::time::Duration;

use crate::client::Inner;
use crate::connect::Connector;
use crate::pool::{PoolSettings, Pools};
use crate::{HttpClient, ProxySettings};

/// Sets up an [`HttpClient`]. What is wrong with a setting is said by [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct HttpClientBuilder {
    connect_timeout: Duration,
    read_timeout: Duration,
    max_response_size: usize,
    pool: PoolSettings,
    proxy: ProxySettings,
    #[cfg(feature = "_tls")]
    tls: TlsSettings,
}

#[cfg(feature = "_tls")]
#[derive(Clone, Debug, Default)]
struct TlsSettings {
    extra_roots: ExtraRoots,
    own: Option<rustls::ClientConfig>,
}

/// `None` once one could not be read.
#[cfg(feature = "_tls")]
#[derive(Clone)]
struct ExtraRoots(Option<rustls::RootCertStore>);

impl HttpClientBuilder {
    pub(crate) fn new() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(10),
            max_response_size: 1024 * 1024,
            // No idle time of the service's load balancers is published; a short one of ours makes it rare that a connection is
            // closed at the very moment it is used again.
            pool: PoolSettings { idle_timeout: Duration::from_secs(30), max_idle_per_host: usize::MAX },
            proxy: ProxySettings::none(),
            #[cfg(feature = "_tls")]
            tls: TlsSettings::default(),
        }
    }

    /// The time to make a connection: looking the name up, TCP, the proxy's CONNECT and the TLS handshake together. Default: 5 s.
    /// Zero is [`BuildError::ZeroTimeout`].
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// The time from a request being handed over to its response being read to the end, connecting included; a response that
    /// drips in slowly is bound by it too. Default: 10 s. Zero is [`BuildError::ZeroTimeout`].
    pub fn read_timeout(self, read_timeout: Duration) -> Self {
        Self { read_timeout, ..self }
    }

    /// The largest response body, in bytes. Default: 1 MiB, some hundred times the largest answer of the services this is for. Zero
    /// accepts empty bodies only.
    pub fn max_response_size(self, max_response_size: usize) -> Self {
        Self { max_response_size, ..self }
    }

    /// Which proxy to go through. Default: none.
    pub fn proxy(self, proxy: ProxySettings) -> Self {
        Self { proxy, ..self }
    }

    /// How long an idle connection is kept. Default: 30 s. Zero keeps none.
    pub fn pool_idle_timeout(self, idle_timeout: Duration) -> Self {
        Self { pool: PoolSettings { idle_timeout, ..self.pool }, ..self }
    }

    /// How many idle connections are kept for each host. Default: no limit. Zero keeps none.
    pub fn max_idle_per_host(self, max_idle_per_host: usize) -> Self {
        Self { pool: PoolSettings { max_idle_per_host, ..self.pool }, ..self }
    }

    /// Trusts the root certificates in `pem` (one or more) beside the platform's. Anything unreadable, and text without a
    /// certificate, is [`BuildError::InvalidRootCertificate`].
    #[cfg(feature = "_tls")]
    pub fn add_root_certificate_pem(mut self, pem: &[u8]) -> Self {
        let certificates = crate::trust::parse_pem(pem);
        self.tls.extra_roots.add(certificates);
        self
    }

    /// Trusts the root certificate `der` beside the platform's. An unreadable one is [`BuildError::InvalidRootCertificate`].
    #[cfg(feature = "_tls")]
    pub fn add_root_certificate_der(mut self, der: &[u8]) -> Self {
        self.tls.extra_roots.add(Some(vec![der.to_vec().into()]));
        self
    }

    /// Uses a rustls configuration of your own in place of the one that is made here. Default: none.
    #[cfg(feature = "rustls")]
    pub fn rustls_config(mut self, config: crate::tls::RustlsConfig) -> Self {
        self.tls.own = Some(config.into_inner());
        self
    }

    /// Makes the client. Reads nothing, spawns nothing and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`BuildError`] when a setting cannot be used.
    pub fn build(self) -> Result<HttpClient, BuildError> {
        if self.connect_timeout.is_zero() || self.read_timeout.is_zero() {
            return Err(BuildError::ZeroTimeout);
        }
        #[cfg(feature = "_tls")]
        let tls = {
            let roots = self.tls.extra_roots.0.ok_or(BuildError::InvalidRootCertificate)?;
            crate::trust::Tls::new(self.tls.own, roots)
        };
        let connector = Connector::new(
            self.connect_timeout,
            self.proxy.build()?,
            #[cfg(feature = "_tls")]
            tls,
        );
        Ok(HttpClient::from_inner(Inner {
            pools: Pools::new(self.pool),
            connector,
            read_timeout: self.read_timeout,
            max_response_size: self.max_response_size,
        }))
    }
}

#[cfg(feature = "_tls")]
impl ExtraRoots {
    fn add(&mut self, certificates: Option<Vec<rustls::pki_types::CertificateDer<'static>>>) {
        let Some(mut roots) = self.0.take() else { return };
        let Some(certificates) = certificates else { return };
        if certificates.into_iter().all(|certificate| roots.add(certificate).is_ok()) {
            self.0 = Some(roots);
        }
    }
}

#[cfg(feature = "_tls")]
impl Default for ExtraRoots {
    fn default() -> Self {
        Self(Some(rustls::RootCertStore::empty()))
    }
}

#[cfg(feature = "_tls")]
impl fmt::Debug for ExtraRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(roots) => write!(f, "{} added", roots.len()),
            None => f.write_str("unreadable"),
        }
    }
}

/// Why a client could not be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A timeout of zero: no call could succeed.
    ZeroTimeout,
    /// A proxy's URL cannot be read or has a scheme that is not spoken here. The URL is not repeated: it may hold a password.
    InvalidProxy,
    /// An added root certificate cannot be read.
    InvalidRootCertificate,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ZeroTimeout => "a timeout of zero lets no call succeed; leave it out for the default",
            Self::InvalidProxy => {
                "the proxy's URL cannot be used; write `http://`, `https://` or `socks5://`, the host and the port"
            }
            Self::InvalidRootCertificate => {
                "an added root certificate cannot be read; pass X.509 certificates in PEM or DER"
            }
        })
    }
}

impl std::error::Error for BuildError {}
