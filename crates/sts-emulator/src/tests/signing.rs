use super::call::{Call, Place, exchange};
use crate::{ClockOffset, Emulator};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

#[tokio::test]
async fn every_method_place_and_algorithm_is_accepted() {
    let emulator = Emulator::start().await.unwrap();
    let policy = r#"{"Version": "1", "Statement": [{"Effect": "Allow", "Action": "oss:*", "Resource": "acs:oss:*:*:b/~'(!)"}]}"#;
    for method in ["GET", "POST"] {
        for place in [Place::Query, Place::Form, Place::Mixed] {
            if method == "GET" && place != Place::Query {
                continue;
            }
            for algorithm in ["HMAC-SHA1", "HMAC-SHA256"] {
                let call = Call::assume_role(&emulator)
                    .with("SignatureMethod", algorithm)
                    .with("Policy", policy)
                    .with("ExternalId", "a+b=c,d.e@f:g/h")
                    // As aliyun-python-sdk-core sends them.
                    .with("RegionId", "cn-hangzhou")
                    .with("SignatureType", "");
                let response = call.by(method, place).send(&emulator).await;
                assert_eq!(response.status, 200, "{method} {place:?} {algorithm} {}", response.body);
            }
        }
    }
}

#[tokio::test]
async fn ali_oss_style_of_nonce_and_timestamp_is_accepted() {
    let emulator = Emulator::start().await.unwrap();
    let call = Call::assume_role(&emulator).with("SignatureNonce", "5.1e-7");
    let timestamp = call.parameters["Timestamp"].replace('Z', ".798Z");
    let response = call.with("Timestamp", &timestamp).send(&emulator).await;
    assert_eq!(response.status, 200, "{}", response.body);
}

#[tokio::test]
async fn mismatch_tells_the_servers_string_to_sign() {
    let emulator = Emulator::start().await.unwrap();
    let mut call = Call::assume_role(&emulator).with("ExternalId", "a b*~");
    call.secret = Some("wrong".into());
    let expected = call.string_to_sign();
    let response = call.send(&emulator).await;
    assert_eq!(response.refusal(), (400, "SignatureDoesNotMatch".to_owned()));
    let message = response.text("Message").unwrap();
    let expected = format!(
        "Specified signature is not matched with our calculation. server string to sign is:{expected}"
    );
    assert_eq!(message, expected);
}

#[tokio::test]
async fn every_changed_byte_of_the_body_is_refused() {
    let emulator = Emulator::start().await.unwrap();
    let wire = Call::assume_role(&emulator).sign().to_wire();
    let body_start = wire.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    for index in body_start..wire.len() {
        let mut changed = wire.clone();
        // Another letter or digit; a percent-encoding or a separator is broken by it.
        changed[index] = if changed[index] == b'x' { b'y' } else { b'x' };
        let response = exchange(&emulator, &changed).await;
        assert!(response.status >= 400, "byte {index} of {}", String::from_utf8_lossy(&changed));
    }
    assert_eq!(exchange(&emulator, &wire).await.status, 200);
}

#[tokio::test]
async fn nonce_is_good_once_per_key_and_not_spent_by_a_bad_signature() {
    let emulator = Emulator::start().await.unwrap();
    let call = Call::assume_role(&emulator).with("SignatureNonce", "nonce");
    let forged = call.clone().with("Signature", "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4=");
    assert_eq!(forged.send(&emulator).await.refusal().1, "SignatureDoesNotMatch");
    let wire = call.sign().to_wire();
    assert_eq!(exchange(&emulator, &wire).await.status, 200);
    assert_eq!(exchange(&emulator, &wire).await.refusal(), (400, "SignatureNonceUsed".to_owned()));
    let other_key = Call::signed("GetCallerIdentity", &emulator.root_credentials());
    assert_eq!(other_key.with("SignatureNonce", "nonce").send(&emulator).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_copies_sent_at_once_wins() {
    let emulator = Arc::new(Emulator::start().await.unwrap());
    let wire: Arc<[u8]> = Call::assume_role(&emulator).sign().to_wire().into();
    let mut copies = JoinSet::new();
    for _ in 0..8 {
        let (emulator, wire) = (Arc::clone(&emulator), Arc::clone(&wire));
        copies.spawn(async move { exchange(&emulator, &wire).await.refusal().1 });
    }
    let mut codes = copies.join_all().await;
    codes.sort_unstable();
    let used = std::iter::repeat_n("SignatureNonceUsed".to_owned(), 7);
    assert_eq!(codes, std::iter::once(String::new()).chain(used).collect::<Vec<_>>());
}

#[tokio::test]
async fn clock_offset_is_shown_in_date_and_judged_by() {
    let builder = Emulator::builder().clock_offset(ClockOffset::Ahead(Duration::from_secs(4 * 3600)));
    let emulator = builder.start().await.unwrap();
    let response = Call::assume_role(&emulator).send(&emulator).await;
    assert_eq!(response.refusal(), (400, "InvalidTimeStamp.Expired".to_owned()));
    let date = response.header("date").unwrap();
    assert!(date.ends_with(" GMT"), "{date}");
    let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
    let ahead = date.duration_since(jiff::Timestamp::now()).as_secs();
    assert!((4 * 3600 - 60..=4 * 3600).contains(&ahead), "{ahead}");

    let there = date.to_string();
    assert_eq!(Call::assume_role(&emulator).with("Timestamp", &there).send(&emulator).await.status, 200);
    emulator.set_clock_offset(ClockOffset::default());
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
}
