//! What must hold for any text.

use crate::{Context, Decision, Document, Policy, PolicyKind, Request};
use proptest::prelude::*;

/// Small pieces, so that patterns meet.
fn pattern() -> impl Strategy<Value = String> {
    "[ab*?]{1,3}"
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(values).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = String> {
    let operator = one_of(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringNotLike",
        "StringEqualsIgnoreCase",
        "NumericLessThan",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
        "NumericLessThanEquals",
        "NumericEquals",
        "NumericNotEquals",
        "IpAddress",
        "NotIpAddress",
        "Bool",
    ]);
    let value = one_of(&[
        "a",
        "A",
        "ab",
        "*",
        "a*",
        "?",
        "1",
        "2",
        "2.0",
        "3",
        "10.0.0.1",
        "10.0.0.0/8",
        "10.1.0.0/16",
        "true",
    ]);
    let entry = (operator, one_of(&["x:k", "x:l"]), proptest::collection::vec(value, 1..3));
    proptest::collection::vec(entry, 0..4).prop_map(|entries| {
        let mut seen = std::collections::BTreeMap::new();
        for (operator, key, values) in entries {
            seen.entry(operator).or_insert_with(Vec::new).push((key, values));
        }
        let operators = seen.into_iter().map(|(operator, mut keys)| {
            keys.dedup_by(|one, other| one.0 == other.0);
            keys.truncate(1);
            let keys: Vec<String> = keys.iter().map(|(key, values)| format!("{key:?}:{values:?}")).collect();
            format!("{operator:?}:{{{}}}", keys.join(","))
        });
        format!("{{{}}}", operators.collect::<Vec<_>>().join(","))
    })
}

