use super::{Sent, at};
use crate::verify::{Bucket, ReadError, Skew, TimeError, oss_v1, oss_v4};
use std::time::Duration;
use sts_types::Secret;

/// The first published example of V1.
fn header_v1() -> Sent {
    let headers = [
        ("content-md5", "ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM="),
        ("content-type", "text/html"),
        ("date", "Thu, 17 Nov 2005 18:49:58 GMT"),
        ("X-OSS-Meta-Author", "foo@bar.com"),
        ("X-OSS-Magic", "abracadabra"),
        ("authorization", "OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA="),
    ];
    Sent::new("PUT", "/nelson", &headers)
}

/// The published presigned URL of V1, with a token.
fn presigned_v1() -> Sent {
    Sent::new("GET", "/key%2B123", &[]).query(
        "Expires=1699808204&OSSAccessKeyId=ak&Signature=jzKYRrM5y6Br0dRFPaTGOsbrDhY%3D&security-token=token&versionId=versionId",
    )
}

const SCOPE: &str = "ak/20231216/cn-hangzhou/oss/aliyun_v4_request";
const SIGNATURE: &str = "e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe";

/// The published example of V4.
fn header_v4() -> Sent {
    let headers = [
        ("x-oss-head1", "value"),
        ("abc", "value"),
        ("zabc", "value"),
        ("xyz", "value"),
        ("content-type", "text/plain"),
        ("x-oss-date", "20231216T162057Z"),
        ("x-oss-content-sha256", "UNSIGNED-PAYLOAD"),
        ("authorization", &format!("OSS4-HMAC-SHA256 Credential={SCOPE},Signature={SIGNATURE}")),
    ];
    Sent::new("PUT", "/1234%2B-/123/1.txt", &headers)
        .query("param1=value1&%2Bparam1=value3&%7Cparam1=value4&%2Bparam2&%7Cparam2&param2")
}

/// Its twin as a URL, from the official tests too.
fn presigned_v4() -> Sent {
    let headers = [
        ("x-oss-head1", "value"),
        ("abc", "value"),
        ("zabc", "value"),
        ("xyz", "value"),
        ("content-type", "application/octet-stream"),
    ];
    let query = "param1=value1&%2Bparam1=value3&%7Cparam1=value4&%2Bparam2&%7Cparam2&param2\
                 &x-oss-credential=ak%2F20231217%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20231217T025437Z\
                 &x-oss-expires=599&x-oss-signature-version=OSS4-HMAC-SHA256\
                 &x-oss-signature=a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe";
    Sent::new("PUT", "/1234%2B-/123/1.txt", &headers).query(query)
}

fn v1(sent: &Sent, bucket: &str) -> Result<oss_v1::Claim, ReadError> {
    oss_v1::Claim::read(&sent.request(), Bucket::InHost(bucket))
}

fn v4(sent: &Sent) -> Result<oss_v4::Claim, ReadError> {
    oss_v4::Claim::read(&sent.request(), Bucket::InHost("bucket"))
}

#[test]
fn published_examples_of_v1_are_good_in_their_time() {
    let claim = v1(&header_v1(), "oss-example").unwrap();
    assert_eq!(claim.check_signature(&Secret::new("OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV")), Ok(()));
    assert!(!claim.is_presigned());
    assert_eq!(claim.check_time(at(1_132_253_398 + 900), Skew::default()), Ok(()));
    assert_eq!(claim.check_time(at(1_132_253_398 + 901), Skew::default()), Err(TimeError::Skewed));
    // `x-oss-date` counts where it is sent, and both of its places in the string to sign.
    let dated = v1(&header_v1().with("x-oss-date", "Thu, 17 Nov 2005 19:49:58 GMT"), "oss-example").unwrap();
    assert_eq!(dated.check_time(at(1_132_253_398 + 3600), Skew::default()), Ok(()));
    assert!(
        dated
            .string_to_sign()
            .contains("\nThu, 17 Nov 2005 19:49:58 GMT\nx-oss-date:Thu, 17 Nov 2005 19:49:58 GMT\n")
    );

    let claim = v1(&presigned_v1(), "bucket").unwrap();
    assert_eq!(claim.check_signature(&Secret::new("sk")), Ok(()));
    assert_eq!((claim.security_token(), claim.is_presigned()), (Some("token"), true));
    assert_eq!(claim.check_time(at(1_699_808_204), Skew::default()), Ok(()));
    // An expiration has no tolerance.
    assert_eq!(claim.check_time(at(1_699_808_205), Skew::default()), Err(TimeError::Expired));
    for bad in ["-1", "+1699808204", "1e9", "1699808204.0", "99999999999999999999"] {
        let sent = presigned_v1();
        let sent = sent.clone().query(&sent.query.replace("1699808204", &bad.replace('+', "%2B")));
        let claim = v1(&sent, "bucket").unwrap();
        assert_eq!(claim.check_time(at(0), Skew::default()), Err(TimeError::Malformed), "{bad}");
    }
}

