//! RPC v1: from parameters to the signed body.

use super::{Case, Contender, Table};
use crate::Result;
use crate::workload::{ROLE, SESSION, credentials, policy};
use ali_sts::Credentials;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, SystemTime};
use sts_sign::rpc_v1::{Request, Signer};

const NONCE: &str = "0123456789abcdef0123456789abcdef";

pub fn table() -> Result<Table> {
    Ok(Table {
        title: "Signing, RPC v1: AssumeRole, from parameters to the signed body, nonce and time given",
        floor: "HMAC-SHA1 with a ready key over the ready string to sign",
        cases: [0, 300, 2000].into_iter().map(case).collect::<Result<_>>()?,
    })
}

/// A ready body, to be posted.
pub fn signed_body(policy_bytes: usize) -> Vec<u8> {
    let mut body = Vec::new();
    AssumeRole::new(policy_bytes).sign(&mut body);
    body
}

fn case(policy_bytes: usize) -> Result<Case> {
    let unsigned = Rc::new(AssumeRole::new(policy_bytes));
    let text = unsigned.string_to_sign();
    let hashed = text.len();
    let key = format!("{}&", credentials().access_key_secret().expose_secret());
    let key = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("a key of any length");
    let hash = move || key.clone().chain_update(black_box(text.as_bytes())).finalize().into_bytes();
    let expected = STANDARD.encode(hash());
    check(&expected, |body| unsigned.sign(body))?;
    check(&expected, |body| unsigned.sign_once(body))?;
    let mut contenders = vec![Contender::new("floor", move || _ = black_box(hash()))];
    let mut add = |what, sign: fn(&AssumeRole, &mut Vec<u8>), mut body: Vec<u8>| {
        let unsigned = Rc::clone(&unsigned);
        // A body with room is used again; one without is made each time.
        let kept = body.capacity() > 0;
        contenders.push(Contender::new(what, move || {
            body.clear();
            sign(&unsigned, &mut body);
            black_box(&body);
            if !kept {
                body = Vec::new();
            }
        }));
    };
    let room = || Vec::with_capacity(16 * 1024);
    add("signer kept, into a caller's buffer", AssumeRole::sign, room());
    add("signer kept, into a new buffer", AssumeRole::sign, Vec::new());
    add("signer made each time, into a new buffer", AssumeRole::sign_once, Vec::new());
    Ok(Case { name: format!("policy of {policy_bytes} B"), hashed, contenders })
}

/// What one AssumeRole is signed from.
struct AssumeRole {
    policy: String,
    credentials: Credentials,
    signer: Signer,
    time: SystemTime,
}

impl AssumeRole {
    fn new(policy_bytes: usize) -> Self {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        let credentials = credentials();
        Self { policy: policy(policy_bytes), signer: Signer::new(&credentials), credentials, time }
    }

    fn sign(&self, body: &mut Vec<u8>) {
        self.with_request(|request| self.signer.sign(&request, body))
            .expect("these parameters can be signed");
    }

    fn sign_once(&self, body: &mut Vec<u8>) {
        self.with_request(|request| request.sign(&self.credentials, body))
            .expect("these parameters can be signed");
    }

    fn string_to_sign(&self) -> String {
        self.with_request(|request| self.signer.string_to_sign(&request))
            .expect("these parameters can be signed")
    }

    fn with_request<T>(&self, then: impl FnOnce(Request<'_>) -> T) -> T {
        let all = [
            ("Action", "AssumeRole"),
            ("DurationSeconds", "3600"),
            ("Format", "JSON"),
            ("Policy", &self.policy),
            ("RoleArn", ROLE),
            ("RoleSessionName", SESSION),
            ("Version", "2015-04-01"),
        ];
        let without_policy = [all[0], all[1], all[2], all[4], all[5], all[6]];
        let params: &[_] = if self.policy.is_empty() { &without_policy } else { &all };
        then(Request::new(params, self.time, NONCE))
    }
}

/// Whoever signs must have made the signature of the floor.
fn check(expected: &str, sign: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
    let mut body = Vec::new();
    sign(&mut body);
    let encoded = expected.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    match body.ends_with(format!("&Signature={encoded}").as_bytes()) {
        true => Ok(()),
        false => Err("the signatures differ".into()),
    }
}
