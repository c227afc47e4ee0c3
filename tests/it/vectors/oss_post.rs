//! OSS `PostObject`: the vectors.

use super::{FOLDER, Tally, Value, check, stage_of};
use std::path::Path;

const FILE: &str = "oss-postobject.jsonl";

#[test]
fn all_vectors_pass() {
    let (tally, report) = check(Path::new(FOLDER).join(FILE));
    assert_eq!(tally, Tally { passed: 94, failed: 0, skipped: 0 }, "{report}");
}

#[test]
fn a_wrong_value_names_its_stage() {
    let text = std::fs::read_to_string(Path::new(FOLDER).join(FILE)).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let breaks = |is_wanted: &dyn Fn(&Value) -> bool, path: &[&str], value: &str| {
        let mut line = lines.iter().find(|line| is_wanted(line)).unwrap().clone();
        *path.iter().fold(&mut line, |inner, name| &mut inner[*name]) = value.into();
        stage_of(&line.to_string())
    };
    let v1 = |line: &Value| line["version"] == "v1";
    let v4 = |line: &Value| line["version"] == "v4";
    for version in [&v1 as &dyn Fn(&Value) -> bool, &v4] {
        assert_eq!(breaks(version, &["inputs", "access_key_secret"], "x"), "signature");
        assert_eq!(breaks(version, &["string_to_sign"], "x"), "signature");
        assert_eq!(breaks(version, &["inputs", "policy_json"], "{}"), "policy");
        assert_eq!(breaks(version, &["inputs", "policy_json"], "[]"), "request");
        assert_eq!(breaks(version, &["version"], "v2"), "line");
    }
    assert_eq!(breaks(&v4, &["inputs", "region"], "cn-beijing"), "signature");
    assert_eq!(breaks(&v4, &["inputs", "access_key_id"], "x"), "conditions");
    assert_eq!(breaks(&v4, &["inputs", "x_oss_credential"], "x"), "conditions");
    assert_eq!(breaks(&v4, &["inputs", "x_oss_date"], "2026"), "line");
    let sample = |line: &Value| line.get("form_fields").is_some();
    assert_eq!(breaks(&sample, &["form_fields", "x-oss-date"], "x"), "form");
    assert_eq!(breaks(&sample, &["form_fields", "new"], "x"), "form");
}
