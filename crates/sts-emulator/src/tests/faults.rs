//! What goes wrong on purpose, seen from the other end of the wire.

use std::time::Duration;

use super::call::Call;
use super::plain::{Reply, ask};
use crate::{Emulator, Fault, Service, What};

/// A world that would show a file of this machine.
const FILE: &str = "[[accounts]]\nid = '1234567890123456'\n[[accounts.buckets]]\nname = 'bucket'\nobjects = [{ key = 'a', file = '/etc/passwd' }]";

async fn start() -> Emulator {
    let control = "127.0.0.1:0".parse().unwrap();
    Emulator::builder().all_services().control_listen(control).start().await.unwrap()
}

async fn metadata(emulator: &Emulator) -> std::io::Result<Reply> {
    let path = "/latest/meta-data/ram/security-credentials/app";
    ask("GET", &format!("{}{path}", emulator.metadata_url().unwrap()), &[], b"").await
}

fn announced(reply: &Reply) -> usize {
    let line = reply.head.lines().find_map(|line| line.strip_prefix("content-length: "));
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn errors_and_hints() {
    let emulator = start().await;
    emulator.inject(
        Fault::throttling(Some(Duration::from_millis(1500))).operation("AssumeRole").role("app").times(1),
    );
    let reply = Call::assume_role(&emulator).send(&emulator).await;
    assert_eq!(reply.refusal(), (400, "Throttling.User".to_owned()));
    assert!(
        reply.head.contains("retry-after: 2\r\n") && reply.head.contains("x-acs-retry-after: 1500"),
        "{}",
        reply.head
    );
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);

    let id = emulator.access_key_id().to_owned();
    emulator.inject(Fault::error(503, "ServiceUnavailable").access_key(id).service(Service::Sts));
    assert_eq!(
        Call::assume_role(&emulator).send(&emulator).await.refusal(),
        (503, "ServiceUnavailable".to_owned())
    );
    assert_eq!(metadata(&emulator).await.unwrap().status, 200);
    let record = emulator.requests().into_iter().rfind(|record| record.service() == Service::Sts).unwrap();
    let last = record.checks().last().unwrap();
    assert_eq!(
        (last.what(), last.is_passed(), last.detail()),
        (What::Fault, false, "refused with ServiceUnavailable")
    );
    emulator.clear_faults();
    assert_eq!(Call::assume_role(&emulator).send(&emulator).await.status, 200);
}

#[tokio::test]
async fn flaws_on_the_wire() {
    let emulator = start().await;
    let whole = metadata(&emulator).await.unwrap();
    let strike = async |fault: Fault| {
        emulator.inject(fault.service(Service::Metadata).times(1));
        metadata(&emulator).await
    };
    let truncated = strike(Fault::truncated()).await.unwrap();
    assert_eq!(announced(&truncated), whole.body.len());
    assert_eq!(truncated.body, whole.body[..whole.body.len() / 2]);

    let garbled = strike(Fault::garbled()).await.unwrap();
    assert_eq!((garbled.status, garbled.body.len()), (200, whole.body.len()));
    assert!(str::from_utf8(&garbled.body).is_err());

    let huge = strike(Fault::huge(100_000)).await.unwrap();
    assert_eq!((announced(&huge), huge.body.len()), (whole.body.len() + 100_000, whole.body.len() + 100_000));
    assert!(huge.body.starts_with(&whole.body) && huge.body.ends_with(b"  "));

    assert_eq!(strike(Fault::slow(100, Duration::from_millis(1))).await.unwrap().body, whole.body);
    assert_eq!(strike(Fault::latency(Duration::from_millis(1))).await.unwrap().body, whole.body);

    let reset = strike(Fault::reset()).await.err().unwrap();
    assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);
    let reset = strike(Fault::reset_in_body()).await.err().unwrap();
    assert_eq!(reset.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(metadata(&emulator).await.unwrap().body, whole.body);
}

