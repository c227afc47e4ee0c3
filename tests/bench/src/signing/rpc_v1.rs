//! RPC v1: from parameters to the signed body.

mod reqsign;

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
use sts_sign::rpc_v1::{Prepared, Request, Signer};

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
    check(&expected, |body| unsigned.sign_prepared(body))?;
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
    add("prepared, into a caller's buffer", AssumeRole::sign_prepared, room());
    add("signer made each time, into a new buffer", AssumeRole::sign_once, Vec::new());
    add("prepared, with nonce and clock of the operating system", AssumeRole::sign_prepared_now, room());
    contenders.push(Contender::new("nonce and clock of the operating system alone", || {
        black_box((nonce(), SystemTime::now()));
    }));
    contenders.push(reqsign::contender(policy_bytes)?);
    Ok(Case { name: format!("policy of {policy_bytes} B"), hashed, contenders })
}

/// What one AssumeRole is signed from.
struct AssumeRole {
    params: Vec<(&'static str, String)>,
    credentials: Credentials,
    signer: Signer,
    prepared: Prepared,
    time: SystemTime,
}

impl AssumeRole {
    fn new(policy_bytes: usize) -> Self {
        let mut params = vec![("Action", "AssumeRole".to_owned()), ("DurationSeconds", "3600".to_owned())];
        params.push(("Format", "JSON".to_owned()));
        if policy_bytes > 0 {
            params.push(("Policy", policy(policy_bytes)));
        }
        params.extend([("RoleArn", ROLE.to_owned()), ("RoleSessionName", SESSION.to_owned())]);
        params.push(("Version", "2015-04-01".to_owned()));
        let credentials = credentials();
        let signer = Signer::new(&credentials);
        let borrowed: Vec<_> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let prepared = signer.prepare("POST", &borrowed).expect(SIGNED);
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        Self { params, credentials, signer, prepared, time }
    }

    fn sign(&self, body: &mut Vec<u8>) {
        self.with_request(|request| self.signer.sign(&request, body)).expect(SIGNED);
    }

    fn sign_once(&self, body: &mut Vec<u8>) {
        self.with_request(|request| request.sign(&self.credentials, body)).expect(SIGNED);
    }

    fn sign_prepared(&self, body: &mut Vec<u8>) {
        self.prepared.sign(black_box(self.time), black_box(NONCE), body).expect(SIGNED);
    }

    fn sign_prepared_now(&self, body: &mut Vec<u8>) {
        let nonce = nonce();
        let nonce = str::from_utf8(&nonce).expect("hexadecimal digits");
        self.prepared.sign(SystemTime::now(), nonce, body).expect(SIGNED);
    }

    fn string_to_sign(&self) -> String {
        self.with_request(|request| self.signer.string_to_sign(&request)).expect(SIGNED)
    }

    fn with_request<T>(&self, then: impl FnOnce(Request<'_>) -> T) -> T {
        let mut params = [("", ""); 7];
        for (place, (name, value)) in params.iter_mut().zip(&self.params) {
            *place = (name, value);
        }
        then(Request::new(black_box(&params[..self.params.len()]), black_box(self.time), black_box(NONCE)))
    }
}

/// As the client makes them: 128 random bits as hexadecimal digits.
fn nonce() -> [u8; 32] {
    let mut random = [0; 16];
    getrandom::getrandom(&mut random).expect("the operating system has random numbers");
    let mut digits = [0; 32];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(random) {
        pair.copy_from_slice(&[byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
    }
    digits
}

const SIGNED: &str = "these parameters can be signed";

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
