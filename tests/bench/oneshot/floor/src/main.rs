//! One POST and its reply with hyper-util, hyper-rustls and the proxy variables, and nothing else.
//!
//! TLS is set up when the client is made, which is the plain way; with the feature `lazy` only for https.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// As long as a signed AssumeRole.
const BODY: &[u8] = &[b'x'; 420];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let url = std::env::args().nth(1).ok_or("which URL?")?;

    let proxy = Matcher::from_env().intercept(&url.parse()?);
    let request = Request::post(&url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(USER_AGENT, "floor/0.1.0")
        .body(Full::new(Bytes::from_static(BODY)))?;
    let builder = Client::builder(TokioExecutor::new());
    let http = HttpConnector::new();
    let answer = async {
        let response = if cfg!(feature = "lazy") && url.starts_with("http://") {
            builder.build(http).request(request).await?
        } else {
            let tls = HttpsConnectorBuilder::new().with_native_roots()?.https_or_http().enable_all_versions();
            match proxy {
                Some(proxy) => {
                    let tunnel = Tunnel::new(proxy.uri().clone(), http);
                    builder.build(tls.wrap_connector(tunnel)).request(request).await?
                }
                None => {
                    let mut http = http;
                    http.enforce_http(false);
                    builder.build(tls.wrap_connector(http)).request(request).await?
                }
            }
        };
        let status = response.status();
        Ok::<_, Error>((status, response.into_body().collect().await?.to_bytes()))
    };
    let (status, reply) = tokio::time::timeout(Duration::from_secs(10), answer).await??;
    println!("{status}, {} bytes", reply.len());
    print_peak_memory()
}

/// For the benchmark; the other program has the same lines.
fn print_peak_memory() -> Result<(), Error> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default());
    Ok(())
}
