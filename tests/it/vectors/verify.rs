//! The verifier against official requests: every line, and what breaks where something is wrong.

use super::{FOLDER, check, first_line};
use ali_sts_tests::vectors::{Failure, Outcome, Tally, check_line_by_verifier};
use serde_json::Value;
use std::path::Path;

#[test]
fn all_lines_of_all_schemes_pass() {
    for (file, lines) in [
        ("rpc-v1-sha1.jsonl", 245),
        ("rpc-v1-sha256.jsonl", 148),
        ("acs3.jsonl", 114),
        ("roa.jsonl", 64),
        ("oss-v1.jsonl", 156),
        ("oss-v4.jsonl", 84),
        ("oss-v4-presign.jsonl", 84),
        ("oss-postobject.jsonl", 94),
    ] {
        let (tally, report) = check(Path::new(FOLDER).join(file));
        assert_eq!(tally, Tally { passed: lines, failed: 0, skipped: 0 }, "{file}\n{report}");
    }
}

/// The first line of each file with one thing wrong; the signers are not asked here.
#[test]
fn a_wrong_value_names_the_verifiers_stage() {
    let wrong = |line: &mut Value, name: &str| line["inputs"][name] = "wrong".into();
    let files = ["acs3", "roa", "oss-v1", "oss-v4", "oss-v4-presign", "oss-postobject"];
    for file in files.map(|name| format!("{name}.jsonl")) {
        let stage = |change: &dyn Fn(&mut Value)| match check_line_by_verifier(&first_line(&file, change)) {
            Outcome::Failed(Failure { stage, .. }) => stage,
            other => panic!("{other:?}"),
        };
        assert_eq!(stage(&|line| wrong(line, "access_key_secret")), "verifier: signature", "{file}");
        assert_eq!(
            stage(&|line| line["string_to_sign"] = "wrong".into()),
            "verifier: string to sign",
            "{file}"
        );
        if file == "oss-postobject.jsonl" {
            // The form is made of the inputs, and the first one is of V1, which signs the policy alone.
            assert_eq!(stage(&|line| wrong(line, "policy_base64")), "verifier: read", "{file}");
            continue;
        }
        assert_eq!(stage(&|line| wrong(line, "access_key_id")), "verifier: read", "{file}");
        assert_eq!(stage(&|line| wrong(line, "security_token")), "verifier: read", "{file}");
        let first = if ["acs3.jsonl", "oss-v4.jsonl", "oss-v4-presign.jsonl"].contains(&file.as_str()) {
            "verifier: canonical request"
        } else {
            "verifier: string to sign"
        };
        assert_eq!(stage(&|line| line["inputs"]["method"] = "TRACE".into()), first, "{file}");
        assert_eq!(stage(&|line| line["inputs"]["method"] = 1.into()), "line", "{file}");
    }
}
