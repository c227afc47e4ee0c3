//! Signatures against those of official clients.

mod acs3;
mod oss_post;
mod oss_v1;
mod oss_v4;
mod roa;

use ali_sts_tests::vectors::{Failure, Outcome, Tally, check_line, check_paths};
use serde_json::Value;
use std::path::{Path, PathBuf};
use sts_sign::rpc_v1::{self, Algorithm};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");

fn check(path: impl AsRef<Path>) -> (Tally, String) {
    let mut report = Vec::new();
    let tally = check_paths(&[path.as_ref().to_owned()], &mut report).unwrap();
    (tally, String::from_utf8(report).unwrap())
}

/// The first line of a file, with one member changed.
fn first_line(file: &str, change: impl FnOnce(&mut Value)) -> String {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(file)).unwrap();
    let mut line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    change(&mut line);
    line.to_string()
}

fn stage_that_breaks(file: &str, change: impl FnOnce(&mut Value)) -> &'static str {
    stage_of(&first_line(file, change))
}

fn stage_of(line: &str) -> &'static str {
    match check_line(line) {
        Outcome::Failed(Failure { stage, .. }) => stage,
        other => panic!("{other:?}"),
    }
}

#[test]
fn all_rpc_v1_sha1_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join("rpc-v1-sha1.jsonl"));
    assert_eq!(tally, Tally { passed: 245, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn all_rpc_v1_sha256_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join("rpc-v1-sha256.jsonl"));
    assert_eq!(tally, Tally { passed: 148, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn a_folder_names_what_is_no_vector_file() {
    let (tally, report) = check(FOLDER);
    assert!(tally.is_success() && tally.passed >= 989, "{tally}\n{report}");
    for name in ["disagreements.jsonl", "README.md"] {
        assert!(report.contains(&format!("{name}: not a vector file, skipped")), "{report}");
    }
}

#[test]
fn a_wrong_value_names_its_stage() {
    let file = "rpc-v1-sha1.jsonl";
    assert_eq!(stage_that_breaks(file, |line| line["signature"] = "AAAA".into()), "signature");
    assert_eq!(
        stage_that_breaks(file, |line| line["inputs"]["params"]["Action"] = "Another".into()),
        "canonical query"
    );
    assert_eq!(stage_that_breaks(file, |line| line["inputs"]["method"] = "PUT".into()), "string to sign");
    assert_eq!(stage_that_breaks(file, |line| line["inputs"]["access_key_secret"] = "x".into()), "signature");
    assert_eq!(stage_that_breaks(file, |line| line["inputs"]["params"]["Action"] = 1.into()), "line");
    // The string to sign carries the scheme's name, so the other hash breaks at the signature.
    assert_eq!(stage_that_breaks(file, |line| line["scheme"] = "rpc-v1-sha256".into()), "signature");
}

#[test]
fn other_schemes_are_skipped_and_bad_lines_fail() {
    let other = first_line("rpc-v1-sha1.jsonl", |line| line["scheme"] = "acs9".into());
    assert_eq!(check_line(&other), Outcome::Unsupported("acs9".to_owned()));
    assert_eq!(check_line(r#"{"id": "rpc-bool", "scheme": "rpc", "results": {}}"#), Outcome::NotAVector);
    for line in ["", "{", "[]", r#"{"id": "x", "inputs": {}}"#, r#"{"scheme": "rpc-v1-sha1", "inputs": {}}"#]
    {
        assert!(matches!(check_line(line), Outcome::Failed(Failure { stage: "line", .. })), "{line}");
    }
}

#[test]
fn the_end_line_counts_and_nothing_checked_is_no_success() {
    let folder = scratch("counts");
    let good = first_line("rpc-v1-sha1.jsonl", |_| ());
    let bad = first_line("rpc-v1-sha1.jsonl", |line| line["signature"] = "AAAA".into());
    let other = first_line("rpc-v1-sha1.jsonl", |line| line["scheme"] = "acs9".into());
    std::fs::write(folder.join("mixed.jsonl"), format!("{good}\n{bad}\nnot json\n{other}\n{other}\n"))
        .unwrap();
    let (tally, report) = check(&folder);
    assert_eq!(tally.to_string(), "1 passed, 2 failed, 2 skipped");
    assert!(!tally.is_success());
    assert!(report.contains("mixed.jsonl:2: rpc-v1-sha1-0001: signature: expected AAAA"), "{report}");
    assert!(report.contains("mixed.jsonl: scheme `acs9` is not supported yet, 2 lines skipped"), "{report}");

    std::fs::write(folder.join("mixed.jsonl"), format!("{other}\n")).unwrap();
    let (tally, _) = check(&folder);
    assert_eq!(tally.to_string(), "0 passed, 0 failed, 1 skipped");
    assert!(!tally.is_success());

    let (tally, report) = check(folder.join("missing.jsonl"));
    assert_eq!(tally.to_string(), "0 passed, 1 failed", "{report}");
    std::fs::remove_dir_all(folder).unwrap();
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("ali-sts-vectors-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The secret that the clients of `disagreements.jsonl` were given.
const SECRET: &str = "fAkE0SecretForVectors0000000001";

/// The output of a client for a row of `disagreements.jsonl`, as recorded from it.
fn recorded(row: &str, client: &str) -> String {
    let result = result(row, client);
    // sdk-core's output for RPC is its string to sign and the signature.
    result.get(1).unwrap_or(&result).as_str().unwrap().to_owned()
}

/// The first of a client's outputs: Python's oss-v2 says what it signed, too.
fn recorded_first(row: &str, client: &str) -> String {
    result(row, client)[0].as_str().unwrap().to_owned()
}

fn result(row: &str, client: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(FOLDER).join("disagreements.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let row = rows.into_iter().find(|found| found["id"] == row).unwrap();
    row["results"][client].clone()
}

/// The ids of the rows of a scheme.
fn rows(scheme: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(FOLDER).join("disagreements.jsonl")).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["scheme"] == scheme).map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// The rows of `disagreements.jsonl` for RPC: the decisions of `sts_sign::rpc_v1`'s documentation.
mod disagreements {
    use super::{Algorithm, SECRET, recorded, rows, rpc_v1};

    /// Our signature, by stages; the one-pass writer must hold the same.
    fn ours(params: &[(&str, &str)]) -> String {
        let text = rpc_v1::string_to_sign("POST", &rpc_v1::canonical_query(params));
        let signature = rpc_v1::signature(Algorithm::HmacSha1, SECRET, &text);
        let mut form = Vec::new();
        rpc_v1::sign_form(Algorithm::HmacSha1, "POST", SECRET, params, &mut form).unwrap();
        let form = String::from_utf8(form).unwrap();
        assert!(form.ends_with(&format!("&Signature={}", sts_sign::percent_encode(&signature))), "{form}");
        signature
    }

    #[test]
    fn rpc_empty_is_signed_as_name_and_equals() {
        let signature = ours(&[("Action", "A"), ("Policy", "")]);
        for client in ["sdk-core", "openapi-util-py", "ali-oss", "openapi-util-js"] {
            assert_eq!(signature, recorded("rpc-empty", client), "{client}");
        }
    }

    #[test]
    fn rpc_bool_is_the_callers_lower_case_text() {
        let signature = ours(&[("Action", "A"), ("B", "true")]);
        assert_eq!(signature, recorded("rpc-bool", "ali-oss"));
        assert_eq!(signature, recorded("rpc-bool", "openapi-util-js"));
        assert_ne!(signature, recorded("rpc-bool", "sdk-core"));
    }

    #[test]
    fn rpc_null_is_left_out() {
        let signature = ours(&[("Action", "A")]);
        assert_eq!(signature, recorded("rpc-null", "openapi-util-py"));
        assert_eq!(signature, recorded("rpc-null", "openapi-util-js"));
        assert_ne!(signature, recorded("rpc-null", "ali-oss"));
    }

    #[test]
    fn rpc_astral_sort_is_by_utf8_bytes() {
        let signature = ours(&[("\u{1f511}key", "2"), ("\u{ff5e}key", "1")]);
        assert_eq!(signature, recorded("rpc-astral-sort", "sdk-core"));
        assert_eq!(signature, recorded("rpc-astral-sort", "openapi-util-py"));
        assert_ne!(signature, recorded("rpc-astral-sort", "ali-oss"));
    }

    #[test]
    fn rpc_php_numeric_keys_sort_by_bytes() {
        let signature = ours(&[("9", "b"), ("1a", "c"), ("10", "a")]);
        for client in ["sdk-core", "openapi-util-py", "ali-oss", "openapi-util-js"] {
            assert_eq!(signature, recorded("rpc-php-numeric-keys", client), "{client}");
        }
    }

    #[test]
    fn rpc_nested_object_is_flattened_with_dots() {
        let signature = ours(&[("Action", "A"), ("M.k", "v")]);
        assert_eq!(signature, recorded("rpc-nested-object", "openapi-util-js"));
        assert_ne!(signature, recorded("rpc-nested-object", "ali-oss"));
    }

    #[test]
    fn rpc_number_is_the_callers_text() {
        // Never written anew: each client's text gives that client's signature.
        let number = |f| ours(&[("Action", "A"), ("N", "3600"), ("F", f), ("Big", "1e+21")]);
        assert_eq!(number("1"), recorded("rpc-number", "ali-oss"));
        assert_eq!(number("1"), recorded("rpc-number", "openapi-util-js"));
        assert_eq!(number("1.0"), recorded("rpc-number", "sdk-core"));
    }

    #[test]
    fn rpc_lowercase_key_is_not_rewritten() {
        let signature = ours(&[("roleArn", "x")]);
        for client in ["sdk-core", "openapi-util-py", "ali-oss", "openapi-util-js"] {
            assert_eq!(signature, recorded("rpc-lowercase-key", client), "{client}");
        }
    }

    #[test]
    fn rpc_list_is_numbered_by_position_without_its_nulls() {
        let signature = ours(&[("Action", "A"), ("L.1", "a"), ("L.2", ""), ("L.3", "b")]);
        assert_eq!(signature, recorded("rpc-list", "openapi-util-js"));
        assert_ne!(signature, recorded("rpc-list", "ali-oss"));
    }

    #[test]
    fn every_rpc_row_has_a_test_here() {
        let source = include_str!("vectors.rs");
        let rows = rows("rpc");
        assert_eq!(rows.len(), 9);
        for id in rows {
            assert!(source.contains(&format!("recorded(\"{id}\"")), "{id} has no decision");
        }
    }
}
