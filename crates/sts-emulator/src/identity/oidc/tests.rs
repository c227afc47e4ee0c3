use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::builder::OidcTokenBuilder;
use super::keys::{KeySet, KeySetError};
use super::remote::RemoteKeys;
use super::{Claims, Keys, Token, Verifier, verify};
use crate::identity::IdentityProvider;
use crate::os::Random;
use crate::sts::refusal::Refusal;
use crate::world::World;
use jiff::Timestamp;

/// Tokens of another library; the first line tells where they come from and whom they are for.
const PYJWT: &str = include_str!("tests/pyjwt.jsonl");

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn lines() -> &'static (Value, Vec<Value>) {
    static LINES: LazyLock<(Value, Vec<Value>)> = LazyLock::new(|| {
        let mut lines = PYJWT.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        (lines.next().unwrap(), lines.collect())
    });
    &LINES
}

fn verifier(keys: Keys) -> Verifier {
    let (head, _) = lines();
    let ids = head["client_ids"].as_array().unwrap();
    Verifier {
        issuer: head["issuer"].as_str().unwrap().to_owned(),
        client_ids: ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect(),
        issuance_limit_hours: 12,
        fingerprints: Vec::new(),
        shown_fingerprint: None,
        keys,
    }
}

fn key_set() -> Arc<KeySet> {
    Arc::new(KeySet::parse(lines().0["jwks"].to_string().as_bytes()).unwrap())
}

fn good_token() -> String {
    lines().1[0]["token"].as_str().unwrap().to_owned()
}

const GOOD_AT: i64 = 1_800_000_000;

fn outcome(judged: &Result<Claims, Refusal>) -> String {
    match judged {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => {
            assert_eq!(refusal.status(), 401);
            refusal.code().strip_prefix("AuthenticationFail.OIDCToken.").unwrap().to_owned()
        }
    }
}

#[test]
fn tokens_of_another_library() {
    let keys = key_set();
    let verifier = verifier(Keys::Given(Arc::clone(&keys)));
    let (_, rows) = lines();
    assert!(rows.len() > 80);
    for row in rows {
        let judged =
            verifier.verify_with(row["token"].as_str().unwrap(), &keys, at(row["at"].as_i64().unwrap()));
        let (expected, found) = (row["expect"].as_str().unwrap(), outcome(&judged));
        assert_eq!(found, expected, "{}", row["name"]);
        if let Ok(claims) = judged {
            assert_eq!(claims.subject, "system:serviceaccount:prod:api");
            assert_eq!(claims.issuer, "https://idp.example.com");
        }
    }
}

/// RFC 7515, appendices A.2 and A.3: the signatures are good, the claims lack what an OIDC token must have.
#[test]
fn published_signatures() {
    let rsa = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
    let (x, y) =
        ("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
    let payload =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let a2 = format!(
        "eyJhbGciOiJSUzI1NiJ9.{payload}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let a3 = format!(
        "eyJhbGciOiJFUzI1NiJ9.{payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    let a2_keys = format!(r#"{{"keys":[{{"kty":"RSA","n":"{rsa}","e":"AQAB"}}]}}"#);
    let a3_keys = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}]}}"#);
    for (jwt, keys, strangers) in [(&a2, &a2_keys, &a3_keys), (&a3, &a3_keys, &a2_keys)] {
        let token = Token::parse(jwt).ok().unwrap();
        let verify = |keys: &str| {
            let keys = KeySet::parse(keys.as_bytes()).unwrap();
            keys.verify(None, token.algorithm, token.signed.as_bytes(), &token.signature)
        };
        assert!(verify(keys) && !verify(strangers));
        let keys = Arc::new(KeySet::parse(keys.as_bytes()).unwrap());
        let judged = verifier(Keys::Given(Arc::clone(&keys))).verify_with(jwt, &keys, at(1_300_000_000));
        assert_eq!(outcome(&judged), "Invalid");
    }
}

