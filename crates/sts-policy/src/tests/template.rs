//! Templates: what is filled in stands for itself.

use crate::{Context, Decision, HoleKind, Policy, RefusalReason, Request, Template, TemplateError};
use proptest::prelude::*;

fn with_resource(resource: &str) -> String {
    format!(
        r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"oss:PutObject","Resource":"{resource}"}}]}}"#
    )
}

fn uploads() -> Template {
    Template::new(
        &with_resource("acs:oss:*:*:my-bucket/uploads/${user_id}/*"),
        [("user_id", HoleKind::PathSegment)],
    )
    .unwrap()
}

#[test]
fn injections_are_refused_with_the_reason_and_without_the_value() {
    use RefusalReason as R;
    for (kind, value, expected) in [
        (HoleKind::PathSegment, "*", Some(R::Wildcard)),
        (HoleKind::PathSegment, "a*b", Some(R::Wildcard)),
        (HoleKind::PathSegment, "?", Some(R::Wildcard)),
        (HoleKind::PathSegment, "a/b", Some(R::Slash)),
        (HoleKind::PathSegment, "../x", Some(R::Slash)),
        (HoleKind::PathSegment, "..", Some(R::Dots)),
        (HoleKind::PathSegment, ".", Some(R::Dots)),
        (HoleKind::PathSegment, "a:b", Some(R::Colon)),
        (HoleKind::PathSegment, "", Some(R::Empty)),
        (HoleKind::PathSegment, "a\nb", Some(R::ControlCharacter)),
        (HoleKind::PathSegment, "a\u{202e}b", Some(R::ControlCharacter)),
        (HoleKind::PathSegment, "a\u{61c}b", Some(R::ControlCharacter)),
        (HoleKind::PathSegment, "a\u{3164}", Some(R::ControlCharacter)),
        (HoleKind::PathSegment, "a\u{e0041}", Some(R::ControlCharacter)),
        (HoleKind::PathSegment, "${x}", Some(R::Variable)),
        (HoleKind::PathSegment, &"x".repeat(256), Some(R::TooLong)),
        (HoleKind::PathSegment, "alice@example.com", None),
        (HoleKind::PathSegment, "你好 \"\\", None),
        (HoleKind::PathSegment, "...", None),
        (HoleKind::Path, "a/b.txt", None),
        (HoleKind::Path, "/a", Some(R::Slash)),
        (HoleKind::Path, "a//b", Some(R::Slash)),
        (HoleKind::Path, "a/", Some(R::Slash)),
        (HoleKind::Path, "a/../b", Some(R::Dots)),
        (HoleKind::Path, "a/*", Some(R::Wildcard)),
        (HoleKind::TagValue, "a/b:../c", None),
        (HoleKind::TagValue, "*", Some(R::Wildcard)),
        (HoleKind::AccountId, "123456789012", None),
        (HoleKind::AccountId, "12a", Some(R::Characters)),
        (HoleKind::AccountId, "１２", Some(R::Characters)),
        (HoleKind::RamName, "a.b-c_d@e", None),
        (HoleKind::RamName, "a/b", Some(R::Characters)),
        (HoleKind::RamName, "..", Some(R::Dots)),
        (HoleKind::BucketName, "my-bucket-1", None),
        (HoleKind::BucketName, "My-bucket", Some(R::Characters)),
        (HoleKind::BucketName, "b/", Some(R::Characters)),
        (HoleKind::BucketName, "-bb", Some(R::Characters)),
        (HoleKind::Address, "192.0.2.1", None),
        (HoleKind::Address, "2001:db8::1", None),
        (HoleKind::Address, "0.0.0.0/0", Some(R::NotAnAddress)),
        (HoleKind::Date, "2030-01-01T00:00:00Z", None),
        (HoleKind::Date, "tomorrow", Some(R::NotADate)),
        (HoleKind::Number, "12.5", None),
        (HoleKind::Number, "1e9999", Some(R::NotANumber)),
    ] {
        assert_eq!(kind.check(value).err(), expected, "{kind:?} {value:?}");
    }
    let error = uploads().fill([("user_id", "Canary*")]).unwrap_err();
    assert!(!format!("{error:?} {error}").contains("Canary"), "{error:?}");
}

