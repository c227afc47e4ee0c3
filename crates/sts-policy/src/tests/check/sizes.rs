//! Limits of length, at the last character that fits and the first that does not.

use super::codes;
use crate::PolicyKind;

/// A policy whose compact form has so many characters, the last of the resource being so written.
fn of_length(length: usize, filling: &str) -> String {
    let text = |name: &str| {
        format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Principal":["1"],"Action":"oss:GetObject","Resource":"acs:oss:*:1:b/{name}"}}]}}"#
        )
    };
    let bare = text("").chars().count();
    text(&filling.repeat(length - bare))
}

fn sized(text: &str, kind: PolicyKind) -> Vec<&'static str> {
    let about_size = ["policy-too-long", "statement-too-long", "minify-to-fit", "bytes-over-limit"];
    codes(text, kind).into_iter().filter(|code| about_size.contains(code)).collect()
}

#[test]
fn limits() {
    for (kind, most) in [(PolicyKind::Session, 2_048), (PolicyKind::Identity, 6_144)] {
        assert_eq!(sized(&of_length(most, "a"), kind), [""; 0]);
        assert_eq!(sized(&of_length(most + 1, "a"), kind), ["policy-too-long"]);
        // A blank more, which is not counted, and then it is.
        assert_eq!(sized(&format!("{} ", of_length(most, "a")), kind), ["minify-to-fit"]);
        assert_eq!(sized(&format!("{} ", of_length(most - 1, "a")), kind), [""; 0]);
        // Two bytes a character.
        assert_eq!(sized(&of_length(most, "é"), kind), ["bytes-over-limit"]);
        assert_eq!(sized(&of_length(most + 1, "é"), kind), ["policy-too-long"]);
    }
    for kind in [PolicyKind::Trust, PolicyKind::Control, PolicyKind::Resource, PolicyKind::VpcEndpoint] {
        assert_eq!(sized(&of_length(20_000, "a"), kind), [""; 0]);
    }
}

#[test]
fn limits_of_buckets_are_bytes() {
    assert_eq!(sized(&of_length(16_383, "a"), PolicyKind::Bucket), ["statement-too-long"]);
    let found = sized(&of_length(16_384, "a"), PolicyKind::Bucket);
    assert_eq!(found, ["policy-too-long", "statement-too-long"]);
    let found = sized(&of_length(8_300, "é"), PolicyKind::Bucket);
    assert_eq!(found, ["policy-too-long", "statement-too-long"]);
    // 30 bytes are around the statement.
    assert_eq!(sized(&of_length(4_095 + 30, "a"), PolicyKind::Bucket), [""; 0]);
    assert_eq!(sized(&of_length(4_096 + 30, "a"), PolicyKind::Bucket), ["statement-too-long"]);
    let spaced = of_length(4_095 + 30, "a").replace(',', " ,\n ").replace("\"Effect\"", "\t\"Effect\"");
    assert_eq!(sized(&spaced, PolicyKind::Bucket), ["minify-to-fit"]);
    let spaced = of_length(4_085 + 30, "a").replace(",\"Effect\"", " ,\"Effect\"");
    assert_eq!(sized(&spaced, PolicyKind::Bucket), [""; 0]);
}
