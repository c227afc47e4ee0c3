use super::at;
use crate::verify::oss_post::Claim;
use crate::verify::{ReadError, TimeError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sts_types::Secret;

type Form<'a> = Vec<(&'a str, Vec<u8>)>;

fn read(form: &Form<'_>) -> Result<Claim, ReadError> {
    let fields: Vec<(&str, &[u8])> = form.iter().map(|(name, value)| (*name, value.as_slice())).collect();
    Claim::read(&fields)
}

/// A policy of the worked example, with further conditions.
fn policy(conditions: &str) -> Vec<u8> {
    let json = format!(
        r#"{{"expiration":"2026-01-15T12:00:00.000Z","conditions":[{{"bucket":"examplebucket"}},["content-length-range",1,10485760]{conditions}]}}"#
    );
    STANDARD.encode(json).into_bytes()
}

fn v1() -> Form<'static> {
    vec![
        ("OSSAccessKeyId", b"LTAI5tFakeVectorKey00001".to_vec()),
        ("policy", policy("")),
        ("Signature", b"4n6Zb/JkUXTq/7MUR7+1OZtmsis=".to_vec()),
    ]
}

const CREDENTIAL: &str = "LTAI5tFakeVectorKey00001/20260115/cn-hangzhou/oss/aliyun_v4_request";

fn conditions() -> [String; 3] {
    [
        format!(r#",{{"x-oss-credential":"{CREDENTIAL}"}}"#),
        r#",{"x-oss-date":"20260115T083045Z"}"#.to_owned(),
        r#",{"x-oss-signature-version":"OSS4-HMAC-SHA256"}"#.to_owned(),
    ]
}

fn v4(conditions: &str) -> Form<'static> {
    vec![
        ("policy", policy(conditions)),
        ("x-oss-signature-version", b"OSS4-HMAC-SHA256".to_vec()),
        ("x-oss-credential", CREDENTIAL.as_bytes().to_vec()),
        ("x-oss-date", b"20260115T083045Z".to_vec()),
        ("x-oss-signature", b"49d0d4bfa5a5fd04981062dda55fa0e1eb4d7f6fd9ed1114ed619db0b5b7bd17".to_vec()),
    ]
}

fn with(mut form: Form<'static>, name: &'static str, value: &[u8]) -> Form<'static> {
    form.retain(|(given, _)| *given != name);
    form.push((name, value.to_vec()));
    form
}

fn without(mut form: Form<'static>, name: &str) -> Form<'static> {
    form.retain(|(given, _)| *given != name);
    form
}

#[test]
fn worked_examples_are_good_until_the_policy_expires() {
    let secret = Secret::new("fAkE0SecretForVectors0000000001");
    let old = read(&v1()).unwrap();
    let new = read(&v4(&conditions().concat())).unwrap();
    for claim in [&old, &new] {
        assert_eq!(claim.check_signature(&secret), Ok(()));
        assert_eq!(claim.access_key_id(), "LTAI5tFakeVectorKey00001");
        assert!(claim.policy().starts_with(r#"{"expiration":"2026-01-15T12:00:00.000Z""#));
        assert_eq!(claim.check_time(at(1_768_478_400)), Ok(()));
        assert_eq!(claim.check_time(at(1_768_478_401)), Err(TimeError::Expired));
        assert!(claim.check_signature(&Secret::new("x")).is_err());
    }
    assert_eq!((old.region(), new.region(), new.product()), (None, Some("cn-hangzhou"), Some("oss")));
}

#[test]
fn a_policy_of_v4_must_say_what_the_fields_say() {
    let all = conditions();
    for (index, name) in ["x-oss-credential", "x-oss-date", "x-oss-signature-version"].into_iter().enumerate()
    {
        let fewer: String = all
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, condition)| condition.as_str())
            .collect();
        assert_eq!(read(&v4(&fewer)).unwrap_err(), ReadError::unsigned(name));
    }
    let all = all.concat();
    let another_hour = with(v4(&all), "x-oss-date", b"20260115T093045Z");
    assert_eq!(read(&another_hour).unwrap_err(), ReadError::unsigned("x-oss-date"));
    let another_day = with(v4(&all), "x-oss-date", b"20260116T083045Z");
    assert_eq!(read(&another_day).unwrap_err(), ReadError::contradiction("x-oss-date", "x-oss-credential"));
    let token = with(v4(&all), "x-oss-security-token", b"t");
    assert_eq!(read(&token).unwrap_err(), ReadError::unsigned("x-oss-security-token"));
    for form in [r#",{"X-OSS-Security-Token":"t"}"#, r#",["eq","$x-oss-security-token","t"]"#] {
        let token = with(v4(&format!("{all}{form}")), "x-oss-security-token", b"t");
        assert_eq!(read(&token).unwrap().security_token(), Some("t"), "{form}");
    }
    for form in [
        r#",["starts-with","$x-oss-security-token",""]"#,
        r#",["eq","x-oss-security-token","t"]"#,
        ",[],1,{}",
    ] {
        let token = with(v4(&format!("{all}{form}")), "x-oss-security-token", b"t");
        assert_eq!(read(&token).unwrap_err(), ReadError::unsigned("x-oss-security-token"), "{form}");
    }
}

#[test]
fn what_is_missing_or_not_written_right_is_named() {
    for name in ["policy", "OSSAccessKeyId", "Signature"] {
        assert_eq!(read(&without(v1(), name)).unwrap_err(), ReadError::missing(name));
    }
    for name in ["x-oss-credential", "x-oss-date", "x-oss-signature"] {
        assert_eq!(read(&without(v4(&conditions().concat()), name)).unwrap_err(), ReadError::missing(name));
    }
    let other = with(v4(""), "x-oss-signature-version", b"OSS5");
    assert_eq!(read(&other).unwrap_err(), ReadError::unsupported("x-oss-signature-version"));
    for json in
        ["[]", "{}", r#"{"expiration":"a"}"#, r#"{"expiration":1,"conditions":[]}"#, r#"{"conditions":[]}"#]
    {
        let form = with(v1(), "policy", STANDARD.encode(json).as_bytes());
        assert_eq!(read(&form).unwrap_err(), ReadError::malformed("policy"), "{json}");
    }
    let deep = "[".repeat(100_000);
    for bad in ["not base64", "e30", &STANDARD.encode(deep), &STANDARD.encode(b"\xFF")] {
        assert_eq!(read(&with(v1(), "policy", bad.as_bytes())).unwrap_err(), ReadError::malformed("policy"));
    }
    assert_eq!(read(&with(v1(), "Signature", b"x")).unwrap_err(), ReadError::malformed("Signature"));
    assert_eq!(read(&with(v1(), "Signature", b"\xFF")).unwrap_err(), ReadError::malformed("Signature"));
    let mut twice = v1();
    twice.push(("Policy", policy("")));
    assert_eq!(read(&twice).unwrap_err(), ReadError::repeated("Policy"));
    let names: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(Claim::read(&many).unwrap_err(), ReadError::too_many("fields"));
    let never = STANDARD.encode(r#"{"expiration":"tomorrow","conditions":[]}"#);
    let never = read(&with(v1(), "policy", never.as_bytes())).unwrap();
    assert_eq!(never.check_time(at(0)), Err(TimeError::Malformed));
}
