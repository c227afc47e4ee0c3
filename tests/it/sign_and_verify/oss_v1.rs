//! OSS V1, by a header and in a URL, with the bucket in the host and in the path.

use super::tamper::{check, tampers};
use super::wire::{Dice, Wire, read, read_pairs, write_headers, write_pairs, write_path};
use super::{
    Pairs, Party, at, borrowed, check_edges, check_skew, header_value, headers, object_key, params, party,
    skew, time,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::time::{Duration, SystemTime};
use sts_sign::oss_v1::{Request, Signer};
use sts_sign::verify::{Bucket, Skew, TimeError, oss_v1};

/// Some of the names that OSS V1 signs, and some that it does not.
const PARAMS: &str = "(acl|uploadId|partNumber|versionId|response-content-type|callback|x-oss-process|x-oss-[a-z]|prefix|max-keys|ACL)";

/// Those of `PARAMS` that are signed.
fn is_signed(name: &str) -> bool {
    let known =
        ["acl", "uploadId", "partNumber", "versionId", "response-content-type", "callback", "security-token"];
    name.starts_with("x-oss-") || known.contains(&name)
}

/// What means something: method, the resource (decoded: the scheme signs the key itself; `/bucket` is `/bucket/`), those
/// parameters that are sub-resources, two headers, all that begin with `x-oss-`, and what says who signed and when. Not other
/// parameters and headers, and no body.
fn meaning(wire: &Wire, bucket: Bucket<'_>) -> Option<impl PartialEq + use<>> {
    let resource = resource(wire, bucket)?;
    let pairs = read_pairs(&wire.query, false)?;
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    // Whichever of them: a name that is there twice means nothing that could be relied on.
    if (1..names.len()).any(|index| names[index] == names[index - 1]) {
        return None;
    }
    let presigned: Pairs = pairs
        .iter()
        .filter(|(name, _)| ["OSSAccessKeyId", "Expires", "Signature"].contains(&&**name))
        .cloned()
        .collect();
    let signed: Pairs = pairs.into_iter().filter(|(name, _)| is_signed(name)).collect();
    let date = match wire.values("x-oss-date").is_empty() {
        true if wire.values("authorization").is_empty() => Vec::new(),
        true => wire.one("date")?,
        false => wire.one("x-oss-date")?,
    };
    let lines = [wire.one("content-md5")?, wire.one("content-type")?, date, wire.one("authorization")?];
    let presigned = if lines[3].is_empty() { presigned } else { Pairs::new() };
    let fields = wire.fields(|name| name.starts_with("x-oss-"));
    Some((wire.method.clone(), resource, signed, presigned, lines, fields))
}

pub(super) fn resource(wire: &Wire, bucket: Bucket<'_>) -> Option<String> {
    let path = if wire.path.is_empty() {
        "/".to_owned()
    } else {
        String::from_utf8(read(&wire.path, false)?).ok()?
    };
    Some(match bucket {
        Bucket::InHost(name) => format!("/{name}{path}"),
        _ if path.len() > 1 && !path[1..].contains('/') => format!("{path}/"),
        _ => path,
    })
}

fn accept(wire: &Wire, bucket: Bucket<'_>, party: &Party, now: SystemTime) -> Option<String> {
    let claim = oss_v1::Claim::read(&wire.request(), bucket).ok()?;
    if claim.access_key_id() != party.id {
        return None;
    }
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now, Skew::default()).ok()?;
    Some(format!("{:?} {}", claim.security_token(), claim.is_presigned()))
}

/// What a request is about.
pub(super) fn target() -> impl Strategy<Value = (Option<String>, Option<String>)> {
    let bucket = || "[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?".prop_map(Some);
    prop_oneof![
        1 => Just((None, None)),
        1 => (bucket(), Just(None)),
        6 => (bucket(), object_key().prop_map(Some)),
    ]
}

/// Where a server finds it, and the path that leads to it.
pub(super) fn place<'a>(
    (bucket, key): &'a (Option<String>, Option<String>),
    in_host: bool,
    dice: &mut Dice,
) -> (Bucket<'a>, Vec<u8>) {
    let key = write_path(key.as_deref().unwrap_or_default(), dice);
    match bucket {
        Some(bucket) if in_host => (Bucket::InHost(bucket), [b"/", key.as_slice()].concat()),
        Some(bucket) => (Bucket::InPath, [b"/", bucket.as_bytes(), b"/", key.as_slice()].concat()),
        None => (Bucket::InPath, b"/".to_vec()),
    }
}

fn request<'a>(
    method: &'a str,
    time: SystemTime,
    (bucket, key): &'a (Option<String>, Option<String>),
) -> Request<'a> {
    let request = Request::new(method, time);
    let request = bucket.as_deref().map_or(request, |bucket| request.bucket(bucket));
    key.as_deref().map_or(request, |key| request.key(key))
}

