//! What must hold for every finding, whoever found it.

use sts_policy::Finding;

/// Asserts that a finding's place and fix are of the text.
pub fn check(text: &str, finding: &Finding) {
    let place = finding.place();
    assert!(text.get(place.span()).is_some(), "{finding}: no such bytes");
    let before = text.get(..place.span().start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let counted = (before.matches('\n').count() + 1, line.chars().count() + 1);
    assert_eq!((place.line(), place.column()), counted, "{finding}");
    assert!(place.path().starts_with('$'), "{finding}");
    assert!(!finding.message().is_empty() && !finding.message().contains(char::is_control), "{finding}");
    let mut done = 0;
    for edit in finding.fix().into_iter().flat_map(|fix| fix.edits()) {
        assert!(text.get(edit.span()).is_some(), "{finding}: no such bytes to change");
        assert!(edit.span().start >= done, "{finding}: edits out of order");
        done = edit.span().end;
    }
}

/// The same of all, which are in the order of the text.
pub fn check_all(text: &str, findings: &[Finding]) {
    let starts: Vec<usize> = findings.iter().map(|finding| finding.place().span().start).collect();
    assert!(starts.is_sorted(), "findings out of order: {starts:?}");
    for finding in findings {
        check(text, finding);
    }
}
