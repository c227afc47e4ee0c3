//! Callers and clients that mean no good: any bytes for the verifier, any text for the signers.

use super::tamper::{Edit, edit};
use super::wire::{Dice, Wire, write_headers, write_pairs};
use super::{NASTY, Pairs, Party, at, borrowed, header_value, text, time};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::time::Duration;
use sts_sign::verify::{Bucket, Skew, acs3 as v_acs3, oss_post, oss_v1 as v_oss_v1, oss_v4 as v_oss_v4};
use sts_sign::verify::{roa as v_roa, rpc_v1 as v_rpc_v1};
use sts_sign::{Headers, acs3, oss_v1, oss_v4, roa};
use sts_types::{Credentials, Secret};

/// Names that a scheme looks at, and any others.
fn name() -> impl Strategy<Value = String> {
    let known = [
        "authorization",
        "host",
        "date",
        "accept",
        "content-type",
        "content-md5",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-content-sha256",
        "x-acs-security-token",
        "x-acs-accesskey-id",
        "x-acs-signature-method",
        "x-acs-signature-version",
        "x-oss-date",
        "x-oss-content-sha256",
        "x-oss-security-token",
        "security-token",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(str::to_owned), 1 => text()]
}

/// Values that are nearly right, and any bytes.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let nearly = [
        "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ACS3-HMAC-SHA256 Credential=,SignedHeaders=;;,Signature=",
        "OSS4-HMAC-SHA256 Credential=a/20260115/r/oss/aliyun_v4_request,Signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "OSS4-HMAC-SHA256 Credential=////aliyun_v4_request,AdditionalHeaders=;;;,Signature=00",
        "OSS id:AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "acs id:AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "OSS ::",
        "acs ::",
        "HMAC-SHA1",
        "1.0",
        "20260115T083045Z",
        "2026-01-15T08:30:45Z",
        "Thu, 15 Jan 2026 08:30:45 GMT",
        "Thu, 99 Xxx 9999 99:99:99 GMT",
        "UNSIGNED-PAYLOAD",
        "OSS4-HMAC-SHA256",
        "99999999999999999999999",
        "-1",
        "1768465845",
    ];
    prop_oneof![
        4 => select(nearly.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => (select(nearly.to_vec()), any::<Index>(), edit()).prop_map(|(text, at, edit): (&str, Index, Edit)| {
            edit.apply(text.as_bytes(), at).unwrap_or_default()
        }),
        1 => any::<Vec<u8>>(),
    ]
}

/// A query or a form, of parameters that a scheme knows, or any bytes.
fn query() -> impl Strategy<Value = Vec<u8>> {
    let names = [
        "AccessKeyId",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "Signature",
        "SecurityToken",
        "OSSAccessKeyId",
        "Expires",
        "security-token",
        "x-oss-signature",
        "x-oss-signature-version",
        "x-oss-credential",
        "x-oss-date",
        "x-oss-expires",
        "x-oss-additional-headers",
        "x-oss-security-token",
        "policy",
    ];
    let pair = (select(names.to_vec()), value()).prop_map(|(name, value)| {
        let digits: String = value.iter().map(|byte| format!("%{byte:02X}")).collect();
        format!("{name}={digits}").into_bytes()
    });
    prop_oneof![vec(pair, 0..9).prop_map(|pairs| pairs.join(&b'&')), any::<Vec<u8>>()]
}

