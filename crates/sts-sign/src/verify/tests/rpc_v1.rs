use super::at;
use crate::verify::rpc_v1::Claim;
use crate::verify::{Parameters, ReadError, Request, Skew, TimeError};
use std::time::Duration;
use sts_types::Secret;

/// The example that the vendor publishes for STS.
const PUBLISHED: &str = "Action=AssumeRole&Format=JSON&RoleArn=acs%3Aram%3A%3A1234567890123%3Arole%2Ffirstrole\
    &RoleSessionName=client&SignatureMethod=HMAC-SHA1&SignatureNonce=571f8fb8-506e-11e5-8e12-b8e8563dc8d2\
    &SignatureVersion=1.0&Timestamp=2015-09-01T05%3A57%3A34Z&Version=2015-04-01&AccessKeyId=testid\
    &Signature=gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D";

fn claim(query: &str) -> Result<Claim, ReadError> {
    Claim::read(&Request::new("GET", "/").query(query))
}

#[test]
fn the_published_example_is_good_in_its_time() {
    let claim = claim(PUBLISHED).unwrap();
    assert_eq!((claim.access_key_id(), claim.nonce()), ("testid", "571f8fb8-506e-11e5-8e12-b8e8563dc8d2"));
    assert_eq!(claim.check_signature(&Secret::new("testsecret")), Ok(()));
    let mismatch = claim.check_signature(&Secret::new("testsecret&")).unwrap_err();
    assert_eq!((mismatch.string_to_sign(), mismatch.canonical_request()), (claim.string_to_sign(), None));
    let signed = 1_441_087_054;
    for (now, outcome) in [
        (signed - 900, Ok(())),
        (signed + 900, Ok(())),
        (signed - 901, Err(TimeError::Skewed)),
        (signed + 901, Err(TimeError::Skewed)),
    ] {
        assert_eq!(claim.check_time(at(now), Skew::default()), outcome, "{now}");
    }
    assert_eq!(claim.check_time(at(signed + 901), Skew::new(Duration::from_secs(901))), Ok(()));
}

#[test]
fn what_is_missing_or_not_verified_is_named() {
    for name in
        ["AccessKeyId", "SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "Signature"]
    {
        let without = PUBLISHED.replace(&format!("&{name}="), "&Other=");
        assert_eq!(claim(&without).unwrap_err(), ReadError::missing(name));
    }
    for (from, to, name) in [
        ("HMAC-SHA1", "HMAC-SM3", "SignatureMethod"),
        ("SignatureVersion=1.0", "SignatureVersion=1.1", "SignatureVersion"),
        ("Format=", "SignatureType=", "SignatureType"),
    ] {
        assert_eq!(claim(&PUBLISHED.replace(from, to)).unwrap_err(), ReadError::unsupported(name));
    }
    assert_eq!(claim(&format!("{PUBLISHED}&Action=A")).unwrap_err(), ReadError::repeated("Action"));
    let elsewhere = Claim::read(&Request::new("GET", "/sts").query(PUBLISHED)).unwrap_err();
    assert_eq!(elsewhere, ReadError::malformed("path"));
}

#[test]
fn a_signature_is_base64_of_its_methods_length_exactly() {
    let (rest, _) = PUBLISHED.rsplit_once('=').unwrap();
    for bad in [
        "x",
        "not base64!",
        "QUJD",
        // Without its padding, and with other bits where the padding leaves some over.
        "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4",
        "gNI7b0AyKZHxDgjBGPDgJ1Ce3L5%3D",
        "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D%20",
        "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D%0A",
        // The 32 bytes of the other method.
        "%2BrsaFiXVBRVLQ9Tr1FWjtSEPelbryKZOn1C67GI/pJw%3D",
    ] {
        assert_eq!(claim(&format!("{rest}={bad}")).unwrap_err(), ReadError::malformed("Signature"), "{bad}");
    }
    // The other method's, as two official clients sign the same request.
    let other = PUBLISHED.replace("HMAC-SHA1", "HMAC-SHA256");
    let other =
        other.replace("gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D", "%2BrsaFiXVBRVLQ9Tr1FWjtSEPelbryKZOn1C67GI/pJw%3D");
    assert_eq!(claim(&other).unwrap().check_signature(&Secret::new("testsecret")), Ok(()));
}

#[test]
fn only_a_form_holds_parameters() {
    let read = |content_type: &str| {
        let headers = [("content-type", content_type.as_bytes())];
        Claim::read(&Request::new("POST", "/").headers(headers).body(PUBLISHED))
    };
    for form in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded ; charset=utf-8"] {
        assert!(read(form).is_ok(), "{form}");
    }
    for other in ["", "text/plain", "application/json", "application/x-www-form-urlencoded2"] {
        assert_eq!(read(other).unwrap_err(), ReadError::missing("AccessKeyId"), "{other}");
    }
}

#[test]
fn parameters_that_were_read_before_make_the_same_claim() {
    let parameters = Parameters::read(PUBLISHED.as_bytes(), b"").unwrap();
    let of = Claim::of("GET", &parameters).unwrap();
    assert_eq!(of.string_to_sign(), claim(PUBLISHED).unwrap().string_to_sign());
}
