//! Decisions: policies and requests out of bytes, against the naive evaluator and against what must hold of any.

#![expect(clippy::panic, reason = "a fuzzer stops at what must not be")]

use super::choices::Choices;
use super::naive::{self, Question, Readings};
use serde_json::{Map, Value, json};
use sts_policy::decide::{AbsentKey, BucketOwner, Compiled, DoubtfulValue, Layers, Options, Star};
use sts_policy::{Comparison, Context, Decision, Policy, Request};

/// Makes policies and requests of the bytes; panics where the crate and the naive evaluator disagree, or where a layer more
/// allows more.
pub fn run(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let readings = readings(&mut choices);
    let (policy, other) = (policy(&mut choices, 9), policy(&mut choices, 3));
    let denial = statement(&mut choices, "Deny");
    let denied_at = choices.below(256);
    let (compiled, session) = (compile(&policy, readings), compile(&other, readings));
    let denied = compile(&with(&policy, &denial, denied_at), readings);
    for _ in 0..=choices.below(4) {
        let question = question(&mut choices);
        let context = context(&question);
        let request = request(&question, &context);
        let decision = agreed(&policy, &compiled, &question, &request, readings);

        let after = denied.decide(&request).decision();
        assert!(after == decision || after == Decision::ExplicitDeny, "{after} after {decision}");
        assert!(!naive::applies(&denial, &question, readings) || after == Decision::ExplicitDeny);

        let by_session = session.decide(&request).decision();
        assert_eq!(by_session.as_str(), naive::decide(&other, &question, readings).0);
        layers([&compiled, &session], [decision, by_session], &request);
    }
}

/// What both say.
fn agreed(
    policy: &Value,
    compiled: &Compiled,
    question: &Question,
    request: &Request<'_>,
    readings: Readings,
) -> Decision {
    let verdict = compiled.decide(request);
    let expected = naive::decide(policy, question, readings);
    let shown = || format!("{policy}\n{question:?}\n{readings:?}");
    assert_eq!((verdict.decision().as_str(), verdict.statement()), expected, "{}", shown());

    let trace = compiled.explain(request);
    assert_eq!(trace.verdict(), verdict);
    let statements = policy.get("Statement").and_then(Value::as_array).into_iter().flatten();
    for (traced, statement) in trace.statements().iter().zip(statements) {
        let applies = naive::applies(statement, question, readings);
        assert_eq!(traced.applies(), applies, "{trace}\n{}", shown());
        assert_eq!(traced.mismatches().is_empty(), applies, "{trace}\n{}", shown());
    }
    verdict.decision()
}

/// Of two policies in two layers, by the rules of each pair.
fn layers([one, other]: [&Compiled; 2], decisions: [Decision; 2], request: &Request<'_>) {
    use Decision::{Allow, ExplicitDeny};
    let both = decisions == [Allow; 2];
    let decided = |layers: Layers<'_>| layers.decide(request).decision();
    let new = Layers::new;
    for must_allow in [
        new().identity([one]).session(other),
        new().identity([one]).control_level([other]),
        new().identity([one]).vpc_endpoint([other]),
        new().identity([one]).access_point([other]),
        new().identity([one]).trust(other),
        new().trust(one).session(other),
    ] {
        assert_eq!(decided(must_allow) == Allow, both, "{decisions:?}");
    }
    // As if they were one.
    let merged = match decisions {
        _ if decisions.contains(&ExplicitDeny) => ExplicitDeny,
        _ if decisions.contains(&Allow) => Allow,
        _ => Decision::ImplicitDeny,
    };
    assert_eq!(decided(new().identity([one, other])), merged, "{decisions:?}");
    assert_eq!(decided(new().identity([one]).resource([other])), merged, "{decisions:?}");
    let [account, group] = decisions;
    let first_that_speaks = if account == Decision::ImplicitDeny { group } else { account };
    assert_eq!(decided(new().identity([one]).resource_group([other])), first_that_speaks, "{decisions:?}");
}

fn compile(policy: &Value, readings: Readings) -> Compiled {
    match policy.to_string().parse::<Policy>() {
        Ok(policy) => policy.compile_with(options(readings)),
        Err(error) => panic!("{error}: {policy}"),
    }
}

fn with(policy: &Value, statement: &Value, at: usize) -> Value {
    let mut policy = policy.clone();
    if let Some(statements) = policy.get_mut("Statement").and_then(Value::as_array_mut) {
        statements.insert(at % (statements.len() + 1), statement.clone());
    }
    policy
}

fn context(question: &Question) -> Context {
    let mut context = Context::new();
    for (key, values) in &question.context {
        values.iter().for_each(|value| context.insert(key, value));
    }
    context
}

fn request<'a>(question: &'a Question, context: &'a Context) -> Request<'a> {
    let request = Request::new(&question.action, &question.resource, context);
    match &question.principal {
        Some(principal) => request.principal(principal),
        None => request,
    }
}

