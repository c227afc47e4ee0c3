//! Signatures of both versions, by header and in the URL: good ones, tampered ones, late ones.

use std::time::Duration;

use sts_types::{Credentials, Secret};

use super::bench::{Bench, SCHEMES, Scheme, Wire, ask};
use super::world::HOME;
use crate::clock::ClockOffset;

const FORBIDDEN_SIGNATURE: &str = "403 SignatureDoesNotMatch";

#[tokio::test]
async fn every_scheme_is_good_in_every_style() {
    let bench = Bench::new();
    for credentials in [bench.key("admin"), bench.session(None), bench.key(HOME)] {
        for scheme in SCHEMES {
            for key in ["a.txt", "odd/ +%?#&=*~'中\u{1F511}//"] {
                let put = ask("PUT", "mine", key).header("content-type", "text/x").body("content");
                let get = ask("GET", "mine", key).query("response-content-type", "text/y; charset=utf-8");
                let list = ask("GET", "mine", "").query("prefix", key).query("max-keys", "1");
                for style in ["path", "virtual host"] {
                    let styled =
                        |ask: super::bench::Ask| if style == "path" { ask } else { ask.virtual_host() };
                    let what = format!("{scheme:?} {style} {key}");
                    let reply = bench.ask(&styled(put.clone()), &credentials, scheme).await;
                    assert_eq!(reply.outcome(), "200", "{what}: {}", reply.text());
                    let reply = bench.ask(&styled(get.clone()), &credentials, scheme).await;
                    assert_eq!((reply.outcome().as_str(), reply.text()), ("200", "content"), "{what}");
                    assert_eq!(reply.header("content-type"), Some("text/y; charset=utf-8"), "{what}");
                    let reply = bench.ask(&styled(list.clone()), &credentials, scheme).await;
                    assert_eq!(reply.elements("Contents").len(), 1, "{what}: {}", reply.text());
                }
            }
            let service = bench.ask(&ask("GET", "", ""), &credentials, scheme).await;
            assert_eq!(service.outcome(), "200", "{scheme:?}");
        }
    }
}

#[tokio::test]
async fn what_was_changed_on_the_way_is_refused() {
    let bench = Bench::new();
    let session = bench.session(None);
    let put =
        ask("PUT", "mine", "b").header("content-type", "text/x").header("x-oss-meta-a", "1").query("acl", "");
    let get = ask("GET", "mine", "a.txt").query("response-content-type", "text/y");
    type Change = fn(Wire) -> Wire;
    let changes: [(&str, bool, Change); 9] = [
        ("method", false, |wire| wire.method("HEAD")),
        ("key", false, |wire| wire.target(|target| target.replace("a.txt", "keep/a.txt"))),
        ("bucket", false, |wire| wire.target(|target| target.replace("/mine/", "/open/"))),
        ("a sub-resource added", false, |wire| {
            wire.target(|target| format!("{target}{}acl", if target.contains('?') { '&' } else { '?' }))
        }),
        ("a sub-resource changed", false, |wire| {
            wire.target(|target| target.replace("text%2Fy", "text%2Fz"))
        }),
        ("content type", true, |wire| wire.header("content-type", "text/html")),
        ("a header of OSS", true, |wire| wire.header("x-oss-meta-a", "2")),
        ("a header of OSS added", true, |wire| wire.header("x-oss-object-acl", "public-read")),
        ("Content-MD5 added", true, |wire| wire.header("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")),
    ];
    for scheme in SCHEMES {
        for (what, is_put, change) in changes {
            let ask = if is_put { &put } else { &get };
            let reply = bench.send(change(bench.sign(ask, &session, scheme))).await;
            let code = if what == "method" { "403" } else { FORBIDDEN_SIGNATURE };
            assert_eq!(reply.outcome(), code, "{what} {scheme:?}: {}", reply.text());
        }
    }
    // V1 does not sign what is no sub-resource; V4 signs all.
    let list = ask("GET", "mine", "").query("prefix", "public/");
    let widened = |wire: Wire| wire.target(|target| target.replace("public", "keep"));
    for (scheme, expected) in [
        (Scheme::V1, "200"),
        (Scheme::PresignedV1, "200"),
        (Scheme::V4, FORBIDDEN_SIGNATURE),
        (Scheme::PresignedV4, FORBIDDEN_SIGNATURE),
    ] {
        let reply = bench.send(widened(bench.sign(&list, &session, scheme))).await;
        assert_eq!(reply.outcome(), expected, "{scheme:?}");
    }
}