#[test]
fn texts_of_malformed_tokens() {
    let keys = key_set();
    let verifier = verifier(Keys::Given(Arc::clone(&keys)));
    let message = |token: &str| {
        let refusal = verifier.verify_with(token, &keys, at(0)).unwrap_err();
        assert_eq!((refusal.status(), refusal.code()), (401, "AuthenticationFail.OIDCToken.Invalid"));
        refusal.message().to_owned()
    };
    for (token, text) in [
        ("", "The OIDCToken can not empty."),
        ("abc", "The Jwt content is invalid that cannot be recognized."),
        ("e30.e30", "The number of Jwt field should be divided into 3 parts with '.' ."),
        ("e30.e30.e30.e30", "The number of Jwt field should be divided into 3 parts with '.' ."),
        ("!!!.e30.QUJD", "Cannot decode base64 encoded response(format invalided)."),
        ("e30.e30.QUJD", "The Jwt content is invalid that cannot be recognized."),
        // {"alg":"HS256"}, {"alg":"none"}, {"alg":"<b>"}
        ("eyJhbGciOiJIUzI1NiJ9.e30.QUJD", "The algorithm HS256 that be specified in Jwt header is unknown."),
        ("eyJhbGciOiJub25lIn0.e30.", "The algorithm none that be specified in Jwt header is unknown."),
        ("eyJhbGciOiI8Yj4ifQ.e30.QUJD", "The algorithm given that be specified in Jwt header is unknown."),
    ] {
        assert_eq!(message(token), text, "{token}");
    }
    assert!(message(&"a".repeat(20_001)).contains("cannot be recognized"));
}

#[test]
fn fingerprints_are_compared_where_both_are_known() {
    let judge = |registered: &[&str], shown: Option<&str>| {
        let keys = key_set();
        let fingerprints = registered.iter().map(|&one| one.to_owned()).collect();
        let shown_fingerprint = shown.map(str::to_owned);
        let verifier =
            Verifier { fingerprints, shown_fingerprint, ..verifier(Keys::Given(Arc::clone(&keys))) };
        outcome(&verifier.verify_with(&good_token(), &keys, at(GOOD_AT)))
    };
    assert_eq!(judge(&["ab12", "cd34"], Some("CD34")), "ok");
    assert_eq!(judge(&["ab12"], Some("cd34")), "PublicKeyFingerprintMismatch");
    assert_eq!((judge(&[], Some("cd34")), judge(&["ab12"], None)), ("ok".to_owned(), "ok".to_owned()));
}