/// The crate's name for the naive evaluator's readings.
#[must_use]
pub fn options(readings: Readings) -> Options {
    let met = |met| if met { AbsentKey::Met } else { AbsentKey::NotMet };
    let doubtful =
        if readings.doubtful_values { DoubtfulValue::Accepted } else { DoubtfulValue::FitsNothing };
    Options::new()
        .star(if readings.star_crosses_colons { Star::CrossesColons } else { Star::StaysInSegment })
        .negated_on_absent_key(met(readings.negated_met_on_absent))
        .for_all_values_on_absent_key(met(readings.for_all_met_on_absent))
        .bucket_owner(if readings.owner_exempt { BucketOwner::Exempt } else { BucketOwner::Included })
        .host_bits(doubtful)
        .ipv6_blocks(doubtful)
        .fractional_seconds(doubtful)
        .fractional_numbers(doubtful)
}

fn readings(choices: &mut Choices<'_>) -> Readings {
    let mut usual = || !choices.once_in(2);
    Readings {
        star_crosses_colons: usual(),
        negated_met_on_absent: usual(),
        for_all_met_on_absent: usual(),
        owner_exempt: !usual(),
        doubtful_values: usual(),
    }
}

fn policy(choices: &mut Choices<'_>, most: usize) -> Value {
    let count = 1 + choices.below(most);
    let statements = (0..count).map(|_| {
        let effect = choices.pick(&["Allow", "Allow", "Allow", "Deny"]);
        statement(choices, effect)
    });
    json!({ "Version": "1", "Statement": statements.collect::<Vec<_>>() })
}

fn statement(choices: &mut Choices<'_>, effect: &str) -> Value {
    let mut statement = Map::new();
    statement.insert("Effect".to_owned(), effect.into());
    let member = if choices.once_in(6) { "NotAction" } else { "Action" };
    statement.insert(member.to_owned(), one_or_many(choices, action_pattern));
    match choices.below(12) {
        10 => drop(statement.insert("NotResource".to_owned(), one_or_many(choices, resource_pattern))),
        11 => {}
        _ => drop(statement.insert("Resource".to_owned(), one_or_many(choices, resource_pattern))),
    }
    if choices.once_in(6) {
        statement.insert("Principal".to_owned(), principal(choices));
    }
    if choices.once_in(3) {
        statement.insert("Condition".to_owned(), conditions(choices));
    }
    Value::Object(statement)
}

fn one_or_many(choices: &mut Choices<'_>, one: fn(&mut Choices<'_>) -> String) -> Value {
    match choices.below(5) {
        0 | 1 => one(choices).into(),
        count => (1..count).map(|_| one(choices)).collect(),
    }
}

/// Up to so many letters. Few stars, since the naive evaluator tries out all ways to place them.
fn text(choices: &mut Choices<'_>, letters: &[&str], most: usize) -> String {
    let mut text = String::new();
    for _ in 0..choices.below(most + 1) {
        let letter = choices.pick(letters);
        if letter != "*" || text.matches('*').count() < 3 {
            text.push_str(letter);
        }
    }
    text
}

const ACTION_PATTERNS: [&str; 9] = [
    "oss:GetObject",
    "oss:Get*",
    "oss:*",
    "*",
    "OSS:getobject",
    "oss:PutObject",
    "*:*Object",
    "oss:?etObject",
    "ecs:stop*",
];
const ACTIONS: [&str; 5] =
    ["oss:GetObject", "oss:PutObject", "OSS:getobject", "ecs:StopInstance", "oss:ListObjects"];
const PATTERN_LETTERS: [&str; 8] = ["a", "*", "b", "?", "/", ":", "é", "A"];
const LETTERS: [&str; 7] = ["a", "b", "/", ":", "é", "A", "*"];

fn action_pattern(choices: &mut Choices<'_>) -> String {
    match choices.below(8) {
        7 => format!("oss:{}", text(choices, &PATTERN_LETTERS, 6)),
        _ => choices.pick(&ACTION_PATTERNS).to_owned(),
    }
}

fn resource_pattern(choices: &mut Choices<'_>) -> String {
    match choices.below(6) {
        5 => choices.pick(&["*", "acs:oss:*", "*bucket-one*", "?", "acs:*:bucket-one", "**"]).to_owned(),
        4 => format!("acs:oss:*:1:{}", text(choices, &PATTERN_LETTERS, 6)),
        _ => {
            let service = choices.pick(&["oss", "oss", "*", "ecs", "?ss"]);
            let region = choices.pick(&["*", "", "cn-a", "*", "cn-?"]);
            let account = choices.pick(&["*", "1", "2", "?"]);
            let bucket = choices.pick(&["bucket-one", "bucket-two", "b", "*", "bucket-*"]);
            let object = choices.pick(&[
                "/*",
                "",
                "/directory/*",
                "*",
                "/d*y/?",
                "*/é",
                "/directory-number-two/*.txt",
                "/*b:*",
            ]);
            format!("acs:{service}:{region}:{account}:{bucket}{object}")
        }
    }
}