#[test]
fn every_value_is_told() {
    let template = Template::new(
        &with_resource("acs:oss:*:${account}:${bucket}/${user}/x"),
        [("account", HoleKind::AccountId), ("bucket", HoleKind::BucketName), ("user", HoleKind::PathSegment)],
    )
    .unwrap();
    let error = template.fill([("account", "x"), ("usr", "a"), ("bucket", "*")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the value for `account` is refused: it holds characters that such names do not have; \
         there is a value for `usr`, which is no hole of the template; \
         the value for `bucket` is refused: it holds `*` or `?`, which would be a pattern; \
         there is no value for `user`"
    );
    let error =
        template.fill([("account", "1"), ("account", "2"), ("bucket", "bbb"), ("user", "u")]).unwrap_err();
    assert_eq!(error.refusals()[0].reason(), RefusalReason::Twice);
    let policy = template.fill([("user", "u"), ("account", "1"), ("bucket", "bbb")]).unwrap();
    assert_eq!(policy.as_json(), with_resource("acs:oss:*:1:bbb/u/x"));
}

#[test]
fn holes_stand_where_their_kind_may() {
    let with = |member: &str| {
        format!(r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"a:b",{member}}}]}}"#)
    };
    for (text, kind, allowed) in [
        (with(r#""Resource":"x/${h}/*""#), HoleKind::Path, true),
        (with(r#""Resource":"x/${h}""#), HoleKind::TagValue, false),
        (with(r#""Resource":"x/${h}""#), HoleKind::Address, false),
        (with(r#""Resource":"x/${h}*""#), HoleKind::PathSegment, false),
        // The user `a` would reach what is the user `a-b`'s.
        (with(r#""Resource":"x/${h}-*""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/*-${h}/y""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/${h}.tmp/*""#), HoleKind::PathSegment, true),
        (with(r#""Resource":"*:x/${h}""#), HoleKind::PathSegment, true),
        // With the value `{b}` a variable would come of it.
        (with(r#""Resource":"x/$${h}""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/*${h}""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/${h}?""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/${h""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x/${other}/${h}""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x""#), HoleKind::PathSegment, false),
        (with(r#""Resource":"x","Sid":"${h}""#), HoleKind::PathSegment, false),
        (with(r#""Principal":{"RAM":["acs:ram::${h}:root"]}"#), HoleKind::AccountId, true),
        (with(r#""Principal":["${h}"]"#), HoleKind::AccountId, true),
        (with(r#""Principal":["${h}"]"#), HoleKind::PathSegment, false),
        (with(r#""Condition":{"StringLike":{"oss:Prefix":["u/${h}/*"]}}"#), HoleKind::PathSegment, true),
        (with(r#""Condition":{"StringEquals":{"acs:ResourceTag/team":"${h}"}}"#), HoleKind::TagValue, true),
        (with(r#""Condition":{"StringEquals":{"acs:ResourceTag/${h}":"x"}}"#), HoleKind::TagValue, false),
        (with(r#""Condition":{"IpAddress":{"acs:SourceIp":"${h}"}}"#), HoleKind::Address, true),
        (with(r#""Condition":{"IpAddress":{"acs:SourceIp":"${h}"}}"#), HoleKind::TagValue, false),
        (with(r#""Condition":{"DateLessThan":{"acs:CurrentTime":"${h}"}}"#), HoleKind::Date, true),
        (with(r#""Condition":{"DateLessThan":{"acs:CurrentTime":"${h}"}}"#), HoleKind::TagValue, false),
        (with(r#""Condition":{"NumericLessThan":{"k":"${h}"}}"#), HoleKind::Number, true),
        (with(r#""Condition":{"Bool":{"k":"${h}"}}"#), HoleKind::TagValue, false),
    ] {
        assert_eq!(Template::new(&text, [("h", kind)]).is_ok(), allowed, "{text} {kind:?}");
    }
    let action = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:${h}"}]}"#;
    assert!(matches!(Template::new(action, [("h", HoleKind::RamName)]), Err(TemplateError::Hole(_))));
    assert!(matches!(Template::new("{}", [("h", HoleKind::RamName)]), Err(TemplateError::NotAPolicy(_))));
    let text = with_resource("${h}");
    assert!(Template::new(&text, [("h", HoleKind::Path), ("h", HoleKind::Path)]).is_err());
}

/// Whether a resource is what the template means with this value, told without any code for policies: the template's own
/// stars are tried out, everything else is compared.
fn meant(template: &[Option<&str>], resource: &str) -> bool {
    match template {
        [] => resource.is_empty(),
        [None, rest @ ..] => {
            (0..=resource.len()).any(|at| resource.get(at..).is_some_and(|tail| meant(rest, tail)))
        }
        [Some(text), rest @ ..] => resource.strip_prefix(text).is_some_and(|tail| meant(rest, tail)),
    }
}

/// Text that is likely to be wrong.
fn outside_text() -> impl Strategy<Value = String> {
    let letters = prop::sample::select(vec![
        "*", "?", "/", "..", ".", ":", "$", "{", "}", "\"", "\\", "a", "b", "你", "\n", " ",
    ]);
    prop_oneof![
        prop::collection::vec(letters, 0..6).prop_map(|letters| letters.concat()),
        ".{0,8}",
        "[ab]{1,2}"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn no_value_means_more_than_itself(value in outside_text(), other in outside_text(), file in outside_text(), same in any::<bool>()) {
        let Ok(policy) = uploads().fill([("user_id", &value)]) else { return Ok(()) };
        // What was filled in comes through the text as it was.
        let policy: Policy = policy.as_json().parse().unwrap();
        let user = if same { &value } else { &other };
        let resource = format!("acs:oss:cn-hangzhou:1:my-bucket/uploads/{user}/{file}");
        let context = Context::new();
        let decision = policy.compile().decide(&Request::new("oss:PutObject", &resource, &context)).decision();
        let template = [Some("acs:oss:"), None, Some(":"), None, Some(":my-bucket/uploads/"), Some(&value), Some("/"), None];
        prop_assert_eq!(decision == Decision::Allow, meant(&template, &resource), "{} {}", policy.as_json(), resource);
    }

    #[test]
    fn no_value_of_a_condition_means_more_than_itself(value in outside_text(), given in outside_text(), same in any::<bool>(), like in any::<bool>()) {
        let operator = if like { "StringLike" } else { "StringEqualsIgnoreCase" };
        let text = format!(r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{{"{operator}":{{"k":["${{v}}"]}}}}}}]}}"#);
        let template = Template::new(&text, [("v", HoleKind::TagValue)]).unwrap();
        let Ok(policy) = template.fill([("v", &value)]) else { return Ok(()) };
        let given = if same { &value } else { &given };
        let context = Context::new().with("k", given);
        let decision = policy.compile().decide(&Request::new("a:b", "x", &context)).decision();
        let equal = if like { value == *given } else { value.eq_ignore_ascii_case(given) };
        // Which characters are the same but for case is decided elsewhere; here, that no others are.
        if equal || value.is_ascii() {
            prop_assert_eq!(decision == Decision::Allow, equal, "{:?} {:?}", value, given);
        }
    }
}
