//! Cases: our own, and a corpus where it lies beside the workspace.

use ali_sts_tests::policy_cases::{Tally, check_case, check_paths};
use std::path::Path;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy/cases.jsonl");

fn check(path: &str) -> (Tally, String) {
    let mut report = Vec::new();
    let tally = check_paths(&[path.into()], &mut report).unwrap();
    (tally, String::from_utf8(report).unwrap())
}

#[test]
fn our_own_cases_are_decided_as_expected() {
    let (tally, report) = check(OWN);
    assert!(tally.is_success(), "{tally}\n{report}");
}

/// The corpus belongs to others, and is no part of the project: where it is not there, nothing is to be seen.
#[test]
fn the_corpus_is_decided_as_expected() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpus/policy");
    if Path::new(corpus).join("cases.jsonl").exists() {
        let (tally, report) = check(corpus);
        assert!(tally.is_success(), "{tally}\n{report}");
    }
}

#[test]
fn a_wrong_expectation_fails_and_says_why() {
    let case = r#"{"id":"x","policy":{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:b/*"}]},"request":{"action":"oss:GetObject","resource":"acs:oss:::b/o","context":{}},"expect":"Allow"}"#;
    assert_eq!(check_case(case), Ok(()));
    let failure = check_case(&case.replace(r#""expect":"Allow""#, r#""expect":"ExplicitDeny""#)).unwrap_err();
    assert!(failure.starts_with("x: expected ExplicitDeny, got Allow\n"), "{failure}");
    let failure = check_case(&case.replace("b/o", "c/o")).unwrap_err();
    assert!(failure.contains("statement 0 (Allow) does not apply: another resource"), "{failure}");
    for broken in
        ["", "{}", r#"{"expect":"Allow","request":{}}"#, r#"{"expect":"Allow","request":[],"layers":{}}"#]
    {
        assert!(check_case(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_missing_file_fails() {
    let (tally, report) = check("no/such/file.jsonl");
    assert_eq!(tally, Tally { passed: 0, failed: 1 }, "{report}");
}