#[test]
fn key_sets() {
    let n = |bits: usize| {
        let mut modulus = vec![0xFF_u8; bits.div_ceil(8)];
        modulus[0] = if bits.is_multiple_of(8) { 0xFF } else { (1 << (bits % 8)) - 1 };
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, modulus)
    };
    let parse = |keys: &str| KeySet::parse(format!(r#"{{"keys":[{keys}]}}"#).as_bytes());
    let rsa = |n: &str| format!(r#"{{"kty":"RSA","n":"{n}","e":"AQAB"}}"#);
    let ec = |x: &str| format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{}"}}"#, "A".repeat(43));
    let coordinate = "A".repeat(43);
    for good in [rsa(&n(2048)), rsa(&n(3072)), rsa(&n(4096)), ec(&coordinate)] {
        assert!(parse(&good).is_ok(), "{good}");
    }
    let zero_in_front = format!("AA{}", n(2048));
    for bad in [
        rsa(&n(2047)),
        rsa(&n(1024)),
        rsa(&n(4097)),
        rsa(&zero_in_front),
        rsa(""),
        rsa("!"),
        ec("AA"),
        ec(&format!("{coordinate}AAAA")),
        r#"{"kty":"EC","crv":"P-256"}"#.to_owned(),
    ] {
        let error = parse(&format!("{},{bad}", ec(&coordinate))).unwrap_err();
        assert!(matches!(error, KeySetError::Key { index: 1, .. }), "{bad}: {error}");
        assert!(error.to_string().starts_with("key 1 of the key set: "));
    }
    for none in ["", r#"{"kty":"oct","k":"AA"}"#, r#"{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}"#] {
        assert!(matches!(parse(none), Err(KeySetError::Empty)), "{none}");
    }
    for not_a_set in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[{}]}"#, r#"{"keys":[1]}"#] {
        assert!(matches!(KeySet::parse(not_a_set.as_bytes()), Err(KeySetError::Json(_))), "{not_a_set}");
    }
    let twice = ec(&coordinate).replace(r#""kty""#, r#""kty":"EC","kty""#);
    assert!(matches!(parse(&twice), Err(KeySetError::Json(_))));
    let many = vec![ec(&coordinate); 33].join(",");
    assert!(matches!(parse(&many), Err(KeySetError::TooLarge)));
    assert!(matches!(KeySet::parse(&vec![b' '; 64 * 1024 + 1]), Err(KeySetError::TooLarge)));
}

#[test]
fn own_provider() {
    let random = Random::new();
    let registered = World::default().accounts[0].oidc_providers[0].clone();
    let (mine, stranger) = (IdentityProvider::new(&random).unwrap(), IdentityProvider::new(&random).unwrap());
    let token = |provider| OidcTokenBuilder::new(provider, &registered, "alice".to_owned(), at(1000));
    let judge = |token: &str, second: i64| verify(token, &mine, &registered, at(second));

    let good = token(&mine).issue().unwrap();
    let claims = judge(good.expose_secret(), 1000).unwrap();
    assert_eq!((claims.subject.as_str(), claims.audiences), ("alice", registered.client_ids.clone()));
    assert_eq!((claims.issuance, claims.expiration), (at(1000), at(4600)));
    assert_eq!(outcome(&judge(good.expose_secret(), 4600)), "Expired");
    for (bad, code) in [
        (token(&mine).expired(), "Expired"),
        (token(&mine).tampered(), "InvalidSignature"),
        (token(&stranger), "InvalidSignature"),
        (token(&mine).audience("somebody"), "AudienceNotMatch"),
        (token(&mine).issuer("https://example.com"), "IssuerNotMatch"),
    ] {
        assert_eq!(outcome(&judge(bad.issue().unwrap().expose_secret(), 1000)), code);
    }

    // What it publishes is the key it signs with.
    let published = Arc::new(KeySet::parse(mine.jwks().as_bytes()).unwrap());
    let verifier = Verifier {
        issuer: registered.issuer.clone(),
        client_ids: registered.client_ids.clone(),
        ..verifier(Keys::Given(Arc::clone(&published)))
    };
    assert_eq!(outcome(&verifier.verify_with(good.expose_secret(), &published, at(1000))), "ok");
    let document = IdentityProvider::discovery_document("http://127.0.0.1:1", "http://127.0.0.1:1/jwks");
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(
        (&document["issuer"], &document["jwks_uri"]),
        (&"http://127.0.0.1:1".into(), &"http://127.0.0.1:1/jwks".into())
    );
}

/// Serves these replies, one a connection, and counts them.
async fn serve(replies: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let replies: Vec<String> = replies.into_iter().map(|reply| reply.replace("BASE", &base)).collect();
    let server = tokio::spawn(async move {
        let mut asked = Vec::new();
        for reply in replies {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0_u8; 1024];
            let length = stream.read(&mut request).await.unwrap();
            let line = String::from_utf8_lossy(&request[..length]).lines().next().unwrap().to_owned();
            asked.push(line);
            stream.write_all(reply.as_bytes()).await.ok();
        }
        asked
    });
    (base, server)
}

