//! The floor: hyper-util's client posts a body that is ready, and collects the reply. No signature, no parsing, no timeout.
//!
//! Twice: for http alone, and able to do https as ali-sts is, which makes the program larger and nothing else.

use super::Contender;
use crate::Result;
use crate::signing::rpc_v1::signed_body;
use crate::workload::{POLICY_BYTES, REPLY};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;

/// For http alone.
pub type Floor = HyperUtil<HttpConnector>;
/// For https too. No roots are loaded.
pub type FloorWithTls = HyperUtil<HttpsConnector<HttpConnector>>;

#[derive(Clone)]
pub struct HyperUtil<C> {
    client: Client<C, Full<Bytes>>,
    uri: Uri,
    body: Bytes,
}

/// A way to make connections.
pub trait Connector: Connect + Clone + Send + Sync + 'static {
    fn new() -> Self;
}

impl Connector for HttpConnector {
    fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector
    }
}

impl Connector for HttpsConnector<HttpConnector> {
    fn new() -> Self {
        let mut connector = <HttpConnector as Connector>::new();
        connector.enforce_http(false);
        let config =
            ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
        builder.enable_all_versions().wrap_connector(connector)
    }
}

impl<C: Connector> Contender for HyperUtil<C> {
    fn new(server: SocketAddr) -> Self {
        let body = signed_body(POLICY_BYTES);
        Self {
            client: Client::builder(TokioExecutor::new()).build(C::new()),
            uri: format!("http://{server}/").parse().expect("a URI"),
            body: body.into(),
        }
    }

    async fn call(&mut self) -> Result<()> {
        let request = Request::post(self.uri.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(USER_AGENT, "floor/0.1.0")
            .body(Full::new(self.body.clone()))?;
        let response = self.client.request(request).await?;
        let reply = response.into_body().collect().await?.to_bytes();
        assert_eq!(reply.len(), REPLY.len());
        Ok(())
    }
}