proptest! {
    /// Whatever comes, the verifier says something, and nobody without the secret gets through.
    #[test]
    fn no_bytes_make_the_verifier_panic_or_believe(
        method in prop_oneof![3 => Just("GET".to_owned()), 1 => text()],
        path in prop_oneof![Just(b"/".to_vec()), any::<Vec<u8>>(), "[/%a-f0-9]{0,9}".prop_map(String::into_bytes)],
        (query, body) in (query(), query()),
        headers in vec((name(), value()), 0..14),
        bucket in proptest::option::of(text()),
        time in time(),
        skew in any::<u64>(),
    ) {
        let form: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let wire = Wire { method, path, query, headers: headers.clone(), body };
        let request = wire.request();
        let (now, skew) = (at(time), Skew::new(Duration::from_secs(skew)));
        let bucket = bucket.as_deref().map_or(Bucket::InPath, Bucket::InHost);
        let secret = Secret::new("a secret that nobody guesses");
        macro_rules! refused {
            ($claim:expr, $check_time:expr) => {
                if let Ok(claim) = $claim {
                    prop_assert!(claim.check_signature(&secret).is_err());
                    _ = $check_time(&claim);
                    _ = format!("{claim:?} {}", claim.access_key_id());
                }
            };
        }
        refused!(v_rpc_v1::Claim::read(&request), |claim: &v_rpc_v1::Claim| claim.check_time(now, skew));
        refused!(v_acs3::Claim::read(&request), |claim: &v_acs3::Claim| claim.check_time(now, skew));
        refused!(v_roa::Claim::read(&request), |claim: &v_roa::Claim| claim.check_time(now, skew));
        refused!(v_oss_v1::Claim::read(&request, bucket), |claim: &v_oss_v1::Claim| claim.check_time(now, skew));
        refused!(v_oss_v4::Claim::read(&request, bucket), |claim: &v_oss_v4::Claim| claim.check_time(now, skew));
        refused!(oss_post::Claim::read(&form), |claim: &oss_post::Claim| claim.check_time(now));
    }
}

/// Any text, what is right more often.
fn or_nasty(right: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![6 => right, 1 => text(), 1 => select(&NASTY[..]).prop_map(str::to_owned)]
}

/// Anybody.
fn stranger() -> impl Strategy<Value = Party> {
    let token = proptest::option::of(or_nasty("[A-Za-z0-9+/=]{1,20}"));
    (or_nasty("[A-Za-z0-9.]{1,12}"), text(), token).prop_map(|(id, secret, token)| Party {
        id,
        secret,
        token,
    })
}

fn given() -> impl Strategy<Value = Pairs> {
    let name = or_nasty(
        "(x-acs-[a-c]|x-oss-[a-c]|X-Oss-Meta-A|content-type|content-md5|accept|x-other|date|x-oss-date)",
    );
    let value = prop_oneof![4 => header_value(), 1 => text()];
    vec((name, value), 0..4)
}

/// What a signer adds can be sent: names and values are of one line, and have nothing around them.
fn check_added(added: &Headers) -> Result<(), TestCaseError> {
    for (name, value) in added.iter() {
        prop_assert!(!value.chars().any(|c| c.is_ascii_control() && c != '\t'), "{name}: {value:?}");
        prop_assert_eq!(value.trim_ascii(), value, "{}", name);
    }
    Ok(())
}

/// Headers that a client could send at all; the schemes do not look at others.
fn sendable(given: &Pairs) -> Pairs {
    let is_name = |name: &str| http::HeaderName::from_bytes(name.as_bytes()).is_ok();
    let is_value = |value: &str| http::HeaderValue::from_bytes(value.trim_ascii().as_bytes()).is_ok();
    given.iter().filter(|(name, value)| is_name(name) && is_value(value)).cloned().collect()
}

