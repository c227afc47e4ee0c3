//! ROA: the vectors, and the rows of `disagreements.jsonl`: the decisions of `sts_sign::roa`'s documentation.

use super::{FOLDER, Tally, Value, check, recorded, rows, stage_that_breaks};
use std::path::Path;
use std::time::{Duration, SystemTime};
use sts_sign::SignError;
use sts_sign::roa::{Request, Signer};
use sts_types::Credentials;

const FILE: &str = "roa.jsonl";

#[test]
fn all_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join(FILE));
    assert_eq!(tally, Tally { passed: 64, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn a_wrong_value_names_its_stage() {
    let breaks = |path: &[&str], value: &str| {
        stage_that_breaks(FILE, |line| {
            *path.iter().fold(line, |inner, name| &mut inner[*name]) = Value::from(value);
        })
    };
    for path in [
        ["inputs", "method"].as_slice(),
        &["inputs", "query", "new"],
        &["inputs", "security_token"],
        &["inputs", "headers", "accept"],
        &["inputs", "headers", "content-md5"],
        &["inputs", "headers", "content-type"],
        &["inputs", "headers", "x-acs-signature-nonce"],
        &["inputs", "headers", "x-acs-version"],
        &["inputs", "headers", "x-acs-new"],
    ] {
        assert_eq!(breaks(path, "another"), "string to sign", "{path:?}");
    }
    assert_eq!(breaks(&["inputs", "pathname"], "/another"), "string to sign");
    assert_eq!(breaks(&["inputs", "headers", "date"], "Thu, 15 Jan 2026 08:30:46 GMT"), "string to sign");
    assert_eq!(breaks(&["inputs", "headers", "date"], "yesterday"), "line");
    assert_eq!(breaks(&["inputs", "pathname"], "/another"), "string to sign");
    assert_eq!(breaks(&["inputs", "pathname"], "another"), "request");
    assert_eq!(breaks(&["inputs", "access_key_secret"], "x"), "signature");
    assert_eq!(breaks(&["signature"], "x"), "signature");
    assert_eq!(breaks(&["authorization"], "x"), "request");
    assert_eq!(breaks(&["inputs", "headers", "x-acs-signature-method"], "x"), "request");
}

/// Without what the rows were recorded without: the clients were given the headers to sign, and our signer adds three.
fn without_what_is_added(text: &str) -> String {
    let is_added = |line: &&str| line.starts_with("x-acs-signature-");
    text.split('\n').filter(|line| !is_added(line)).collect::<Vec<_>>().join("\n")
}

fn request() -> Request<'static> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // 2026-01-15T08:30:45Z
    Request::new(time, "n").path("/c").version("v").headers(&[("accept", "application/json")])
}

fn signed(request: Request<'_>) -> Result<String, SignError> {
    let text = Signer::new(&Credentials::new("id", super::SECRET)).string_to_sign(&request)?;
    Ok(without_what_is_added(&text))
}

fn ours(request: Request<'_>) -> String {
    signed(request).unwrap()
}

#[test]
fn an_empty_value_keeps_its_equals_sign() {
    let text = ours(request().query(&[("b", "1"), ("a", "")]));
    assert_eq!(text, recorded("roa-empty-value", "sdk-core"));
    assert_eq!(text, recorded("roa-empty-value", "openapi-util-js"));
    assert_ne!(text, recorded("roa-empty-value", "openapi-util-py"));
}

#[test]
fn null_is_left_out() {
    assert_eq!(ours(request().query(&[("b", "1")])), recorded("roa-null-value", "openapi-util-py"));
}

#[test]
fn padding_is_trimmed_and_a_line_break_refused() {
    let headers = [("accept", "application/json"), ("x-acs-p", "  a\tb\n c ")];
    let error = signed(request().headers(&headers)).unwrap_err();
    assert_eq!(error.to_string(), "header `x-acs-p` has a control character in its value: take it out");
    // What JavaScript makes of it before it sends it.
    let headers = [("accept", "application/json"), ("x-acs-p", "  a b  c ")];
    assert_eq!(ours(request().headers(&headers)), recorded("roa-padded-header", "openapi-util-js"));
    let headers = [("accept", "application/json"), ("x-acs-p", " a\tb ")];
    assert!(ours(request().headers(&headers)).contains("\nx-acs-p:a\tb\n"));
}

#[test]
fn a_missing_accept_is_an_empty_line() {
    // The clients were given `d` for a date.
    let text = ours(request().headers(&[])).replace("Thu, 15 Jan 2026 08:30:45 GMT", "d");
    assert_eq!(text, recorded("roa-no-accept", "sdk-core"));
    assert_eq!(text, recorded("roa-no-accept", "openapi-util-py"));
    assert_ne!(text, recorded("roa-no-accept", "openapi-util-js"));
}

#[test]
fn names_of_headers_have_no_case() {
    let text = ours(request().headers(&[("Accept", "application/json"), ("X-Acs-Foo", "1")]));
    assert_eq!(text, recorded("roa-mixed-case-acs", "sdk-core"));
    assert_ne!(text, recorded("roa-mixed-case-acs", "openapi-util-py"));
}

#[test]
fn every_row_has_a_test_here() {
    let rows = rows("roa");
    assert_eq!(rows.len(), 5);
    for id in rows {
        assert!(include_str!("roa.rs").contains(&format!("recorded(\"{id}\"")), "{id} has no decision");
        assert!(
            include_str!("../../../crates/sts-sign/src/roa.rs").contains(&format!("`{id}`")),
            "{id} is not documented"
        );
    }
}