#[tokio::test]
async fn keys_and_tokens_that_are_not_good() {
    let bench = Bench::new();
    let (user, session, other) = (bench.key("admin"), bench.session(None), bench.session(None));
    let token = |credentials: &Credentials| credentials.security_token().unwrap().clone();
    let with = |id: &str, secret: &Secret, token: Option<Secret>| {
        let credentials = Credentials::new(id, secret.clone());
        token.map_or(credentials.clone(), |token| credentials.with_security_token(token))
    };
    let (id, secret) = (session.access_key_id(), session.access_key_secret());
    let world = bench.cloud.world();
    let inactive = world.accounts[0].users[0].access_keys.iter().find(|key| !key.active).unwrap();
    for (what, credentials, expected) in [
        ("wrong secret", with(user.access_key_id(), &Secret::new("wrong"), None), FORBIDDEN_SIGNATURE),
        ("unknown key", with("LTAI5tNobody", &Secret::new("x"), None), "403 InvalidAccessKeyId"),
        ("key switched off", with(&inactive.id, &inactive.secret, None), "403 InvalidAccessKeyId"),
        ("session without token", with(id, secret, None), "403 InvalidAccessKeyId"),
        (
            "session of a wrong secret",
            with(id, &Secret::new("wrong"), Some(token(&session))),
            FORBIDDEN_SIGNATURE,
        ),
        ("another session's token", with(id, secret, Some(token(&other))), "403 InvalidSecurityToken"),
        ("no token", with(id, secret, Some(Secret::new("CAISnonsense"))), "403 InvalidSecurityToken"),
        (
            "a token with a long-term key",
            with(user.access_key_id(), user.access_key_secret(), Some(token(&session))),
            "403 InvalidAccessKeyId",
        ),
    ] {
        for scheme in SCHEMES {
            let reply = bench.ask(&ask("GET", "mine", "a.txt"), &credentials, scheme).await;
            assert_eq!(reply.outcome(), expected, "{what} {scheme:?}: {}", reply.text());
        }
    }
    bench.cloud.revoke_session(other.access_key_id());
    let reply = bench.by(&other, ask("GET", "mine", "a.txt")).await;
    assert_eq!(reply.outcome(), "403 SecurityTokenExpired");
    bench.cloud.clock.set_offset(ClockOffset::Ahead(Duration::from_secs(3601)));
    let reply = bench.by(&session, ask("GET", "mine", "a.txt")).await;
    assert_eq!(
        (reply.outcome().as_str(), reply.element("EC")),
        ("403 SecurityTokenExpired", Some("0002-00000007"))
    );
}

#[tokio::test]
async fn times_that_are_not_good() {
    let bench = Bench::new();
    let user = bench.key("admin");
    let get = |seconds| ask("GET", "mine", "a.txt").clock_off_by(seconds);
    for (what, scheme, seconds, expected) in [
        ("late within limits", Scheme::V1, -890, "200"),
        ("late", Scheme::V1, -910, "403 RequestTimeTooSkewed"),
        ("early", Scheme::V1, 910, "403 RequestTimeTooSkewed"),
        ("late within limits", Scheme::V4, -890, "200"),
        ("late", Scheme::V4, -910, "403 RequestTimeTooSkewed"),
        ("early", Scheme::V4, 910, "403 RequestTimeTooSkewed"),
        ("not expired", Scheme::PresignedV1, -590, "200"),
        ("expired", Scheme::PresignedV1, -610, "403 AccessDenied"),
        ("not expired", Scheme::PresignedV4, -590, "200"),
        ("expired", Scheme::PresignedV4, -610, "403 AccessDenied"),
        ("signed for the future", Scheme::PresignedV4, 910, "403 RequestTimeTooSkewed"),
    ] {
        let reply = bench.ask(&get(seconds), &user, scheme).await;
        assert_eq!(reply.outcome(), expected, "{what} {scheme:?}: {}", reply.text());
    }
    // The longest that V4 allows; our own signer would sign nothing longer.
    let longest =
        bench.sign(&get(0), &user, Scheme::PresignedV4).target(|target| target.replace("=600", "=604801"));
    assert_eq!(bench.send(longest).await.outcome(), "400 InvalidArgument");
    let expired = bench.ask(&get(-610), &user, Scheme::PresignedV1).await;
    assert_eq!(expired.element("Message"), Some("Request has expired."));
}

