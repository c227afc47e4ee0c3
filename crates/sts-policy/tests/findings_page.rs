//! docs/policy-findings.md is what the table of rules says, with an example for each that really breaks it.
//!
//! The page is written anew from the table and from the examples that stand in it, and must come out as it is. After a
//! change of the table the test leaves the page as it should be in its temporary folder, and says where.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sts_policy::{Document, PolicyKind, Report, Rule};

const PAGE: &str = "docs/policy-findings.md";

/// Rules about the size or the bytes of a text, which no example can show; `src/tests` break them.
const WITHOUT_EXAMPLE: [&str; 8] = [
    "json-too-large",
    "json-too-deep",
    "json-not-utf8",
    "json-control-character",
    "policy-too-long",
    "statement-too-long",
    "minify-to-fit",
    "bytes-over-limit",
];

#[expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test, which reads the page")]
fn page() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    std::fs::read_to_string(path).unwrap()
}

struct Example {
    kind: PolicyKind,
    text: String,
}

/// The examples of a page, by the code whose section they stand in.
#[expect(clippy::unwrap_used, clippy::panic, reason = "a test, which stops at a page of another form")]
fn examples(page: &str) -> BTreeMap<&str, Example> {
    let mut examples = BTreeMap::new();
    for section in page.split("\n### `").skip(1) {
        let (code, body) = section.split_once('`').unwrap();
        let Some((_, block)) = body.split_once("\n```json ") else { continue };
        let (kind, block) = block.split_once('\n').unwrap();
        let (text, _) = block.split_once("```\n").unwrap();
        let kind = PolicyKind::from_name(kind)
            .unwrap_or_else(|| panic!("{kind}, of the example of {code}, is no kind"));
        examples.insert(code, Example { kind, text: text.trim_end_matches('\n').to_owned() });
    }
    examples
}

#[expect(clippy::panic, reason = "a test, which stops at an example that shows nothing")]
fn section(rule: &Rule, example: Option<&Example>) -> String {
    let mut section =
        format!("### `{}`\n\n*{}.* {}\n", rule.code(), capital(rule.severity().as_str()), rule.meaning());
    if let Some(Example { kind, text }) = example {
        let report = Document::parse(text).check(*kind);
        let finding = report.findings().iter().find(|finding| finding.code() == rule.code());
        let finding = finding.unwrap_or_else(|| panic!("the example of {} does not break it", rule.code()));
        let _ = write!(section, "\n```json {}\n{text}\n```\n\n> {}\n", kind.as_str(), finding.message());
        let fix = finding.fix().map_or("none is offered.".to_owned(), |fix| format!("{}.", fix.label()));
        let _ = write!(section, "\nFix: {fix}\n");
    }
    let _ = write!(section, "\nSource: {}.\n", rule.source());
    section
}

fn capital(word: &str) -> String {
    word.chars().next().map(|c| c.to_ascii_uppercase()).into_iter().chain(word.chars().skip(1)).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test, which writes into its own folder")]
fn the_page_is_that_of_the_table() {
    let page = page();
    let examples = examples(&page);
    let (opening, _) = page.split_once("\n### `").unwrap();
    let mut expected = format!("{opening}\n");
    for rule in Rule::all() {
        expected.push_str(&section(rule, examples.get(rule.code())));
        expected.push('\n');
    }
    let expected = expected.trim_end().to_owned() + "\n";
    if expected != page {
        let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-findings.md");
        std::fs::write(&path, expected).unwrap();
        panic!("{PAGE} is not what the table of rules says; it should be {}", path.display());
    }
}

#[test]
fn each_rule_has_an_example() {
    let page = page();
    let examples = examples(&page);
    for rule in Rule::all() {
        let code = rule.code();
        assert_ne!(examples.contains_key(code), WITHOUT_EXAMPLE.contains(&code), "{code}");
    }
}

/// A fix that is offered mends what it is offered for.
#[test]
fn fixes_of_the_examples_mend_them() {
    let page = page();
    let count = |report: &Report<'_>, code: &str| {
        report.findings().iter().filter(|finding| finding.code() == code).count()
    };
    let mut fixes = 0;
    for (code, Example { kind, text }) in examples(&page) {
        let report = Document::parse(&text).check(kind);
        let offered =
            report.findings().iter().any(|finding| finding.code() == code && finding.fix().is_some());
        if offered {
            let fixed = report.fixed();
            let after = Document::parse(&fixed).check(kind);
            assert!(count(&after, code) < count(&report, code), "{code}: {fixed}");
            fixes += 1;
        }
    }
    assert!(fixes > 25, "{fixes}");
}