#[test]
fn v1_refuses_what_is_half_there_or_covered_by_nothing() {
    let refused = |sent: Sent| v1(&sent, "b").unwrap_err();
    assert_eq!(refused(Sent::new("GET", "/", &[])), ReadError::missing("authorization"));
    assert_eq!(refused(header_v1().without("date")), ReadError::missing("date"));
    assert_eq!(refused(header_v1().with("security-token", "t")), ReadError::unsigned("security-token"));
    for value in ["OSS id", "OSS id:x", "OSS :26NBxoKdsyly4EDv6inkoDft/yA="] {
        assert_eq!(refused(header_v1().with("authorization", value)), ReadError::malformed("authorization"));
    }
    for value in ["acs id:x", "OSS2 AccessKeyId:a", "OSS4-HMAC-SHA256 Credential=a"] {
        assert_eq!(
            refused(header_v1().with("authorization", value)),
            ReadError::unsupported("authorization")
        );
    }
    let both = header_v1().query(&presigned_v1().query);
    assert_eq!(refused(both), ReadError::contradiction("authorization", "Signature"));
    for name in ["Expires", "OSSAccessKeyId", "Signature"] {
        let sent = presigned_v1();
        let sent = sent.clone().query(&sent.query.replace(&format!("{name}="), "x="));
        assert_eq!(refused(sent), ReadError::missing(name));
    }
    let twice = presigned_v1().with("x-oss-security-token", "t");
    assert_eq!(refused(twice), ReadError::contradiction("security-token", "x-oss-security-token"));
    let line = presigned_v1();
    let line = line.clone().query(&line.query.replace("1699808204", "1699808204%0Ax-oss-a:b"));
    assert_eq!(refused(line), ReadError::malformed("Expires"));
}

#[test]
fn published_examples_of_v4_are_good_in_their_time() {
    let claim = v4(&header_v4()).unwrap();
    assert_eq!(claim.check_signature(&Secret::new("sk")), Ok(()));
    assert_eq!((claim.access_key_id(), claim.region(), claim.product()), ("ak", "cn-hangzhou", "oss"));
    assert_eq!(claim.check_time(at(1_702_743_657 + 900), Skew::default()), Ok(()));
    assert_eq!(claim.check_time(at(1_702_743_657 + 901), Skew::default()), Err(TimeError::Skewed));

    let claim = v4(&presigned_v4()).unwrap();
    assert_eq!(claim.check_signature(&Secret::new("sk")), Ok(()));
    let begin = 1_702_781_677;
    for (now, outcome) in [
        (begin - 901, Err(TimeError::Skewed)),
        (begin - 900, Ok(())),
        (begin + 599, Ok(())),
        (begin + 600, Err(TimeError::Expired)),
        (begin + 604_801, Err(TimeError::Expired)),
    ] {
        assert_eq!(claim.check_time(at(now), Skew::default()), outcome, "{now}");
    }
    for (expires, outcome) in [
        ("604800", Ok(())),
        ("604801", Err(TimeError::OutOfRange)),
        ("0", Err(TimeError::OutOfRange)),
        ("99999999999999999999", Err(TimeError::OutOfRange)),
        ("-1", Err(TimeError::Malformed)),
        ("1h", Err(TimeError::Malformed)),
    ] {
        let sent = presigned_v4();
        let sent = sent.clone().query(&sent.query.replace("expires=599", &format!("expires={expires}")));
        assert_eq!(v4(&sent).unwrap().check_time(at(begin), Skew::new(Duration::ZERO)), outcome, "{expires}");
    }
}

