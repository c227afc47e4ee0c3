//! Requests of the `http` crate, signed in place by a client and read by a server of the same family.

use super::oss_v1::{place, target};
use super::wire::{Dice, write_pairs};
use super::{Pairs, at, headers, params, party, time};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use proptest::sample::select;
use std::time::SystemTime;
use sts_sign::verify::{Bucket, Request};
use sts_sign::{acs3, oss_v1, oss_v4, roa, verify};

/// A request before it is signed. Its query is written as some URL builders do: `+` for a space where the scheme's
/// gateway takes it for one.
fn parts(method: &str, path: &[u8], query: &Pairs, given: &Pairs, plus: bool, dice: &mut Dice) -> Parts {
    let path = String::from_utf8(path.to_vec()).unwrap();
    let query = String::from_utf8(write_pairs(query, plus, dice)).unwrap();
    let mut parts =
        http::Request::get(format!("https://b.example.com{path}?{query}")).body(()).unwrap().into_parts().0;
    parts.method = Method::from_bytes(method.as_bytes()).unwrap();
    for (name, value) in given {
        let name: HeaderName = name.parse().unwrap();
        parts.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    parts
}

/// Reads a request as it arrives: the URI has no host then, but there is a header.
fn arrived(mut parts: Parts) -> Parts {
    let path_and_query = parts.uri.path_and_query().unwrap().clone();
    if !parts.headers.contains_key("host") {
        parts.headers.insert("host", HeaderValue::from_str(parts.uri.host().unwrap()).unwrap());
    }
    parts.uri = path_and_query.into();
    parts
}

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];
const PATH: &str = "/((%2F|%e4%b8%ad|[a-zA-Z0-9._~*+:@!$,-]){0,6}/?){0,3}";

proptest! {
    #[test]
    fn acs3_in_place(
        party in party(),
        (method, path) in (select(&METHODS[..]), PATH),
        query in params("([A-Z][a-z.0-9]{0,8}|a b|键)"),
        given in headers("(x-acs-[a-c]{1,2}|content-type|x-other|accept)", 6),
        body in any::<Vec<u8>>(),
        time in time(),
        seed in any::<u64>(),
    ) {
        let mut parts = parts(method, path.as_bytes(), &query, &given, true, &mut Dice::new(seed));
        let request = acs3::Request::new("", "A", "V", at(time), "n").body(&body).sign_also(&["accept"]);
        let signer = acs3::Signer::new(&party.credentials());
        signer.sign_parts(&mut parts, &request).unwrap();
        let parts = arrived(parts);
        let claim = verify::acs3::Claim::read(&Request::from_parts(&parts, &body)).unwrap();
        prop_assert_eq!(claim.check_signature(&party.secret()), Ok(()), "{:?}", parts);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
    }

    #[test]
    fn roa_in_place(
        party in party(),
        (method, path) in (select(&METHODS[..]), PATH),
        query in params("([a-z]{1,4}|a b|键)"),
        given in proptest::collection::btree_map("(x-acs-[a-c]{1,2}|content-type|x-other|accept|date)", super::header_value(), 0..6),
        time in time(),
        seed in any::<u64>(),
    ) {
        let given = given.into_iter().collect();
        let mut parts = parts(method, path.as_bytes(), &query, &given, true, &mut Dice::new(seed));
        let request = roa::Request::new(at(time), "n").version("v");
        roa::Signer::new(&party.credentials()).sign_parts(&mut parts, &request).unwrap();
        let parts = arrived(parts);
        let claim = verify::roa::Claim::read(&Request::from_parts(&parts, b"")).unwrap();
        prop_assert_eq!(claim.check_signature(&party.secret()), Ok(()), "{:?}", parts);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
    }

    #[test]
    fn oss_in_place(
        party in party(),
        method in select(&METHODS[..]),
        (target, in_host) in (target(), any::<bool>()),
        query in params("(acl|uploadId|x-oss-process|prefix|[a-z+]{1,3}|a/b)"),
        given in headers("(x-oss-meta-[a-c]|x-other|range|cache-control)", 6),
        time in time(),
        seed in any::<u64>(),
    ) {
        let mut dice = Dice::new(seed);
        let (bucket, path) = place(&target, in_host, &mut dice);
        let parts = parts(method, &path, &query, &given, false, &mut dice);
        let now: SystemTime = at(time);
        let secret = party.secret();

        let mut signed = parts.clone();
        let request = oss_v1::Request::new("", now);
        let request = if let Bucket::InHost(name) = bucket { request.bucket(name) } else { request };
        oss_v1::Signer::new(&party.credentials()).sign_parts(&mut signed, &request).unwrap();
        let signed = arrived(signed);
        let claim = verify::oss_v1::Claim::read(&Request::from_parts(&signed, b""), bucket).unwrap();
        prop_assert_eq!(claim.check_signature(&secret), Ok(()), "{:?}", signed);

        let mut signed = parts;
        let request = oss_v4::Request::new("", now).additional_headers(&["host", "Range"]);
        let request = if let Bucket::InHost(name) = bucket { request.bucket(name) } else { request };
        let signer = oss_v4::Signer::new(&party.credentials(), "cn-hangzhou", now).unwrap();
        signer.sign_parts(&mut signed, &request).unwrap();
        let signed = arrived(signed);
        let claim = verify::oss_v4::Claim::read(&Request::from_parts(&signed, b""), bucket).unwrap();
        prop_assert_eq!(claim.check_signature(&secret), Ok(()), "{:?}", signed);
    }
}
