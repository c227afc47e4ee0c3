//! What TLS trusts and speaks, set up when https is first needed.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

use crate::ErrorKind;
use crate::error::Failure;

/// What TLS needs, made when it is first asked for.
pub(crate) struct Tls {
    own: Option<ClientConfig>,
    extra_roots: Arc<RootCertStore>,
    ready: OnceCell<TlsConfigs>,
}

#[derive(Clone)]
pub(crate) struct TlsConfigs {
    /// For servers: h2 and HTTP/1.1.
    pub(crate) server: Arc<ClientConfig>,
    /// For https proxies, which are spoken to in HTTP/1.1 alone.
    pub(crate) proxy: Arc<ClientConfig>,
}

impl Tls {
    pub(crate) fn new(own: Option<ClientConfig>, extra_roots: RootCertStore) -> Self {
        Self { own, extra_roots: Arc::new(extra_roots), ready: OnceCell::new() }
    }

    /// Reading the platform's roots is file work, hence the blocking thread. A failure is not kept: the next call tries again.
    pub(crate) async fn configs(&self) -> Result<&TlsConfigs, Failure> {
        self.ready
            .get_or_try_init(|| async {
                if let Some(config) = &self.own {
                    return Ok(with_protocols(config.clone()));
                }
                let extra = Arc::clone(&self.extra_roots);
                tokio::task::spawn_blocking(move || default_config(&extra))
                    .await
                    // The runtime is shutting down.
                    .unwrap_or_else(|_| Err(ErrorKind::NoRuntime.into()))
                    .map(with_protocols)
            })
            .await
    }
}

/// The root certificates in `pem`, at least one.
pub(crate) fn parse_pem(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    use rustls::pki_types::pem::PemObject;

    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.ok().filter(|certificates| !certificates.is_empty())
}

fn with_protocols(mut config: ClientConfig) -> TlsConfigs {
    if config.alpn_protocols.is_empty() {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    let mut proxy = config.clone();
    proxy.alpn_protocols = vec![b"http/1.1".to_vec()];
    TlsConfigs { server: Arc::new(config), proxy: Arc::new(proxy) }
}

fn default_config(extra: &RootCertStore) -> Result<ClientConfig, Failure> {
    let unavailable = |text: &'static str| Failure::new(ErrorKind::TlsUnavailable, text);
    // The provider is always named: the process's default belongs to the program.
    let provider = provider().ok_or_else(|| {
        unavailable("built without a TLS provider; turn on the feature `ring` or `aws-lc-rs`")
    })?;
    let mut roots = platform_roots();
    if roots.is_empty() {
        roots.extend(bundled_roots());
    }
    roots.extend(extra.roots.iter().cloned());
    if roots.is_empty() {
        return Err(unavailable(
            "no trusted root certificate found; install the platform's or turn on the feature `webpki-roots`",
        ));
    }
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| unavailable("the TLS provider supports no protocol version in use"))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The platform's roots. A certificate that cannot be read is passed over: stores hold a few odd ones.
#[cfg(feature = "native-roots")]
fn platform_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

#[cfg(not(feature = "native-roots"))]
fn platform_roots() -> RootCertStore {
    RootCertStore::empty()
}

/// The roots inside the program, for where the platform has none.
#[cfg(feature = "webpki-roots")]
fn bundled_roots() -> impl Iterator<Item = TrustAnchor<'static>> {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned()
}

#[cfg(not(feature = "webpki-roots"))]
fn bundled_roots() -> impl Iterator<Item = TrustAnchor<'static>> {
    std::iter::empty()
}

fn provider() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "aws-lc-rs")]
    return Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
    return Some(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    None
}
