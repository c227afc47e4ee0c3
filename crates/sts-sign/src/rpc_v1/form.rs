//! The one-pass writer: the form body, and the signature of it.

use super::Algorithm;
use super::mac::Key;
use super::sweep::{End, SIGNATURE_LONGEST, SLACK, Sweep};
use crate::encode::encode_into;
use crate::error::{ReservedName, SignError};
use crate::hmac::{self, Hash, State};
use crate::order::{Merge, Param, length, precedes, with_sorted};
use crate::time::Civil;
use sts_types::Credentials;

/// Appends the signed form of a complete set of parameters: sorted by name, percent-encoded, then `Signature`.
///
/// For callers who fill in the parameters of the scheme themselves ([`Request`](super::Request) does it for them).
/// `params` are names and values, not encoded, in any order. Asks for memory at most once, and not at all where `out`
/// has room (once more to sort more than 24 parameters that did not come sorted).
///
/// # Errors
///
/// [`SignError::ReservedName`] for `Signature`, [`SignError::EmptyName`] and [`SignError::DuplicateName`]; `out` is
/// then as it was.
pub fn sign_form(
    algorithm: Algorithm,
    method: &str,
    access_key_secret: &str,
    params: &[(&str, &str)],
    out: &mut Vec<u8>,
) -> Result<(), SignError> {
    if let Some((name, _)) = params.iter().find(|(name, _)| *name == "Signature") {
        return Err(ReservedName::new(name).into());
    }
    let key = Key::new(algorithm, access_key_secret);
    with_sorted(params, |params| {
        match &key {
            Key::Sha1(key) => write_complete(key, method, params, out),
            #[cfg(feature = "sha256")]
            Key::Sha256(key) => write_complete(key, method, params, out),
        }
        Ok(())
    })
}

fn write_complete<H: Hash>(key: &hmac::Key<H>, method: &str, params: &[Param<'_>], out: &mut Vec<u8>) {
    write(key, key.state(), b"", 3 * length(params), out, |sweep| {
        sweep.method(method);
        if let Some(((name, value), rest)) = params.split_first() {
            sweep.param(name, value, End::Nothing);
            write_rest(sweep, rest);
        }
    });
}

/// What the signer adds to the parameters of a caller.
pub(super) struct Added<'a> {
    pub(super) method: &'a str,
    pub(super) credentials: &'a Credentials,
    pub(super) nonce: &'a str,
    pub(super) time: Civil,
}

/// Length of all that the signer adds but for the values that vary: 127 bytes, encoded, with the longest algorithm.
const ADDED_LONGEST: usize = 160;

/// Appends the signed form of a caller's parameters, which are checked and sorted, and what the signer adds.
pub(super) fn write_signed(key: &Key, params: &[Param<'_>], added: &Added<'_>, out: &mut Vec<u8>) {
    match key {
        Key::Sha1(key) => {
            let method = (b"SignatureMethod=HMAC-SHA1&", b"SignatureMethod%3DHMAC-SHA1%26");
            write_added(key, method, params, added, out);
        }
        #[cfg(feature = "sha256")]
        Key::Sha256(key) => {
            let method = (b"SignatureMethod=HMAC-SHA256&", b"SignatureMethod%3DHMAC-SHA256%26");
            write_added(key, method, params, added, out);
        }
    }
}

fn write_added<H: Hash, const ONCE: usize, const TWICE: usize>(
    key: &hmac::Key<H>,
    (algorithm_once, algorithm_twice): (&[u8; ONCE], &[u8; TWICE]),
    mut params: &[Param<'_>],
    added: &Added<'_>,
    out: &mut Vec<u8>,
) {
    let id = added.credentials.access_key_id();
    let token = added.credentials.security_token().map(|token| token.expose_secret());
    let values = id.len() + token.map_or(0, str::len) + added.nonce.len();
    write(key, key.state(), b"", 3 * (length(params) + values) + ADDED_LONGEST, out, |sweep| {
        sweep.method(added.method);
        let mut until = |sweep: &mut Sweep<'_, H>, next: &str| {
            while let Some(((name, value), rest)) = params.split_first()
                && precedes(name, next)
            {
                sweep.param(name, value, End::Ampersand);
                params = rest;
            }
        };
        until(sweep, "AccessKeyId");
        sweep.literal(b"AccessKeyId=", b"AccessKeyId%3D");
        sweep.encode(id, End::Ampersand);
        if let Some(token) = token {
            until(sweep, "SecurityToken");
            sweep.literal(b"SecurityToken=", b"SecurityToken%3D");
            sweep.encode(token, End::Ampersand);
        }
        until(sweep, "SignatureMethod");
        sweep.literal(algorithm_once, algorithm_twice);
        until(sweep, "SignatureNonce");
        sweep.literal(b"SignatureNonce=", b"SignatureNonce%3D");
        sweep.encode(added.nonce, End::Ampersand);
        until(sweep, "SignatureVersion");
        sweep.literal(b"SignatureVersion=1.0&", b"SignatureVersion%3D1.0%26");
        until(sweep, "Timestamp");
        sweep.literal(b"Timestamp=", b"Timestamp%3D");
        write_time(sweep, &added.time);
        write_rest(sweep, params);
    });
}

/// Adds parameters that follow others.
#[inline]
fn write_rest<H: Hash>(sweep: &mut Sweep<'_, H>, params: &[Param<'_>]) {
    for (name, value) in params {
        sweep.literal(b"&", b"%26");
        sweep.param(name, value, End::Nothing);
    }
}