#[tokio::test]
async fn the_rest_of_a_signature() {
    let bench = Bench::new();
    let user = bench.key("admin");
    let get = ask("GET", "mine", "a.txt");
    let abroad = bench.by(&user, get.clone().region("us-west-1")).await;
    assert_eq!(
        (abroad.outcome().as_str(), abroad.element("EC")),
        ("400 InvalidArgument", Some("0002-00000226"))
    );
    for authorization in
        ["Basic dXNlcjpwYXNz", "", "OSS", "OSS id", "OSS id:short", "OSS4-HMAC-SHA256 Credential=x"]
    {
        let wire = bench.sign(&get, &user, Scheme::V4).header("authorization", authorization);
        assert_eq!(bench.send(wire).await.outcome(), "400 InvalidArgument", "{authorization}");
    }
    let undated = bench.sign(&get, &user, Scheme::V1).header("date", "yesterday");
    assert_eq!(bench.send(undated).await.outcome(), "403 AccessDenied");
    let both = bench.sign(&get, &user, Scheme::PresignedV4).header("authorization", "OSS id:c2ln");
    assert!(bench.send(both).await.status >= 400);

    // A body has no signature, but a sum that has one.
    let put = ask("PUT", "mine", "b").header("content-md5", "kAFQmDzST7DWlj99KOF/cg==").body("abc");
    assert_eq!(bench.by(&user, put.clone()).await.outcome(), "200");
    for scheme in SCHEMES {
        let tampered = bench.sign(&put, &user, scheme).body(b"abd");
        assert_eq!(bench.send(tampered).await.outcome(), "400 InvalidDigest", "{scheme:?}");
    }

    let mismatch = bench.send(bench.sign(&get, &user, Scheme::V1).header("x-oss-meta-a", "1")).await;
    assert!(mismatch.element("StringToSign").unwrap().starts_with("GET\n\n\n"), "{}", mismatch.text());
    assert!(mismatch.element("StringToSign").unwrap().ends_with("\nx-oss-meta-a:1\n/mine/a.txt"));
    assert_eq!(mismatch.element("OSSAccessKeyId"), Some(user.access_key_id()));
    assert!(mismatch.element("SignatureProvided").is_some_and(|signature| signature.len() == 28));
    let mismatch = bench.send(bench.sign(&get, &user, Scheme::V4).header("x-oss-meta-a", "1")).await;
    assert!(mismatch.element("CanonicalRequest").unwrap().starts_with("GET\n/mine/a.txt\n"));
    assert!(mismatch.element("SignatureProvided").is_some_and(|signature| signature.len() == 64));
}

/// What is noted of a request is no secret, no token and no signature.
#[tokio::test]
async fn the_trail_holds_no_secret() {
    let bench = Bench::new();
    let session = bench.session(None);
    for scheme in SCHEMES {
        bench.ask(&ask("GET", "mine", "a.txt"), &session, scheme).await;
        let wrong = Credentials::new(session.access_key_id(), Secret::new("wrong"))
            .with_security_token(session.security_token().unwrap().clone());
        bench.ask(&ask("GET", "mine", "a.txt"), &wrong, scheme).await;
    }
    let trail = format!("{:?}", bench.cloud.trail.to_vec());
    let token = session.security_token().unwrap().expose_secret();
    for secret in [session.access_key_secret().expose_secret(), token, "ignature="] {
        assert!(!trail.contains(secret));
    }
    assert!(trail.contains(":assumed-role/app/test"), "{trail}");
}

/// As oss2 sends them.
#[tokio::test]
async fn a_plus_in_a_query_is_a_blank() {
    let bench = Bench::new();
    let get = ask("GET", "mine", "a.txt").query("response-content-type", "text/x; a=b");
    for scheme in SCHEMES {
        let wire = bench.sign(&get, &bench.key("admin"), scheme).target(|target| target.replace("%20", "+"));
        let reply = bench.send(wire).await;
        assert_eq!(
            (reply.outcome().as_str(), reply.header("content-type")),
            ("200", Some("text/x; a=b")),
            "{scheme:?}"
        );
    }
}
