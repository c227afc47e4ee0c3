//! Whatever the bytes are, there is an answer in the shape of the service, and nothing is lost.

use bytes::Bytes;
use proptest::collection::vec;
use proptest::prelude::*;
use quick_xml::events::Event;

use super::bench::{Bench, Reply, SCHEMES, ask};
use crate::server::BodyError;

fn is_well_formed(reply: &Reply) -> bool {
    if reply.body.is_empty() || reply.status == 200 && reply.header("content-type") != Some("application/xml")
    {
        return true;
    }
    let mut reader = quick_xml::Reader::from_str(reply.text());
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_request_has_an_answer(
        method in prop_oneof!["GET", "PUT", "POST", "HEAD", "DELETE", "OPTIONS", "[A-Z]{1,8}"],
        path in prop_oneof!["/mine/[ -~]{0,20}", "/wild/?", "/[!-~]{0,40}"],
        query in prop_oneof![
            "(acl|delete|uploads|uploadId=a|partNumber=1|list-type=2|max-keys=9|prefix=a|marker=b|encoding-type=url|&|=){0,8}",
            "[!-~]{0,60}",
        ],
        headers in vec(
            (
                prop_oneof![
                    Just("authorization"), Just("host"), Just("range"), Just("x-oss-date"), Just("content-md5"), Just("x-oss-object-acl"),
                    Just("x-oss-copy-source"), Just("x-oss-tagging"), Just("content-type"), Just("if-match"), Just("origin"),
                ],
                prop_oneof!["OSS [a-z]{0,4}:[A-Za-z0-9+/]{27}=", "OSS4-HMAC-SHA256 [!-~]{0,60}", "bytes=[0-9-]{0,8}", "/mine/a[.]txt",
                    "multipart/form-data; boundary=b", "[ -~]{0,40}"],
            ),
            0..6,
        ),
        body in prop_oneof![
            vec(any::<u8>(), 0..200),
            "(<Delete>|<Object>|<Key>|a|</Key>|</Object>|</Delete>|--b|\r\n|Content-Disposition: form-data; name=\"key\"){0,12}"
                .prop_map(String::into_bytes),
        ],
    ) {
        let Ok(target) = format!("{path}?{query}").parse::<http::Uri>() else { return Ok(()) };
        runtime().block_on(async {
            let bench = Bench::new();
            let mut wire = ask("GET", "mine", "a").unsigned().method(&method);
            *wire.request.uri_mut() = target;
            for (name, value) in headers {
                wire.request.headers_mut().append(name, value.parse().unwrap());
            }
            *wire.request.body_mut() = Ok(Bytes::from(body));
            let reply = bench.send(wire).await;
            prop_assert!(is_well_formed(&reply), "{}", reply.text());
            prop_assert!(reply.status < 500 || reply.status == 501, "{} {}", reply.status, reply.text());
            prop_assert_eq!(bench.cloud.trail.to_vec().len(), 1);
            Ok(())
        })?;
    }

    #[test]
    fn a_signed_request_with_any_name_has_an_answer(
        key in "\\PC{1,40}", prefix in "\\PC{0,20}", value in "[ -~]{0,20}", at in 0_usize..4,
    ) {
        prop_assume!(!key.starts_with(['/', '\\']));
        runtime().block_on(async {
            let bench = Bench::new();
            let admin = bench.key("admin");
            let scheme = SCHEMES[at];
            let value = value.trim();
            let put = ask("PUT", "mine", &key).header("x-oss-meta-a", value).body("x");
            let reply = bench.ask(&put, &admin, scheme).await;
            prop_assert_eq!(reply.outcome(), "200", "{}", reply.text());
            let read = bench.ask(&ask("GET", "mine", &key), &admin, scheme).await;
            prop_assert_eq!(read.text(), "x");
            prop_assert_eq!(read.header("x-oss-meta-a"), Some(value));
            let list = ask("GET", "mine", "").query("prefix", &prefix).query("delimiter", value);
            let list = bench.ask(&list, &admin, scheme).await;
            prop_assert!(is_well_formed(&list) && list.status == 200, "{}", list.text());
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn bodies_that_did_not_come_are_told() {
    let bench = Bench::new();
    for (error, expected) in [
        (BodyError::TooLarge, "400 EntityTooLarge"),
        (BodyError::Late, "400 RequestTimeout"),
        (BodyError::Broken, "400 IncompleteBody"),
        (BodyError::LongTarget, "400 InvalidArgument"),
    ] {
        let wire = ask("PUT", "wild", "a").unsigned().without_body(error);
        assert_eq!(bench.send(wire).await.outcome(), expected);
    }
}
