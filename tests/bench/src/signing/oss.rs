//! OSS V1 and V4: from a request's values to the headers that are added.

use super::{Case, Contender, Table};
use crate::Result;
use crate::workload::credentials;
use ali_sts::Credentials;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use http::request::Parts;
use reqsign_aliyun_oss::{Credential, RequestSigner, SigningVersion};
use reqsign_core::{Context, SignRequest as _};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::SystemTime;
use sts_sign::{Headers, oss_v1, oss_v4};

const BUCKET: &str = "my-bucket";
const HOST: &str = "my-bucket.oss-cn-hangzhou.aliyuncs.com";
const REGION: &str = "cn-hangzhou";
const KEY: &str = "photos/2026/09/cat on the mat.jpg";
const QUERY: [(&str, &str); 1] = [("x-oss-process", "image/resize,w_100")];
const GET: [(&str, &str); 2] =
    [("range", "bytes=0-1048575"), ("if-none-match", "\"5B3C1A2E053D763E1B002CC607C5A0FE\"")];
const PUT: [(&str, &str); 5] = [
    ("content-type", "image/jpeg"),
    ("content-md5", "eB5eJF1ptWaXm4bijSPyxw=="),
    ("x-oss-meta-author", "user-4711"),
    ("x-oss-object-acl", "private"),
    ("x-oss-storage-class", "Standard"),
];

/// What the peer signs besides under V4: all it is given.
const ALSO: [&str; 3] = ["host", "if-none-match", "range"];

pub fn v1_table() -> Result<Table> {
    Ok(Table {
        title: "Signing, OSS V1: from a request's values to the headers that are added, time given",
        floor: "HMAC-SHA1 with a ready key over the ready string to sign",
        cases: inputs().into_iter().map(v1_case).collect::<Result<_>>()?,
    })
}

pub fn v4_table() -> Result<Table> {
    Ok(Table {
        title: "Signing, OSS V4: from a request's values to the headers that are added, time given",
        floor: "SHA-256 of the ready canonical request, HMAC-SHA256 with the day's ready key over the ready string to sign",
        cases: inputs().into_iter().map(v4_case).collect::<Result<_>>()?,
    })
}

/// What is signed.
struct Input {
    name: &'static str,
    method: &'static str,
    query: &'static [(&'static str, &'static str)],
    headers: &'static [(&'static str, &'static str)],
    credentials: Credentials,
    time: SystemTime,
}

fn inputs() -> [Input; 3] {
    // A token of the length that the service's have.
    let token = "CAISuQJ1q6Ft5B2yfSjIr5bkPsndh7hVg6rjxrWGb0cDtqlfj6fTujz2IHhIenFvBe0WsP8w".repeat(11);
    let session = credentials().with_security_token(token);
    // Today, as the peer signs with no other time.
    let time = SystemTime::now();
    let input =
        |name, method, query, headers, credentials| Input { name, method, query, headers, credentials, time };
    [
        input("GetObject", "GET", &QUERY, &GET, credentials()),
        input("PutObject", "PUT", &[], &PUT, credentials()),
        input("PutObject, security token", "PUT", &[], &PUT, session),
    ]
}

fn v1_case(input: Input) -> Result<Case> {
    let signer = oss_v1::Signer::new(&input.credentials);
    let text = signer.string_to_sign(&v1_request(&input))?;
    let key = Hmac::<Sha1>::new_from_slice(input.secret().as_bytes()).expect("a key of any length");
    let (name, hashed) = (input.name.to_owned(), text.len());
    let hash = move || key.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes();
    let signature = |headers: &Headers| authorization(headers).rsplit(':').next().map(str::to_owned);
    let expected = STANDARD.encode(hash());
    if signature(&signer.sign(&v1_request(&input))?) != Some(expected) {
        return Err("the signatures differ".into());
    }
    let peer = Peer::new(&input, SigningVersion::V1)?;
    // Its time is its own: ours is told of it.
    let signed = peer.sign()?;
    let date = [("date", signed.headers["date"].to_str()?)];
    let headers = [input.headers, &date].concat();
    let ours = signer.sign(&v1_request(&input).headers(&headers))?;
    same(authorization(&ours), signed.headers["authorization"].to_str()?)?;

    let (parts, time) = (peer.parts.clone(), input.time);
    let input = Rc::new(input);
    let (kept, made) = (Rc::clone(&input), input);
    let in_place = oss_v1::Signer::new(&kept.credentials);
    let contenders = vec![
        Contender::new("floor", move || _ = black_box(hash())),
        Contender::new("signer kept", move || {
            _ = black_box(signer.sign(&v1_request(&kept)).expect("signed before"))
        }),
        Contender::new("signer made each time", move || {
            let signer = oss_v1::Signer::new(&made.credentials);
            black_box(signer.sign(&v1_request(&made)).expect("signed before"));
        }),
        Contender::new("signer kept, a copy of http parts in place", move || {
            let mut parts = parts.clone();
            let request = oss_v1::Request::new("", time).bucket(BUCKET);
            in_place.sign_parts(&mut parts, &request).expect("signed before");
            black_box(parts);
        }),
        Contender::new("reqsign-aliyun-oss, a copy of http parts in place", move || {
            black_box(peer.sign().expect("signed before"));
        }),
    ];
    Ok(Case { name, hashed, contenders })
}

