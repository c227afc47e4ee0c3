//! What a check found, written down.

use crate::{Document, PolicyKind, Report};
use serde_json::Value;

/// The first example of ali-oss's documentation: neither action is what it looks like.
const READ_ONLY: &str = r#"{
  "Version": "1",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["oss:GetObject", "oss:GetObjectMeta", "oss:ListObjects"],
      "Resource": ["acs:oss:*:*:my-bucket/*"],
    }
  ]
}"#;

fn report(text: &str) -> Report<'_> {
    Document::parse(text).check(PolicyKind::Session)
}

#[test]
fn text_is_that_of_a_compiler() {
    // Written by hand, after what rustc prints.
    let expected = r#"warning: this is the name of an API, not of an action; what is asked about is
         `oss:GetObject`
 --> policy.json:6:35
  |
6 |       "Action": ["oss:GetObject", "oss:GetObjectMeta", "oss:ListObjects"],
  |                                   ^^^^^^^^^^^^^^^^^^^
  |
  = help: write `oss:GetObject`
  = note: action-is-api-name: documented: the authorization pages of OSS,
          STS and RAM, as of November 2026

warning: `oss:ListObjects` is asked about a bucket, which no resource here is:
         `acs:oss:*:*:bucket/*` is its objects, `acs:oss:*:*:bucket` is the
         bucket
 --> policy.json:6:56
  |
6 |       "Action": ["oss:GetObject", "oss:GetObjectMeta", "oss:ListObjects"],
  |                                                        ^^^^^^^^^^^^^^^^^
  |
  = help: name the bucket too
  = note: action-resource-mismatch: documented:
          https://www.alibabacloud.com/help/en/oss/user-guide/how-oss-works-with-ram

error: nothing follows this comma; remove it
 --> policy.json:7:46
  |
7 |       "Resource": ["acs:oss:*:*:my-bucket/*"],
  |                                              ^
  |
  = help: remove the comma
  = note: json-trailing-comma: RFC 8259; the service checks JSON before the
          grammar

policy.json: 1 error, 2 warnings
"#;
    assert_eq!(report(READ_ONLY).to_text("policy.json"), expected);
}

#[test]
fn text_without_findings_says_so() {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:b/*"}]}"#;
    assert_eq!(report(text).to_text("p"), "p: nothing found\n");
}

#[test]
fn text_fits_into_80_columns_and_holds_no_control_characters() {
    let one_line = READ_ONLY.replace('\n', " ").repeat(40);
    let hostile = "{\"\u{1b}[31m\u{9c}\u{9b}31mVersion\": \"\u{202e}2\", \u{7} 'Statement': [{\"Effect\": \"资源资源\"}]}";
    for text in [READ_ONLY, &one_line, hostile, "", "\n\n", "[", &"{\"a\":".repeat(50)] {
        for kind in PolicyKind::ALL {
            let rendered = Document::parse(text).check(*kind).to_text("policy\u{1b}[0m.json");
            for line in rendered.lines() {
                assert!(line.chars().count() <= 80 || line.contains("https://"), "{line}");
                assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
            }
            assert_eq!(rendered.chars().filter(|c| *c == '\u{1b}').count(), 0);
        }
    }
    assert!(report(READ_ONLY).to_coloured_text("p").contains("\u{1b}["));
}

#[test]
fn json_has_all_of_a_finding() {
    let json: Value = serde_json::from_str(&report(READ_ONLY).to_json()).unwrap();
    assert_eq!(json["leftOff"], 0);
    assert_eq!(json["hasErrors"], true);
    let findings = json["findings"].as_array().unwrap();
    let codes: Vec<&str> = findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["action-is-api-name", "action-resource-mismatch", "json-trailing-comma"]);
    let comma = &findings[2];
    assert_eq!(comma["severity"], "error");
    assert_eq!(comma["message"], "nothing follows this comma; remove it");
    assert!(comma["source"].as_str().unwrap().starts_with("RFC 8259"));
    let at = READ_ONLY.find(",\n    }").unwrap();
    assert_eq!(comma["place"]["start"], at);
    assert_eq!(comma["place"]["end"], at + 1);
    assert_eq!(comma["place"]["line"], 7);
    assert_eq!(comma["place"]["column"], 46);
    assert_eq!(comma["place"]["path"], "$.Statement[0]");
    assert_eq!(comma["fix"]["label"], "remove the comma");
    let edits: Value = serde_json::json!([{ "start": at, "end": at + 1, "replacement": "" }]);
    assert_eq!(comma["fix"]["edits"], edits);
    let without = report(r#"{"Version":"1"}"#).to_json();
    assert_eq!(serde_json::from_str::<Value>(&without).unwrap()["findings"][0]["fix"], Value::Null);
}

/// What the schema of SARIF 2.1.0 asks for, and what services that show it need besides.
#[test]
fn sarif_has_the_members_that_are_needed() {
    let log: Value = serde_json::from_str(&report(READ_ONLY).to_sarif("policies/read%20only.json")).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "sts-policy");
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[text]["text"].as_str().unwrap().is_empty());
        }
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(rules[index]["defaultConfiguration"]["level"], result["level"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let physical = &result["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "policies/read%20only.json");
        for number in ["startLine", "startColumn", "endLine", "endColumn"] {
            assert!(physical["region"][number].as_u64().unwrap() >= 1);
        }
    }
    let levels: Vec<&str> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["warning", "warning", "error"]);
    let region = |line: u64, from: u64, to: u64| serde_json::json!({ "startLine": line, "startColumn": from, "endLine": line, "endColumn": to });
    assert_eq!(results[0]["locations"][0]["physicalLocation"]["region"], region(6, 35, 54));
    assert_eq!(
        results[0]["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
        "$.Statement[0].Action[1]"
    );
    let changes = &results[0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(changes["artifactLocation"]["uri"], "policies/read%20only.json");
    assert_eq!(changes["replacements"][0]["deletedRegion"], region(6, 36, 53));
    assert_eq!(changes["replacements"][0]["insertedContent"]["text"], "oss:GetObject");
    // An insertion deletes nothing.
    let insertion = &results[1]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(insertion["deletedRegion"], region(7, 45, 45));
    assert_eq!(insertion["insertedContent"]["text"], ",\"acs:oss:*:*:my-bucket\"");
}

#[test]
fn advice_is_a_note() {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let report = Document::parse(text).check(PolicyKind::Identity);
    let log: Value = serde_json::from_str(&report.to_sarif("p.json")).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["level"], "note");
    assert!(report.to_text("p.json").starts_with("advice: this allows everything"));
}

/// Many edits in one long line, and many findings: each is written once.
#[test]
fn hostile_policies_are_written_down() {
    let stars = format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"a:b","Resource":"acs:oss:*:*:{}"}}]}}"#,
        "**a".repeat(20_000)
    );
    let commas = format!("{{\"Version\":\"1\",\"Statement\":[{}]}}", "1,,".repeat(20_000));
    for text in [&stars, &commas] {
        let report = report(text);
        assert!(!report.findings().is_empty());
        assert!(report.to_text("p").len() < 50_000);
        assert!(serde_json::from_str::<Value>(&report.to_sarif("p")).is_ok());
        assert!(serde_json::from_str::<Value>(&report.to_json()).is_ok());
    }
}
