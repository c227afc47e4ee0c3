//! Random policies and requests. `POLICY_DECISIONS=1000000 cargo nextest run --release -p ali-sts-tests random` makes more of them.

use ali_sts_tests::fuzz::naive::{self, Question, Readings};
use ali_sts_tests::fuzz::policy_decide::options;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use sts_policy::decide::Layers;
use sts_policy::{Comparison, Context, Decision, Policy, Request};

/// Requests that each random policy gets.
const REQUESTS: u32 = 4;

/// Enough cases for so many decisions: 10,000 unless the environment says otherwise, or a share of that.
fn config(share: u32) -> ProptestConfig {
    let decisions =
        std::env::var("POLICY_DECISIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(10_000);
    // A failure is printed with its smallest case; nothing is to be written beside the sources.
    ProptestConfig { cases: decisions / share, failure_persistence: None, ..ProptestConfig::default() }
}

const KEYS: [&str; 7] = [
    "acs:SourceIp",
    "acs:CurrentTime",
    "kms:Days",
    "acs:MFAPresent",
    "oss:Prefix",
    "acs:SourceVpc",
    "acs:sourceVpc",
];

/// What requests and policies both have, of every type, and things that are none.
const VALUES: [&str; 30] = [
    "",
    "a",
    "A",
    "É",
    "é",
    "*",
    "?",
    "a*",
    "dir/",
    "dir/*",
    "vpc-1",
    "VPC-1",
    "true",
    "False",
    "10",
    "9",
    "9.5",
    "-3",
    "010.00",
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.1/8",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "2001:db8::/32",
    "192.168.0.0/33",
    "2026-01-01T00:00:00Z",
    "2026-01-01T08:00:00+08:00",
    "2025-12-31T23:59:59.5Z",
    "2026-01-01",
];

const PRINCIPALS: [&str; 9] = [
    "1",
    "2",
    "acs:ram::1:root",
    "acs:ram::1:user/u",
    "acs:ram::1:role/r",
    "acs:ram::1:assumed-role/r/s",
    "arn:sts::2:assumed-role/r/s",
    "acs:ram::1:saml-provider/p",
    "ecs.aliyuncs.com",
];

fn resource(is_pattern: bool) -> impl Strategy<Value = String> {
    let wild = if is_pattern { vec!["*", "?", "**"] } else { vec!["*"] };
    let or_wild = move |others: &[&'static str]| select([others, &wild].concat());
    let parts = (
        or_wild(&["oss", "oss", "oss", "ecs"]),
        or_wild(&["", "cn-a", "cn-a"]),
        or_wild(&["1", "1", "2"]),
        or_wild(&["bucket-one", "bucket-one", "bucket-two", "b"]),
        select(if is_pattern {
            vec!["", "/*", "/directory/*", "*", "/d*y/?", "*/é", "/directory-number-two/*.txt", "/*b:*"]
        } else {
            vec!["", "/", "/directory/a", "/directory/b", "/é", "/directory-number-two/a.txt", "/a:b:c"]
        }),
    );
    let arn = parts.prop_map(|(service, region, account, bucket, path)| {
        format!("acs:{service}:{region}:{account}:{bucket}{path}")
    });
    let odd = if is_pattern {
        vec!["*", "acs:oss:*", "*bucket-one*", "?", "acs:*:bucket-one"]
    } else {
        vec!["", "*", "a:b"]
    };
    prop_oneof![9 => arn, 1 => select(odd).prop_map(str::to_owned)]
}

const ACTIONS: [&str; 5] =
    ["oss:GetObject", "oss:PutObject", "OSS:getobject", "ecs:StopInstance", "oss:ListObjects"];
const ACTION_PATTERNS: [&str; 11] = [
    "oss:GetObject",
    "oss:PutObject",
    "OSS:getobject",
    "ecs:StopInstance",
    "oss:listObjects",
    "*",
    "oss:*",
    "oss:Get*",
    "*:*Object",
    "oss:?etObject",
    "ecs:stop*",
];

/// One string or an array of some, as both mean the same.
fn one_or_many(one: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = Value> {
    prop_oneof![one.clone().prop_map(Value::from), vec(one, 1..4).prop_map(Value::from)]
}

fn principal() -> impl Strategy<Value = Value> {
    let names = || select(PRINCIPALS.to_vec());
    let kinds = select(vec!["RAM", "Service", "Federated"]);
    let patterns = select([&PRINCIPALS[..], &["*", "arn:sts::1:assumed-role/r/*", "acs:ram::1:*"]].concat());
    prop_oneof![
        Just(json!("*")),
        Just(json!(["*"])),
        Just(json!([])),
        vec(patterns.clone(), 1..3).prop_map(|names| json!(names)),
        (kinds, vec(patterns, 1..3)).prop_map(|(kind, names)| json!({ kind: names })),
        (names(), names()).prop_map(|(one, other)| json!({ "RAM": one, "Service": [other] })),
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let operators: Vec<&str> = Comparison::ALL.iter().map(|comparison| comparison.as_str()).collect();
    let operator = (select(vec!["", "", "", "", "ForAllValues:", "ForAnyValue:"]), select(operators));
    let values = one_or_many(select(VALUES.to_vec()).prop_map(str::to_owned));
    let keys = vec((select(KEYS.to_vec()), values), 1..3);
    vec((operator, keys), 0..3).prop_map(|operators| {
        let mut block = Map::new();
        for ((prefix, operator), keys) in operators {
            let keys = keys.into_iter().map(|(key, values)| (key.to_owned(), values)).collect::<Map<_, _>>();
            block.insert(format!("{prefix}{operator}"), Value::Object(keys));
        }
        Value::Object(block)
    })
}

fn statement(effect: &'static str) -> impl Strategy<Value = Value> {
    let actions = one_or_many(select(ACTION_PATTERNS.to_vec()).prop_map(str::to_owned));
    let action = (prop_oneof![6 => Just("Action"), 1 => Just("NotAction")], actions);
    let resource_member = prop_oneof![12 => Just("Resource"), 1 => Just("NotResource"), 1 => Just("")];
    let resources = (resource_member, one_or_many(resource(true).boxed()));
    (action, resources, option::weighted(0.15, principal()), option::weighted(0.3, condition())).prop_map(
        move |((action_member, actions), (resource_member, resources), principal, condition)| {
            let mut statement = json!({ "Effect": effect, action_member: actions });
            if !resource_member.is_empty() {
                statement[resource_member] = resources;
            }
            if let Some(principal) = principal {
                statement["Principal"] = principal;
            }
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn policy(statements: std::ops::Range<usize>) -> impl Strategy<Value = Value> {
    // Few enough denials that requests are allowed, too.
    let statement = prop_oneof![1 => statement("Deny"), 5 => statement("Allow")];
    vec(statement, statements).prop_map(|statements| json!({ "Version": "1", "Statement": statements }))
}

fn question() -> impl Strategy<Value = Question> {
    let values = vec(select(VALUES.to_vec()).prop_map(str::to_owned), 1..3);
    let context = vec(option::weighted(0.6, values), KEYS.len());
    (select(ACTIONS.to_vec()), resource(false), context, option::of(select(PRINCIPALS.to_vec()))).prop_map(
        |(action, resource, context, principal)| Question {
            action: action.to_owned(),
            resource,
            context: KEYS
                .iter()
                .zip(context)
                .filter_map(|(key, values)| values.map(|values| ((*key).to_owned(), values)))
                .collect(),
            principal: principal.map(str::to_owned),
        },
    )
}

fn readings() -> impl Strategy<Value = Readings> {
    any::<[bool; 5]>().prop_map(|[star, negated, for_all, owner, doubtful]| Readings {
        star_crosses_colons: star,
        negated_met_on_absent: negated,
        for_all_met_on_absent: for_all,
        owner_exempt: owner,
        doubtful_values: doubtful,
    })
}

fn parse(policy: &Value) -> Policy {
    policy.to_string().parse().unwrap_or_else(|error| panic!("{error}\n{policy}"))
}

fn ask<T>(question: &Question, ask: impl FnOnce(&Request<'_>) -> T) -> T {
    let mut context = Context::new();
    for (key, values) in &question.context {
        values.iter().for_each(|value| context.insert(key, value));
    }
    let request = Request::new(&question.action, &question.resource, &context);
    match &question.principal {
        Some(principal) => ask(&request.principal(principal)),
        None => ask(&request),
    }
}

proptest! {
    #![proptest_config(config(REQUESTS))]

    #[test]
    fn compiled_and_naive_agree(
        policy in policy(1..24), questions in vec(question(), REQUESTS as usize), readings in readings(),
    ) {
        let compiled = parse(&policy).compile_with(options(readings));
        for question in &questions {
            let verdict = ask(question, |request| compiled.decide(request));
            let expected = naive::decide(&policy, question, readings);
            prop_assert_eq!((verdict.decision().as_str(), verdict.statement()), expected, "{:?}", question);
        }
    }
}

proptest! {
    #![proptest_config(config(10))]

    #[test]
    fn a_trace_tells_of_each_statement_whether_it_applies(
        policy in policy(1..4), question in question(), readings in readings(),
    ) {
        let trace = ask(&question, |request| parse(&policy).compile_with(options(readings)).explain(request));
        for (at, statement) in trace.statements().iter().enumerate() {
            let applies = naive::applies(&policy["Statement"][at], &question, readings);
            prop_assert_eq!(statement.applies(), applies, "{}", trace);
        }
        prop_assert_eq!(trace.verdict().decision().as_str(), naive::decide(&policy, &question, readings).0);
    }

    #[test]
    fn another_denial_allows_nothing(
        policy in policy(1..8), denial in statement("Deny"), at in any::<prop::sample::Index>(), question in question(),
    ) {
        let before = ask(&question, |request| parse(&policy).compile().decide(request).decision());
        let mut denied = policy;
        let statements = denied["Statement"].as_array_mut().unwrap();
        statements.insert(at.index(statements.len() + 1), denial);
        let after = ask(&question, |request| parse(&denied).compile().decide(request).decision());
        prop_assert!(before == after || after == Decision::ExplicitDeny, "{} {}", before, after);
    }

    #[test]
    fn a_session_is_allowed_what_role_and_session_policy_allow(
        role in policy(1..6), session in policy(1..6), question in question(),
    ) {
        let (role, session) = (parse(&role).compile(), parse(&session).compile());
        let both = ask(&question, |request| Layers::new().identity([&role]).session(&session).decide(request));
        let each = [&role, &session].map(|policy| ask(&question, |request| policy.decide(request)).decision());
        prop_assert_eq!(both.decision() == Decision::Allow, each == [Decision::Allow; 2]);
    }
}

/// Whether the generators make what the tests above are about: without it they could agree on nothing but silence.
#[test]
fn random_requests_get_every_answer() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for _ in 0..300 {
        let (policy, question) = (policy(1..24), question()).new_tree(&mut runner).unwrap().current();
        let readings = readings().new_tree(&mut runner).unwrap().current();
        *counts.entry(naive::decide(&policy, &question, readings).0).or_default() += 1;
    }
    for decision in ["Allow", "ExplicitDeny", "ImplicitDeny"] {
        assert!(counts.get(decision).is_some_and(|count| *count >= 30), "{counts:?}");
    }
}
