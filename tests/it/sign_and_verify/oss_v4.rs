//! OSS V4, by a header and in a URL, with the bucket in the host and in the path, and with additional headers.

use super::oss_v1::{place, plain_headers, resource, target};
use super::tamper::{check, tampers};
use super::wire::{Dice, Wire, read_pairs, write_headers, write_pairs};
use super::{
    Pairs, Party, at, borrowed, check_edges, check_skew, header_value, headers, params, party, skew, time,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};
use sts_sign::oss_v4::{Request, Signer};
use sts_sign::verify::{Bucket, Skew, TimeError, oss_v4};

const PARAMS: &str = "(acl|uploadId|prefix|max-keys|x-oss-process|[a-z+|_.~-]{1,3}|a b|a/b|a-b|键)";

/// What means something: method, the resource (decoded; `/bucket` is `/bucket/`), all parameters, two headers, all that begin
/// with `x-oss-`, and the additional ones. Of `Authorization` what it says: its parts in any order, blanks around them,
/// additional headers that are not there or signed anyway, their case, and the case of the signature's digits do not count
/// (clients differ in the first, and the service is known to take them). Not other headers, and no body.
fn meaning(wire: &Wire, bucket: Bucket<'_>) -> Option<impl PartialEq + use<>> {
    let mut pairs = read_pairs(&wire.query, false)?;
    let authorization = String::from_utf8(wire.one("authorization")?).ok()?;
    let mut parts = BTreeMap::new();
    let listed = if authorization.is_empty() {
        if let Some((_, signature)) = pairs.iter_mut().find(|(name, _)| name == "x-oss-signature") {
            *signature = signature.to_ascii_lowercase();
        }
        pairs
            .iter()
            .find(|(name, _)| name == "x-oss-additional-headers")
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    } else {
        // An empty one signs nothing and is not signed.
        pairs.retain(|(name, value)| name != "x-oss-signature" || !value.is_empty());
        let rest = authorization.strip_prefix("OSS4-HMAC-SHA256")?;
        for part in rest.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            parts.insert(name.to_owned(), value.to_owned());
        }
        parts.entry("Signature".to_owned()).and_modify(|digits| digits.make_ascii_lowercase());
        parts.remove("AdditionalHeaders").unwrap_or_default()
    };
    let is_always =
        |name: &str| name.starts_with("x-oss-") || name == "content-type" || name == "content-md5";
    let listed: BTreeSet<String> = listed.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    let fields = wire.fields(|name| is_always(name) || listed.contains(name));
    Some((wire.method.clone(), resource(wire, bucket)?, pairs, parts, fields))
}

/// The names of additional headers as they are signed: sorted, and only those that are sent and say something.
fn additional_names(wire: &Wire, additional: &[&str]) -> String {
    let fields = wire.fields(|name| {
        let is_always =
            name.starts_with("x-oss-") || ["content-type", "content-md5", "authorization"].contains(&name);
        additional.iter().any(|wanted| wanted.eq_ignore_ascii_case(name)) && !is_always
    });
    let with_value = fields.into_iter().filter(|(_, values)| values.iter().any(|value| !value.is_empty()));
    with_value.map(|(name, _)| name).collect::<Vec<_>>().join(";")
}

fn accept(wire: &Wire, bucket: Bucket<'_>, party: &Party, now: SystemTime) -> Option<String> {
    let claim = oss_v4::Claim::read(&wire.request(), bucket).ok()?;
    if claim.access_key_id() != party.id {
        return None;
    }
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now, Skew::default()).ok()?;
    let of_key = (claim.security_token(), claim.is_presigned(), claim.date());
    Some(format!("{of_key:?} {} {}", claim.region(), claim.product()))
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

fn given() -> impl Strategy<Value = Pairs> {
    let many = headers("(x-oss-meta-[a-c_]|X-Oss-Meta-A|x-other|X-Other|Range|host|Z_named|date)", 10);
    let once = (header_value(), header_value(), 0..4_usize);
    (many, once).prop_map(|(mut given, (md5, content_type, which))| {
        if which & 1 == 1 {
            given.push(("Content-MD5".to_owned(), md5));
        }
        if which & 2 == 2 {
            given.push(("content-type".to_owned(), content_type));
        }
        given
    })
}

fn additional() -> impl Strategy<Value = &'static [&'static str]> {
    let odd = &[
        "HOST",
        "host",
        "z_named",
        "not-there",
        "content-type",
        "x-oss-date",
        "x-other",
        "authorization",
        "",
    ];
    select(vec![&[][..], &["range"], &["X-OTHER", "Range"], odd])
}

/// Who signs for which region and product, with keys made ready on the request's day or on another.
fn signer(party: &Party, region: &str, product: &str, ready: SystemTime) -> Signer {
    Signer::new(&party.credentials(), region, ready).unwrap().product(product).unwrap()
}

