//! The parser: any bytes.

use super::places;
use sts_policy::{Document, Policy, Severity, minify};

/// Reads the bytes as a policy; panics where something does not hold that must hold for any bytes.
pub fn run(bytes: &[u8]) {
    let document = Document::parse_bytes(bytes);
    let text = document.text();
    assert!(document.findings().len() <= Document::MOST_FINDINGS);
    places::check_all(text, document.findings());
    if std::str::from_utf8(bytes).is_ok() {
        assert_eq!(text.as_bytes(), bytes);
        read(&document);
    } else {
        assert!(document.has_errors() && document.policy().is_none());
    }
    white_space(text);
}

fn read(document: &Document<'_>) {
    let text = document.text();
    let errors = || document.findings().iter().filter(|finding| finding.severity() == Severity::Error);
    match Policy::parse(text) {
        Ok(policy) => {
            assert!(!document.has_errors());
            assert_eq!(document.policy(), Some(&policy));
            round_trip(&policy);
            assert_eq!(minify(text).as_deref(), Ok(policy.as_json()));
        }
        Err(refused) => {
            assert!(refused.findings().iter().eq(errors()));
            assert!(!refused.to_string().contains(char::is_control));
        }
    }
    let all_fixable = errors().all(|finding| finding.fix().is_some());
    let is_read = document.policy().is_some();
    // What was left off may have been warnings alone.
    assert!(is_read == all_fixable || (!is_read && document.left_off() > 0), "{:?}", document.findings());
    let fixed = document.fixed();
    if let Some(policy) = document.policy() {
        let again = Policy::parse(&fixed);
        let again = again.as_ref().map(Policy::statements);
        assert_eq!(again, Ok(policy.statements()), "made to: {fixed}");
        round_trip(policy);
    }
}

fn round_trip(policy: &Policy) {
    let compact = policy.as_json();
    assert_eq!(Policy::parse(compact).as_ref(), Ok(policy));
    let pretty = policy.to_json_pretty();
    assert_eq!(Policy::parse(&pretty).as_ref(), Ok(policy));
    assert_eq!(minify(&pretty).as_deref(), Ok(compact));
    // A reader that is not ours sees one value in both.
    let value = serde_json::from_str::<serde_json::Value>(compact);
    assert!(value.is_ok(), "{compact}");
    assert_eq!(value.ok(), serde_json::from_str(&pretty).ok());

    let fit = policy.fits_session();
    assert_eq!((fit.characters(), fit.bytes()), (compact.chars().count(), compact.len()));
    assert_eq!(fit.fits(), fit.characters() <= 2048);
    assert_eq!(fit.over(), fit.characters().saturating_sub(2048));
    let costs: usize = fit.costs().iter().map(|cost| cost.characters()).sum();
    assert!(costs <= fit.characters(), "{costs} of {}", fit.characters());
    // Each takes something out that is there, and none is counted twice.
    let savings: usize = fit.savings().iter().map(|saving| saving.characters()).sum();
    assert!(savings < fit.characters(), "{savings} of {}", fit.characters());
}

/// `minify` takes what another reader of JSON takes, and changes nothing that it sees.
fn white_space(text: &str) {
    let value = serde_json::from_str::<serde_json::Value>(text);
    match minify(text) {
        Ok(compact) => {
            assert!(compact.len() <= text.len());
            assert_eq!(minify(&compact).as_ref(), Ok(&compact));
            if let Ok(value) = value {
                assert_eq!(serde_json::from_str::<serde_json::Value>(&compact).ok(), Some(value));
            }
        }
        Err(error) => {
            assert!(value.is_err(), "{error}");
            assert!(error.line() <= text.matches('\n').count() + 1);
        }
    }
}