/// Adds a time: letters, digits and hyphens but for the two colons. Made of words, since bytes that are stored one by one
/// are slow to read as words again.
#[inline]
pub(super) fn write_time<H: Hash>(sweep: &mut Sweep<'_, H>, time: &Civil) {
    /// Two digits of a number below 100, and what else there is in a word of eight bytes, at a place of it.
    const fn at(place: u32, number: u32) -> u64 {
        ((number / 10 + 0x30) as u64 | ((number % 10 + 0x30) as u64) << 8) << (8 * place)
    }
    const fn text(text: &[u8; 8]) -> u64 {
        u64::from_le_bytes(*text)
    }
    let year = at(0, time.year / 100) | at(2, time.year % 100);
    let date = (year | at(5, time.month) | text(b"\0\0\0\0-\0\0-")).to_le_bytes();
    let hour = at(0, time.day) | at(3, time.hour);
    let (minute, second) = (time.minute, time.second);
    sweep.literal(&date, &date);
    sweep.literal(
        &(hour | text(b"\0\0T\0\0%3A")).to_le_bytes(),
        &(hour | text(b"\0\0T\0\0%25")).to_le_bytes(),
    );
    sweep.literal(
        &(at(0, minute) | at(5, second) | text(b"\0\0%3A\0\0Z")).to_le_bytes(),
        &(at(2, minute) | text(b"3A\0\0%253")).to_le_bytes(),
    );
    sweep.literal(b"", &((at(1, second) | text(b"A\0\0Z\0\0\0\0")) as u32).to_le_bytes());
}

/// Appends `start`, which the state covers, what `fill` adds to it, `longest` bytes at most, and the signature.
#[inline]
pub(super) fn write<H: Hash>(
    key: &hmac::Key<H>,
    state: State<H>,
    start: &[u8],
    longest: usize,
    out: &mut Vec<u8>,
    fill: impl FnOnce(&mut Sweep<'_, H>),
) {
    let room = longest + SIGNATURE_LONGEST + SLACK;
    out.reserve(start.len() + room);
    out.extend_from_slice(start);
    let start = out.len();
    out.resize(start + room, 0);
    let mut sweep = Sweep::new(out.get_mut(start..).unwrap_or_default(), state);
    fill(&mut sweep);
    let length = sweep.sign(key);
    out.truncate(start + length);
}

/// Appends a form without a signature.
pub(super) fn write_unsigned(params: Merge<'_, '_>, out: &mut Vec<u8>) {
    // Assertions and tokens are long and nearly all unreserved.
    let length = params.length();
    out.reserve(length + length / 8);
    for (index, (name, value)) in params.enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        encode_into(name.as_bytes(), out);
        out.push(b'=');
        encode_into(value.as_bytes(), out);
    }
}

#[cfg(test)]
mod tests {
    use super::sign_form;
    use crate::SignError;
    use crate::percent_encode;
    use crate::rpc_v1::{Algorithm, canonical_query, signature, string_to_sign};
    use proptest::collection::btree_map;
    use proptest::prelude::*;

    const ALGORITHMS: &[Algorithm] = &[
        Algorithm::HmacSha1,
        #[cfg(feature = "sha256")]
        Algorithm::HmacSha256,
    ];

