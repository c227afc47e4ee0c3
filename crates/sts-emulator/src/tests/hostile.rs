use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use quick_xml::events::Event;

use super::call::{Call, exchange};
use crate::clock::Clock;
use crate::cloud::{Cloud, Tokens};
use crate::sts::{Reply, Request, StsService};
use crate::trail::Trail;
use crate::{Emulator, World};

static SERVICE: LazyLock<StsService> = LazyLock::new(|| {
    let cloud = Cloud::new(World::default(), Clock::default(), &Tokens::Sealed, Trail::default()).unwrap();
    StsService::new(cloud.into(), "127.0.0.1:1".to_owned())
});

fn is_well_formed(reply: &Reply) -> bool {
    if reply.content_type.starts_with("application/json") {
        return serde_json::from_str::<serde_json::Value>(&reply.body)
            .is_ok_and(|json| json.get("Code").is_some());
    }
    let mut reader = quick_xml::Reader::from_str(&reply.body);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return reply.body.contains("<Code>"),
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Parameters that get past the first checks more often than bytes at random do.
fn near_misses() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof![
        Just("Action"),
        Just("Version"),
        Just("Format"),
        Just("Timestamp"),
        Just("AccessKeyId"),
        Just("Policy"),
        Just("SignatureMethod"),
        Just("SignatureVersion"),
        Just("SignatureNonce"),
        Just("Signature"),
        Just("RoleArn"),
        Just("RoleSessionName"),
        Just("OIDCToken"),
        Just("OIDCProviderArn"),
        Just("SAMLAssertion"),
        Just("SAMLProviderArn"),
        Just("DurationSeconds"),
        Just("SecurityToken"),
    ];
    let value = prop_oneof![
        Just("AssumeRole".to_owned()),
        Just("AssumeRoleWithOIDC".to_owned()),
        Just("AssumeRoleWithSAML".to_owned()),
        Just("GetCallerIdentity".to_owned()),
        Just("2015-04-01".to_owned()),
        Just("JSON".to_owned()),
        Just("xml".to_owned()),
        Just("HMAC-SHA1".to_owned()),
        Just("1.0".to_owned()),
        Just("acs:ram::1234567890123456:role/app".to_owned()),
        Just("acs:ram::1234567890123456:oidc-provider/emulator".to_owned()),
        Just("acs:ram::1234567890123456:saml-provider/emulator".to_owned()),
        ".*",
    ];
    vec((name, value), 0..12).prop_map(|pairs| {
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", sts_sign::percent_encode(value))).collect();
        pairs.join("&").into_bytes()
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..256),
        near_misses(),
        "[A-Za-z%&=+0-9;]{0,64}".prop_map(String::into_bytes)
    ]
}

fn any_authorization() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..32),
        "ACS3-(HMAC-SHA256|RSA-SHA256) (Credential=a,)?(SignedHeaders=[a-z;]*,)?(Signature=[0-9a-f]*)?"
            .prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn whatever_arrives_is_answered_well_formed(
        method in prop_oneof![Just("GET".to_owned()), Just("POST".to_owned()), "[A-Z]{1,8}"],
        query in any_bytes(),
        body in any_bytes(),
        content_type in prop_oneof![
            Just(Some(b"application/x-www-form-urlencoded".to_vec())),
            Just(Some(b"application/json".to_vec())),
            proptest::option::of(vec(any::<u8>(), 0..32)),
        ],
        authorization in proptest::option::of(any_authorization()),
        action in proptest::option::of(prop_oneof![Just("AssumeRole"), Just("AssumeRoleWithOIDC"), Just("?")]),
    ) {
        let mut headers: Vec<(&str, &[u8])> = vec![("host", b"sts"), ("x-acs-version", b"2015-04-01")];
        headers.extend(content_type.as_deref().map(|value| ("content-type", value)));
        headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
        headers.extend(action.map(|action| ("x-acs-action", action.as_bytes())));
        let request = Request {
            method: &method,
            path: "/",
            query: &query,
            headers,
            body: Ok(&body),
            peer: ([127, 0, 0, 1], 9).into(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let reply = runtime.block_on(SERVICE.answer(&request));
        prop_assert!((400..=404).contains(&reply.status), "{}", reply.body);
        prop_assert!(is_well_formed(&reply), "{}", reply.body);
    }
}

#[tokio::test]
async fn bytes_that_are_not_http_hurt_nobody() {
    let emulator = Emulator::start().await.unwrap();
    let huge_header = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(1000));
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS here\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        huge_header.as_bytes(),
        many_headers.as_bytes(),
    ] {
        let address = emulator.base_url().strip_prefix("http://").unwrap();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        // The emulator may hang up while these are still being written.
        let _unheard = tokio::io::AsyncWriteExt::write_all(&mut stream, garbage).await;
        let mut reply = Vec::new();
        let _reset = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut reply).await;
        assert!(reply.is_empty() || reply.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&reply));
    }
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
}

#[tokio::test]
async fn chunked_bodies_are_bounded_too() {
    let emulator = Emulator::start().await.unwrap();
    let head = "GET / HTTP/1.1\r\nhost: s\r\ntransfer-encoding: chunked\r\n\r\n";
    let request = format!("{head}1001\r\n{}\r\n0\r\n\r\n", "x".repeat(0x1001));
    assert_eq!(exchange(&emulator, request.as_bytes()).await.status, 413);
}

#[tokio::test]
async fn broken_off_body_is_no_call() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.base_url().strip_prefix("http://").unwrap();
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut stream = stream;
    let wire = Call::assume_role(&emulator).sign().to_wire();
    tokio::io::AsyncWriteExt::write_all(&mut stream, &wire[..wire.len() - 1]).await.unwrap();
    drop(stream);
    // A call after it is the sign that the first has been dealt with or dropped; either way it was not accepted.
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
    let accepted = emulator.requests().iter().filter(|record| record.code().is_none()).count();
    assert_eq!(accepted, 1);
}