fn resource(choices: &mut Choices<'_>) -> String {
    match choices.below(6) {
        5 => choices.pick(&["", "*", "a:b", "acs:oss", "acs:oss:cn-a:1"]).to_owned(),
        4 => format!("acs:oss:cn-a:1:{}", text(choices, &LETTERS, 8)),
        _ => {
            let service = choices.pick(&["oss", "oss", "ecs"]);
            let region = choices.pick(&["cn-a", "", "cn-b"]);
            let account = choices.pick(&["1", "2", ""]);
            let bucket = choices.pick(&["bucket-one", "bucket-two", "b"]);
            let object = choices.pick(&[
                "/directory/a",
                "",
                "/",
                "/directory/b",
                "/é",
                "/directory-number-two/a.txt",
                "/a:b:c",
            ]);
            format!("acs:{service}:{region}:{account}:{bucket}{object}")
        }
    }
}

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

fn principal(choices: &mut Choices<'_>) -> Value {
    fn name(choices: &mut Choices<'_>) -> String {
        match choices.below(4) {
            3 => choices.pick(&["*", "arn:sts::1:assumed-role/r/*", "acs:ram::1:*", "?"]).to_owned(),
            _ => choices.pick(&PRINCIPALS).to_owned(),
        }
    }
    match choices.below(6) {
        0 => json!(["*"]),
        1 => json!("*"),
        2 => json!([]),
        3 => (0..=choices.below(3)).map(|_| name(choices)).collect(),
        4 => json!({ choices.pick(&["RAM", "Service", "Federated"]): one_or_many(choices, name) }),
        _ => json!({ "RAM": one_or_many(choices, name), "Service": name(choices) }),
    }
}

const KEYS: [&str; 5] = ["acs:SourceIp", "acs:CurrentTime", "kms:Days", "oss:Prefix", "oss:prefix"];

fn conditions(choices: &mut Choices<'_>) -> Value {
    let mut block = Map::new();
    for _ in 0..choices.below(4) {
        let prefix = choices.pick(&["", "", "", "", "ForAllValues:", "ForAnyValue:"]);
        let operator = format!("{prefix}{}", choices.pick(Comparison::ALL).as_str());
        let keys: Map<_, _> = (0..=choices.below(2))
            .map(|_| (choices.pick(&KEYS).to_owned(), one_or_many(choices, value)))
            .collect();
        block.insert(operator, Value::Object(keys));
    }
    Value::Object(block)
}

/// Of each type, and things that are of none.
fn value(choices: &mut Choices<'_>) -> String {
    match choices.below(8) {
        0 => {
            choices.pick(&["a", "A", "dir/", "dir/*", "*", "", "é", "É", "true", "False", "FALSE"]).to_owned()
        }
        1 => text(choices, &PATTERN_LETTERS, 6),
        2 | 3 => number(choices),
        4 | 5 => address(choices),
        _ => date(choices),
    }
}

fn number(choices: &mut Choices<'_>) -> String {
    text(choices, &["1", "0", "9", "-", ".", "5", "+", "e", " "], 8)
}

fn address(choices: &mut Choices<'_>) -> String {
    if choices.once_in(3) {
        let address = choices.pick(&[
            "::1",
            "::",
            "2001:db8::",
            "2001:db8::1",
            "2001:DB8:0::1",
            "ffff::",
            "::ffff:10.0.0.1",
        ]);
        // A mapped address with a prefix is another matter, see `Block::parse`.
        let prefix = if address.contains('.') {
            ""
        } else {
            choices.pick(&["", "/0", "/1", "/32", "/33", "/127", "/128", "/129"])
        };
        return format!("{address}{prefix}");
    }
    let octets = [(); 4].map(|()| choices.pick(&["0", "10", "1", "127", "128", "255", "256", "01"]));
    let prefix = choices.pick(&["", "", "/0", "/1", "/8", "/9", "/31", "/32", "/33", "/08", "/"]);
    format!("{}{prefix}", octets.join("."))
}

fn date(choices: &mut Choices<'_>) -> String {
    let year = choices.pick(&["2026", "1969", "2000", "2024", "2100", "0000", "26"]);
    let month = choices.pick(&["01", "02", "12", "00", "13", "1"]);
    let day = choices.pick(&["01", "28", "29", "30", "31", "32", "00"]);
    let time = choices.pick(&["00:00:00", "23:59:59", "08:00:00", "24:00:00", "12:60:00"]);
    let fraction = choices.pick(&["", "", ".0", ".5", ".123456789"]);
    let offset = choices.pick(&["Z", "Z", "+08:00", "-00:30", "+00:00", ""]);
    format!("{year}-{month}-{day}T{time}{fraction}{offset}")
}

fn question(choices: &mut Choices<'_>) -> Question {
    let action = choices.pick(&ACTIONS).to_owned();
    let resource = resource(choices);
    let principal = if choices.once_in(2) { Some(choices.pick(&PRINCIPALS).to_owned()) } else { None };
    let mut context = Vec::new();
    for key in KEYS {
        let values: Vec<String> = (0..choices.below(3)).map(|_| value(choices)).collect();
        if !values.is_empty() {
            context.push((key.to_owned(), values));
        }
    }
    Question { action, resource, context, principal }
}