    /// The writer against the stages, which the vectors prove.
    fn check(method: &str, secret: &str, params: &[(&str, &str)]) {
        for &algorithm in ALGORITHMS {
            let query = canonical_query(params);
            let signature = signature(algorithm, secret, &string_to_sign(method, &query));
            let expected = format!("before{query}&Signature={}", percent_encode(&signature));
            let mut form = b"before".to_vec();
            sign_form(algorithm, method, secret, params, &mut form).unwrap();
            assert_eq!(String::from_utf8(form).unwrap(), expected, "{method} {params:?}");
        }
    }

    #[test]
    fn texts_of_every_length_before_and_after_each_buffer_is_full() {
        for text in ["a", "/", "a/", "aaaaaaa/", "{\"a\":[\"b\"]},", "密", "\u{1f511}x"] {
            for length in
                (0..200).chain([255, 256, 257, 383, 384, 511, 512, 513, 1000, 1023, 1024, 1025, 5000])
            {
                let value: String = text.chars().cycle().take(length).collect();
                check("POST", "secret", &[("Name", &value), ("Z", "")]);
            }
        }
    }

    #[test]
    fn one_reserved_byte_at_every_place_of_short_texts() {
        for length in 1..50 {
            for place in 0..length {
                let mut text = "abcdefgh".repeat(7);
                text.truncate(length);
                text.replace_range(place..=place, "/");
                check("POST", "secret", &[(&text, &text)]);
            }
        }
    }

    #[test]
    fn names_and_values_that_fill_the_buffers_with_separators_only() {
        let names: Vec<String> = (0..2000).map(|n| format!("{n:04}")).collect();
        let params: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        check("POST", "secret", &params);
    }

    #[test]
    fn methods_and_keys_of_any_length() {
        for method in [
            "",
            "get",
            "POST",
            "a-method-of-sixty-four-characters-is-the-longest-that-is-staged-x",
            &"x".repeat(700),
        ] {
            check(method, "secret", &[("A", "/"), ("B", &"b/".repeat(300))]);
        }
        for length in [0, 1, 30, 62, 63, 64, 65, 127, 128, 1000] {
            check("POST", &"k".repeat(length), &[("A", "/")]);
        }
        check("POST", "secret", &[]);
    }

    #[test]
    fn what_cannot_be_signed_leaves_the_buffer_alone() {
        let refused = |params: &[(&str, &str)]| {
            let mut form = b"before".to_vec();
            let error = sign_form(Algorithm::HmacSha1, "POST", "secret", params, &mut form).unwrap_err();
            assert_eq!(form, b"before");
            error
        };
        assert!(matches!(refused(&[("", "x")]), SignError::EmptyName(_)));
        assert!(matches!(refused(&[("B", "x"), ("", "x")]), SignError::EmptyName(_)));
        assert!(
            matches!(refused(&[("A", "x"), ("Signature", "x")]), SignError::ReservedName(e) if e.name() == "Signature")
        );
        assert!(
            matches!(refused(&[("A", "1"), ("B", "2"), ("A", "1")]), SignError::DuplicateName(e) if e.name() == "A")
        );
        assert!(matches!(refused(&[("A", "1"), ("A", "2")]), SignError::DuplicateName(_)));
        let names: Vec<String> = (0..40).rev().map(|n| format!("N{}", n % 39)).collect();
        let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert!(matches!(refused(&many), SignError::DuplicateName(e) if e.name() == "N0"));
    }

    #[test]
    fn a_buffer_with_room_is_not_moved() {
        let mut form = Vec::with_capacity(1024);
        let address = form.as_ptr();
        sign_form(Algorithm::HmacSha1, "POST", "secret", &[("A", "/"), ("B", "x")], &mut form).unwrap();
        assert_eq!((form.as_ptr(), form.capacity()), (address, 1024));
    }

    proptest! {
        #[test]
        fn same_as_the_stages(
            params in btree_map("\\PC{1,20}", any::<String>(), 0..40).prop_map(|map| map.into_iter().collect::<Vec<_>>()),
            order in any::<u64>(),
            method in "[A-Za-z]{0,10}",
            secret in any::<String>(),
        ) {
            let mut params: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            params.sort_by_key(|(name, value)| (name.len() + value.len()) as u64 ^ order);
            if !params.iter().any(|(name, _)| *name == "Signature") {
                check(&method, &secret, &params);
            }
        }

        #[test]
        fn same_as_the_stages_on_dense_punctuation(value in "[ -~]{0,3000}") {
            check("POST", "secret", &[("Policy", &value), ("Action", "AssumeRole")]);
        }
    }
}
