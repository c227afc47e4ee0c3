//! Published documents, where they are at hand: in the folder that `STS_POLICY_CORPUS` names, or in `shared/corpus/policy`
//! beside the workspace. Elsewhere these tests pass without looking at anything.

use std::path::{Path, PathBuf};

use sts_policy::{Document, Finding, Policy, minify};

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

/// The number that a file's name starts with, and what is found in it. The others break limits and rules of kinds.
const FAULTS: [(&str, &str); 24] = [
    ("01", "member-name"),
    ("02", "version-value"),
    ("03", "version-type"),
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
    ("30", "json-not-utf8"),
];

#[test]
fn invalid_documents_are_refused_for_their_reason() {
    let Some(corpus) = corpus() else { return };
    for entry in corpus.join("invalid").read_dir().unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = read(&path);
        let document = Document::parse_bytes(&bytes);
        let fault = FAULTS.iter().find(|(number, _)| name.starts_with(number)).map(|(_, code)| *code);
        let codes: Vec<&str> = document.findings().iter().map(Finding::code).collect();
        match fault {
            Some(code) => assert!(codes.contains(&code), "{name}: {codes:?}"),
            None => assert_eq!(codes, [""; 0], "{name}"),
        }
    }
}
