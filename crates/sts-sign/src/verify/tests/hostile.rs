use super::at;
use crate::verify::{Bucket, Request, Skew, acs3, oss_post, oss_v1, oss_v4, roa, rpc_v1};
use proptest::collection::vec;
use proptest::prelude::*;
use sts_types::Secret;

/// Values that get past the first checks more often than bytes at random do.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..24),
        ".{0,12}".prop_map(String::into_bytes),
        prop_oneof![
            Just("HMAC-SHA1"),
            Just("1.0"),
            Just("UNSIGNED-PAYLOAD"),
            Just("OSS4-HMAC-SHA256"),
            Just("20260115T083045Z"),
            Just("2026-01-15T08:30:45Z"),
            Just("Thu, 15 Jan 2026 08:30:45 GMT"),
            Just("604800"),
            Just("id/20260115/r/oss/aliyun_v4_request"),
            Just("AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Just("acs id:AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Just("OSS id:AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Just("eyJleHBpcmF0aW9uIjoiIiwiY29uZGl0aW9ucyI6W119"),
        ]
        .prop_map(|text| text.as_bytes().to_vec()),
        "(ACS3|OSS4)-HMAC-SHA256 Credential=id(/20260115/r/oss/aliyun_v4_request)?(,SignedHeaders=[a-z;-]{0,9})?,Signature=[0-9a-f]{64}"
            .prop_map(String::into_bytes),
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "authorization",
        "host",
        "date",
        "content-type",
        "content-md5",
        "security-token",
        "x-acs-action",
        "x-acs-version",
        "x-acs-date",
        "x-acs-content-sha256",
        "x-acs-signature-nonce",
        "x-acs-signature-method",
        "x-acs-signature-version",
        "x-acs-security-token",
        "x-oss-date",
        "x-oss-content-sha256",
        "x-oss-security-token",
        "x-oss-credential",
        "x-oss-expires",
        "x-oss-signature",
        "x-oss-signature-version",
        "x-oss-additional-headers",
        "AccessKeyId",
        "SignatureMethod",
        "SignatureVersion",
        "SignatureNonce",
        "Timestamp",
        "Signature",
        "OSSAccessKeyId",
        "Expires",
        "policy",
        "",
        "\n",
        "é",
    ])
}

fn query() -> impl Strategy<Value = Vec<u8>> {
    let pair = (name(), value()).prop_map(|(name, value)| {
        let value: String = value.iter().map(|byte| format!("%{byte:02x}")).collect();
        format!("{name}={value}").into_bytes()
    });
    prop_oneof![vec(any::<u8>(), 0..64), vec(pair, 0..10).prop_map(|pairs| pairs.join(&b'&'))]
}

proptest! {
    /// Nothing panics, nothing is accepted, and no error shows a value.
    #[test]
    fn whatever_arrives_is_read_or_refused(
        method in prop_oneof![Just("GET".to_owned()), ".{0,5}"],
        path in prop_oneof![Just(b"/".to_vec()), vec(any::<u8>(), 0..12)],
        query in query(),
        headers in vec((name(), value()), 0..14),
        body in vec(any::<u8>(), 0..12),
    ) {
        let pairs = headers.iter().map(|(name, value)| (*name, value.as_slice()));
        let request = Request::new(&method, &path).query(&query).headers(pairs.clone()).body(&body);
        let (secret, now) = (Secret::new("secret"), at(1_768_465_845));
        if let Ok(claim) = rpc_v1::Claim::read(&request) {
            prop_assert!(claim.check_signature(&secret).is_err());
            claim.check_time(now, Skew::default()).ok();
        }
        if let Ok(claim) = acs3::Claim::read(&request) {
            prop_assert!(claim.check_signature(&secret).is_err());
            claim.check_time(now, Skew::default()).ok();
        }
        if let Ok(claim) = roa::Claim::read(&request) {
            prop_assert!(claim.check_signature(&secret).is_err());
            claim.check_time(now, Skew::default()).ok();
        }
        for bucket in [Bucket::InPath, Bucket::InHost("b")] {
            if let Ok(claim) = oss_v1::Claim::read(&request, bucket) {
                prop_assert!(claim.check_signature(&secret).is_err());
                claim.check_time(now, Skew::default()).ok();
            }
            if let Ok(claim) = oss_v4::Claim::read(&request, bucket) {
                prop_assert!(claim.check_signature(&secret).is_err());
                claim.check_time(now, Skew::default()).ok();
            }
        }
        let fields: Vec<_> = pairs.collect();
        if let Ok(claim) = oss_post::Claim::read(&fields) {
            prop_assert!(claim.check_signature(&secret).is_err());
            claim.check_time(now).ok();
        }
    }
}