proptest! {
    #[test]
    fn what_is_signed_by_a_header_is_accepted_and_nothing_else(
        party in party(),
        (region, product) in ("[a-z]{2}-[a-z]{1,8}(-[0-9])?", select(&["oss", "oss-cloudbox"][..])),
        method in select(&["GET", "PUT", "POST", "DELETE", "HEAD"][..]),
        (target, in_host) in (target(), any::<bool>()),
        query in params(PARAMS),
        (given, additional) in (given(), additional()),
        body in any::<Vec<u8>>(),
        (time, ready) in (time(), -90_000_i64..90_000),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        skew in skew(),
        tampers in tampers(),
    ) {
        let (now, query_given, headers_given) = (at(time), borrowed(&query), borrowed(&given));
        let signer = signer(&party, &region, product, at((time.0.saturating_add_signed(ready), 0)));
        let request =
            request(method, now, &target).query(&query_given).headers(&headers_given).additional_headers(additional);
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

        let claim = oss_v4::Claim::read(&wire.request(), bucket).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert_eq!((claim.region(), claim.product(), claim.is_presigned()), (&*region, product, false));
        prop_assert_eq!(Some(claim.date()), added.get("x-oss-date"));
        prop_assert_eq!(claim.canonical_request(), signer.canonical_request(&request).unwrap());
        let names = format!("\n{}\nUNSIGNED-PAYLOAD", additional_names(&wire, additional));
        prop_assert!(claim.canonical_request().ends_with(&names), "{:?}", wire);
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_skew(|now, skew| claim.check_time(now, skew), time.0, skew)?;
        check(&wire, &tampers, |wire| meaning(wire, bucket), |wire| accept(wire, bucket, &party, now))?;
    }

    #[test]
    fn what_is_signed_in_a_url_is_accepted_and_nothing_else(
        party in party(),
        (region, product) in ("[a-z]{2}-[a-z]{1,8}(-[0-9])?", select(&["oss", "oss-cloudbox"][..])),
        method in select(&["GET", "PUT", "HEAD"][..]),
        (target, in_host) in (target(), any::<bool>()),
        query in params(PARAMS),
        (given, additional) in (given(), additional()),
        time in time(),
        (expires, skew) in (prop_oneof![1_u64..4, 1_u64..=604_800, Just(604_800)], skew()),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        tampers in tampers(),
    ) {
        let (now, query_given, headers_given) = (at(time), borrowed(&query), borrowed(&given));
        let signer = signer(&party, &region, product, now);
        let request =
            request(method, now, &target).query(&query_given).headers(&headers_given).additional_headers(additional);
        let life = Duration::from_secs(expires);
        let query = signer.presign(&request, life).unwrap();
        let mut dice = Dice::new(seed);
        let (bucket, path) = place(&target, in_host, &mut dice);
        let base = if in_host || target.0.is_none() { "https://h".to_owned() } else { format!("http://h:1/{}", target.0.as_deref().unwrap()) };
        let url = signer.presign_url(&request, life, &base).unwrap();
        let (path, query) = match seed % 2 {
            0 => {
                let rest = url.splitn(4, '/').nth(3).unwrap();
                let (path, of_url) = rest.split_once('?').unwrap();
                prop_assert_eq!(of_url, &query);
                (format!("/{path}").into_bytes(), query.into_bytes())
            }
            _ => (path, write_pairs(&read_pairs(query.as_bytes(), false).unwrap(), false, &mut dice)),
        };
        let wire = Wire { method: method.to_owned(), path, query, headers: plain_headers(&given), body: Vec::new() };

        let claim = oss_v4::Claim::read(&wire.request(), bucket).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert_eq!((claim.region(), claim.product(), claim.is_presigned()), (&*region, product, true));
        let names = format!("\n{}\nUNSIGNED-PAYLOAD", additional_names(&wire, additional));
        prop_assert!(claim.canonical_request().ends_with(&names), "{:?}", wire);
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        let (begin, end) = (at((time.0, 0)), at((time.0 + expires, 0)));
        check_edges(|now| claim.check_time(now, Skew::new(skew)), Some(begin - skew), (end, TimeError::Expired))?;
        check(&wire, &tampers, |wire| meaning(wire, bucket), |wire| accept(wire, bucket, &party, now))?;
    }
}

/// A header that is there twice, once without a value, is signed as it is sent.
#[test]
fn additional_headers_with_and_without_a_value() {
    let party = Party { id: "id".to_owned(), secret: "secret".to_owned(), token: None };
    let now = at((1_700_000_000, 0));
    for given in [
        [("x-other", ""), ("X-Other", "1")],
        [("x-other", "1"), ("x-other", " ")],
        [("x-other", ""), ("x-other", "")],
    ] {
        let request = Request::new("GET", now).headers(&given).additional_headers(&["x-other"]);
        let added = signer(&party, "cn-hangzhou", "oss", now).sign(&request).unwrap();
        let given: Pairs = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let wire = Wire {
            method: "GET".to_owned(),
            path: b"/".to_vec(),
            query: Vec::new(),
            headers: write_headers(&given, added.iter(), &mut Dice::new(0)),
            body: Vec::new(),
        };
        assert!(accept(&wire, Bucket::InPath, &party, now).is_some(), "{wire:?}");
        let with_nothing = Wire { query: b"=".to_vec(), ..wire };
        assert!(accept(&with_nothing, Bucket::InPath, &party, now).is_none(), "{with_nothing:?}");
    }
}
