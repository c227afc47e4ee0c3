//! TLS: roots, protocol versions, tunnels. The authority is made for each run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sts_http::{BuildError, ErrorKind, HttpClient, HttpClientBuilder, ProxySettings, SendRequest};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::server::{Act, Server, kind, post};

struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: rcgen::Issuer::new(params, key),
        }
    }

    /// Serves https on a free port; each answer is the request's version and the number of its connection.
    async fn serve(&self, name: &str, protocols: &[&[u8]]) -> SocketAddr {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let mut config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(
                    vec![certificate.der().clone()],
                    PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
                )
                .unwrap();
        config.alpn_protocols = protocols.iter().map(|p| p.to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let answer =
                        service_fn(move |request: http::Request<hyper::body::Incoming>| async move {
                            let answer = format!("{:?} {connection}", request.version());
                            let mut response = http::Response::new(answer);
                            let length = request.headers()["content-length"].clone();
                            response.headers_mut().insert("x-length", length);
                            Ok::<_, std::convert::Infallible>(response)
                        });
                    let _ = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), answer)
                        .await;
                });
            }
        });
        addr
    }

    fn trusted(&self) -> HttpClientBuilder {
        HttpClient::builder().add_root_certificate_pem(self.pem.as_bytes())
    }
}

async fn body(client: &HttpClient, addr: SocketAddr) -> String {
    let response = client.send_request(post(&format!("https://localhost:{}/", addr.port()))).await.unwrap();
    String::from_utf8(response.into_body().to_vec()).unwrap()
}

#[tokio::test]
async fn the_version_is_what_the_server_picks() {
    let authority = Authority::new();
    let client = authority.trusted().build().unwrap();
    for (protocols, version) in
        [(&[&b"h2"[..], b"http/1.1"][..], "HTTP/2.0"), (&[b"http/1.1"], "HTTP/1.1"), (&[], "HTTP/1.1")]
    {
        let addr = authority.serve("localhost", protocols).await;
        for _ in 0..3 {
            assert_eq!(body(&client, addr).await, format!("{version} 0"));
        }
    }
}

/// Over HTTP/2 as over HTTP/1.1.
#[tokio::test]
async fn the_length_is_the_bodys_whatever_the_headers_say() {
    let authority = Authority::new();
    let client = authority.trusted().build().unwrap();
    let addr = authority.serve("localhost", &[b"h2"]).await;
    let mut request = post(&format!("https://localhost:{}/", addr.port()));
    request.headers_mut().insert("content-length", "7".parse().unwrap());
    request.headers_mut().insert("transfer-encoding", "chunked".parse().unwrap());
    assert_eq!(client.send_request(request).await.unwrap().headers()["x-length"], "12");
}

#[tokio::test]
async fn an_added_root_may_be_der() {
    let authority = Authority::new();
    let addr = authority.serve("127.0.0.1", &[]).await;
    let client = HttpClient::builder().add_root_certificate_der(&authority.der).build().unwrap();
    assert!(client.send_request(post(&format!("https://{addr}/"))).await.is_ok());
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_and_a_name_that_is_not_in_the_certificate() {
    let authority = Authority::new();
    let other = Authority::new().trusted().build().unwrap();
    let addr = authority.serve("localhost", &[]).await;
    let call = other.send_request(post(&format!("https://localhost:{}/", addr.port()))).await;
    assert_eq!(kind(call), ErrorKind::Tls);
    let client = authority.trusted().build().unwrap();
    assert_eq!(kind(client.send_request(post(&format!("https://{addr}/"))).await), ErrorKind::Tls);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_or_hangs_up_or_says_nothing() {
    let client = Authority::new().trusted().connect_timeout(Duration::from_millis(100)).build().unwrap();
    let check = async |answer: &'static [u8], close: bool, expect| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer).await;
            if !close {
                let _ = stream.read_to_end(&mut Vec::new()).await;
            }
        });
        assert_eq!(kind(client.send_request(post(&format!("https://{addr}/"))).await), expect);
    };
    check(b"HTTP/1.1 400 Bad Request\r\n\r\n", true, ErrorKind::Tls).await;
    check(b"", true, ErrorKind::Connect).await;
    check(b"", false, ErrorKind::ConnectTimeout).await;
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let authority = Authority::new();
    let server = authority.serve("sts.example.test", &[b"h2"]).await;
    let proxy = Server::start(move |_, _| Act::Splice(b"HTTP/1.1 200 Go\r\n\r\n".to_vec(), server)).await;
    let settings = ProxySettings::explicit(format!("http://user:p%40ss@{}", proxy.addr));
    let client = authority.trusted().proxy(settings).build().unwrap();
    let response = client.send_request(post("https://sts.example.test/path")).await.unwrap();
    assert_eq!(response.body(), "HTTP/2.0 0");
    let expect = "CONNECT sts.example.test:443 HTTP/1.1\r\nHost: sts.example.test:443\r\n\
                  Proxy-Authorization: Basic dXNlcjpwQHNz\r\n\r\n";
    assert_eq!(proxy.seen(), [expect]);
}

