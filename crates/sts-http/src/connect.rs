//! The way to a destination: directly or through a proxy, plain or under TLS, all of it within the connect timeout.

use std::future::poll_fn;
#[cfg(feature = "_tls")]
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::Intercept;
use hyper_util::rt::TokioIo;
#[cfg(feature = "_tls")]
use rustls::pki_types::ServerName;
#[cfg(feature = "_tls")]
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::ErrorKind;
use crate::error::Failure;
use crate::proxy::{self, Proxy, Route};
use crate::stream::Stream;
#[cfg(feature = "_tls")]
use crate::trust::{Tls, TlsConfigs};

/// Makes connections.
pub(crate) struct Connector {
    tcp: HttpConnector,
    connect_timeout: Duration,
    proxy: Proxy,
    #[cfg(feature = "_tls")]
    tls: Tls,
}

/// Stands in where TLS is not built in, so that the ways to a destination are written once.
#[cfg(not(feature = "_tls"))]
struct TlsConfigs;

impl Connector {
    pub(crate) fn new(connect_timeout: Duration, proxy: Proxy, #[cfg(feature = "_tls")] tls: Tls) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        // A request is one small write and its answer is waited for.
        tcp.set_nodelay(true);
        // hyper-util divides it by the number of the host's addresses, so that a dead first one leaves time for the next.
        tcp.set_connect_timeout(Some(connect_timeout));
        Self {
            tcp,
            connect_timeout,
            proxy,
            #[cfg(feature = "_tls")]
            tls,
        }
    }

    /// The proxy's rules, which also say what a request carries for it.
    pub(crate) fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Connects to `destination`, or to the proxy before it.
    pub(crate) async fn connect(&self, destination: &Uri) -> Result<Stream, Failure> {
        let secure = is_https(destination);
        let route = self.proxy.route(destination);
        let needs_tls = secure || matches!(&route, Route::Forward(p) | Route::Tunnel(p) if is_https(p.uri()));
        // Before the clock starts: reading root certificates is no fault of the peer.
        let tls = if needs_tls { Some(self.tls_configs().await?) } else { None };

        let establish = async {
            let stream = self.reach(destination, route, tls).await?;
            if secure { over_tls(stream, destination, tls, Peer::Server).await } else { Ok(stream) }
        };
        match tokio::time::timeout(self.connect_timeout, establish).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::ConnectTimeout.into()),
        }
    }

    /// A stream on which the destination is the other end, or a proxy that takes the destination's requests.
    async fn reach(
        &self,
        destination: &Uri,
        route: Route,
        tls: Option<&TlsConfigs>,
    ) -> Result<Stream, Failure> {
        match route {
            Route::Direct => self.tcp("to the server", destination).await,
            Route::Forward(proxy) => self.to_proxy(&proxy, tls).await.map(Stream::proxied),
            Route::Tunnel(proxy) => {
                let mut tunnel =
                    Tunnel::new(proxy.uri().clone(), Given(Some(self.to_proxy(&proxy, tls).await?)));
                if let Some(credentials) = proxy.basic_auth() {
                    tunnel = tunnel.with_auth(credentials.clone());
                }
                let through = tunnel.call(proxy::with_port(destination, 443)).await;
                through.map(TokioIo::into_inner).map_err(|error| Failure::tunnel(&error))
            }
            Route::Socks(proxy) => {
                let mut socks =
                    SocksV5::new(proxy.uri().clone(), Given(Some(self.to_proxy(&proxy, tls).await?)));
                if let Some((user, password)) = proxy.raw_auth() {
                    socks = socks.with_auth(user.to_owned(), password.to_owned());
                }
                let implied = if is_https(destination) { 443 } else { 80 };
                let through = socks.call(proxy::with_port(destination, implied)).await;
                through.map(TokioIo::into_inner).map_err(|error| Failure::tunnel(&error))
            }
        }
    }

    async fn to_proxy(&self, proxy: &Intercept, tls: Option<&TlsConfigs>) -> Result<Stream, Failure> {
        let address = proxy::address(proxy);
        let stream = self.tcp("to the proxy", &address).await?;
        if is_https(&address) { over_tls(stream, &address, tls, Peer::Proxy).await } else { Ok(stream) }
    }

    async fn tcp(&self, what: &'static str, to: &Uri) -> Result<Stream, Failure> {
        let mut tcp = self.tcp.clone();
        poll_fn(|cx| tcp.poll_ready(cx)).await.map_err(|error| Failure::tcp(what, &error))?;
        match tcp.call(to.clone()).await {
            Ok(stream) => Ok(Stream::tcp(stream.into_inner())),
            Err(error) => Err(Failure::tcp(what, &error)),
        }
    }

    #[cfg(feature = "_tls")]
    async fn tls_configs(&self) -> Result<&TlsConfigs, Failure> {
        self.tls.configs().await
    }

    #[cfg(not(feature = "_tls"))]
    #[expect(clippy::unused_async, reason = "the same shape as with TLS")]
    async fn tls_configs(&self) -> Result<&TlsConfigs, Failure> {
        let text = "built without TLS; turn on the feature `ring` or `aws-lc-rs`";
        Err(Failure::new(ErrorKind::TlsUnavailable, text))
    }
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

/// Whom a TLS connection is made with.
enum Peer {
    Server,
    Proxy,
}

#[cfg(feature = "_tls")]
async fn over_tls(
    stream: Stream,
    uri: &Uri,
    tls: Option<&TlsConfigs>,
    peer: Peer,
) -> Result<Stream, Failure> {
    let Some(configs) = tls else { return Err(ErrorKind::TlsUnavailable.into()) };
    let config = match peer {
        Peer::Server => &configs.server,
        Peer::Proxy => &configs.proxy,
    };
    // An IPv6 address has brackets in a URI and none in a certificate.
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(|_| {
        Failure::new(ErrorKind::InvalidRequest, "the host is not a name that a certificate can carry")
    })?;
    match TlsConnector::from(Arc::clone(config)).connect(name, stream).await {
        Ok(tls) => Ok(Stream::tls(tls)),
        Err(error) => Err(Failure::tls(&error)),
    }
}

#[cfg(not(feature = "_tls"))]
#[expect(clippy::unused_async, reason = "the same shape as with TLS")]
async fn over_tls(_: Stream, _: &Uri, _: Option<&TlsConfigs>, _: Peer) -> Result<Stream, Failure> {
    Err(ErrorKind::TlsUnavailable.into())
}

/// A connector that gives away one stream which is there already. hyper-util's tunnels build on a connector; that they get a
/// finished stream keeps our errors out of their wrappings and one set of generated code enough for every combination.
struct Given(Option<Stream>);

impl Service<Uri> for Given {
    type Response = TokioIo<Stream>;
    type Error = Failure;
    type Future = std::future::Ready<Result<TokioIo<Stream>, Failure>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Failure>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        std::future::ready(self.0.take().map(TokioIo::new).ok_or_else(|| ErrorKind::Connect.into()))
    }
}