/// Headers of a caller, without those that come once.
fn repeatable() -> impl Strategy<Value = Pairs> {
    headers("(x-oss-meta-[a-c_]|X-Oss-Meta-A|x-oss-acl|x-other|Range|Cache-Control)", 8)
}

fn once() -> impl Strategy<Value = Pairs> {
    let names = ["Content-MD5", "content-type"];
    (header_value(), header_value(), 0..4_usize).prop_map(move |(md5, content_type, which)| {
        let both = [(names[0].to_owned(), md5), (names[1].to_owned(), content_type)];
        both.into_iter()
            .enumerate()
            .filter(|(index, _)| which >> index & 1 == 1)
            .map(|(_, pair)| pair)
            .collect()
    })
}

proptest! {
    #[test]
    fn what_is_signed_by_a_header_is_accepted_and_nothing_else(
        party in party(),
        method in select(&["GET", "PUT", "POST", "DELETE", "HEAD"][..]),
        (target, in_host) in (target(), any::<bool>()),
        query in params(PARAMS),
        (repeatable, once, x_oss_date) in (repeatable(), once(), any::<bool>()),
        body in any::<Vec<u8>>(),
        time in time(),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        skew in skew(),
        tampers in tampers(),
    ) {
        let (now, query_given) = (at(time), borrowed(&query));
        let signer = Signer::new(&party.credentials());
        let mut given: Pairs = repeatable.into_iter().chain(once).collect();
        if x_oss_date {
            // The caller's own, taken from the signer: the format is proved elsewhere.
            let date = signer.sign(&Request::new("GET", now)).unwrap().get("date").unwrap().to_owned();
            given.push(("X-Oss-Date".to_owned(), date));
        }
        let headers_given = borrowed(&given);
        let request = request(method, now, &target).query(&query_given).headers(&headers_given);
        let added = signer.sign(&request).unwrap();
        let mut dice = Dice::new(seed);
        let (bucket, path) = place(&target, in_host, &mut dice);
        let wire = Wire {
            method: method.to_owned(),
            path,
            query: write_pairs(&query, false, &mut dice),
            headers: write_headers(&given, added.iter(), &mut dice),
            body,
        };

        let claim = oss_v1::Claim::read(&wire.request(), bucket).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert!(!claim.is_presigned());
        prop_assert_eq!(claim.string_to_sign(), signer.string_to_sign(&request).unwrap());
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_skew(|now, skew| claim.check_time(now, skew), time.0, skew)?;
        check(&wire, &tampers, |wire| meaning(wire, bucket), |wire| accept(wire, bucket, &party, now))?;
    }

    #[test]
    fn what_is_signed_in_a_url_is_accepted_and_nothing_else(
        party in party(),
        method in select(&["GET", "PUT", "HEAD"][..]),
        (target, in_host) in (target(), any::<bool>()),
        query in params(PARAMS),
        (repeatable, once) in (repeatable(), once()),
        time in time(),
        expires in prop_oneof![1_u64..4, 1_u64..10_000_000],
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        tampers in tampers(),
    ) {
        let (now, query_given) = (at(time), borrowed(&query));
        let signer = Signer::new(&party.credentials());
        let given: Pairs = repeatable.into_iter().chain(once).collect();
        let headers_given = borrowed(&given);
        let request = request(method, now, &target).query(&query_given).headers(&headers_given);
        let mut dice = Dice::new(seed);
        let (bucket, path) = place(&target, in_host, &mut dice);
        let base = if in_host || target.0.is_none() { "https://h".to_owned() } else { format!("http://h:1/{}/", target.0.as_deref().unwrap()) };
        let url = signer.presign_url(&request, Duration::from_secs(expires), &base).unwrap();
        let query = url.split_once('?').unwrap().1;
        prop_assert_eq!(query, signer.presign(&request, Duration::from_secs(expires)).unwrap());
        // As it is, or as a stack that takes it apart and puts it together writes it.
        let (path, query) = match seed % 2 {
            0 => (url.splitn(4, '/').nth(3).map(|rest| format!("/{}", rest.split('?').next().unwrap())).unwrap().into_bytes(), query.as_bytes().to_vec()),
            _ => (path, write_pairs(&read_pairs(query.as_bytes(), false).unwrap(), false, &mut dice)),
        };
        let wire = Wire { method: method.to_owned(), path, query, headers: plain_headers(&given), body: Vec::new() };

        let claim = oss_v1::Claim::read(&wire.request(), bucket).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert!(claim.is_presigned());
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        let end = at((time.0 + expires, 0));
        check_edges(|now| claim.check_time(now, Skew::new(Duration::ZERO)), None, (end, TimeError::Expired))?;
        check(&wire, &tampers, |wire| meaning(wire, bucket), |wire| accept(wire, bucket, &party, now))?;
    }
}

pub(super) fn plain_headers(given: &Pairs) -> Vec<(String, Vec<u8>)> {
    given.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect()
}
