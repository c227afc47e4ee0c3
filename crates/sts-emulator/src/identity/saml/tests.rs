use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;

use super::builder::SamlAssertionBuilder;
use super::document::{self, ASSERTION, Element, SIGNATURE};
use super::metadata::{Metadata, MetadataError};
use super::{AUDIENCES, Assertion, RECIPIENTS, Validity, Verifier, signature, time, verify};
use crate::identity::IdentityProvider;
use crate::os::Random;
use crate::sts::refusal::Refusal;
use crate::world::World;

/// Responses of other programs; the first line tells where they come from, and has the metadata of their provider.
const RESPONSES: &str = include_str!("tests/responses.jsonl");

const GOOD_AT: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn lines() -> &'static (Value, Vec<Value>) {
    static LINES: LazyLock<(Value, Vec<Value>)> = LazyLock::new(|| {
        let mut lines = RESPONSES.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        (lines.next().unwrap(), lines.collect())
    });
    &LINES
}

fn verifier(head: &Value) -> Verifier {
    let metadata = Metadata::parse(head["metadata"].as_str().unwrap()).unwrap();
    Verifier {
        issuer: metadata.entity_id,
        keys: metadata.keys,
        audiences: AUDIENCES.map(str::to_owned).to_vec(),
        recipients: RECIPIENTS.map(str::to_owned).to_vec(),
    }
}

fn parameter(row: &Value) -> String {
    match (row["xml"].as_str(), row["parameter"].as_str()) {
        (Some(xml), _) => STANDARD.encode(xml),
        (_, parameter) => parameter.unwrap().to_owned(),
    }
}

fn outcome(judged: &Result<Assertion, Refusal>) -> String {
    match judged {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => {
            assert_eq!(refusal.status(), 401);
            refusal.code().strip_prefix("AuthenticationFail.SAMLAssertion.").unwrap().to_owned()
        }
    }
}