#[test]
fn the_authorization_of_v4_may_be_written_in_other_ways() {
    for value in [
        format!("OSS4-HMAC-SHA256 Credential={SCOPE}, Signature={SIGNATURE}"),
        format!("OSS4-HMAC-SHA256  Signature={SIGNATURE} ,\tCredential={SCOPE}"),
        format!(
            "OSS4-HMAC-SHA256 Signature={},Credential={SCOPE},AdditionalHeaders=",
            SIGNATURE.to_uppercase()
        ),
        // Not on the request, or signed anyway.
        format!(
            "OSS4-HMAC-SHA256 Credential={SCOPE},AdditionalHeaders=nowhere;x-oss-head1;Content-Type,Signature={SIGNATURE}"
        ),
    ] {
        let claim = v4(&header_v4().with("authorization", &value)).unwrap();
        assert_eq!(claim.check_signature(&Secret::new("sk")), Ok(()), "{value}");
    }
    // Published with two more headers signed; the list needs no order and no case.
    let scope = "ak/20231216/cn-hangzhou/oss/aliyun_v4_request";
    let signature = "4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f";
    for list in ["abc;zabc", "ZABC;abc;zabc"] {
        let value =
            format!("OSS4-HMAC-SHA256 Credential={scope},AdditionalHeaders={list},Signature={signature}");
        let sent = header_v4().with("authorization", &value).with("x-oss-date", "20231216T172512Z");
        assert_eq!(v4(&sent).unwrap().check_signature(&Secret::new("sk")), Ok(()), "{list}");
    }
}

#[test]
fn v4_refuses_what_is_half_there_or_says_two_things() {
    let refused = |sent: Sent| v4(&sent).unwrap_err();
    let good = format!("OSS4-HMAC-SHA256 Credential={SCOPE},Signature={SIGNATURE}");
    for (value, error) in [
        (String::from("OSS id:x"), ReadError::unsupported("authorization")),
        (good.replace("OSS4-HMAC-SHA256 ", "OSS4-HMAC-SHA256"), ReadError::unsupported("authorization")),
        (good.replace("Credential=", "Credentials="), ReadError::malformed("authorization")),
        (good.replace("Signature=", "Signature:"), ReadError::malformed("authorization")),
        (format!("{good},Signature={SIGNATURE}"), ReadError::malformed("authorization")),
        (format!("{good},"), ReadError::malformed("authorization")),
        (good.replace("/oss/", "/"), ReadError::malformed("authorization")),
        (good.replace("aliyun_v4_request", "aws4_request"), ReadError::malformed("authorization")),
        (good.replace("e21d", "e21"), ReadError::malformed("authorization")),
        (good.replace("20231216", "20231217"), ReadError::contradiction("x-oss-date", "authorization")),
    ] {
        assert_eq!(refused(header_v4().with("authorization", &value)), error, "{value}");
    }
    assert_eq!(refused(header_v4().without("authorization")), ReadError::missing("authorization"));
    for name in ["x-oss-date", "x-oss-content-sha256"] {
        assert_eq!(refused(header_v4().without(name)), ReadError::missing(name));
    }
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(
        refused(header_v4().with("x-oss-content-sha256", hash)),
        ReadError::unsupported("x-oss-content-sha256")
    );
    let both = presigned_v4().with("authorization", &good);
    assert_eq!(refused(both), ReadError::contradiction("authorization", "x-oss-signature"));
    for name in ["x-oss-credential", "x-oss-date", "x-oss-expires", "x-oss-signature"] {
        let sent = presigned_v4();
        let sent = sent.clone().query(&sent.query.replace(&format!("&{name}="), "&x="));
        assert_eq!(refused(sent), ReadError::missing(name));
    }
    let sent = presigned_v4();
    let other = sent.clone().query(&sent.query.replace("OSS4-HMAC-SHA256", "OSS4-HMAC-SM3"));
    assert_eq!(refused(other), ReadError::unsupported("x-oss-signature-version"));
    let line = sent.clone().query(&sent.query.replace("025437Z", "025437Z%0A"));
    assert_eq!(refused(line), ReadError::malformed("x-oss-date"));
    let token = sent
        .clone()
        .query(&format!("{}&x-oss-security-token=t", sent.query))
        .with("x-oss-security-token", "t");
    assert_eq!(refused(token), ReadError::repeated("x-oss-security-token"));
    assert_eq!(refused(sent.query("a=1&a=2")), ReadError::repeated("a"));
}