proptest! {
    /// Whatever a signer does not refuse, the verifier accepts: no input leads to a request that is bound to fail.
    #[test]
    fn signers_refuse_what_nobody_accepts(
        party in stranger(),
        (method, path) in (or_nasty("(GET|post|M-SEARCH)"), or_nasty("/[a-z0-9%/]{0,8}")),
        (host, action, version) in (or_nasty("[a-z.]{1,9}"), or_nasty("[A-Z][a-z]{1,5}"), or_nasty("[0-9-]{1,10}")),
        nonce in or_nasty("[a-f0-9]{4}"),
        (bucket, key) in (proptest::option::of(or_nasty("[a-z]{1,5}")), proptest::option::of(text())),
        (region, product) in (or_nasty("cn-[a-z]{1,5}"), or_nasty("oss(-cloudbox)?")),
        // No name twice: most schemes sign none such, OSS V1 looks only at what it signs.
        query in btree_map(text(), text(), 0..4).prop_map(|map| map.into_iter().collect::<Pairs>()),
        (given, also) in (given(), select(vec![&[][..], &["x-other", "accept", "date", "host"]])),
        time in time(),
        seconds in prop_oneof![0_u64..3, 604_798_u64..604_803, any::<u64>()],
    ) {
        let (now, query_given, headers_given) = (at(time), borrowed(&query), borrowed(&given));
        let credentials: Credentials = party.credentials();
        let secret = party.secret();
        let wire = |path: &[u8], query: Vec<u8>, added: Option<&Headers>| {
            let mut given = sendable(&given);
            given.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
            given.push(("host".to_owned(), host.trim_ascii().to_owned()));
            Wire {
                method: method.to_ascii_uppercase(),
                path: path.to_vec(),
                query,
                headers: write_headers(&given, added.into_iter().flat_map(Headers::iter), &mut Dice::new(0)),
                body: Vec::new(),
            }
        };
        let pairs = |plus| write_pairs(&query, plus, &mut Dice::new(0));

        let request = acs3::Request::new(&host, &action, &version, now, &nonce)
            .method(&method).path(&path).query(&query_given).headers(&headers_given).sign_also(also);
        if let Ok(added) = acs3::Signer::new(&credentials).sign(&request) {
            check_added(&added)?;
            let wire = wire(path.as_bytes(), pairs(true), Some(&added));
            let claim = v_acs3::Claim::read(&wire.request());
            prop_assert!(claim.is_ok_and(|claim| claim.check_signature(&secret).is_ok()), "ACS3: {:?}", wire);
        }

        let request = roa::Request::new(now, &nonce)
            .version(&version).method(&method).path(&path).query(&query_given).headers(&headers_given);
        if let Ok(added) = roa::Signer::new(&credentials).sign(&request) {
            check_added(&added)?;
            let wire = wire(path.as_bytes(), pairs(true), Some(&added));
            match v_roa::Claim::read(&wire.request()) {
                Ok(claim) => prop_assert_eq!(claim.check_signature(&secret), Ok(()), "ROA: {:?}", wire),
                // Whether it is the body's is the caller's to see.
                Err(error) => prop_assert!(error.to_string().starts_with("`content-md5`"), "{}: {:?}", error, wire),
            }
        }

        let place = match &bucket {
            Some(bucket) => Bucket::InHost(bucket),
            None => Bucket::InPath,
        };
        let path: String = key.iter().flat_map(|key| key.bytes()).map(|byte| format!("%{byte:02x}")).collect();
        let path = format!("/{path}");
        let request = oss_v1::Request::new(&method, now).query(&query_given).headers(&headers_given);
        let request = bucket.as_deref().map_or(request, |bucket| request.bucket(bucket));
        let request = key.as_deref().map_or(request, |key| request.key(key));
        let signer = oss_v1::Signer::new(&credentials);
        if let Ok(added) = signer.sign(&request) {
            check_added(&added)?;
            let wire = wire(path.as_bytes(), pairs(false), Some(&added));
            let claim = v_oss_v1::Claim::read(&wire.request(), place);
            prop_assert!(claim.is_ok_and(|claim| claim.check_signature(&secret).is_ok()), "OSS V1: {:?}", wire);
        }
        if let Ok(query) = signer.presign(&request, Duration::from_secs(seconds)) {
            prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query}");
            let wire = wire(path.as_bytes(), query.into_bytes(), None);
            let claim = v_oss_v1::Claim::read(&wire.request(), place);
            prop_assert!(claim.is_ok_and(|claim| claim.check_signature(&secret).is_ok()), "OSS V1: {:?}", wire);
        }

        let request = oss_v4::Request::new(&method, now)
            .query(&query_given).headers(&headers_given).additional_headers(also);
        let request = bucket.as_deref().map_or(request, |bucket| request.bucket(bucket));
        let request = key.as_deref().map_or(request, |key| request.key(key));
        let signer = oss_v4::Signer::new(&credentials, &region, now).and_then(|signer| signer.product(&product));
        let Ok(signer) = signer else { return Ok(()) };
        if let Ok(added) = signer.sign(&request) {
            check_added(&added)?;
            let wire = wire(path.as_bytes(), pairs(false), Some(&added));
            let claim = v_oss_v4::Claim::read(&wire.request(), place);
            prop_assert!(claim.is_ok_and(|claim| claim.check_signature(&secret).is_ok()), "OSS V4: {:?}", wire);
        }
        if let Ok(query) = signer.presign(&request, Duration::from_secs(seconds)) {
            prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query}");
            let wire = wire(path.as_bytes(), query.into_bytes(), None);
            let claim = v_oss_v4::Claim::read(&wire.request(), place);
            prop_assert!(claim.is_ok_and(|claim| claim.check_signature(&secret).is_ok()), "OSS V4: {:?}", wire);
        }
    }
}