#[test]
fn responses_of_other_programs() {
    let (head, rows) = lines();
    let verifier = verifier(head);
    assert!(rows.len() > 90);
    let mut wrong = Vec::new();
    for row in rows {
        let judged = verifier.verify(&parameter(row), at(row["at"].as_i64().unwrap()));
        if outcome(&judged) != row["expect"].as_str().unwrap() {
            wrong.push(format!("{}: {}", row["name"], outcome(&judged)));
        }
        let Ok(read) = judged else { continue };
        let text = |name: &str, default: &str| row[name].as_str().unwrap_or(default).to_owned();
        assert_eq!(read.issuer, "https://idp.example.com/metadata");
        assert_eq!(read.subject, text("subject", "alice@example.com"));
        assert_eq!(read.subject_type, text("subject_type", "persistent"));
        assert_eq!(read.session_name, text("session_name", "alice"));
        assert!(RECIPIENTS.contains(&read.recipient.as_str()));
        let role = "acs:ram::1234567890123456:role/app,acs:ram::1234567890123456:saml-provider/idp";
        let roles: Vec<&str> = match row["roles"].as_array() {
            Some(roles) => roles.iter().map(|role| role.as_str().unwrap()).collect(),
            None => vec![role],
        };
        assert_eq!(read.roles, roles);
        assert_eq!(read.session_end, row["session_end"].as_i64().map(at));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn keys_and_name_must_be_the_providers() {
    let (head, rows) = lines();
    let good = parameter(&rows[0]);
    let judge = |verifier: Verifier| outcome(&verifier.verify(&good, at(GOOD_AT)));
    assert_eq!(judge(verifier(head)), "ok");
    assert_eq!(judge(Verifier { keys: Vec::new(), ..verifier(head) }), "Invalid");
    let other_keys = verifier(head).keys.split_off(1);
    assert_eq!(judge(Verifier { keys: other_keys, ..verifier(head) }), "Invalid");
    assert_eq!(judge(Verifier { issuer: "https://idp".to_owned(), ..verifier(head) }), "Invalid");
    assert_eq!(judge(Verifier { audiences: Vec::new(), ..verifier(head) }), "Invalid");
    assert_eq!(judge(Verifier { recipients: Vec::new(), ..verifier(head) }), "Invalid");
}

#[test]
fn metadata() {
    let (head, _) = lines();
    assert_eq!(Metadata::parse(head["metadata"].as_str().unwrap()).unwrap().keys.len(), 3);
    let error = |name: &str| Metadata::parse(head["bad_metadata"][name].as_str().unwrap()).unwrap_err();
    for (name, expected) in [
        ("P-384", MetadataError::Certificate),
        ("broken certificate", MetadataError::Certificate),
        ("only for encryption", MetadataError::NoKey),
        ("two providers", MetadataError::NotAProvider),
        ("no entity id", MetadataError::NotAProvider),
        ("service provider", MetadataError::NotAProvider),
        ("a group", MetadataError::NotAProvider),
        ("DTD", MetadataError::Xml),
    ] {
        assert_eq!(error(name), expected, "{name}");
    }
    assert_eq!(Metadata::parse("").unwrap_err(), MetadataError::Xml);
    assert_eq!(Metadata::parse(&" ".repeat(256 * 1024 + 1)).unwrap_err(), MetadataError::TooLarge);
}

/// The parts of a response that nobody has signed may not be used to confuse, nor to make work.
#[test]
fn unsigned_surroundings() {
    let (head, rows) = lines();
    let verifier = verifier(head);
    let good = rows[0]["xml"].as_str().unwrap();
    let judge = |extension: &str| {
        let extensions = format!("<samlp:Extensions>{extension}</samlp:Extensions><samlp:Status>");
        let document = good.replace("<samlp:Status>", &extensions);
        assert_ne!(document, good);
        outcome(&verifier.verify(&STANDARD.encode(document), at(GOOD_AT)))
    };
    assert_eq!(judge("<a ID=\"_other\"><b/></a>"), "ok");
    assert_eq!(judge("<a ID=\"_a1\"/>"), "Invalid");
    assert_eq!(judge("<a xml:id=\"_a1\"/>"), "Invalid");
    assert_eq!(judge("<saml:Assertion ID=\"_evil\"/>"), "Invalid");
    assert_eq!(judge("<saml:EncryptedAssertion/>"), "Invalid");
    assert_eq!(judge("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"), "Invalid");
    assert_eq!(judge(&"<a/>".repeat(9000)), "ok");
    assert_eq!(judge(&"<a/>".repeat(10_000)), "Invalid");
    assert_eq!(judge(&format!("{}{}", "<a>".repeat(29), "</a>".repeat(29))), "ok");
    assert_eq!(judge(&format!("{}{}", "<a>".repeat(40), "</a>".repeat(40))), "Invalid");
}

/// Signatures that are good as such, in shapes that SAML does not have.
#[test]
fn shapes_of_signatures() {
    let random = Random::new();
    let registered = World::default().accounts[0].saml_providers[0].clone();
    let mine = IdentityProvider::new(&random).unwrap();
    let issued =
        SamlAssertionBuilder::new(&mine, &registered, "r".into(), "alice".into(), at(1000)).issue().unwrap();
    let issued = String::from_utf8(STANDARD.decode(issued.expose_secret()).unwrap()).unwrap();
    let (before, rest) = issued.split_once("<ds:SignedInfo").unwrap();
    let (info, rest) = rest.split_once("</ds:SignedInfo>").unwrap();
    let after = rest.split_once("</ds:SignatureValue>").unwrap().1;
    let info = format!("<ds:SignedInfo{info}</ds:SignedInfo>");
    let judge = |from: &str, to: &str, more: &str| {
        let changed = info.replacen(from, to, 1);
        assert!(from == to || changed != info, "{from}");
        let value = STANDARD.encode(mine.sign(changed.as_bytes()).unwrap());
        let document =
            format!("{before}{changed}<ds:SignatureValue>{value}</ds:SignatureValue>{more}{after}");
        outcome(&verify(&STANDARD.encode(document), &mine, &registered, at(1000)))
    };
    assert_eq!(judge("", "", ""), "ok");
    assert_eq!(judge("", "", "<ds:KeyInfo/>"), "ok");
    for more in ["<ds:Object/>", "<ds:KeyInfo/><ds:Object/>", "<ds:SignatureValue/>"] {
        assert_eq!(judge("", "", more), "Invalid", "{more}");
    }
    let exclusive = "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
    let prefixes = |count: usize| {
        format!(
            "{}<InclusiveNamespaces xmlns=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{}\"></InclusiveNamespaces></ds:Transform>",
            exclusive.trim_end_matches("</ds:Transform>"),
            (0..count).map(|number| format!("p{number}")).collect::<Vec<_>>().join(" ")
        )
    };
    // A prefix that nothing declares changes nothing, so the digest stays.
    assert_eq!(judge(exclusive, &prefixes(32), ""), "ok");
    assert_eq!(judge(exclusive, &prefixes(33), ""), "Invalid");
    for (from, to) in [
        ("URI=\"#_", "URI=\"#x_"),
        ("URI=\"#_", "URI=\"_"),
        ("#enveloped-signature", "#enveloped"),
        ("#enveloped-signature\">", "#enveloped-signature\"><a></a>"),
        ("#ecdsa-sha256\">", "#ecdsa-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength>"),
        ("#ecdsa-sha256", "#ecdsa-sha1"),
        ("#ecdsa-sha256", "#rsa-sha256"),
        ("xmlenc#sha256", "xmlenc#sha512"),
        ("xmlenc#sha256", "xmldsig#sha1"),
        ("</ds:Reference>", "</ds:Reference><ds:Reference></ds:Reference>"),
        ("<ds:DigestValue>", "<ds:DigestValue>AAAA"),
        (
            "<ds:Transforms>",
            "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"></ds:Transform>",
        ),
        (
            "xml-exc-c14n#\"></ds:CanonicalizationMethod>",
            "xml-exc-c14n#WithComments\"></ds:CanonicalizationMethod>",
        ),
    ] {
        assert_eq!(judge(from, to, ""), "Invalid", "{from} {to}");
    }
}

#[test]
fn a_signature_of_the_response_must_be_good_too() {
    let (head, rows) = lines();
    let row = rows.iter().find(|row| row["name"] == "assertion and response signed").unwrap();
    let changed = row["xml"].as_str().unwrap().replace("<samlp:Status>", "<samlp:Extensions/><samlp:Status>");
    assert_eq!(outcome(&verifier(head).verify(&STANDARD.encode(changed), at(GOOD_AT))), "Invalid");
}

/// SAML 2.0 §1.3.3: UTC, without another offset. A confirmation may have a start, as conditions may.
#[test]
fn times() {
    assert_eq!(time("2027-01-15T08:00:00Z"), Some(at(GOOD_AT)));
    assert_eq!(time("2027-01-15T08:00:00.000Z"), Some(at(GOOD_AT)));
    for bad in
        ["", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15T08:00:00-01:00", "2027-01-15T08:00:00+00:00"]
    {
        assert_eq!(time(bad), None, "{bad}");
    }
    let mut validity = Validity { start: None, end: at(10) };
    validity.narrow(Some("1970-01-01T00:00:05Z"), Some("1970-01-01T00:00:09Z")).unwrap();
    validity.narrow(Some("1970-01-01T00:00:04Z"), Some("1970-01-01T00:00:10Z")).unwrap();
    assert_eq!((validity.start, validity.end), (Some(at(5)), at(9)));
    assert!(validity.narrow(Some("soon"), None).is_none() && validity.narrow(None, Some("late")).is_none());
}

#[test]
fn a_confirmation_that_is_not_good_yet() {
    let random = Random::new();
    let registered = World::default().accounts[0].saml_providers[0].clone();
    let mine = IdentityProvider::new(&random).unwrap();
    let issued =
        SamlAssertionBuilder::new(&mine, &registered, "r".into(), "alice".into(), at(1000)).issue().unwrap();
    let issued = String::from_utf8(STANDARD.decode(issued.expose_secret()).unwrap()).unwrap();
    let (before, rest) = issued.split_once("<ds:Signature ").unwrap();
    let after = rest.split_once("</ds:Signature>").unwrap().1;
    let judge = |start: &str| {
        let after = after
            .replace("SubjectConfirmationData ", &format!("SubjectConfirmationData NotBefore=\"{start}\" "));
        let unsigned = format!("{before}{after}");
        let document = document::parse(&unsigned).unwrap();
        let assertion = Element::root(&document).unwrap().only(ASSERTION, "Assertion").unwrap();
        let info = signature::signed_info(assertion).unwrap();
        let value = STANDARD.encode(mine.sign(info.as_bytes()).unwrap());
        let signed = format!(
            "{before}<ds:Signature xmlns:ds=\"{SIGNATURE}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>{after}"
        );
        outcome(&verify(&STANDARD.encode(signed), &mine, &registered, at(1000)))
    };
    assert_eq!(judge("1970-01-01T00:17:40Z"), "ok");
    assert_eq!(judge("1970-01-01T00:17:41Z"), "Invalid");
}

#[test]
fn length_of_the_parameter() {
    let (head, rows) = lines();
    let verifier = verifier(head);
    let good = parameter(&rows[0]);
    let padded = |length: usize| format!("{good}{}", "\n".repeat(length - good.len()));
    assert_eq!(outcome(&verifier.verify(&padded(100_000), at(GOOD_AT))), "ok");
    assert_eq!(outcome(&verifier.verify(&padded(100_001), at(GOOD_AT))), "Invalid");
}

#[test]
fn own_provider() {
    const ROLE: &str = "acs:ram::1234567890123456:role/app";
    let random = Random::new();
    let registered = World::default().accounts[0].saml_providers[0].clone();
    let (mine, stranger) = (IdentityProvider::new(&random).unwrap(), IdentityProvider::new(&random).unwrap());
    let subject = "<alice & \"bob\">\t\u{1}";
    let issue = |provider| {
        SamlAssertionBuilder::new(provider, &registered, ROLE.to_owned(), subject.to_owned(), at(1000))
    };
    let judge = |text: &str, second: i64| verify(text, &mine, &registered, at(second));

    let good = issue(&mine).session_name("alice@example").issue().unwrap();
    let read = judge(good.expose_secret(), 4599).unwrap();
    assert_eq!(
        (read.subject.as_str(), read.subject_type.as_str()),
        ("<alice & \"bob\">\t\u{FFFD}", "persistent")
    );
    assert_eq!(
        (read.issuer.as_str(), read.session_name.as_str()),
        (registered.issuer.as_str(), "alice@example")
    );
    assert_eq!(read.roles, [format!("{ROLE},{}", registered.arn)]);
    assert_eq!(outcome(&judge(good.expose_secret(), 4600)), "Expired");
    for (bad, code) in [
        (issue(&mine).expired(), "Expired"),
        (issue(&mine).tampered(), "Invalid"),
        (issue(&mine).issuer("https://example.com"), "Invalid"),
        (issue(&stranger), "Invalid"),
    ] {
        assert_eq!(outcome(&judge(bad.issue().unwrap().expose_secret(), 1000)), code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// What is accepted after a change says what it said before: a change may be one that canonicalization takes away.
    #[test]
    fn nothing_that_was_changed_is_believed(
        place in any::<prop::sample::Index>(),
        taken in 0..4_usize,
        with in "[<>\"&'/ a-zA-Z0-9=:#-]{0,4}|<!---->|\\PC",
        which in 0..16_usize,
    ) {
        let (head, rows) = lines();
        let xml: Vec<char> = rows[which]["xml"].as_str().unwrap_or_default().chars().collect();
        let place = place.index(xml.len().max(1)).min(xml.len());
        let rest = (place + taken).min(xml.len());
        let changed: String = xml[..place].iter().copied().chain(with.chars()).chain(xml[rest..].iter().copied()).collect();
        if let Ok(read) = verifier(head).verify(&STANDARD.encode(changed), at(GOOD_AT)) {
            let before = verifier(head).verify(&parameter(&rows[which]), at(GOOD_AT)).unwrap();
            prop_assert_eq!((read.subject, read.roles, read.session_name), (before.subject, before.roles, before.session_name));
        }
    }

    #[test]
    fn nothing_that_was_made_up_is_accepted(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "(<[a-z:]{1,5}( [a-z]{1,3}=\"[a-z&;#]{0,5}\")?/?>|</[a-z:]{1,5}>|[a-z]{1,3}|&[a-z]{1,3};|<!\\[CDATA\\[|\\]\\]>|<!DOCTYPE [a-z\\[<>!\" ]{0,20}>){0,20}") {
        let (head, _) = lines();
        prop_assert!(verifier(head).verify(&STANDARD.encode(&bytes), at(GOOD_AT)).is_err());
        prop_assert!(verifier(head).verify(&STANDARD.encode(&text), at(GOOD_AT)).is_err());
        prop_assert!(Metadata::parse(&text).is_err());
    }
}
