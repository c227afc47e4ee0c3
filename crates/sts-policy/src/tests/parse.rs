//! What is read, and what it is told to be.

use super::documents::VALID;
use crate::{
    ActionElement, Comparison, Document, Effect, Location, Policy, Principal, PrincipalKind, ResourceElement,
    SetPrefix,
};

#[test]
fn printing_gives_back_what_was_read() {
    for text in VALID {
        let policy = Policy::parse(text).unwrap();
        assert_eq!(policy.as_json(), text);
        let pretty = policy.to_json_pretty();
        assert!(pretty.lines().count() > 5, "{pretty}");
        let again = Policy::parse(&pretty).unwrap();
        assert_eq!(again, policy, "{pretty}");
        // The text that the model prints by itself says the same.
        let statement_first = text.starts_with("{\"Statement");
        let printed = Policy::from_statements(policy.statements().to_vec(), statement_first);
        assert_eq!(Policy::parse(printed.as_json()).unwrap().statements(), policy.statements());
        if !text.contains('\\') {
            assert_eq!(printed.as_json(), text);
        }
    }
}

#[test]
fn pretty_is_as_serde_json_prints() {
    for text in VALID {
        // Order is lost in a tree of serde_json, so one member at a time is compared: each line must be there.
        let policy = Policy::parse(text).unwrap();
        let ours: serde_json::Value = serde_json::from_str(&policy.to_json_pretty()).unwrap();
        assert_eq!(ours, serde_json::from_str::<serde_json::Value>(text).unwrap());
    }
    let policy = Policy::parse(VALID[7]).unwrap();
    assert_eq!(
        policy.to_json_pretty(),
        r#"{
  "Version": "1",
  "Statement": [
    {
      "Effect": "Deny",
      "Principal": [],
      "Action": [
        "oss:*"
      ],
      "Resource": [
        "acs:oss:*:1:b"
      ]
    }
  ]
}"#
    );
}

#[test]
fn the_model_is_what_was_written() {
    let policy = Policy::parse(VALID[4]).unwrap();
    let [statement] = policy.statements() else { panic!("one statement") };
    let Some(Principal::Typed(principals)) = statement.principal() else { panic!("an object") };
    assert_eq!(principals[0].kind(), PrincipalKind::Ram);
    assert_eq!(
        principals[0].values().as_slice(),
        ["acs:ram::123456789012:root", "acs:ram::123456789012:user/eve"]
    );
    assert_eq!((principals[1].kind(), principals[1].values().is_array()), (PrincipalKind::Service, false));
    assert!(statement.resource().is_none());

    let policy = Policy::parse(VALID[11]).unwrap();
    let [allow, deny] = policy.statements() else { panic!("two statements") };
    assert_eq!((allow.effect(), deny.effect()), (Effect::Allow, Effect::Deny));
    let conditions: Vec<_> =
        allow.conditions().iter().map(|c| (c.operator().comparison(), c.key(), c.values().len())).collect();
    assert_eq!(
        conditions,
        [
            (Comparison::StringLike, "oss:Prefix", 2),
            (Comparison::NumericLessThanEquals, "kms:RecoveryWindowInDays", 1),
            (Comparison::DateLessThan, "acs:CurrentTime", 1),
            (Comparison::IpAddress, "acs:SourceIp", 2),
        ]
    );
    assert_eq!(allow.conditions()[0].values().as_slice(), ["", "docs/*"]);
    assert!(!deny.has_condition_member());

    let policy = Policy::parse(VALID[3]).unwrap();
    assert!(matches!(policy.statements()[0].resource(), Some(ResourceElement::NotResource(_))));
    let policy = Policy::parse(VALID[2]).unwrap();
    assert!(matches!(policy.statements()[0].action(), ActionElement::NotAction(_)));
    let policy = Policy::parse(VALID[9]).unwrap();
    assert_eq!(policy.statements()[0].sid(), Some("kms policy"));
    assert!(policy.statements()[0].has_condition_member() && policy.statements()[0].conditions().is_empty());
    let policy = Policy::parse(VALID[10]).unwrap();
    let operator = policy.statements()[0].conditions()[0].operator();
    assert_eq!(
        (operator.prefix(), operator.comparison()),
        (Some(SetPrefix::ForAllValues), Comparison::StringEquals)
    );
    let policy = Policy::parse(VALID[12]).unwrap();
    assert_eq!(policy.statements()[0].resource().unwrap().patterns().as_slice(), ["acs:oss:*:*:b/你😀\"\\"]);
}

