//! ACS3: from parameters to body and headers.

use super::{Case, Contender, Table};
use crate::Result;
use crate::workload::{ROLE, SESSION, credentials, policy};
use ali_sts::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use sts_sign::Headers;
use sts_sign::acs3::{Request, Signer, string_to_sign};

const HOST: &str = "sts.cn-hangzhou.aliyuncs.com";
const NONCE: &str = "0123456789abcdef0123456789abcdef";
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

pub fn table() -> Result<Table> {
    // A token of the length that the service's have.
    let token = "CAISuQJ1q6Ft5B2yfSjIr5bkPsndh7hVg6rjxrWGb0cDtqlfj6fTujz2IHhIenFvBe0WsP8w".repeat(11);
    let session = credentials().with_security_token(token);
    let mut cases = Vec::new();
    for policy_bytes in [0, 300, 2000] {
        cases.push(case(format!("policy of {policy_bytes} B"), policy_bytes, credentials())?);
    }
    cases.push(case("policy of 300 B, security token".to_owned(), 300, session)?);
    Ok(Table {
        title: "Signing, ACS3: AssumeRole, from parameters to body and headers, nonce and time given",
        floor: "SHA-256 of the ready body, SHA-256 of the ready canonical request, HMAC-SHA256 with a ready key over the \
                ready string to sign",
        cases,
    })
}

fn case(name: String, policy_bytes: usize, credentials: Credentials) -> Result<Case> {
    let unsigned = Rc::new(AssumeRole::new(policy_bytes, &credentials));
    let mut body = Vec::new();
    let headers = unsigned.sign_form(&mut body);
    let canonical = unsigned.signer.canonical_request(&unsigned.request().headers(&FORM).body(&body))?;
    let text = string_to_sign(&canonical);
    let key = credentials.access_key_secret().expose_secret();
    let key = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("a key of any length");
    let hash = {
        let body = body.clone();
        move || {
            black_box(Sha256::digest(black_box(&body)));
            black_box(Sha256::digest(black_box(canonical.as_bytes())));
            key.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes()
        }
    };
    let hashed = unsigned.hashed(&body)?;
    let expected = format!("{:x}", hash());
    check(&expected, &headers)?;
    check(&expected, &unsigned.sign_ready(&body))?;

    let mut contenders = vec![Contender::new("floor", move || _ = black_box(hash()))];
    let mut add = |what, work: Box<dyn FnMut(&AssumeRole)>| {
        let (unsigned, mut work) = (Rc::clone(&unsigned), work);
        contenders.push(Contender::new(what, move || work(&unsigned)));
    };
    let mut kept = Vec::with_capacity(16 * 1024);
    add(
        "signer kept, into a caller's buffer",
        Box::new(move |unsigned| {
            kept.clear();
            black_box(unsigned.sign_form(&mut kept));
        }),
    );
    add(
        "signer kept, into a new buffer",
        Box::new(|unsigned| {
            let mut body = Vec::new();
            black_box(unsigned.sign_form(&mut body));
            black_box(body);
        }),
    );
    add(
        "signer made each time, into a new buffer",
        Box::new(|unsigned| {
            let mut body = Vec::new();
            let signer = Signer::new(&unsigned.credentials);
            black_box(unsigned.sign_form_with(&signer, &mut body));
            black_box(body);
        }),
    );
    let ready = body.clone();
    add("signer kept, of a ready body", Box::new(move |unsigned| _ = black_box(unsigned.sign_ready(&ready))));
    let peer = Peer::new(&credentials, body)?;
    peer.sign()?;
    add("aws-sigv4, of a ready body", Box::new(move |_| peer.sign().expect("it was signed before")));
    Ok(Case { name, hashed, contenders })
}

/// What one AssumeRole is signed from.
struct AssumeRole {
    policy: String,
    credentials: Credentials,
    signer: Signer,
    time: SystemTime,
}

impl AssumeRole {
    fn new(policy_bytes: usize, credentials: &Credentials) -> Self {
        Self {
            policy: policy(policy_bytes),
            credentials: credentials.clone(),
            signer: Signer::new(credentials),
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000),
        }
    }

    fn request(&self) -> Request<'static> {
        Request::new(HOST, "AssumeRole", "2015-04-01", self.time, NONCE)
    }

    fn sign_form(&self, body: &mut Vec<u8>) -> Headers {
        self.sign_form_with(&self.signer, body)
    }

    fn sign_form_with(&self, signer: &Signer, body: &mut Vec<u8>) -> Headers {
        let all = [
            ("DurationSeconds", "3600"),
            ("Policy", self.policy.as_str()),
            ("RoleArn", ROLE),
            ("RoleSessionName", SESSION),
        ];
        let without_policy = [all[0], all[2], all[3]];
        let params: &[_] = if self.policy.is_empty() { &without_policy } else { &all };
        signer.sign_form(&self.request(), params, body).expect("these parameters can be signed")
    }

    fn sign_ready(&self, body: &[u8]) -> Headers {
        self.signer.sign(&self.request().headers(&FORM).body(body)).expect("this request can be signed")
    }

    /// Length of all that the floor hashes.
    fn hashed(&self, body: &[u8]) -> Result<usize> {
        let canonical = self.signer.canonical_request(&self.request().headers(&FORM).body(body))?;
        Ok(body.len() + canonical.len() + string_to_sign(&canonical).len())
    }
}

/// The like of it for AWS: a POST with the same body and as many headers. It derives its key anew each time (four HMACs),
/// as that scheme's key is good for a day and a region.
struct Peer {
    identity: aws_smithy_runtime_api::client::identity::Identity,
    body: Vec<u8>,
    time: SystemTime,
}

impl Peer {
    fn new(credentials: &Credentials, body: Vec<u8>) -> Result<Self> {
        let identity = aws_credential_types::Credentials::new(
            credentials.access_key_id(),
            credentials.access_key_secret().expose_secret(),
            credentials.security_token().map(|token| token.expose_secret().to_owned()),
            None,
            "bench",
        );
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        Ok(Self { identity: identity.into(), body, time })
    }

    fn sign(&self) -> Result<()> {
        let params = v4::SigningParams::builder()
            .identity(&self.identity)
            .region("us-east-1")
            .name("sts")
            .time(self.time)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let headers = [
            FORM[0],
            ("x-amz-action", "AssumeRole"),
            ("x-amz-version", "2011-06-15"),
            ("x-amz-nonce", NONCE),
        ];
        let body = SignableBody::Bytes(&self.body);
        let request =
            SignableRequest::new("POST", "https://sts.us-east-1.amazonaws.com/", headers.into_iter(), body)?;
        black_box(sign(black_box(request), &params)?);
        Ok(())
    }
}

/// Whoever signs must have made the signature of the floor.
fn check(expected: &str, headers: &Headers) -> Result<()> {
    match headers.get("authorization").unwrap_or_default().ends_with(&format!(",Signature={expected}")) {
        true => Ok(()),
        false => Err("the signatures differ".into()),
    }
}