fn v4_case(input: Input) -> Result<Case> {
    let signer = oss_v4::Signer::new(&input.credentials, REGION, input.time)?;
    let canonical = signer.canonical_request(&v4_request(&input))?;
    let text = oss_v4::string_to_sign(input.time, REGION, "oss", &canonical)?;
    let key = day_key(input.secret(), text.split('\n').nth(2).unwrap_or_default());
    let (name, hashed) = (input.name.to_owned(), canonical.len() + text.len());
    let hash = move || {
        black_box(Sha256::digest(black_box(canonical.as_bytes())));
        key.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes()
    };
    let signature = |authorization: &str| authorization.rsplit("Signature=").next().map(str::to_owned);
    if signature(authorization(&signer.sign(&v4_request(&input))?)) != Some(format!("{:x}", hash())) {
        return Err("the signatures differ".into());
    }
    let peer = Peer::new(&input, SigningVersion::V4)?;
    check_v4_peer(&signer, &peer, &input)?;

    let (parts, time) = (peer.parts.clone(), input.time);
    let input = Rc::new(input);
    let (kept, made) = (Rc::clone(&input), input);
    let in_place = oss_v4::Signer::new(&kept.credentials, REGION, time)?;
    let contenders = vec![
        Contender::new("floor", move || _ = black_box(hash())),
        Contender::new("signer kept", move || {
            _ = black_box(signer.sign(&v4_request(&kept)).expect("signed before"))
        }),
        Contender::new("signer made each time", move || {
            let signer = oss_v4::Signer::new(&made.credentials, REGION, made.time).expect("made before");
            black_box(signer.sign(&v4_request(&made)).expect("signed before"));
        }),
        Contender::new("signer kept, a copy of http parts in place", move || {
            let mut parts = parts.clone();
            let request = oss_v4::Request::new("", time).bucket(BUCKET).additional_headers(&ALSO);
            in_place.sign_parts(&mut parts, &request).expect("signed before");
            black_box(parts);
        }),
        Contender::new("reqsign-aliyun-oss, a copy of http parts in place", move || {
            black_box(peer.sign().expect("signed before"));
        }),
    ];
    Ok(Case { name, hashed, contenders })
}

fn v1_request(input: &Input) -> oss_v1::Request<'_> {
    oss_v1::Request::new(input.method, input.time)
        .bucket(BUCKET)
        .key(KEY)
        .query(input.query)
        .headers(input.headers)
}

fn v4_request(input: &Input) -> oss_v4::Request<'_> {
    oss_v4::Request::new(input.method, input.time)
        .bucket(BUCKET)
        .key(KEY)
        .query(input.query)
        .headers(input.headers)
}

/// The key of a scope, made by the book.
fn day_key(secret: &str, scope: &str) -> Hmac<Sha256> {
    let hmac = |key: &[u8]| Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    let mut key = hmac(format!("aliyun_v4{secret}").as_bytes());
    for piece in scope.split('/') {
        key = hmac(&key.chain_update(piece).finalize().into_bytes());
    }
    key
}

/// The peer signs with the time of the second in which it does, which ours must hit.
fn check_v4_peer(signer: &oss_v4::Signer, peer: &Peer, input: &Input) -> Result<()> {
    let headers = [input.headers, &[("host", HOST)]].concat();
    let mut attempts = 0;
    loop {
        let request = oss_v4::Request::new(input.method, SystemTime::now()).bucket(BUCKET).key(KEY);
        let request = request.query(input.query).headers(&headers).additional_headers(&ALSO);
        let signed = peer.sign()?;
        let theirs = signed.headers["authorization"].to_str()?.replace(", ", ",");
        let theirs = theirs.replace("AdditionalHeaders=,", "");
        let outcome = same(authorization(&signer.sign(&request)?), &theirs);
        attempts += 1;
        if outcome.is_ok() || attempts == 10 {
            return outcome;
        }
    }
}

fn same(ours: &str, theirs: &str) -> Result<()> {
    if ours == theirs { Ok(()) } else { Err(format!("ours:   {ours}\ntheirs: {theirs}").into()) }
}

fn authorization(headers: &Headers) -> &str {
    headers.get("authorization").unwrap_or_default()
}

impl Input {
    fn secret(&self) -> &str {
        self.credentials.access_key_secret().expose_secret()
    }
}

/// The signer of OpenDAL. It has no ready key and takes the time from the clock.
struct Peer {
    signer: RequestSigner,
    context: Context,
    credential: Credential,
    parts: Parts,
}

impl Peer {
    fn new(input: &Input, version: SigningVersion) -> Result<Self> {
        let signer = RequestSigner::new(BUCKET).with_region(REGION).with_signing_version(version);
        let url = oss_v1::Request::new("GET", input.time).bucket(BUCKET).key(KEY).query(input.query);
        let mut request = http::Request::builder()
            .method(input.method)
            .uri(url.url(&format!("https://{HOST}"))?)
            .header("host", HOST);
        for (name, value) in input.headers {
            request = request.header(*name, *value);
        }
        let credential = Credential {
            access_key_id: input.credentials.access_key_id().to_owned(),
            access_key_secret: input.secret().to_owned(),
            security_token: input.credentials.security_token().map(|token| token.expose_secret().to_owned()),
            expires_in: None,
        };
        Ok(Self { signer, context: Context::new(), credential, parts: request.body(())?.into_parts().0 })
    }

    fn sign(&self) -> Result<Parts> {
        let mut parts = self.parts.clone();
        let signing = self.signer.sign_request(&self.context, &mut parts, Some(&self.credential), None);
        // It waits for nothing.
        match pin!(signing).poll(&mut std::task::Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done?,
            Poll::Pending => return Err("it waits".into()),
        }
        Ok(parts)
    }
}