#[test]
fn everything_is_found_in_the_text() {
    let text = r#"{
  "Version": "1",
  "Statement": [
    { "Effect": "Allow", "Principal": { "RAM": "r", "Service": ["s", "t"] },
      "Action": ["ü:a", "b"], "Resource": "c",
      "Condition": { "Bool": { "k": "true" }, "IpAddress": { "acs:SourceIp": ["1.1.1.1", "2.2.2.2"], "l": "3.3.3.3" } },
      "Sid": "x" }
  ]
}"#;
    let document = Document::parse(text);
    assert!(document.findings().is_empty(), "{:?}", document.findings());
    for (location, meant, line, column, path) in [
        (Location::Version, "\"1\"", 2, 14, "$.Version"),
        (Location::Effect(0), "\"Allow\"", 4, 17, "$.Statement[0].Effect"),
        (Location::PrincipalValue(0, 0, 0), "\"r\"", 4, 48, "$.Statement[0].Principal.RAM"),
        (Location::PrincipalValue(0, 1, 1), "\"t\"", 4, 70, "$.Statement[0].Principal.Service[1]"),
        (Location::Actions(0), "[\"ü:a\", \"b\"]", 5, 17, "$.Statement[0].Action"),
        (Location::Action(0, 1), "\"b\"", 5, 25, "$.Statement[0].Action[1]"),
        (Location::Resource(0, 0), "\"c\"", 5, 43, "$.Statement[0].Resource"),
        (Location::Operator(0, 1), "\"IpAddress\"", 6, 47, "$.Statement[0].Condition.IpAddress"),
        (Location::Operator(0, 2), "\"IpAddress\"", 6, 47, "$.Statement[0].Condition.IpAddress"),
        (
            Location::Key(0, 1),
            "\"acs:SourceIp\"",
            6,
            62,
            "$.Statement[0].Condition.IpAddress['acs:SourceIp']",
        ),
        (
            Location::Value(0, 1, 1),
            "\"2.2.2.2\"",
            6,
            90,
            "$.Statement[0].Condition.IpAddress['acs:SourceIp'][1]",
        ),
        (Location::Value(0, 2, 0), "\"3.3.3.3\"", 6, 107, "$.Statement[0].Condition.IpAddress.l"),
        (Location::Sid(0), "\"x\"", 7, 14, "$.Statement[0].Sid"),
        (Location::Policy, text, 1, 1, "$"),
    ] {
        let place = document.place(location).unwrap_or_else(|| panic!("{location:?}"));
        assert_eq!(text.get(place.span()), Some(meant), "{location:?}");
        assert_eq!((place.line(), place.column(), place.path()), (line, column, path), "{location:?}");
    }
    for nowhere in [
        Location::Statement(1),
        Location::Action(0, 2),
        Location::Resource(0, 1),
        Location::Value(0, 0, 1),
        Location::Key(0, 3),
        Location::PrincipalValue(0, 1, 2),
    ] {
        assert_eq!(document.place(nowhere), None, "{nowhere:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_told_with_their_place() {
    let mut bytes = VALID[0].as_bytes().to_vec();
    bytes.splice(60..60, *b"\xd6\xd0");
    let document = Document::parse_bytes(&bytes);
    let [finding] = document.findings() else { panic!("one finding") };
    assert_eq!((finding.code(), finding.place().span().start), ("json-not-utf8", 60));
    assert_eq!(Some(document.text()), VALID[0].get(..60));
    assert!(document.into_policy().is_err());
    assert!(Document::parse_bytes(VALID[0].as_bytes()).into_policy().is_ok());
}

#[test]
fn errors_are_one_line_and_show_no_value() {
    let text = r#"{"Version":"1","Statement":[{"Effect":"CanaryEffect","Action":[],"Resource":"CanaryResource","Condition":{"StringLike":{"acs:Canary":5}}},]}"#;
    let error = Policy::parse(text).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a valid policy: the effect is `Allow` or `Deny`, to the letter (`$.Statement[0].Effect`, line 1, column 39), and 3 more"
    );
    assert_eq!(
        error.findings().iter().map(crate::Finding::code).collect::<Vec<_>>(),
        ["effect-value", "empty-element", "value-type", "json-trailing-comma"]
    );
    assert!(!format!("{error:?}").contains("CanaryE") && !format!("{error:?}").contains("CanaryR"));
}