#[tokio::test]
async fn a_proxy_that_refuses_hangs_up_or_says_nothing() {
    let check = async |act: fn() -> Act, expect| {
        let proxy = Server::start(move |_, _| act()).await;
        let client = Authority::new()
            .trusted()
            .proxy(ProxySettings::explicit(format!("http://{}", proxy.addr)))
            .connect_timeout(Duration::from_millis(100))
            .build()
            .unwrap();
        assert_eq!(kind(client.send_request(post("https://sts.example.test/")).await), expect);
    };
    check(|| Act::Last(b"HTTP/1.1 407 Who are you\r\n\r\n".to_vec()), ErrorKind::Proxy).await;
    check(|| Act::Last(b"HTTP/1.1 502 secret\r\n\r\n".to_vec()), ErrorKind::Proxy).await;
    check(|| Act::Hang(vec![]), ErrorKind::ConnectTimeout).await;
}

#[tokio::test]
async fn an_https_proxy_is_reached_over_tls() {
    let authority = Authority::new();
    let proxy = authority.serve("localhost", &[b"http/1.1"]).await;
    let settings = ProxySettings::explicit(format!("https://localhost:{}", proxy.port()));
    let client = authority.trusted().proxy(settings).build().unwrap();
    let response = client.send_request(post("http://sts.example.test/")).await.unwrap();
    assert_eq!(response.body(), "HTTP/1.1 0");
}

#[test]
fn root_certificates_that_cannot_be_read() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "nothing", broken, "-----BEGIN CERTIFICATE-----\n%%\n-----END CERTIFICATE-----\n"] {
        let built = HttpClient::builder().add_root_certificate_pem(pem.as_bytes()).build();
        assert_eq!(built.err(), Some(BuildError::InvalidRootCertificate), "{pem:?}");
    }
    let good = Authority::new();
    let built = good.trusted().add_root_certificate_der(b"x").add_root_certificate_pem(good.pem.as_bytes());
    assert_eq!(built.build().err(), Some(BuildError::InvalidRootCertificate));
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_configuration_of_ones_own() {
    let authority = Authority::new();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority.der.clone()).unwrap();
    let mut config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let addr = authority.serve("localhost", &[b"h2", b"http/1.1"]).await;
    let client = HttpClient::builder().rustls_config(config.into()).build().unwrap();
    assert_eq!(body(&client, addr).await, "HTTP/1.1 0");
}

#[cfg(not(any(feature = "native-roots", feature = "webpki-roots")))]
#[tokio::test]
async fn no_root_certificate_at_all() {
    let addr = Authority::new().serve("localhost", &[]).await;
    let client = HttpClient::builder().build().unwrap();
    assert_eq!(kind(client.send_request(post(&format!("https://{addr}/"))).await), ErrorKind::TlsUnavailable);
}
