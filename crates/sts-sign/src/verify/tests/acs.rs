use super::{Sent, at};
use crate::verify::{ReadError, Skew, TimeError, acs3, roa};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sts_types::Secret;

const NAMES: &str = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
const SIGNATURE: &str = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0";

fn authorization(names: &str, signature: &str) -> String {
    format!("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={names},Signature={signature}")
}

/// The example that the vendor publishes for ACS3.
fn published() -> Sent {
    let headers = [
        ("host", "ecs.cn-shanghai.aliyuncs.com"),
        ("x-acs-action", "RunInstances"),
        ("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("x-acs-date", "2023-10-26T10:22:32Z"),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
        ("x-acs-version", "2014-05-26"),
        ("authorization", &authorization(NAMES, SIGNATURE)),
    ];
    let query = "RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd";
    Sent::new("POST", "/", &headers).query(query)
}

fn refused(sent: &Sent) -> ReadError {
    acs3::Claim::read(&sent.request()).unwrap_err()
}

#[test]
fn the_published_example_is_good_in_its_time() {
    let sent = published();
    let claim = acs3::Claim::read(&sent.request()).unwrap();
    assert_eq!(
        (claim.access_key_id(), claim.action(), claim.version()),
        ("YourAccessKeyId", "RunInstances", "2014-05-26")
    );
    assert_eq!(claim.signed_headers().collect::<Vec<_>>().join(";"), NAMES);
    let secret = Secret::new("YourAccessKeySecret");
    assert_eq!(claim.check_signature(&secret), Ok(()));
    assert_eq!(claim.check_time(at(1_698_315_752 + 900), Skew::default()), Ok(()));
    assert_eq!(claim.check_time(at(1_698_315_752 - 901), Skew::default()), Err(TimeError::Skewed));
    let upper = published().with("authorization", &authorization(NAMES, &SIGNATURE.to_uppercase()));
    assert_eq!(acs3::Claim::read(&upper.request()).unwrap().check_signature(&secret), Ok(()));
}

/// The signature stays that of the empty body: it is the hash that tells.
#[test]
fn the_body_is_hashed_and_not_the_header_believed() {
    let sent = Sent { body: "RegionId=cn-beijing".to_owned(), ..published() };
    let claim = acs3::Claim::read(&sent.request()).unwrap();
    let mismatch = claim.check_signature(&Secret::new("YourAccessKeySecret")).unwrap_err();
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(mismatch.canonical_request().is_some_and(|request| !request.ends_with(hash)));
    assert_eq!(mismatch.string_to_sign(), claim.string_to_sign());
}

/// A client that signs one hash in the header and another where the body's belongs, and does so consistently.
#[test]
fn a_hash_that_is_not_the_bodys_is_a_mismatch_however_it_is_signed() {
    let claimed = "0".repeat(64);
    let sent = published().with("x-acs-content-sha256", &claimed);
    let text = acs3::Claim::read(&sent.request()).unwrap().string_to_sign().to_owned();
    let mac = <Hmac<Sha256> as Mac>::new_from_slice(b"YourAccessKeySecret").unwrap().chain_update(text);
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let sent = sent.with("authorization", &authorization(NAMES, &signature));
    let claim = acs3::Claim::read(&sent.request()).unwrap();
    assert!(claim.check_signature(&Secret::new("YourAccessKeySecret")).is_err());
}

#[test]
fn the_authorization_has_one_form() {
    let good = authorization(NAMES, SIGNATURE);
    for (bad, error) in [
        ("".to_owned(), ReadError::missing("authorization")),
        (good.replace("ACS3-HMAC-SHA256", "ACS3-HMAC-SM3"), ReadError::unsupported("authorization")),
        (good.replace("ACS3-HMAC-SHA256", "acs3-hmac-sha256"), ReadError::unsupported("authorization")),
        (good.replace("ACS3-HMAC-SHA256 ", "ACS3-HMAC-SHA256"), ReadError::unsupported("authorization")),
        ("acs id:signature".to_owned(), ReadError::unsupported("authorization")),
        (good.replace(',', ", "), ReadError::malformed("authorization")),
        (good.replace(' ', "  "), ReadError::malformed("authorization")),
        (good.replace("Credential=YourAccessKeyId", "Credential="), ReadError::malformed("authorization")),
        (good.replace("Credential", "credential"), ReadError::malformed("authorization")),
        (format!("{good},"), ReadError::malformed("authorization")),
        (format!("{good},Signature={SIGNATURE}"), ReadError::malformed("authorization")),
        (good.replace("0656", "06"), ReadError::malformed("authorization")),
        (good.replace("0656", "065g"), ReadError::malformed("authorization")),
        // Names out of order, twice, in upper case, none, and one that is not on the request.
        (good.replace("host;x-acs-action", "x-acs-action;host"), ReadError::malformed("authorization")),
        (good.replace("host;", "host;host;"), ReadError::malformed("authorization")),
        (good.replace("host;", "Host;"), ReadError::malformed("authorization")),
        (good.replace("host;", "host;;"), ReadError::malformed("authorization")),
        (good.replace("host;", "accept;host;"), ReadError::malformed("authorization")),
    ] {
        assert_eq!(refused(&published().with("authorization", &bad)), error, "{bad}");
    }
    let parts = "ACS3-HMAC-SHA256 SignedHeaders=host,Credential=id,Signature=00";
    assert_eq!(refused(&published().with("authorization", parts)), ReadError::malformed("authorization"));
    assert_eq!(refused(&published().also("authorization", &good)), ReadError::repeated("authorization"));
}

#[test]
fn what_must_be_signed_is_there_and_signed() {
    for name in [
        "host",
        "x-acs-action",
        "x-acs-content-sha256",
        "x-acs-date",
        "x-acs-signature-nonce",
        "x-acs-version",
    ] {
        let fewer: Vec<&str> = NAMES.split(';').filter(|signed| *signed != name).collect();
        let sent = published().with("authorization", &authorization(&fewer.join(";"), SIGNATURE));
        let ReadError::Unsigned(unsigned) = refused(&sent) else { panic!("{name}") };
        assert_eq!(unsigned.name(), name);
        let ReadError::Missing(missing) = refused(&published().without(name)) else { panic!("{name}") };
        assert_eq!(missing.name(), name);
        assert_eq!(refused(&published().also(name, "again")), ReadError::repeated(name));
    }
    let token = published().with("x-acs-security-token", "token");
    assert_eq!(refused(&token), ReadError::unsigned("x-acs-security-token"));
    let id = published().with("x-acs-accesskey-id", "YourAccessKeyId");
    assert_eq!(refused(&id), ReadError::unsigned("x-acs-accesskey-id"));
    let names = format!("host;x-acs-accesskey-id;{}", NAMES.trim_start_matches("host;"));
    let other = published()
        .with("x-acs-accesskey-id", "Another")
        .with("authorization", &authorization(&names, SIGNATURE));
    assert_eq!(refused(&other), ReadError::contradiction("x-acs-accesskey-id", "authorization"));
}

#[test]
fn nothing_can_pass_for_another_line_or_parameter() {
    // Such names are taken encoded, and only so.
    for name in ["a%26b", "a%0Ab", "a%3Db", "a%25b"] {
        let query = format!("{name}=1");
        let sent = published().query(&query);
        let claim = acs3::Claim::read(&sent.request()).unwrap();
        assert_eq!(claim.canonical_request().lines().nth(2), Some(query.as_str()));
    }
    assert_eq!(refused(&published().query("a=1&a=1")), ReadError::repeated("a"));
    assert_eq!(refused(&published().with("x-acs-action", "a\nhost:b")), ReadError::malformed("x-acs-action"));
    let path = Sent { path: "/\n".to_owned(), ..published() };
    assert_eq!(refused(&path), ReadError::malformed("path"));
    let method = Sent { method: "POST\n/", ..published() };
    assert_eq!(refused(&method), ReadError::malformed("method"));
}

/// The worked example of an official client of ROA.
fn of_roa() -> Sent {
    let headers = [
        ("accept", "application/json"),
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("content-type", "application/json"),
        ("date", "Thu, 15 Jan 2026 08:30:45 GMT"),
        ("x-acs-accesskey-id", "STS.NTFakeVectorKey000000002"),
        (
            "x-acs-security-token",
            "CAISfakeToken+/8J1q6Ft5B2yfSjIr5bSEsj4g7BihPWGWHz+Ow==vector/token+with/reserved=chars",
        ),
        ("x-acs-signature-method", "HMAC-SHA1"),
        ("x-acs-signature-nonce", "nonce-0004"),
        ("x-acs-signature-version", "1.0"),
        ("x-acs-version", "2015-12-15"),
        ("authorization", "acs STS.NTFakeVectorKey000000002:ntQcEbbOSGBtMn/Kaj4AE57zrX8="),
    ];
    Sent::new("GET", "/api/v1/clusters/c123/nodes", &headers).query("b=2&a=1")
}

#[test]
fn roa_is_as_strict() {
    let sent = of_roa();
    let claim = roa::Claim::read(&sent.request()).unwrap();
    assert_eq!(claim.check_signature(&Secret::new("7Q1fAkEStsSecretForVectors0002xyzABCD123")), Ok(()));
    assert!(claim.body_is_signed());
    assert_eq!(claim.check_time(at(1_768_465_845 - 900), Skew::default()), Ok(()));
    assert_eq!(claim.check_time(at(1_768_465_845 + 901), Skew::default()), Err(TimeError::Skewed));
    let refused = |sent: Sent| roa::Claim::read(&sent.request()).unwrap_err();
    for name in [
        "authorization",
        "date",
        "x-acs-signature-method",
        "x-acs-signature-nonce",
        "x-acs-signature-version",
        "x-acs-version",
    ] {
        assert_eq!(refused(of_roa().without(name)), ReadError::missing(name));
    }
    for (name, value) in [
        ("x-acs-signature-method", "HMAC-SHA256"),
        ("x-acs-signature-version", "2.0"),
        ("authorization", "OSS a:b"),
    ] {
        assert_eq!(refused(of_roa().with(name, value)), ReadError::unsupported(name));
    }
    for value in
        ["acs id", "acs id:", "acs id:ntQcEbbOSGBtMn/Kaj4AE57zrX8", "acs :ntQcEbbOSGBtMn/Kaj4AE57zrX8="]
    {
        let sent = of_roa().without("x-acs-accesskey-id").with("authorization", value);
        assert_eq!(refused(sent), ReadError::malformed("authorization"));
    }
    let body = Sent { body: "x".to_owned(), ..of_roa() };
    assert_eq!(refused(body), ReadError::contradiction("content-md5", "body"));
    let other = of_roa().with("x-acs-accesskey-id", "Another");
    assert_eq!(refused(other), ReadError::contradiction("x-acs-accesskey-id", "authorization"));
    let unsigned = of_roa().without("content-md5");
    assert!(!roa::Claim::read(&unsigned.request()).unwrap().body_is_signed());
}
