//! RPC v1: everything is a parameter, and travels in the query, in a form, or in both.

use super::tamper::{check, tampers};
use super::wire::{Dice, Wire, read_pairs, write_pairs};
use super::{Pairs, Party, at, borrowed, check_skew, params, party, skew, text, time};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::time::SystemTime;
use sts_sign::rpc_v1::{Algorithm, Request, Signer};
use sts_sign::verify::{Skew, rpc_v1};

const FORM: &str = "application/x-www-form-urlencoded";

/// What means something: the method, the path, and all parameters, wherever they are and however they are encoded. Not
/// headers, which the scheme leaves alone, but for the one that says that the body has parameters; and no body that has
/// none.
fn meaning(wire: &Wire) -> Option<(String, Vec<u8>, Pairs)> {
    let content_type = String::from_utf8(wire.one("content-type")?).ok()?.to_ascii_lowercase();
    let is_form = content_type.split(';').next()?.trim() == FORM;
    let mut pairs = read_pairs(&wire.query, true)?;
    pairs.extend(if is_form { read_pairs(&wire.body, true)? } else { Pairs::new() });
    pairs.sort();
    Some((wire.method.clone(), wire.path.clone(), pairs))
}

fn accept(wire: &Wire, party: &Party, now: SystemTime) -> Option<String> {
    let claim = rpc_v1::Claim::read(&wire.request()).ok()?;
    claim.check_signature(&party.secret()).ok()?;
    claim.check_time(now, Skew::default()).ok()?;
    let believed = (claim.access_key_id(), claim.security_token(), claim.nonce(), claim.timestamp());
    Some(format!("{believed:?} {:?}", claim.algorithm()))
}

proptest! {
    #[test]
    fn what_is_signed_is_accepted_and_nothing_else(
        party in party(),
        token in proptest::option::of(text().prop_filter("a token", |token| !token.is_empty())),
        algorithm in select(&[Algorithm::HmacSha1, Algorithm::HmacSha256][..]),
        method in select(&["GET", "POST", "PUT"][..]),
        params in params("(Action|Version|Tag\\.[0-9]{1,2}\\.Key|[A-Z][a-z]{0,6}|SignatureTyp)"),
        nonce in text().prop_filter("a nonce", |nonce| !nonce.is_empty()),
        time in time(),
        places in any::<u64>(),
        content_type in select(&[FORM, "application/x-www-form-urlencoded; charset=utf-8", "Application/X-WWW-Form-urlencoded ;x"][..]),
        seed in any::<u64>(),
        (key_at, key_byte) in any::<(Index, u8)>(),
        skew in skew(),
        tampers in tampers(),
    ) {
        let party = Party { token, ..party };
        let now = at(time);
        let params_given = borrowed(&params);
        let mut form = Vec::new();
        let signer = Signer::with_algorithm(&party.credentials(), algorithm);
        signer.sign(&Request::new(&params_given, now, &nonce).method(method), &mut form).unwrap();

        let (mut query, mut body) = (Pairs::new(), Pairs::new());
        for (index, pair) in read_pairs(&form, false).unwrap().into_iter().enumerate() {
            // All in the query, all in the body, or some of them in each.
            let place = match places % 3 { 0 => 0, 1 => 1, _ => (places >> (index % 60 + 2)) & 1 };
            if place == 0 { query.push(pair) } else { body.push(pair) }
        }
        let mut dice = Dice::new(seed);
        let wire = Wire {
            method: method.to_owned(),
            path: b"/".to_vec(),
            query: write_pairs(&query, true, &mut dice),
            headers: vec![
                ("host".to_owned(), b"sts.aliyuncs.com".to_vec()),
                ("Content-Type".to_owned(), content_type.as_bytes().to_vec()),
            ],
            body: write_pairs(&body, true, &mut dice),
        };

        let claim = rpc_v1::Claim::read(&wire.request()).unwrap();
        prop_assert_eq!(claim.access_key_id(), &party.id);
        prop_assert_eq!(claim.security_token(), party.token.as_deref());
        prop_assert_eq!(claim.nonce(), &nonce);
        prop_assert_eq!(claim.algorithm(), algorithm);
        prop_assert_eq!(claim.string_to_sign(), signer.string_to_sign(&Request::new(&params_given, now, &nonce).method(method)).unwrap());
        prop_assert!(claim.check_signature(&party.other_secret(key_at, key_byte)).is_err());
        check_skew(|now, skew| claim.check_time(now, skew), time.0, skew)?;
        check(&wire, &tampers, meaning, |wire| accept(wire, &party, now))?;
    }

    /// The signature is a parameter like the others, so that a change of it needs a hit of its own.
    #[test]
    fn no_letter_of_a_signature_can_be_another(party in party(), at_byte in any::<Index>(), byte in "[A-Za-z0-9+/=]") {
        let mut form = Vec::new();
        Signer::new(&party.credentials()).sign(&Request::new(&[], at((1, 0)), "n"), &mut form).unwrap();
        let mut pairs = read_pairs(&form, false).unwrap();
        let signature = &mut pairs.iter_mut().find(|(name, _)| name == "Signature").unwrap().1;
        let index = at_byte.index(signature.len());
        prop_assume!(signature[index..index + 1] != byte);
        signature.replace_range(index..index + 1, &byte);
        let wire = Wire {
            method: "POST".to_owned(),
            path: b"/".to_vec(),
            query: write_pairs(&pairs, true, &mut Dice::new(0)),
            headers: Vec::new(),
            body: Vec::new(),
        };
        prop_assert!(accept(&wire, &party, at((1, 0))).is_none());
    }
}
