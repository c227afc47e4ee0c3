//! ROA v1, by its headers.

use super::tamper::{check, tampers};
use super::wire::{Dice, Wire, read_pairs, write_headers, write_pairs};
use super::{Pairs, Party, at, borrowed, check_skew, header_value, params, party, skew, time};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use proptest::collection::btree_map;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::BTreeSet;
use std::time::SystemTime;
use sts_sign::roa::{Request, Signer};
use sts_sign::verify::{Skew, roa};

/// What means something: method, path (as it is), parameters, four headers, all that begin with `x-acs-`, and
/// `Authorization`. The body where `content-md5` tells of it, which else nothing covers. Not other headers. An empty header
/// of the four is none. Parameters count as the scheme writes them, not encoded: that a name with a `=`, or a value with
/// a `&`, is signed as other parameters would be is its rule.
fn meaning(wire: &Wire) -> Option<impl PartialEq + use<>> {
    let lines = [wire.one("accept")?, wire.one("content-md5")?, wire.one("content-type")?, wire.one("date")?];
    let body = if lines[1].is_empty() { Vec::new() } else { wire.body.clone() };
    let path = if wire.path.is_empty() { b"/".to_vec() } else { wire.path.clone() };
    let fields = wire.fields(|name| name.starts_with("x-acs-"));
    Some((
        wire.method.clone(),
        path,
        joined(&read_pairs(&wire.query, true)?)?,
        lines,
        fields,
        wire.one("authorization")?,
        body,
    ))
}

fn joined(pairs: &Pairs) -> Option<String> {
    let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let all: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    // One that is there twice means nothing that could be relied on.
    (names.len() == pairs.len()).then(|| all.join("&"))
}

fn accept(wire: &Wire, party: &Party, now: SystemTime) -> Option<String> {
    let claim = roa::Claim::read(&wire.request()).ok()?;
    if claim.access_key_id() != party.id {
        return None;
    }
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now, Skew::default()).ok()?;
    let of_key = (claim.security_token(), claim.nonce(), claim.date(), claim.version());
    Some(format!("{of_key:?} {}", claim.body_is_signed()))
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_and_nothing_else(
        party in party(),
        method in select(&["GET", "POST", "PUT", "DELETE", "PATCH"][..]),
        path in "(|/|(/[a-zA-Z0-9._~*+:@!$,%-]{0,6}){1,4}|/%2F/%e4%b8%ad/\\.\\./)",
        query in params("([a-z_.~-]{1,4}|a b|a/b|键)"),
        given in btree_map("([xX]-[aA]cs-[a-c_]{1,2}|content-type|Accept|x-other|user-agent|date)", header_value(), 0..8),
        body in any::<Vec<u8>>(),
        with_md5 in any::<bool>(),
        version in "[0-9-]{1,10}",
        nonce in "[!-~]([ -~é]{0,20}[!-~])?",
        time in time(),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        skew in skew(),
        tampers in tampers(),
    ) {
        let (now, query_given) = (at(time), borrowed(&query));
        // No name twice, in whatever case: the signer says so.
        let mut given: Vec<(String, String)> = given.into_iter().collect();
        given.sort_by_key(|(name, _)| name.to_ascii_lowercase());
        given.dedup_by_key(|(name, _)| name.to_ascii_lowercase());
        if with_md5 {
            given.push(("Content-MD5".to_owned(), STANDARD.encode(Md5::digest(&body))));
        }
        let headers_given = borrowed(&given);
        let request =
            Request::new(now, &nonce).version(&version).method(method).path(&path).query(&query_given).headers(&headers_given);
        let signer = Signer::new(&party.credentials());
        let added = signer.sign(&request).unwrap();
        let mut dice = Dice::new(seed);
        let wire = Wire {
            method: method.to_owned(),
            path: path.clone().into_bytes(),
            query: write_pairs(&query, true, &mut dice),
            headers: write_headers(&given, added.iter(), &mut dice),
            body,
        };

        let claim = roa::Claim::read(&wire.request()).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert_eq!((claim.nonce(), claim.version()), (&*nonce, &*version));
        prop_assert_eq!(Some(claim.date()), added.get("date"));
        prop_assert_eq!(claim.body_is_signed(), with_md5);
        prop_assert_eq!(claim.string_to_sign(), signer.string_to_sign(&request).unwrap());
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_skew(|now, skew| claim.check_time(now, skew), time.0, skew)?;
        check(&wire, &tampers, meaning, |wire| accept(wire, &party, now))?;
    }
}