/// Each order by the control endpoint, and what it changes.
#[tokio::test]
async fn control() {
    let emulator = start().await;
    let url = emulator.control_url().unwrap();
    let order = async |method: &str, path: &str, body: &str| {
        ask(method, &format!("{url}{path}"), &[], body.as_bytes()).await.unwrap()
    };
    let session = Call::assume_role(&emulator).send(&emulator).await.credentials();

    let fault =
        r#"{"effect":"error","status":500,"code":"InternalError","operation":"AssumeRole","times":1}"#;
    assert_eq!(order("POST", "/faults", fault).await.status, 204);
    assert_eq!(
        Call::assume_role(&emulator).send(&emulator).await.refusal(),
        (500, "InternalError".to_owned())
    );
    assert_eq!(order("POST", "/faults", r#"{"effect":"reset"}"#).await.status, 204);
    assert_eq!(order("DELETE", "/faults", "").await.status, 204);

    let whoami = async || Call::signed("GetCallerIdentity", &session).send(&emulator).await;
    assert_eq!(whoami().await.status, 200);
    let revoke = format!(r#"{{"access_key_id":"{}"}}"#, session.access_key_id());
    assert_eq!(order("POST", "/sessions/revoke", &revoke).await.status, 204);
    assert_ne!(whoami().await.status, 200);

    let rotate = format!(r#"{{"access_key_id":"{}"}}"#, emulator.access_key_id());
    let key = order("POST", "/keys/rotate", &rotate).await.json();
    assert_eq!(
        Call::assume_role(&emulator).send(&emulator).await.refusal(),
        (404, "InvalidAccessKeyId.NotFound".to_owned())
    );
    let new = sts_types::Credentials::new(
        key["access_key_id"].as_str().unwrap(),
        key["access_key_secret"].as_str().unwrap(),
    );
    assert_eq!(Call::assume_role_as(&emulator, &new).send(&emulator).await.status, 200);

    assert_eq!(order("PUT", "/clock", r#"{"offset_milliseconds":-3600000}"#).await.status, 204);
    assert_eq!(
        Call::assume_role_as(&emulator, &new).send(&emulator).await.refusal().1,
        "InvalidTimeStamp.Expired"
    );
    assert_eq!(order("PUT", "/clock", r#"{"offset_milliseconds":0}"#).await.status, 204);

    let before = metadata(&emulator).await.unwrap().json();
    assert_eq!(order("POST", "/metadata/rotate", "").await.status, 204);
    assert_ne!(metadata(&emulator).await.unwrap().json()["AccessKeyId"], before["AccessKeyId"]);

    assert_eq!(order("PUT", "/world", "[[accounts]]\nid = '1234567890123456'").await.status, 204);
    assert_eq!(metadata(&emulator).await.unwrap().status, 200);
    assert_eq!(order("POST", "/metadata/rotate", "").await.status, 204);
    assert_eq!(metadata(&emulator).await.unwrap().status, 404);

    let trail = order("GET", "/trail", "").await;
    let lines: Vec<serde_json::Value> =
        trail.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), emulator.requests().len());
    assert_eq!(
        (lines[0]["service"].as_str(), lines[0]["action"].as_str()),
        (Some("sts"), Some("AssumeRole"))
    );
    assert_eq!(order("DELETE", "/trail", "").await.status, 204);
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn control_refuses_what_it_cannot_read_and_browsers() {
    let emulator = start().await;
    let url = emulator.control_url().unwrap();
    for (method, path, body, status, says) in [
        ("POST", "/faults", "", 400, "not what is asked for"),
        ("POST", "/faults", r#"{"effect":"rest"}"#, 400, "unknown variant `rest`"),
        ("POST", "/faults", r#"{"effect":"reset","tims":1}"#, 400, "unknown field `tims`"),
        ("POST", "/faults", r#"{"effect":"latency"}"#, 400, "needs `milliseconds`"),
        ("POST", "/faults", r#"{"effect":"reset","bytes":1}"#, 400, "no use for `bytes`"),
        ("POST", "/faults", r#"{"effect":"error","code":"X","status":200}"#, 400, "`status` is 400 to 599"),
        ("POST", "/faults", r#"{"effect":"reset","service":"ecs"}"#, 400, "`service` is one of `sts`, `oss`"),
        ("PUT", "/clock", r#"{"offset_milliseconds":1e99}"#, 400, "not what is asked for"),
        ("POST", "/sessions/revoke", r#"{"access_key_id":"STS.none"}"#, 404, "no such session"),
        ("POST", "/keys/rotate", r#"{"access_key_id":"none"}"#, 404, "no such access key"),
        ("PUT", "/world", "[[account]]", 400, "did you mean `accounts`?"),
        ("PUT", "/world", FILE, 400, "may not name files"),
        ("GET", "/faults", "", 405, "does not fit"),
        ("GET", "/", "", 404, "POST or DELETE /faults"),
    ] {
        let reply = ask(method, &format!("{url}{path}"), &[], body.as_bytes()).await.unwrap();
        assert!(
            reply.status == status && reply.text().contains(says),
            "{path} {body}: {} {}",
            reply.status,
            reply.text()
        );
    }
    for headers in [[("origin", "http://evil.example")], [("host", "evil.example")]] {
        assert_eq!(ask("DELETE", &format!("{url}/faults"), &headers, b"").await.unwrap().status, 403);
    }
    let control = "192.0.2.1:0".parse().unwrap();
    assert!(Emulator::builder().control_listen(control).start().await.is_err());
}