fn statement() -> impl Strategy<Value = String> {
    (one_of(&["Allow", "Deny"]), pattern(), pattern(), condition()).prop_map(|(effect, action, resource, condition)| {
        format!(r#"{{"Effect":"{effect}","Action":"s:{action}","Resource":"{resource}","Condition":{condition}}}"#)
    })
}

fn context() -> impl Strategy<Value = Context> {
    let value = || {
        proptest::option::of(one_of(&[
            "a", "A", "ab", "1", "2", "2.5", "3", "10.0.0.1", "10.1.2.3", "true", "false",
        ]))
    };
    (value(), value()).prop_map(|(k, l)| {
        let mut context = Context::new();
        for (key, value) in [("x:k", k), ("x:l", l)] {
            if let Some(value) = value {
                context = context.with(key, &value);
            }
        }
        context
    })
}

/// A policy of some of the statements of another.
fn policy_of(statements: &[String]) -> Policy {
    format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(",")).parse().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    /// What is said to be dead, is: `decide`, which knows nothing of the checker, never uses it.
    #[test]
    fn dead_statements_are_dead(
        statements in proptest::collection::vec(statement(), 1..4),
        requests in proptest::collection::vec(("[ab]{0,3}", "[ab]{0,3}", context()), 24),
    ) {
        let text = format!(r#"{{"Version":"1","Statement":[{}]}}"#, statements.join(","));
        let report = Document::parse(&text).check(PolicyKind::Control);
        let whole = policy_of(&statements).compile();
        for finding in report.findings() {
            let path = finding.place().path();
            let index: usize = path.strip_prefix("$.Statement[").and_then(|rest| rest.split(']').next()).unwrap_or("0").parse().unwrap();
            let alone = policy_of(&statements[index..=index]).compile();
            let mut others = statements.clone();
            others.remove(index);
            let others = (!others.is_empty()).then(|| policy_of(&others).compile());
            for (action, resource, context) in &requests {
                let action = format!("s:{action}");
                let request = Request::new(&action, resource, context);
                match finding.code() {
                    "condition-contradiction" => {
                        prop_assert_eq!(alone.decide(&request).decision(), Decision::ImplicitDeny, "{}", text);
                    }
                    "allow-shadowed" if alone.decide(&request).decision() == Decision::Allow => {
                        prop_assert_eq!(whole.decide(&request).decision(), Decision::ExplicitDeny, "{}", text);
                    }
                    "statement-covered" => {
                        let without = others.as_ref().unwrap().decide(&request).decision();
                        prop_assert_eq!(whole.decide(&request).decision(), without, "{}", text);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,80}|[\\[\\]{}:,\"a-zA-Z*?0-9 \\\\]{0,120}") {
        for kind in PolicyKind::ALL {
            let report = Document::parse(&text).check(*kind);
            for finding in report.findings() {
                prop_assert!(text.get(finding.place().span()).is_some());
            }
            let _ = report.fixed();
        }
    }

    /// Any strings in the places of names and values.
    #[test]
    fn any_strings_are_answered(
        strings in proptest::collection::vec("\\PC{0,12}|(acs|oss|ram|sts):[A-Za-z*?/: ]{0,16}|acs:oss:\\*:\\*:[a-z*/]{1,12}", 6),
        operator in proptest::sample::select(crate::Comparison::ALL),
    ) {
        let quoted: Vec<String> = strings.iter().map(|text| serde_json::to_string(text).unwrap()).collect();
        let text = format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Allow","Principal":[{}],"Action":[{},"oss:List*"],"Resource":[{},{}],"Condition":{{"{}":{{{}:{}}}}}}}]}}"#,
            quoted[0], quoted[1], quoted[2], quoted[3], operator.as_str(), quoted[4], quoted[5],
        );
        for kind in PolicyKind::ALL {
            let report = Document::parse(&text).check(*kind);
            for finding in report.findings() {
                prop_assert!(text.get(finding.place().span()).is_some());
                prop_assert!(!finding.message().contains('\n'));
            }
            let fixed = report.fixed();
            let again = Document::parse(&fixed);
            prop_assert!(report.has_errors() || !again.has_errors(), "{} became {}", text, fixed);
        }
    }
}

/// Texts that are made to take long: see the bounds of work in `check.rs`. A test that takes minutes has failed.
#[test]
fn hostile_policies_are_answered() {
    // Patterns that are compared with one another, the long way round.
    let one = |resource: &str| format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":"{resource}"}}"#);
    let (pattern, text) = (one(&format!("*a?{}b*", "a".repeat(60_000))), one(&"a".repeat(180_000)));
    for two in [format!("{pattern},{text}"), format!("{text},{pattern}")] {
        let text = format!(r#"{{"Version":"1","Statement":[{two}]}}"#);
        assert!(!Document::parse(&text).check(PolicyKind::Control).has_errors());
    }
    let policy = |statements: &str| format!(r#"{{"Version":"1","Statement":[{statements}]}}"#);
    let list = |one: &str, count: usize| vec![format!("{one:?}"); count].join(",");
    let allow = |actions: &str, resources: &str| {
        policy(&format!(r#"{{"Effect":"Allow","Action":[{actions}],"Resource":[{resources}]}}"#))
    };
    for text in [
        policy(&vec![r#"{"Effect":"Allow","Action":"oss:?*","Resource":"a"}"#; 4_500].join(",")),
        allow(&list("oss:G*t?b*e*c*t", 12_000), &list("acs:oss:*:*:b/*", 2)),
        allow(&list("oss:GetObjct", 15_000), &list("acs:oss:*:*:b/*", 2)),
        allow(&list("oss:GetObject", 7_000), &list("acs:oss:*:*:b", 6_000)),
        allow(&list("ram:PassRole", 8_000), &list("acs:ram:*:*:x*z", 6_000)),
        allow(&list("a:b", 1), &list(&"**a".repeat(80_000), 1)),
    ] {
        for kind in [PolicyKind::Identity, PolicyKind::Bucket] {
            let report = Document::parse(&text).check(kind);
            assert!(report.findings().len() <= 2 * Document::MOST_FINDINGS);
        }
    }
}
