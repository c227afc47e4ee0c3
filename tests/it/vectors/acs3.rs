//! ACS3: the vectors, and the rows of `disagreements.jsonl`: the decisions of `sts_sign::acs3`'s documentation.

use super::{FOLDER, Tally, Value, check, recorded, rows, stage_that_breaks};
use std::path::Path;
use std::time::{Duration, SystemTime};
use sts_sign::SignError;
use sts_sign::acs3::{self, Request, Signer};
use sts_types::Credentials;

const FILE: &str = "acs3.jsonl";

#[test]
fn all_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join(FILE));
    assert_eq!(tally, Tally { passed: 114, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn a_wrong_value_names_its_stage() {
    fn set(path: &'static [&'static str], value: impl Into<Value>) -> impl FnOnce(&mut Value) {
        let value = value.into();
        move |line| *path.iter().fold(line, |inner, name| &mut inner[*name]) = value
    }
    let breaks = |path, value: &str| stage_that_breaks(FILE, set(path, value));
    assert_eq!(breaks(&["inputs", "query", "RegionId"], "cn-beijing"), "canonical query");
    assert_eq!(breaks(&["inputs", "body"], "x"), "body hash");
    for path in [
        ["inputs", "method"].as_slice(),
        &["inputs", "security_token"],
        &["inputs", "headers", "host"],
        &["inputs", "headers", "x-acs-action"],
        &["inputs", "headers", "x-acs-version"],
        &["inputs", "headers", "x-acs-signature-nonce"],
        &["inputs", "headers", "x-acs-new"],
        &["inputs", "headers", "content-type"],
        &["inputs", "headers", "accept"],
    ] {
        assert_eq!(
            stage_that_breaks(FILE, set(Box::leak(path.into()), "another")),
            "canonical request",
            "{path:?}"
        );
    }
    assert_eq!(breaks(&["inputs", "pathname"], "/another"), "canonical request");
    assert_eq!(breaks(&["inputs", "headers", "x-acs-date"], "2023-10-26T10:22:33Z"), "canonical request");
    assert_eq!(breaks(&["inputs", "headers", "x-acs-date"], "yesterday"), "line");
    assert_eq!(breaks(&["string_to_sign"], "x"), "string to sign");
    assert_eq!(breaks(&["inputs", "pathname"], "/another"), "canonical request");
    assert_eq!(breaks(&["inputs", "pathname"], "another"), "request");
    assert_eq!(breaks(&["inputs", "access_key_secret"], "x"), "signature");
    assert_eq!(breaks(&["signature"], "x"), "signature");
    assert_eq!(breaks(&["inputs", "access_key_id"], "x"), "request");
    assert_eq!(breaks(&["authorization"], "x"), "request");
}

/// The request that the rows are about: a POST to STS with nothing in it.
fn request() -> Request<'static> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // 2026-01-15T08:30:45Z
    Request::new("sts.aliyuncs.com", "A", "2015-04-01", time, "n")
}

fn signer() -> Signer {
    Signer::new(&Credentials::new("LTAI5tFakeVectorKey00001", super::SECRET))
}

fn ours(request: Request<'_>) -> String {
    signer().sign(&request).unwrap().get("authorization").unwrap().to_owned()
}

const PYTHON: &str = "openapi-util-py";
const JAVASCRIPT: [&str; 2] = ["openapi-util-js", "openapi-core-js"];

#[test]
fn reserved_query_names_are_encoded() {
    const COMMON: &str = "host:sts.aliyuncs.com\n\
        x-acs-action:A\n\
        x-acs-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
        x-acs-date:2026-01-15T08:30:45Z\n\
        x-acs-signature-nonce:n\n\
        x-acs-version:2015-04-01\n\n\
        host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version\n\
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let query = [("a b", "1"), ("a/b", "2"), ("键", "3"), ("a*", "4")];
    let request = request().query(&query);
    let encoded = format!("POST\n/\na%20b=1&a%2A=4&a%2Fb=2&%E9%94%AE=3\n{COMMON}");
    assert_eq!(signer().canonical_request(&request).unwrap(), encoded);
    // No client encodes them, so that none can be compared with; what they do differs in nothing else.
    let bare = format!("POST\n/\na b=1&a*=4&a/b=2&键=3\n{COMMON}");
    let signature = acs3::signature(super::SECRET, &acs3::string_to_sign(&bare));
    for client in [PYTHON, JAVASCRIPT[0], JAVASCRIPT[1]] {
        assert!(recorded("acs3-reserved-query-key", client).ends_with(&format!("Signature={signature}")));
        assert_ne!(ours(request), recorded("acs3-reserved-query-key", client));
    }
}

