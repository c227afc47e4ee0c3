//! Signers against the verifier: what one signs the other accepts, however an HTTP stack writes it on the wire, and nothing
//! that differs in anything that means something.
//!
//! The two share no code, and this test has a third hand for the wire (`wire`): its own percent-encoding and decoding.
//! A change of the wire (`tamper`) is left out of account only where [`tamper::check`]'s `meaning` of it is the same: each
//! scheme's file says what that is and why. More cases: `PROPTEST_CASES=20000 cargo test --release`.

mod acs3;
mod hostile;
mod http;
mod oss_post;
mod oss_v1;
mod oss_v4;
mod roa;
mod rpc_v1;
mod tamper;
mod wire;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::time::{Duration, SystemTime};
use sts_sign::verify::{Skew, TimeError};
use sts_types::{Credentials, Secret};

/// Names and values, as a caller has them.
type Pairs = Vec<(String, String)>;

fn borrowed(pairs: &Pairs) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What encoders get wrong, and what passes for something else.
const NASTY: [&str; 22] = [
    "", " ", "+", "%", "%2B", "%zz", "&", "=", "a=b&c=d", "/", "//", "..", "*~!'()", "\0", "\r\n", "\n/x",
    "中", "🔑", "e\u{301}", "\u{feff}", "\u{2028}", "\"\\",
];

/// Any text: printable, of all of Unicode, with controls, and what is nasty.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ -~]{0,16}",
        2 => "\\PC{0,8}",
        1 => any::<String>(),
        2 => select(&NASTY[..]).prop_map(str::to_owned),
    ]
}

/// Parameters by any names, among them some that a scheme knows; in any order.
fn params(known: &'static str) -> impl Strategy<Value = Pairs> {
    let name = prop_oneof![3 => known, 2 => text().prop_filter("a name", |name| !name.is_empty())];
    btree_map(name, text(), 0..7).prop_map(|map| map.into_iter().collect::<Pairs>()).prop_shuffle()
}

/// What a header's value may be, with blanks around it and within.
fn header_value() -> impl Strategy<Value = String> {
    prop_oneof![3 => "[ -~]{0,20}", 1 => "[ \t!-~é中🔑]{0,12}", 1 => Just(String::new())]
}

/// Headers by some names, in any case, names given several times among them.
fn headers(names: &'static str, most: usize) -> impl Strategy<Value = Pairs> {
    vec((names, header_value()), 0..most)
}

/// A key that makes trouble on its way through a URL.
fn object_key() -> impl Strategy<Value = String> {
    "(/|//|/\\.\\./|\\.|%|%2F|%2f|\\+|\\?|#|&|=|;|\\*|~|\\\\|:| |\n|\0|[a-zA-Z0-9]|[ -~]|\\PC){1,10}"
}

/// Who signs. No NUL in the secret: HMAC fills keys up with it, so that a key with one at its end is another's equal.
#[derive(Clone, Debug)]
struct Party {
    id: String,
    secret: String,
    token: Option<String>,
}

fn party() -> impl Strategy<Value = Party> {
    let secret = prop_oneof![3 => "[!-~]{30}", 1 => "[ -~]{1,100}", 1 => "[^\0]{1,40}"];
    let id = prop_oneof![3 => "(STS\\.|LTAI)[A-Za-z0-9]{1,20}", 1 => "[!-+--9;-~]{1,12}"];
    let token = prop_oneof![1 => Just(None), 1 => "[!-~]{1,120}".prop_map(Some), 1 => "[!-~]([ -~]{0,30}[!-~])?".prop_map(Some)];
    (id, secret, token).prop_map(|(id, secret, token)| Party { id, secret, token })
}

impl Party {
    fn credentials(&self) -> Credentials {
        let credentials = Credentials::new(self.id.as_str(), self.secret.as_str());
        match &self.token {
            Some(token) => credentials.with_security_token(token.as_str()),
            None => credentials,
        }
    }

    fn secret(&self) -> Secret {
        Secret::new(self.secret.as_str())
    }

    /// A secret that differs in one byte.
    fn other_secret(&self, at: Index, byte: u8) -> Secret {
        let mut bytes = self.secret.clone().into_bytes();
        let at = at.index(bytes.len());
        let byte = byte & 0x7f;
        // Of a character that is longer than a byte nothing else than a text's byte can be had.
        match self.secret.is_char_boundary(at) && self.secret.is_char_boundary(at + 1) {
            true if byte != bytes[at] && byte != 0 => bytes[at] = byte,
            _ => bytes.push(b'x'),
        }
        Secret::new(String::from_utf8(bytes).unwrap())
    }
}

/// A time from 1970 to 9999, in seconds, and the part of a second that is cut off.
fn time() -> impl Strategy<Value = (u64, u32)> {
    let seconds = prop_oneof![
        2 => 1_600_000_000_u64..2_000_000_000,
        1 => 0..=253_400_000_000_u64,
        // Around midnight.
        1 => (0..40_000_u64, 0..4_u64).prop_map(|(day, second)| (day * 86_400 + second).saturating_sub(2)),
    ];
    (seconds, 0..1_000_000_000_u32)
}

fn at((seconds, nanos): (u64, u32)) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos)
}

/// A time is good from `begin` to `end`, both included, and not a nanosecond before or after.
fn check_edges(
    check: impl Fn(SystemTime) -> Result<(), TimeError>,
    begin: Option<SystemTime>,
    (end, late): (SystemTime, TimeError),
) -> Result<(), TestCaseError> {
    let nano = Duration::from_nanos(1);
    if let Some(begin) = begin {
        prop_assert_eq!(check(begin), Ok(()));
        prop_assert_eq!(check(begin - nano), Err(TimeError::Skewed));
    }
    prop_assert_eq!(check(end), Ok(()));
    prop_assert_eq!(check(end + nano), Err(late));
    Ok(())
}

/// A time that is good for a while before and after it.
fn check_skew(
    check: impl Fn(SystemTime, Skew) -> Result<(), TimeError>,
    seconds: u64,
    skew: Duration,
) -> Result<(), TestCaseError> {
    let time = at((seconds, 0));
    let default = Duration::from_secs(15 * 60);
    for (tolerance, skew) in [(skew, Skew::new(skew)), (default, Skew::default())] {
        let ends = (Some(time - tolerance), (time + tolerance, TimeError::Skewed));
        check_edges(|now| check(now, skew), ends.0, ends.1)?;
    }
    Ok(())
}

fn skew() -> impl Strategy<Value = Duration> {
    (0..2000_u64, prop_oneof![Just(0), 0..1_000_000_000_u32])
        .prop_map(|(secs, nanos)| Duration::new(secs, nanos))
}
