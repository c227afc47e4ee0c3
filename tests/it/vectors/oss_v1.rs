//! OSS V1: the vectors, and the rows of `disagreements.jsonl`: the decisions of `sts_sign::oss_v1`'s documentation.

use super::{
    FOLDER, SECRET, Tally, Value, check, recorded, recorded_first, rows, stage_of, stage_that_breaks,
};
use std::path::Path;
use std::time::{Duration, SystemTime};
use sts_sign::oss_v1::{Request, Signer};
use sts_types::Credentials;

const FILE: &str = "oss-v1.jsonl";

#[test]
fn all_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join(FILE));
    assert_eq!(tally, Tally { passed: 156, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn a_wrong_value_names_its_stage() {
    let breaks = |path: &[&str], value: &str| {
        stage_that_breaks(FILE, |line| {
            *path.iter().fold(line, |inner, name| &mut inner[*name]) = value.into();
        })
    };
    for path in [["inputs", "bucket"].as_slice(), &["inputs", "key"], &["inputs", "query", "acl"]] {
        assert_eq!(breaks(path, "another"), "canonical resource", "{path:?}");
    }
    for path in [
        ["inputs", "method"].as_slice(),
        &["inputs", "date"],
        &["inputs", "sent_headers", "content-md5"],
        &["inputs", "sent_headers", "content-type"],
        &["inputs", "sent_headers", "x-oss-magic"],
        &["inputs", "sent_headers", "x-oss-security-token"],
    ] {
        assert_eq!(breaks(path, "another"), "string to sign", "{path:?}");
    }
    assert_eq!(breaks(&["inputs", "access_key_secret"], "x"), "signature");
    assert_eq!(breaks(&["signature"], "x"), "signature");
    assert_eq!(breaks(&["inputs", "access_key_id"], "x"), "request");
    assert_eq!(breaks(&["inputs", "security_token"], "x"), "request");
    assert_eq!(breaks(&["inputs", "headers", "X-OSS-Magic"], "x"), "request");
    assert_eq!(breaks(&["authorization"], "x"), "request");
    assert_eq!(breaks(&["mode"], "x"), "line");
    assert_eq!(breaks(&["inputs", "unix_time"], "x"), "line");
}

#[test]
fn a_wrong_value_of_a_presigned_url_names_its_stage() {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(FILE)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    // With a token and a sub-resource.
    let line = lines.into_iter().find(|line| line["id"] == "oss-v1-q0007").unwrap();
    let breaks = |change: &dyn Fn(&mut Value)| {
        let mut line = line.clone();
        change(&mut line);
        stage_of(&line.to_string())
    };
    assert_eq!(breaks(&|line| line["inputs"]["key"] = "x".into()), "canonical resource");
    assert_eq!(breaks(&|line| line["signed_query"]["security-token"] = "x".into()), "canonical resource");
    assert_eq!(breaks(&|line| line["inputs"]["expires_unix"] = 1.into()), "string to sign");
    assert_eq!(breaks(&|line| line["inputs"]["expires_seconds"] = 1.into()), "request");
    assert_eq!(breaks(&|line| line["inputs"]["security_token"] = "x".into()), "request");
    assert_eq!(breaks(&|line| line["signed_query"]["Signature"] = "x".into()), "request");
    assert_eq!(breaks(&|line| line["signed_query"]["new"] = "x".into()), "request");
    assert_eq!(breaks(&|line| line["inputs"]["url"] = "x".into()), "request");
}

/// The request that the rows are about.
fn request(method: &'static str) -> Request<'static> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // 2026-01-15T08:30:45Z
    Request::new(method, time).bucket("b").key("k")
}

fn key() -> Credentials {
    Credentials::new("LTAI5tFakeVectorKey00001", SECRET)
}

fn ours(request: Request<'_>) -> String {
    Signer::new(&key()).sign(&request).unwrap().get("authorization").unwrap().to_owned()
}

#[test]
fn padded_values_are_trimmed() {
    let ours = ours(request("PUT").headers(&[("x-oss-meta-a", "  v  ")]));
    assert_eq!(ours, recorded("ossv1-padded-header", "ali-oss"));
    assert_ne!(ours, recorded("ossv1-padded-header", "oss2"));
    assert_ne!(ours, recorded_first("ossv1-padded-header", "oss-v2-py"));
}

#[test]
fn the_token_is_a_signed_x_oss_header() {
    let added = Signer::new(&key().with_security_token("TOKEN")).sign(&request("GET")).unwrap();
    assert_eq!(added.get("x-oss-security-token"), Some("TOKEN"));
    assert_eq!(added.get("security-token"), None);
    // Recorded from all is the signature without a token: what Python's oss-v2 sends beside its own header.
    let without = recorded_first("ossv1-token-header", "oss-v2-py");
    assert_ne!(added.get("authorization"), Some(without.as_str()));
    assert_eq!(ours(request("GET")), without);
    // Signed as any x-oss header is, which the vectors with a token prove against five clients.
    let text = Signer::new(&key().with_security_token("TOKEN")).string_to_sign(&request("GET")).unwrap();
    assert_eq!(text, "GET\n\n\nThu, 15 Jan 2026 08:30:45 GMT\nx-oss-security-token:TOKEN\n/b/k");
}

#[test]
fn x_oss_process_is_signed() {
    let ours = ours(request("GET").query(&[("x-oss-process", "image/info")]));
    assert_eq!(ours, recorded("ossv1-x-oss-process", "oss2"));
    assert_eq!(ours, recorded("ossv1-x-oss-process", "ali-oss"));
    assert_ne!(ours, recorded_first("ossv1-x-oss-process", "oss-v2-py"));
}

#[test]
fn unknown_x_oss_parameters_are_signed() {
    let ours = ours(request("GET").query(&[("x-oss-foo", "1")]));
    assert_eq!(ours, recorded("ossv1-x-oss-unknown-param", "ali-oss"));
    assert_ne!(ours, recorded("ossv1-x-oss-unknown-param", "oss2"));
    assert_ne!(ours, recorded_first("ossv1-x-oss-unknown-param", "oss-v2-py"));
}

#[test]
fn every_row_has_a_test_here() {
    let rows = rows("ossv1");
    assert_eq!(rows.len(), 4);
    for id in rows {
        assert!(include_str!("oss_v1.rs").contains(&format!("(\"{id}\"")), "{id} has no decision");
        let docs = include_str!("../../../crates/sts-sign/src/oss_v1.rs");
        assert!(docs.contains(&format!("`{id}`")), "{id} is not documented");
    }
}
