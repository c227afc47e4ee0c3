//! Why a decision is what it is.

use sts_policy::decide::Mismatch;
use sts_policy::{Context, Policy, Request};

const POLICY: &str = r#"{
    "Version": "1",
    "Statement": [
        { "Effect": "Allow", "Action": "oss:Get*", "Resource": "acs:oss:*:*:b/*" },
        {
            "Effect": "Deny",
            "Action": "oss:*",
            "Resource": "acs:oss:*:*:b/*",
            "Condition": {
                "NotIpAddress": { "acs:SourceIp": ["10.0.0.0/8", "192.0.2.1"] },
                "Bool": { "acs:SecureTransport": "false" }
            }
        },
        { "Effect": "Allow", "Principal": ["1"], "Action": "oss:PutObject", "Resource": "*" }
    ]
}"#;

#[test]
fn everything_that_is_in_the_way_is_told() {
    let compiled = POLICY.parse::<Policy>().unwrap().compile();
    let context = Context::new().with("acs:SourceIp", "10.0.0.7");
    let trace = compiled.explain(&Request::new("oss:GetObject", "acs:oss:x:1:b/o", &context));
    assert_eq!(
        trace.to_string(),
        "Allow: statement 0 decides\n\
         statement 0 (Allow) applies\n\
         statement 1 (Deny) does not apply: NotIpAddress acs:SourceIp wants `10.0.0.0/8`, `192.0.2.1`, the request has \
         `10.0.0.7`; Bool acs:SecureTransport wants `false`, the request lacks the key\n\
         statement 2 (Allow) does not apply: another action; another principal\n"
    );
    let [_, denial, _] = trace.statements() else { panic!("{trace}") };
    let [Mismatch::Condition(address), Mismatch::Condition(transport)] = denial.mismatches() else {
        panic!("{trace}")
    };
    assert_eq!((address.key(), address.found()), ("acs:SourceIp", Some(&["10.0.0.7".to_owned()][..])));
    assert_eq!((transport.operator().to_string(), transport.found()), ("Bool".to_owned(), None));
    assert_eq!(transport.wanted(), ["false"]);
}

#[test]
fn a_line_stays_a_line() {
    let compiled = POLICY.parse::<Policy>().unwrap().compile();
    let context =
        Context::new().with("acs:SourceIp", "10.0.0.7\nstatement 9").with("acs:SecureTransport", "\u{1b}[2J");
    let trace = compiled.explain(&Request::new("oss:GetObject", "acs:oss:x:1:b/o", &context)).to_string();
    assert_eq!(trace.lines().count(), 4);
    assert!(!trace.contains('\u{1b}'));
}

#[test]
fn debug_shows_no_value() {
    let compiled = POLICY.parse::<Policy>().unwrap().compile();
    let context = Context::new().with("acs:SourceIp", "10.0.0.7");
    let request = Request::new("oss:PutObject", "acs:oss:x:1:b/o", &context);
    let shown = format!("{compiled:?} {context:?} {request:?} {:?}", compiled.explain(&request));
    assert!(!shown.contains("10.0.0") && shown.contains("acs:SourceIp"), "{shown}");
}
