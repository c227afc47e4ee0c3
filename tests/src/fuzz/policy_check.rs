//! The checker: any text, as a policy of every kind.

use super::places;
use std::cmp::Reverse;
use sts_policy::{Document, Finding, PolicyKind, Report, Rule, Severity};

/// Checks the bytes, if they are text, as a policy of every kind; panics where something does not hold that must.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let document = Document::parse(text);
    // Writing takes far longer than finding: once is enough, of a kind that the input chooses.
    let chosen = PolicyKind::ALL.get(text.len() % PolicyKind::ALL.len());
    for kind in PolicyKind::ALL {
        let report = document.check(*kind);
        let findings = report.findings();
        assert_eq!(report.text(), text);
        assert!(findings.len() <= 2 * Document::MOST_FINDINGS);
        assert!(document.findings().iter().all(|finding| findings.contains(finding)));
        places::check_all(text, findings);
        for finding in findings {
            assert!(Rule::all().contains(&finding.rule()), "{finding}");
            // A fix of what only the checker sees leaves a policy, whichever of them is made.
            if !document.has_errors() {
                let mended = mended(text, finding);
                let mended = mended.as_deref().map(Document::parse);
                assert!(mended.is_none_or(|mended| !mended.has_errors()), "{kind:?}: {finding}");
            }
        }
        let has_errors = findings.iter().any(|finding| finding.severity() == Severity::Error);
        assert!(report.has_errors() || !has_errors);
        assert!(has_errors || !report.has_errors() || report.left_off() > 0);
        if !document.has_errors() {
            let fixed = report.fixed();
            assert!(!Document::parse(&fixed).has_errors(), "{kind:?}: made to {fixed}");
        }
        if Some(kind) == chosen {
            written(&report);
        }
    }
}

/// People and machines can read it.
fn written(report: &Report<'_>) {
    let count = report.findings().len();
    let shown = report.to_text("policy.json");
    let unseen = |c: char| c.is_control() && c != '\n';
    assert!(!shown.contains(unseen), "{shown:?}");
    assert!(report.findings().iter().all(|finding| shown.contains(finding.code())));

    let json: Option<serde_json::Value> = serde_json::from_str(&report.to_json()).ok();
    let listed = json.as_ref().and_then(|json| json.get("findings")?.as_array());
    assert_eq!(listed.map(Vec::len), Some(count));

    let sarif: Option<serde_json::Value> = serde_json::from_str(&report.to_sarif("policy.json")).ok();
    let results = sarif.as_ref().and_then(|log| log.pointer("/runs/0/results")?.as_array());
    assert_eq!(results.map(Vec::len), Some(count));
}

/// The text with the edits of one fix made, from the last to the first.
fn mended(text: &str, finding: &Finding) -> Option<String> {
    let mut edits: Vec<_> = finding.fix()?.edits().to_vec();
    edits.sort_by_key(|edit| Reverse(edit.span().start));
    let mut mended = text.to_owned();
    for edit in edits {
        mended.replace_range(edit.span(), edit.replacement());
    }
    Some(mended)
}