fn reply(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nlocation: BASE/jwks\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn keys_are_fetched_once() {
    let jwks = lines().0["jwks"].to_string();
    let discovery = r#"{"issuer":"https://idp.example.com","jwks_uri":"BASE/keys"}"#;
    // The document's length depends on the address in it: the end of the connection is its end.
    let discovery = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{discovery}");
    let (base, server) = serve(vec![discovery, reply("200 OK", &jwks)]).await;
    let remote = RemoteKeys::new(&format!("{base}/.well-known/openid-configuration")).unwrap();
    let verifier = verifier(Keys::Remote(remote));
    for row in &lines().1 {
        let judged = verifier.verify(row["token"].as_str().unwrap(), at(row["at"].as_i64().unwrap())).await;
        let (expected, found) = (row["expect"].as_str().unwrap(), outcome(&judged));
        assert_eq!(found, expected, "{}", row["name"]);
    }
    assert!(verifier.verify(&good_token(), at(GOOD_AT)).await.is_ok());
    let asked = server.await.unwrap();
    assert_eq!(asked, ["GET /.well-known/openid-configuration HTTP/1.1", "GET /keys HTTP/1.1"]);
}

#[tokio::test]
async fn issuers_that_are_broken() {
    let jwks = lines().0["jwks"].to_string();
    let (huge, truncated) = ("x".repeat(70_000), reply("200 OK", &jwks).replace("length: ", "length: 9"));
    let wrong_issuer = r#"{"issuer":"https://idp.example.org","jwks_uri":"BASE/jwks"}"#;
    let elsewhere = r#"{"issuer":"https://idp.example.com","jwks_uri":"http://192.0.2.1/jwks"}"#;
    for bad in [
        reply("404 Not Found", &jwks),
        reply("302 Found", ""),
        reply("500 Internal Server Error", &jwks),
        reply("200 OK", ""),
        reply("200 OK", "{}"),
        reply("200 OK", r#"{"keys":[]}"#),
        reply("200 OK", wrong_issuer),
        reply("200 OK", elsewhere),
        reply("200 OK", &huge),
        truncated,
        "nonsense\r\n\r\n".to_owned(),
        String::new(),
    ] {
        let (base, server) = serve(vec![bad.clone()]).await;
        let verifier = verifier(Keys::Remote(RemoteKeys::new(&base).unwrap()));
        let refusal = verifier.verify(&good_token(), at(GOOD_AT)).await.unwrap_err();
        assert_eq!(
            (refusal.status(), refusal.code(), refusal.message()),
            (
                401,
                "AuthenticationFail.OIDCToken.IssuerConfigurationBroken",
                "Get public keys from OIDC Provider failed, the issuer is https://idp.example.com."
            ),
            "{bad}"
        );
        // What could never be good is refused for its own fault, and nobody is asked.
        assert_eq!(outcome(&verifier.verify("e30.e30", at(GOOD_AT)).await), "Invalid");
        assert_eq!(server.await.unwrap().len(), 1);
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let verifier = verifier(Keys::Remote(RemoteKeys::new(&format!("http://{nobody}/jwks")).unwrap()));
    assert_eq!(outcome(&verifier.verify(&good_token(), at(GOOD_AT)).await), "IssuerConfigurationBroken");
}

#[tokio::test]
async fn a_discovery_document_of_another_issuer() {
    let jwks = reply("200 OK", &lines().0["jwks"].to_string());
    for (issuer, expected) in
        [("https://idp.example.com", "ok"), ("https://idp.example.org", "IssuerConfigurationBroken")]
    {
        let document = format!(r#"{{"issuer":"{issuer}","jwks_uri":"BASE/keys"}}"#);
        let discovery = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{document}");
        let (base, server) = serve(vec![discovery, jwks.clone()]).await;
        let verifier = verifier(Keys::Remote(RemoteKeys::new(&base).unwrap()));
        assert_eq!(outcome(&verifier.verify(&good_token(), at(GOOD_AT)).await), expected);
        server.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn an_issuer_that_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let verifier = verifier(Keys::Remote(RemoteKeys::new(&url).unwrap()));
    let judged = verifier.verify(&good_token(), at(GOOD_AT)).await;
    assert_eq!(outcome(&judged), "IssuerConfigurationBroken");
}

proptest! {
    #[test]
    fn nothing_that_was_changed_is_accepted(place in any::<prop::sample::Index>(), with in any::<char>(), which in 0..4_usize) {
        let keys = key_set();
        let token = lines().1[which]["token"].as_str().unwrap().to_owned();
        let place = place.index(token.len());
        let changed: String =
            token.chars().enumerate().map(|(index, old)| if index == place { with } else { old }).collect();
        let judged = verifier(Keys::Given(Arc::clone(&keys))).verify_with(&changed, &keys, at(GOOD_AT));
        prop_assert_eq!(judged.is_ok(), changed == token);
    }

    #[test]
    fn nothing_that_was_made_up_is_accepted(token in ".{0,64}|[A-Za-z0-9_-]{0,99}\\.[A-Za-z0-9_-]{0,99}\\.[A-Za-z0-9_-]{0,99}") {
        let keys = key_set();
        prop_assert!(verifier(Keys::Given(Arc::clone(&keys))).verify_with(&token, &keys, at(GOOD_AT)).is_err());
    }

    #[test]
    fn made_up_headers_and_claims(header in "\\PC{0,40}|\\{\"alg\":\"(RS256|ES256)\",\"kid\":\\PC{0,9}\\}", claims in "\\PC{0,80}") {
        let encode = |part: &str| base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part);
        let keys = key_set();
        let token = format!("{}.{}.{}", encode(&header), encode(&claims), encode(&claims));
        prop_assert!(verifier(Keys::Given(Arc::clone(&keys))).verify_with(&token, &keys, at(GOOD_AT)).is_err());
    }

    #[test]
    fn key_sets_never_panic(text in prop::collection::vec(any::<u8>(), 0..200)) {
        KeySet::parse(&text).ok();
    }
}
