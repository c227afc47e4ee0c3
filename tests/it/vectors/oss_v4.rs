//! OSS V4: the vectors, and the rows of `disagreements.jsonl`: the decisions of `sts_sign::oss_v4`'s documentation.

use super::{FOLDER, SECRET, Tally, Value, check, recorded, recorded_first, rows, stage_that_breaks};
use std::path::Path;
use std::time::{Duration, SystemTime};
use sts_sign::oss_v4::{Request, Signer};
use sts_types::Credentials;

const HEADER: &str = "oss-v4.jsonl";
const PRESIGN: &str = "oss-v4-presign.jsonl";

#[test]
fn all_vectors_pass() {
    for file in [HEADER, PRESIGN] {
        let (tally, report) = check(Path::new(FOLDER).join(file));
        assert_eq!(tally, Tally { passed: 84, failed: 0, skipped: 0 }, "{report}");
    }
}

fn breaks(file: &str, path: &[&str], value: impl Into<Value>) -> &'static str {
    stage_that_breaks(file, |line| *path.iter().fold(line, |inner, name| &mut inner[*name]) = value.into())
}

#[test]
fn a_wrong_value_names_its_stage() {
    for file in [HEADER, PRESIGN] {
        for path in [["inputs", "method"], ["inputs", "bucket"], ["inputs", "key"]] {
            assert_eq!(breaks(file, &path, "another"), "canonical request", "{path:?}");
        }
        assert_eq!(breaks(file, &["inputs", "region"], "cn-beijing"), "string to sign");
        assert_eq!(breaks(file, &["inputs", "product"], "oss-cloudbox"), "string to sign");
        assert_eq!(breaks(file, &["inputs", "unix_time"], 1), "string to sign");
        assert_eq!(breaks(file, &["inputs", "access_key_secret"], "x"), "signature");
        assert_eq!(breaks(file, &["signature"], "x"), "signature");
        assert_eq!(breaks(file, &["inputs", "access_key_id"], "x"), "request");
        assert_eq!(breaks(file, &["inputs", "query", "new"], "x"), {
            if file == HEADER { "canonical request" } else { "request" }
        });
        assert_eq!(breaks(file, &["inputs", "region"], "cn/beijing"), "request");
    }
    for name in ["content-type", "x-oss-date", "x-oss-new", "x-oss-content-sha256"] {
        assert_eq!(breaks(HEADER, &["inputs", "sent_headers", name], "x"), "canonical request", "{name}");
    }
    assert_eq!(breaks(HEADER, &["inputs", "security_token"], "x"), "request");
    assert_eq!(breaks(HEADER, &["authorization"], "x"), "request");
    for name in ["x-oss-date", "x-oss-expires", "new"] {
        assert_eq!(breaks(PRESIGN, &["signed_query", name], "x"), "canonical request", "{name}");
    }
    assert_eq!(breaks(PRESIGN, &["inputs", "expires_seconds"], 1), "request");
    assert_eq!(breaks(PRESIGN, &["signed_query", "x-oss-signature"], "x"), "request");
}

/// The request that the rows are about.
fn request(method: &'static str) -> Request<'static> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // 2026-01-15T08:30:45Z
    Request::new(method, time).bucket("b").key("k")
}

fn ours(request: Request<'_>) -> String {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845);
    let signer =
        Signer::new(&Credentials::new("LTAI5tFakeVectorKey00001", SECRET), "cn-hangzhou", time).unwrap();
    signer.sign(&request).unwrap().get("authorization").unwrap().to_owned()
}

/// The signature alone: oss2 writes what is around it in another way.
fn signature(authorization: &str) -> &str {
    authorization.split("Signature=").nth(1).unwrap().split(',').next().unwrap()
}

/// Ours is that of Python's oss-v2 and of oss2, and not that of ali-oss.
fn not_as_ali_oss(row: &str, ours: &str) {
    assert_eq!(ours, recorded_first(row, "oss-v2-py"));
    assert_eq!(signature(ours), signature(&recorded(row, "oss2")));
    assert_ne!(ours, recorded(row, "ali-oss"));
}

#[test]
fn padded_values_are_trimmed() {
    let ours = ours(request("PUT").headers(&[("x-oss-meta-a", "  v  ")]));
    assert_eq!(ours, recorded("ossv4-padded-header", "ali-oss"));
    assert_ne!(ours, recorded_first("ossv4-padded-header", "oss-v2-py"));
    assert_ne!(signature(&ours), signature(&recorded("ossv4-padded-header", "oss2")));
}

#[test]
fn names_sort_by_their_encoded_bytes() {
    let query = [("a", "2"), ("B", "3"), ("A", "1"), ("b", "4")];
    not_as_ali_oss("ossv4-sort-case", &ours(request("GET").query(&query)));
    let query = [("x_y", "1"), ("x-y", "2"), ("x.y", "3"), ("xy", "4")];
    not_as_ali_oss("ossv4-sort-underscore", &ours(request("GET").query(&query)));
    let query = [("a-b", "2"), ("a/b", "1"), ("a~b", "3")];
    not_as_ali_oss("ossv4-sort-encoded", &ours(request("GET").query(&query)));
}

#[test]
fn an_empty_value_is_the_name_alone() {
    not_as_ali_oss("ossv4-empty-string-value", &ours(request("GET").query(&[("acl", "")])));
}

#[test]
fn additional_headers_that_are_not_sent_are_not_listed() {
    let ours = ours(request("GET").additional_headers(&["x-not-there"]));
    assert_eq!(ours, recorded_first("ossv4-missing-additional", "oss-v2-py"));
    assert_ne!(signature(&ours), signature(&recorded("ossv4-missing-additional", "oss2")));
}

#[test]
fn additional_headers_stand_before_the_signature() {
    let ours = ours(request("GET").headers(&[("range", "bytes=0-1")]).additional_headers(&["range"]));
    assert_eq!(ours, recorded_first("ossv4-additional-format", "oss-v2-py"));
    assert_eq!(ours, recorded("ossv4-additional-format", "ali-oss"));
    assert_eq!(signature(&ours), signature(&recorded("ossv4-additional-format", "oss2")));
    assert_ne!(ours, recorded("ossv4-additional-format", "oss2"));
}

#[test]
fn every_row_has_a_test_here() {
    let rows = rows("ossv4");
    assert_eq!(rows.len(), 7);
    for id in rows {
        assert!(include_str!("oss_v4.rs").contains(&format!("(\"{id}\"")), "{id} has no decision");
        let docs = include_str!("../../../crates/sts-sign/src/oss_v4.rs");
        assert!(docs.contains(&format!("`{id}`")), "{id} is not documented");
    }
}