#[test]
fn extra_headers_are_signed_when_named() {
    let headers = [("User-Agent", "ua"), ("accept", "application/json")];
    let request = request().headers(&headers);
    for client in JAVASCRIPT {
        assert_eq!(ours(request), recorded("acs3-extra-headers", client));
    }
    let all = request.sign_also(&["accept", "user-agent", "x-not-there", "authorization"]);
    assert_eq!(ours(all), recorded("acs3-extra-headers", PYTHON));
}

#[test]
fn an_empty_path_is_a_slash() {
    let signature = ours(request().path(""));
    assert_eq!(signature, recorded("acs3-empty-path", PYTHON));
    assert_ne!(signature, recorded("acs3-empty-path", JAVASCRIPT[0]));
}

#[test]
fn null_is_left_out() {
    assert_eq!(ours(request().query(&[("b", "1")])), recorded("acs3-null-query", PYTHON));
    assert_eq!(ours(request().query(&[("b", "1"), ("a", "")])), recorded("acs3-null-query", JAVASCRIPT[0]));
}

#[test]
fn a_path_is_signed_as_it_is_given() {
    let given = |path| ours(request().method("get").path(path));
    assert_eq!(given("/a+b+c*d*e"), recorded("acs3-path-plus", PYTHON));
    // What the newest client signs is what a caller gives who encodes, as one should.
    assert_eq!(given("/a%20b%20c%2Ad%2Ae"), recorded("acs3-path-plus", JAVASCRIPT[1]));
}

#[test]
fn a_header_in_two_spellings_is_one() {
    let signature = ours(request().headers(&[("x-acs-z", "2"), ("X-Acs-Z", " 1 ")]));
    for client in [PYTHON, JAVASCRIPT[0], JAVASCRIPT[1]] {
        assert_eq!(signature, recorded("acs3-dup-case-header", client));
    }
}

#[test]
fn numbers_are_decimal_text() {
    let signature = ours(request().query(&[("DurationSeconds", "3600")]));
    for client in JAVASCRIPT {
        assert_eq!(signature, recorded("acs3-int-query", client));
    }
}

#[test]
fn every_row_has_a_test_here() {
    let rows = rows("acs3");
    assert_eq!(rows.len(), 7);
    for id in rows {
        assert!(include_str!("acs3.rs").contains(&format!("recorded(\"{id}\"")), "{id} has no decision");
        assert!(
            include_str!("../../../crates/sts-sign/src/acs3.rs").contains(&format!("`{id}`")),
            "{id} is not documented"
        );
    }
}

/// A form as an official client sent it (vector acs3-0070).
#[test]
fn a_form_is_written_hashed_and_signed_as_official_clients_do() {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(FILE)).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.into_iter().find(|line| line["id"] == "acs3-0070").unwrap();
    let headers = &line["inputs"]["headers"];
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845);
    let nonce = headers["x-acs-signature-nonce"].as_str().unwrap();
    let request = Request::new("sts.aliyuncs.com", "AssumeRole", "2015-04-01", time, nonce);
    let params = [("RoleSessionName", "a"), ("RoleArn", "acs:ram::1:role/r")];
    let mut body = b"before".to_vec();
    let added = signer().sign_form(&request, &params, &mut body).unwrap();
    assert_eq!(body.strip_prefix(b"before".as_slice()), line["inputs"]["body"].as_str().map(str::as_bytes));
    assert_eq!(added.get("authorization"), line["authorization"].as_str());
    for (name, value) in added.iter().filter(|(name, _)| *name != "authorization") {
        assert_eq!(Some(value), headers[name].as_str(), "{name}");
    }
    let error = signer().sign_form(&request, &[("A", "1"), ("A", "2")], &mut body).unwrap_err();
    assert!(matches!(error, SignError::DuplicateName(_)));
}
