//! ACS3: RPC style (path `/`) and ROA style, parameters in the query or in a form, bodies given whole or by their hash.

use super::tamper::{check, tampers};
use super::wire::{Dice, Wire, read_pairs, write_headers, write_pairs};
use super::{Pairs, Party, at, borrowed, check_skew, header_value, headers, params, party, skew, time};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sha2::{Digest, Sha256};
use std::time::SystemTime;
use sts_sign::acs3::{Request, Signer};
use sts_sign::verify::{Skew, acs3};

/// What means something: method, path (as it is: the scheme signs its encoding too), parameters, the body, and the headers
/// that `SignedHeaders` names, values of one name in any order. Of the header that names them all, but for the case of the
/// signature's digits. Not headers that it does not name.
fn meaning(wire: &Wire) -> Option<impl PartialEq + use<>> {
    let authorization = String::from_utf8(wire.one("authorization")?).ok()?;
    let (rest, signature) = authorization.rsplit_once("Signature=")?;
    let names = rest.split("SignedHeaders=").nth(1)?.trim_end_matches(',').to_owned();
    let mut fields = wire.fields(|name| names.split(';').any(|signed| signed == name));
    fields.iter_mut().for_each(|(_, values)| values.sort());
    let path = if wire.path.is_empty() { b"/".to_vec() } else { wire.path.clone() };
    let of_authorization = (rest.to_owned(), signature.to_ascii_lowercase());
    Some((
        wire.method.clone(),
        path,
        read_pairs(&wire.query, true)?,
        wire.body.clone(),
        fields,
        of_authorization,
    ))
}

fn accept(wire: &Wire, party: &Party, now: SystemTime) -> Option<String> {
    let claim = acs3::Claim::read(&wire.request()).ok()?;
    // Whose key it is, the server looks up by the id, which of itself nothing covers.
    if claim.access_key_id() != party.id {
        return None;
    }
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now, Skew::default()).ok()?;
    let of_key = (claim.access_key_id(), claim.security_token(), claim.nonce(), claim.date());
    Some(format!("{of_key:?} {} {}", claim.action(), claim.version()))
}

/// Where the parameters and the body are.
#[derive(Clone, Debug)]
enum Content {
    Form(Pairs),
    Whole(Vec<u8>),
    /// As one who has read the body elsewhere.
    Hashed(Vec<u8>),
}

