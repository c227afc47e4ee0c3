//! Everything that is logged at TRACE, by whomever, while the main flows run.

use crate::canary::{self, Canaries};
use crate::transport::Recorder;
use crate::wire::{self, Act, Server, refusal};
use ali_sts::{Backoff, Client, Clock, Credentials, HttpClient, RetryPolicy, SignatureScheme};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use sts_emulator::{ClockOffset, Emulator};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Logged {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// For the whole process: what is spawned logs too, wherever it runs.
fn capture() -> Logged {
    let logged = Logged::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(logged.clone())
        .init();
    logged
}

impl Logged {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn quick() -> RetryPolicy {
    RetryPolicy::new().backoff(Backoff::new().base(Duration::from_millis(1)))
}

fn of(credentials: &Credentials, canaries: Canaries) -> Canaries {
    let canaries = canaries.and("access key secret", credentials.access_key_secret().expose_secret());
    match credentials.security_token() {
        Some(token) => canaries.and("security token", token.expose_secret()),
        None => canaries,
    }
}

#[test]
fn the_main_flows() {
    crate::child::passes("leak::logs::the_main_flows_in_a_process_of_their_own");
}

#[tokio::test]
async fn the_main_flows_in_a_process_of_their_own() {
    if !crate::child::is_one() {
        return;
    }
    let logged = capture();
    let emulator =
        Emulator::builder().clock_offset(ClockOffset::Ahead(Duration::from_secs(4 * 3600))).start();
    let emulator = emulator.await.unwrap();
    let ahead = Clock::from_fn(|| SystemTime::now() + Duration::from_secs(4 * 3600));
    let recorder = Recorder::new();
    let role = emulator.role_arn();
    let client = |credentials: Credentials| {
        let builder = Client::builder().endpoint(emulator.base_url()).credentials(credentials).retry(quick());
        let acs3 = builder.clone().signature(SignatureScheme::Acs3);
        [builder, acs3].map(|builder| {
            [builder.clone().build().unwrap(), builder.transport(recorder.clone()).build().unwrap()]
        })
    };
    let mut canaries = of(&emulator.credentials(), Canaries::new());
    let (token, assertion) =
        (emulator.issue_oidc_token("x").unwrap(), emulator.issue_saml_assertion("x").unwrap());
    canaries =
        canaries.and("OIDC token", token.expose_secret()).and("SAML assertion", assertion.expose_secret());
    for sts in client(emulator.credentials()).into_iter().flatten() {
        let out = sts.assume_role(role).policy(canary::POLICY).external_id("tenant").send().await.unwrap();
        canaries = of(&out.credentials, canaries);
        // Under that policy a session may not assume roles.
        let out = sts.assume_role(role).send().await.unwrap();
        canaries = of(&out.credentials, canaries);
        for chained in client(out.credentials).into_iter().flatten() {
            let out = chained.assume_role(role).policy(canary::POLICY).send().await.unwrap();
            canaries = of(&out.credentials, canaries);
            chained.get_caller_identity().send().await.unwrap();
        }
        let oidc = sts.assume_role_with_oidc(emulator.oidc_provider_arn(), role, token.clone());
        canaries = of(&oidc.policy(canary::POLICY).send().await.unwrap().credentials, canaries);
        let saml = sts.assume_role_with_saml(emulator.saml_provider_arn(), role, assertion.clone());
        canaries = of(&saml.policy(canary::POLICY).send().await.unwrap().credentials, canaries);
        sts.assume_role(emulator.untrusted_role_arn()).policy(canary::POLICY).send().await.unwrap_err();
    }
    for sts in client(Credentials::new(emulator.access_key_id(), canary::SECRET)).into_iter().flatten() {
        sts.assume_role(role).policy(canary::POLICY).send().await.unwrap_err();
    }
    let blocking = Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials());
    let blocking = blocking.clock(ahead).build_blocking().unwrap();
    tokio::task::spawn_blocking(move || blocking.get_caller_identity().send().unwrap()).await.unwrap();
    // A server that fails in more than one way, and says back what it was told.
    let echo = Server::start(|number, received| match number % 3 {
        0 => Act::Reply(refusal(503, "", "ServiceUnavailable", &received.body)),
        1 => Act::Reply(refusal(400, "", "SignatureDoesNotMatch", &received.body)),
        _ => Act::Reply(received.body.clone().into_bytes()),
    })
    .await;
    let credentials = Credentials::new("STS.canary", canary::SECRET).with_security_token(canary::TOKEN);
    let sts = Client::builder().endpoint(echo.url()).credentials(credentials).retry(quick()).build().unwrap();
    for _ in 0..4 {
        sts.assume_role("acs:ram::1:role/app").policy(canary::POLICY).send().await.unwrap_err();
    }
    let mut acs3 = 0;
    for sent in recorder.sent() {
        if let Some(authorization) = sent.header("authorization") {
            canaries = canaries.and("signature", authorization.split_once(",Signature=").unwrap().1);
            acs3 += 1;
        }
        canaries = sent.param("Signature").into_iter().fold(canaries, |all, one| all.and("signature", one));
    }
    assert!(acs3 > 0, "both schemes were used");
    for received in echo.received() {
        canaries = canaries.and("signature", received.param("Signature").unwrap());
    }

    let text = logged.text();
    for expected in
        ["sts{action=\"AssumeRole\" endpoint=\"127.0.0.1", "trying again", "gave up", "AssumeRoleWithOIDC"]
    {
        assert!(text.contains(expected), "the log has no {expected}");
    }
    canaries.assert_absent("the log", &text);
}

#[test]
fn http2_over_tls() {
    crate::child::passes("leak::logs::http2_over_tls_in_a_process_of_its_own");
}

/// h2 logs frames, and tells what is in some.
#[tokio::test]
async fn http2_over_tls_in_a_process_of_its_own() {
    if !crate::child::is_one() {
        return;
    }
    let logged = capture();
    for scheme in [SignatureScheme::RpcV1, SignatureScheme::Acs3] {
        let (addr, authority) = h2_server().await;
        let http = HttpClient::builder().add_root_certificate_pem(authority.as_bytes());
        let credentials = Credentials::new("STS.canary", canary::SECRET).with_security_token(canary::TOKEN);
        let sts = Client::builder().endpoint(format!("https://localhost:{}", addr.port()));
        let sts = sts.credentials(credentials).signature(scheme).http(http).build().unwrap();
        let out = sts.assume_role("acs:ram::1:role/app").policy(canary::POLICY).send().await.unwrap();
        assert_eq!(out.request_id, "over-HTTP-2");
    }

    let text = logged.text();
    assert!(text.contains("h2::"), "h2 logs");
    let canaries =
        Canaries::new().and("granted secret", "granted-secret").and("granted token", "granted-token");
    canaries.assert_absent("the log", &text);
}

async fn h2_server() -> (std::net::SocketAddr, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let mut config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
            .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let answer = hyper::service::service_fn(|request: http::Request<hyper::body::Incoming>| async move {
            let mut body = wire::granted();
            let version = if request.version() == http::Version::HTTP_2 { "2" } else { "1" };
            body["RequestId"] = format!("over-HTTP-{version}").into();
            Ok::<_, std::convert::Infallible>(http::Response::new(body.to_string()))
        });
        let server = hyper_util::server::conn::auto::Builder::new(TokioExecutor::new());
        let _ = server.serve_connection(TokioIo::new(stream), answer).await;
    });
    (addr, certificate.pem())
}
