//! The cloud as a client sees it: names and addresses of the services in front, the emulator behind.
//!
//! Every connection that a reader means for another machine is led here: by a proxy, or by the function with which its language
//! makes connections. What begins with TLS is for STS, OAuth or `CloudSSO`, by the name asked for, and shows a certificate of
//! that name, which the readers are told to trust; anything else is for the metadata service.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The names that the cases lead to.
const NAMES: [&str; 7] = [
    "sts.aliyuncs.com",
    "sts.cn-hangzhou.aliyuncs.com",
    "sts-vpc.cn-hangzhou.aliyuncs.com",
    "sts.cn-shanghai.aliyuncs.com",
    "oauth.aliyun.com",
    "oauth.alibabacloud.com",
    "signin.alibabacloudsso.com",
];

pub(crate) struct Front {
    pub(crate) address: SocketAddr,
    /// In PEM.
    pub(crate) certificate: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Host and port of what is behind.
#[derive(Clone)]
pub(crate) struct Behind {
    pub(crate) sts: String,
    pub(crate) exchange: String,
    pub(crate) metadata: String,
}

impl Front {
    pub(crate) async fn put_up(behind: Behind) -> Result<Self, Box<dyn Error>> {
        let key = rcgen::KeyPair::generate()?;
        let certificate =
            rcgen::CertificateParams::new(NAMES.map(str::to_owned).to_vec())?.self_signed(&key)?;
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into()?)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (behind, acceptor, record) = (behind.clone(), acceptor.clone(), Arc::clone(&record));
                // A client that hangs up is none of our business.
                tokio::spawn(async move { pass(client, behind, acceptor, &record).await.ok() });
            }
        });
        Ok(Self { address, certificate: certificate.pem(), asked })
    }

    /// Which services were asked since the last time, each once.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn pass(
    mut client: TcpStream,
    behind: Behind,
    acceptor: TlsAcceptor,
    record: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let note = |name: &str| {
        let mut asked = record.lock().unwrap_or_else(PoisonError::into_inner);
        if !asked.iter().any(|other| other == name) {
            asked.push(name.to_owned());
        }
    };
    let mut first = [0];
    client.peek(&mut first).await?;
    match &first {
        b"C" => take_connect(&mut client).await?,
        [TLS_HANDSHAKE] => {}
        _ => {
            note("metadata");
            let mut server = TcpStream::connect(&behind.metadata).await?;
            copy_bidirectional(&mut client, &mut server).await?;
            return Ok(());
        }
    }
    let mut client = acceptor.accept(client).await?;
    let name = client.get_ref().1.server_name().unwrap_or_default().to_owned();
    note(&name);
    let server = if name.starts_with("sts") { &behind.sts } else { &behind.exchange };
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

const TLS_HANDSHAKE: u8 = 0x16;

/// As a proxy: what is asked for is told by TLS anyway.
async fn take_connect(client: &mut TcpStream) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 4096 {
        head.push(client.read_u8().await?);
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await
}
