//! Published documents, where they are at hand: in the folder that `STS_POLICY_CORPUS` names, or in `shared/corpus/policy`
//! beside the workspace. Elsewhere these tests pass without looking at anything.

use std::path::{Path, PathBuf};

use sts_policy::{Document, Finding, Policy, PolicyKind, Severity, minify};

#[expect(clippy::disallowed_methods, reason = "a test, which is told where the corpus is")]
fn corpus() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/policy");
    let folder = std::env::var_os("STS_POLICY_CORPUS").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

#[expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test, which reads the corpus")]
fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn valid_documents_are_read_and_printed_again() {
    let Some(corpus) = corpus() else { return };
    let mut count = 0;
    for entry in corpus.join("valid").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let text = String::from_utf8(read(&path)).unwrap();
        let policy = Policy::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(policy.as_json(), minify(&text).unwrap(), "{}", path.display());
        assert_eq!(Policy::parse(&policy.to_json_pretty()).unwrap(), policy, "{}", path.display());
        count += 1;
    }
    assert!(count > 0);
}

/// The lines of a list of documents.
#[expect(clippy::unwrap_used, reason = "a test, which reads the corpus")]
fn listed(corpus: &Path, list: &str) -> Vec<serde_json::Value> {
    let text = String::from_utf8(read(&corpus.join(list))).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The codes that are found in a document, as a policy of this kind.
fn codes(bytes: &[u8], kind: PolicyKind) -> Vec<&'static str> {
    let document = Document::parse_bytes(bytes);
    document.check(kind).findings().iter().map(Finding::code).collect()
}

/// Bucket policies that are older than the rule that `acs:SourceIp` takes `acs:SourceVpc` with it; the list of invalid
/// documents has the same form as one that the service refuses.
const OLDER_THAN_THE_RULE: [&str; 2] =
    ["valid/084-bucket-examples.json", "valid/094-bucket-bucket-policy-manage-bucket-policies.json"];

#[test]
fn valid_documents_have_no_errors() {
    let Some(corpus) = corpus() else { return };
    for line in listed(&corpus, "manifest.jsonl") {
        let file = line["file"].as_str().unwrap();
        let kind = PolicyKind::from_name(line["kind"].as_str().unwrap()).unwrap();
        let text = String::from_utf8(read(&corpus.join(file))).unwrap();
        let report = Document::parse(&text).check(kind);
        let errors = report.findings().iter().filter(|finding| finding.severity() == Severity::Error);
        let errors: Vec<&str> = errors.map(Finding::code).collect();
        if OLDER_THAN_THE_RULE.contains(&file) {
            assert!(errors.iter().all(|code| *code == "source-ip-without-source-vpc"), "{file}: {errors:?}");
        } else {
            assert_eq!(errors, [""; 0], "{file}");
        }
        assert_eq!(report.left_off(), 0, "{file}");
    }
}

/// The number that a file's name starts with, and what is found in it.
const FAULTS: [(&str, &str); 31] = [
    ("01", "member-name"),
    ("02", "version-value"),
    ("03", "version-type"),
    ("04", "consecutive-stars"),
    ("05", "source-ip-without-source-vpc"),
    ("06", "json-trailing-comma"),
    ("07", "json-comment"),
    ("08", "json-comment"),
    ("09", "json-white-space"),
    ("10", "json-trailing-comma"),
    ("11", "version-missing"),
    ("12", "action-missing"),
    ("13", "effect-value"),
    ("14", "operator-if-exists"),
    ("15", "operator-null"),
    ("16", "action-and-not-action"),
    ("17", "statement-not-an-array"),
    ("18", "unknown-member"),
    ("19", "principal-kind"),
    ("20", "principal-aws"),
    ("21", "json-list-in-braces"),
    ("22", "statement-missing"),
    ("23", "version-value"),
    ("24", "json-empty"),
    ("25", "json-unexpected-end"),
    ("26", "policy-too-long"),
    ("27", "policy-too-long"),
    ("28", "statement-too-long"),
    ("29", "policy-too-long"),
    ("30", "json-not-utf8"),
    ("31", "value-not-an-address"),
];

#[test]
fn invalid_documents_are_refused_for_their_reason() {
    let Some(corpus) = corpus() else { return };
    for line in listed(&corpus, "invalid.jsonl") {
        let file = line["file"].as_str().unwrap();
        let name = file.strip_prefix("invalid/").unwrap();
        let (_, fault) = FAULTS.iter().find(|(number, _)| name.starts_with(number)).unwrap();
        let bytes = read(&corpus.join(file));
        let kinds = match line["applies_to"].as_str().unwrap() {
            "any" => PolicyKind::ALL,
            kind => &[PolicyKind::from_name(kind).unwrap()],
        };
        for kind in kinds {
            let document = Document::parse_bytes(&bytes);
            let report = document.check(*kind);
            let mut errors = report.findings().iter().filter(|finding| finding.severity() == Severity::Error);
            assert!(report.has_errors(), "{name}");
            assert!(errors.any(|error| error.code() == *fault), "{name}: {:?}", report.findings());
        }
    }
}

/// What the list of suspicious documents says of each.
const SUSPICIONS: [(&str, PolicyKind, &[&str]); 14] = [
    ("01", PolicyKind::Session, &["action-resource-mismatch", "action-is-api-name"]),
    ("02", PolicyKind::Session, &["condition-key-unknown"]),
    ("03", PolicyKind::Session, &["condition-key-unknown"]),
    ("04", PolicyKind::Session, &["condition-key-unknown"]),
    ("05", PolicyKind::Session, &["wildcard-partly-mismatched", "private-source-ip"]),
    ("06", PolicyKind::Identity, &["effect-value", "action-form"]),
    ("07", PolicyKind::Identity, &["action-verb", "condition-key-not-filled"]),
    ("08", PolicyKind::Identity, &["star-across-colons"]),
    ("09", PolicyKind::Control, &["condition-key-form"]),
    ("10", PolicyKind::Identity, &["allow-shadowed"]),
    ("11", PolicyKind::Trust, &["trusts-whole-account"]),
    ("12", PolicyKind::Identity, &["mfa-deny"]),
    ("13", PolicyKind::Bucket, &["principal-ram-arn"]),
    ("14", PolicyKind::Identity, &["wildcard-in-string-equals"]),
];

#[test]
fn suspicious_documents_are_suspected() {
    let Some(corpus) = corpus() else { return };
    for line in listed(&corpus, "suspicious.jsonl") {
        let file = line["file"].as_str().unwrap();
        let name = file.strip_prefix("suspicious/").unwrap();
        let (_, kind, expected) = SUSPICIONS.iter().find(|(number, ..)| name.starts_with(number)).unwrap();
        let found = codes(&read(&corpus.join(file)), *kind);
        assert!(expected.iter().all(|code| found.contains(code)), "{name}: {found:?}");
        assert!(expected.len() >= line["finding"].as_array().unwrap().len(), "{name}");
    }
}
