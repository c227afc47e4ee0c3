//! Signed requests to OSS, sent over loopback to whoever verifies them: for `tests/interop/python/oss_signatures.py`.
//!
//! The one argument is the address of a server that answers each connection's one request. Prints one line of JSON with
//! the keys that it signs with, then sends every request signed in each of four ways, with and without a security token. The
//! header `x-case`, which is not signed, says which it is.

use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use serde_json::json;
use sts_sign::{Headers, oss_v1, oss_v4};
use sts_types::Credentials;

const BUCKET: &str = "examplebucket";
const HOST: &str = "examplebucket.oss-cn-hangzhou.aliyuncs.com";
const REGION: &str = "cn-hangzhou";
const SECRET: &str = "a secret of the tests/+=";
const TOKEN: &str = "CAIS+a/token==";
const EXPIRES: Duration = Duration::from_secs(600);

type Pairs = &'static [(&'static str, &'static str)];

/// What is asked for.
struct Object {
    method: &'static str,
    key: Option<&'static str>,
    query: Pairs,
    /// As they go over the wire, blanks around values included.
    headers: Pairs,
    /// For V4.
    additional: &'static [&'static str],
}

const OBJECTS: [Object; 8] = [
    Object { method: "GET", key: Some("plain.txt"), query: &[], headers: &[], additional: &[] },
    Object {
        method: "PUT",
        key: Some("a b+c%25*~?&=;:@!'()$,[]|\\\"/#中é\u{1f511}.txt"),
        query: &[],
        headers: &[
            ("Content-Type", "text/plain; charset=utf-8"),
            ("content-md5", "eB5eJF1ptWaXm4bijSPyxw=="),
            ("X-Oss-Meta-Author", "  padded\t"),
            ("x-oss-meta-twice", "2"),
            ("x-oss-meta-twice", "1"),
            ("x-oss-storage-class", "IA"),
        ],
        additional: &["host"],
    },
    Object {
        method: "GET",
        key: Some("/leading//double/../dots/"),
        query: &[
            ("versionId", "CAEQ+/=="),
            ("response-content-disposition", "attachment; filename=\"a b+c中.txt\""),
            ("response-content-type", "*~%"),
        ],
        headers: &[("Range", "bytes=0-9")],
        additional: &["range", "HOST", "not-sent"],
    },
    Object {
        method: "GET",
        key: Some("photo.jpg"),
        query: &[("x-oss-process", "image/resize,w_100/quality,q_90"), ("x-oss-traffic-limit", "819200")],
        headers: &[],
        additional: &[],
    },
    Object {
        method: "POST",
        key: Some("large"),
        query: &[("uploads", ""), ("encoding-type", "url")],
        headers: &[("content-type", "application/octet-stream")],
        additional: &[],
    },
    Object {
        method: "DELETE",
        key: Some("large"),
        query: &[("uploadId", "0004B9894A22E5B1888A1E29F8236E2D")],
        headers: &[],
        additional: &[],
    },
    Object {
        method: "GET",
        key: None,
        query: &[("list-type", "2"), ("prefix", "a/b c"), ("continuation-token", "Cgh/+==")],
        headers: &[],
        additional: &[],
    },
    Object {
        method: "PUT",
        key: None,
        query: &[("acl", "")],
        headers: &[("x-oss-acl", "private")],
        additional: &[],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    // Of no day in particular: whoever verifies takes the time from the request.
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    let address = std::env::args().nth(1).ok_or("give the address of the server: 127.0.0.1:PORT")?;
    let keys = json!({
        "access_key_secret": SECRET, "security_token": TOKEN, "bucket": BUCKET, "region": REGION,
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{keys}")?;
    out.flush()?;
    for credentials in [
        Credentials::new("LTAI5tInterop", SECRET),
        Credentials::new("STS.NTInterop", SECRET).with_security_token(TOKEN),
    ] {
        let token = if credentials.security_token().is_some() { ", token" } else { "" };
        for object in &OBJECTS {
            let base = format!("http://{HOST}");
            let send = |way: &str, url: &str, added: Option<&Headers>| {
                object.send(&address, &format!("{way}{token}"), url.strip_prefix(&base).unwrap_or(url), added)
            };
            let request = object.v1(time);
            let signer = oss_v1::Signer::new(&credentials);
            send("V1 header", &request.url(&base)?, Some(&signer.sign(&request)?))?;
            send("V1 URL", &signer.presign_url(&request, EXPIRES, &base)?, None)?;
            let headers = [object.headers, &[("host", HOST)]].concat();
            let request = object.v4(time).headers(&headers);
            let signer = oss_v4::Signer::new(&credentials, REGION, time)?;
            send("V4 header", &request.url(&base)?, Some(&signer.sign(&request)?))?;
            send("V4 URL", &signer.presign_url(&request, EXPIRES, &base)?, None)?;
        }
    }
    Ok(())
}

impl Object {
    fn v1(&self, time: SystemTime) -> oss_v1::Request<'_> {
        let request =
            oss_v1::Request::new(self.method, time).bucket(BUCKET).query(self.query).headers(self.headers);
        match self.key {
            Some(key) => request.key(key),
            None => request,
        }
    }

    fn v4(&self, time: SystemTime) -> oss_v4::Request<'_> {
        let request = oss_v4::Request::new(self.method, time).bucket(BUCKET).query(self.query);
        let request = request.additional_headers(self.additional);
        match self.key {
            Some(key) => request.key(key),
            None => request,
        }
    }

    /// Byte by byte, so that no client library has a say in what goes over the wire.
    fn send(
        &self,
        address: &str,
        case: &str,
        target: &str,
        added: Option<&Headers>,
    ) -> Result<(), Box<dyn Error>> {
        let mut text = format!("{} {target} HTTP/1.1\r\nHost: {HOST}\r\nx-case: {case}\r\n", self.method);
        let added = added.into_iter().flat_map(Headers::iter);
        for (name, value) in self.headers.iter().copied().chain(added) {
            text += &format!("{name}: {value}\r\n");
        }
        text += "Connection: close\r\n\r\n";
        let mut connection = TcpStream::connect(address)?;
        connection.write_all(text.as_bytes())?;
        connection.read_to_end(&mut Vec::new())?;
        Ok(())
    }
}