fn content() -> impl Strategy<Value = Content> {
    let body = prop_oneof![Just(Vec::new()), any::<Vec<u8>>()];
    prop_oneof![
        params("[A-Z][a-z.0-9]{0,8}").prop_map(Content::Form),
        body.clone().prop_map(Content::Whole),
        body.prop_map(Content::Hashed),
    ]
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_and_nothing_else(
        party in party(),
        method in select(&["GET", "POST", "PUT", "DELETE", "PATCH"][..]),
        path in "(|/|(/[a-zA-Z0-9._~*+:@!$,%-]{0,6}){1,4}|/%2F/%e4%b8%ad/\\.\\./)",
        query in params("(Action|RegionId|Tag\\.[0-9]{1,2}\\.Key|[a-z_.~-]{1,4}|a b|a/b|键)"),
        content in content(),
        (given, also) in (
            headers("([xX]-[aA]cs-[a-c_]{1,2}|content-type|Accept|x-other|user-agent|Range)", 10),
            select(vec![&[][..], &["accept", "USER-AGENT", "not-there", "range"], &["authorization", "host"]]),
        ),
        (host, action, version) in ("[a-z.]{1,12}(:[0-9]{1,4})?", "[A-Za-z]{1,12}", "[0-9-]{1,10}"),
        nonce in "[!-~]([ -~é]{0,20}[!-~])?",
        time in time(),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        skew in skew(),
        tampers in tampers(),
    ) {
        let (now, query_given, headers_given) = (at(time), borrowed(&query), borrowed(&given));
        let request = Request::new(&host, &action, &version, now, &nonce)
            .method(method).path(&path).query(&query_given).headers(&headers_given).sign_also(also);
        let signer = Signer::new(&party.credentials());
        let mut dice = Dice::new(seed);
        let (added, body) = match &content {
            Content::Whole(body) => (signer.sign(&request.body(body)).unwrap(), body.clone()),
            Content::Hashed(body) => {
                let hash: [u8; 32] = Sha256::digest(body).into();
                (signer.sign(&request.body_sha256(hash)).unwrap(), body.clone())
            }
            Content::Form(params) => {
                let mut body = Vec::new();
                let added = signer.sign_form(&request, &borrowed(params), &mut body).unwrap();
                let mut expected = params.clone();
                expected.sort();
                prop_assert_eq!(read_pairs(&body, true), Some(expected));
                (added, body)
            }
        };
        let mut given = given.clone();
        given.retain(|(name, _)| name != "host");
        given.push(("Host".to_owned(), host.clone()));
        let wire = Wire {
            method: method.to_owned(),
            path: path.clone().into_bytes(),
            query: write_pairs(&query, true, &mut dice),
            headers: write_headers(&given, added.iter(), &mut dice),
            body,
        };

        let claim = acs3::Claim::read(&wire.request()).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert_eq!((claim.nonce(), claim.action(), claim.version()), (&*nonce, &*action, &*version));
        prop_assert_eq!(Some(claim.date()), added.get("x-acs-date"));
        let names = wire.fields(|name| {
            let is_named = also.iter().any(|also| also.eq_ignore_ascii_case(name)) && name != "authorization";
            name.starts_with("x-acs-") || name == "host" || name == "content-type" || is_named
        });
        prop_assert!(claim.signed_headers().eq(names.iter().map(|(name, _)| name.as_str())), "{:?}", wire);
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_skew(|now, skew| claim.check_time(now, skew), time.0, skew)?;
        check(&wire, &tampers, meaning, |wire| accept(wire, &party, now))?;
    }

    /// A token or an id that the signature does not cover is not believed, whatever else is good.
    #[test]
    fn nothing_of_the_key_is_believed_unsigned(party in party(), value in header_value(), id in any::<bool>()) {
        let signer = Signer::new(&Party { token: None, ..party.clone() }.credentials());
        let now = at((1_700_000_000, 0));
        let added = signer.sign(&Request::new("h", "A", "V", now, "n")).unwrap();
        let name = if id { "x-acs-accesskey-id" } else { "x-acs-security-token" };
        let given = vec![("host".to_owned(), "h".to_owned()), (name.to_owned(), value)];
        let wire = Wire {
            method: "POST".to_owned(),
            path: b"/".to_vec(),
            query: Vec::new(),
            headers: write_headers(&given, added.iter(), &mut Dice::new(0)),
            body: Vec::new(),
        };
        prop_assert!(accept(&wire, &party, now).is_none());
    }
}

/// Official clients sign names as they are, ours encodes them: both are accepted, one as the other never.
#[test]
fn a_name_that_looks_encoded_is_not_the_one_it_looks_like() {
    let party = Party { id: "id".to_owned(), secret: "secret".to_owned(), token: None };
    let now = at((1_700_000_000, 0));
    let accepted = |signed: &str, sent: &str| {
        let query = [(signed, "1")];
        let request = Request::new("h", "A", "V", now, "n").query(&query);
        let added = Signer::new(&party.credentials()).sign(&request).unwrap();
        let wire = Wire {
            method: "POST".to_owned(),
            path: b"/".to_vec(),
            query: sent.as_bytes().to_vec(),
            headers: write_headers(
                &vec![("host".to_owned(), "h".to_owned())],
                added.iter(),
                &mut Dice::new(0),
            ),
            body: Vec::new(),
        };
        accept(&wire, &party, now).is_some()
    };
    assert!(accepted("a b", "a%20b=1") && accepted("a%20b", "a%2520b=1") && accepted("a&b", "a%26b=1"));
    assert!(!accepted("a b", "a%2520b=1") && !accepted("a%20b", "a%20b=1"));
    assert!(!accepted("a", "a=1&=") && !accepted("a&b", "a=&b=1"));
}
