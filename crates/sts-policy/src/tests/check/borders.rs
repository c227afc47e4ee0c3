//! On which side of a rule a policy is.

use super::{check, codes, conditional, found, statement};
use crate::{Document, Finding, PolicyKind};

#[test]
fn good_policies_have_no_findings() {
    for text in [
        statement(
            r#""Effect":"Allow","Action":["oss:ListObjects","oss:GetObject"],"Resource":["acs:oss:*:*:photos","acs:oss:*:*:photos/*"]"#,
        ),
        statement(r#""Effect":"Allow","Action":"oss:ListBuckets","Resource":"acs:oss:*:*:*""#),
        statement(r#""Effect":"Allow","Action":"oss:Get*","Resource":"acs:oss:*:*:photos/*""#),
        statement(
            r#""Effect":"Allow","Action":"sts:AssumeRole","Resource":"acs:ram:*:123456789012:role/app""#,
        ),
        statement(r#""Effect":"Allow","Action":["ecs:Describe*","log:Get*"],"Resource":"*""#),
        statement(r#""Effect":"Allow","Action":"ram:GetUser","Resource":"acs:ram:*:*:user/eve""#),
        statement(
            r#""Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:photos","Condition":{"StringLike":{"oss:Prefix":["a/*",""]},"StringEquals":{"oss:Delimiter":"/"}}"#,
        ),
        statement(
            r#""Effect":"Deny","Action":"oss:*","Resource":"*","Condition":{"StringNotEquals":{"acs:SourceVpc":"vpc-1"}}"#,
        ),
        statement(
            r#""Effect":"Allow","Action":"ecs:*","Resource":"acs:ecs:*:*:instance/*","Condition":{"StringEquals":{"acs:ResourceTag/a:b":"x","ecs:ImageSource":"System"}}"#,
        ),
        conditional(
            r#"{"IpAddress":{"acs:SourceIp":["203.0.113.7","203.0.113.0/24","2001:db8::1"]},"Bool":{"acs:SecureTransport":"true"},"DateGreaterThan":{"acs:CurrentTime":"2026-01-01T00:00:00+08:00"},"DateLessThan":{"acs:CurrentTime":"2027-01-01T00:00:00Z"}}"#,
        ),
        statement(
            r#""Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:cn-hangzhou:123456789012:accesspoint/ap/object/*""#,
        ),
        statement(r#""Effect":"Allow","Action":"oss:GetVectorBucket","Resource":"acs:ossvector:*:*:v""#),
    ] {
        assert_eq!(found(&text, PolicyKind::Identity), [], "{text}");
    }
}

#[test]
fn actions_and_resources_meet_or_do_not() {
    for (action, resource, meets) in [
        ("oss:ListObjects", "acs:oss:*:*:b", true),
        ("oss:ListObjects", "acs:oss:*:*:b*", true),
        ("oss:ListObjects", "acs:oss:*:*:*", true),
        ("oss:ListObjects", "acs:oss:*:*:b/*", false),
        ("oss:ListObjects", "acs:*:*:*:b", true),
        ("oss:ListObjects", "acs:oss:*:1:accesspoint/ap", true),
        ("oss:ListObjects", "acs:oss:*:1:accesspoint/objects", true),
        // The form is wrong, and that is said once.
        ("oss:GetObject", "ACS:oss:*:*:b/*", true),
        ("oss:GetObject", "acs:OSS:*:*:b/*", true),
        ("oss:ListObjects", "acs:oss:*:1:accesspoint/ap/object/*", false),
        ("oss:GetObject", "acs:oss:*:*:b", false),
        ("oss:GetObject", "acs:oss:*:*:b*", true),
        ("oss:GetObject", "acs:oss:*:*:b/a.jpg", true),
        ("oss:GetObject", "acs:ecs:*:*:b/a.jpg", false),
        ("oss:ListBuckets", "acs:oss:*:*:b", false),
        ("oss:ListBuckets", "acs:oss:*:*:*", true),
        ("OSS:LISTOBJECTS", "acs:oss:*:*:b/*", false),
        ("sts:AssumeRole", "acs:ram:*:*:role/*", true),
        ("sts:AssumeRole", "acs:ram:*:*:*", true),
        ("sts:AssumeRole", "acs:ram:*:*:user/*", false),
        ("sts:AssumeRole", "acs:sts:*:*:role/*", false),
        ("ram:CreateUser", "acs:ram:*:*:user/eve", true),
        ("ram:CreateUser", "acs:ram:*:*:us*", true),
        ("ram:AttachPolicyToUser", "acs:ram:*:*:policy/p", true),
        ("ram:AttachPolicyToUser", "acs:ram:*:*:role/r", false),
        // It is listed among those of the account, and its own service is likely too.
        ("oss:ListVectorBuckets", "acs:oss:*:*:*", true),
        ("oss:ListVectorBuckets", "acs:ossvector:*:*:*", true),
        ("oss:GetVectorBucket", "acs:oss:*:*:b", false),
        // Nothing is known of these.
        ("ecs:RunInstances", "acs:oss:*:*:b", true),
        ("oss:WriteGetObjectResponse", "acs:oss:*:*:b", true),
    ] {
        let text = statement(&format!(r#""Effect":"Allow","Action":"{action}","Resource":"{resource}""#));
        check(&text, "action-resource-mismatch", !meets);
    }
}

#[test]
fn a_bucket_that_is_clear_is_offered() {
    let text = statement(
        r#""Effect":"Allow","Action":["oss:GetObject","oss:GetBucketInfo"],"Resource":["acs:oss:*:*:b/a/*", "acs:oss:*:*:b/c"]"#,
    );
    let fixed = Document::parse(&text).check(PolicyKind::Identity).fixed();
    assert!(fixed.contains(r#"["acs:oss:*:*:b/a/*", "acs:oss:*:*:b/c","acs:oss:*:*:b"]"#), "{fixed}");
    assert_eq!(found(&fixed, PolicyKind::Identity), []);
    let offers = |text: &str| {
        let report = Document::parse(text).check(PolicyKind::Identity);
        report.findings().iter().any(|finding| finding.fix().is_some())
    };
    for resource in [
        r#"["acs:oss:*:*:b/*","acs:oss:*:*:c/*"]"#,
        r#""acs:oss:*:*:*/a""#,
        r#""acs:ecs:*:*:b/*""#,
        r#""acs:oss:*:1:accesspoint/ap/object/*""#,
    ] {
        let text =
            statement(&format!(r#""Effect":"Allow","Action":"oss:ListObjects","Resource":{resource}"#));
        assert!(!offers(&text), "{text}");
    }
    // What the bucket's name would allow besides must have been meant.
    for (rest, offered) in [
        (r#""Action":"oss:ListObjects","Resource":"acs:oss:*:*:b/*""#, true),
        (r#""Action":["oss:ListObjects","oss:Delete*"],"Resource":"acs:oss:*:*:b/*""#, false),
        (r#""Action":"oss:ListObjects","Resource":"acs:oss:*:*:b/mine/*""#, false),
        (
            r#""Action":"oss:ListObjects","Resource":"acs:oss:*:*:b/mine/*","Condition":{"StringLike":{"oss:Prefix":"mine/*"}}"#,
            true,
        ),
    ] {
        let text = statement(&format!(r#""Effect":"Allow",{rest}"#));
        assert_eq!(offers(&text), offered, "{text}");
    }
}

#[test]
fn fixes_leave_escapes_alone() {
    let text = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:\u0047etObjects","Resource":"acs:oss:*:*:b/**\/"}]}"#;
    let report = Document::parse(text).check(PolicyKind::Identity);
    let codes: Vec<&str> = report.findings().iter().map(Finding::code).collect();
    assert_eq!(codes, ["action-unknown", "double-star"]);
    assert!(report.findings().iter().all(|finding| finding.fix().is_none()));
}

#[test]
fn names_of_actions() {
    for (action, code) in [
        ("oss:GetObjet", Some("action-unknown")),
        ("oss:Fly", Some("action-unknown")),
        ("oss:Fly*", Some("action-unknown")),
        ("sts:AssumeRoleWithOIDC", Some("action-is-api-name")),
        ("ram:GetCallerIdentity", Some("action-unknown")),
        ("ram:CreateUsers", Some("action-unknown")),
        // RAM has more actions than are listed.
        ("ram:GenerateCredentialReport", None),
        ("ram:*ResourceGroup*", None),
        ("RAM:createuser", Some("action-case")),
        ("s3:GetObject", Some("action-unknown")),
        ("iam:PassRole", Some("action-unknown")),
        ("s3:Fly", Some("action-unknown")),
        ("s3:*", Some("action-unknown")),
        ("GetObject", Some("action-form")),
        ("oss:Get Object", Some("action-form")),
        ("oss:", Some("action-form")),
        (":GetObject", Some("action-form")),
        (":Get*", Some("action-form")),
        (" ", Some("action-form")),
        ("Get*", None),
        ("*:Get*", None),
        ("waf-openapi:Describe*", None),
        ("ecs:Descirbe*", Some("action-verb")),
    ] {
        let text = statement(&format!(r#""Effect":"Allow","Action":"{action}","Resource":"*""#));
        let found = codes(&text, PolicyKind::Control);
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{action}");
    }
}

#[test]
fn resources_have_five_segments() {
    for (resource, code) in [
        ("*", None),
        ("acs:*:*:*:*", None),
        ("acs:oss:*:*:b/a:b:c/*", None),
        ("acs:*:*cn-beijing*:*:*", None),
        ("acs:ram::1:role/r", None),
        ("acs:oss:*", Some("resource-segments")),
        ("acs:oss:b/*", Some("resource-segments")),
        ("acs:oss:*:b/*", Some("star-across-colons")),
        ("*:b/*", Some("star-across-colons")),
        ("*b*", None),
        ("b/*", Some("resource-form")),
        ("ACS:oss:*:*:b/*", Some("resource-form")),
        ("acs:OSS:*:*:b/*", Some("resource-form")),
        ("acs:oss:*:*:b/* ", None),
        (" acs:oss:*:*:b/*", Some("resource-form")),
        ("arn:acs:oss", Some("resource-form")),
        ("", Some("empty-element")),
    ] {
        let text = statement(&format!(r#""Effect":"Deny","Action":"ecs:Run","Resource":"{resource}""#));
        let found = codes(&text, PolicyKind::Identity);
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{resource}");
    }
}

/// With a `?` in it, a long pattern takes as many steps as both texts have characters, multiplied.
#[test]
fn what_would_take_long_is_not_compared() {
    let found = |length: usize, condition: bool| {
        let (pattern, text) = (format!("*a?{}*", "a".repeat(length)), "a".repeat(3 * length));
        let text = if condition {
            conditional(&format!(
                r#"{{"StringEquals":{{"acs:UserAgent":"{text}"}},"StringNotLike":{{"acs:UserAgent":"{pattern}"}}}}"#
            ))
        } else {
            let one =
                |resource: &str| format!(r#"{{"Effect":"Allow","Action":"a:b","Resource":"{resource}"}}"#);
            format!(r#"{{"Version":"1","Statement":[{},{}]}}"#, one(&pattern), one(&text))
        };
        codes(&text, PolicyKind::Control)
    };
    assert!(found(100, false).contains(&"statement-covered"));
    assert!(!found(30_000, false).contains(&"statement-covered"));
    assert!(found(100, true).contains(&"condition-contradiction"));
    assert!(!found(30_000, true).contains(&"condition-contradiction"));
}

#[test]
fn statements_that_others_take_in() {
    let allow = |members: &str| format!(r#"{{"Effect":"Allow",{members}}}"#);
    let deny = |members: &str| format!(r#"{{"Effect":"Deny",{members}}}"#);
    let read = r#""Action":"oss:GetObject","Resource":"acs:oss:*:*:b/a/*""#;
    let all = r#""Action":"oss:*","Resource":"acs:oss:*:*:b/*""#;
    let secure = r#","Condition":{"Bool":{"acs:SecureTransport":"true"}}"#;
    let agent = |members: &str, operator: &str, values: &str| {
        format!(r#"{members},"Condition":{{"{operator}":{{"acs:UserAgent":{values}}}}}"#)
    };
    for (one, other, code) in [
        (deny(all), allow(read), Some(("allow-shadowed", 1))),
        (allow(read), deny(all), Some(("allow-shadowed", 0))),
        (allow(all), deny(read), None),
        (deny(&format!("{all}{secure}")), allow(read), None),
        (deny(&format!("{all}{secure}")), allow(&format!("{read}{secure}")), Some(("allow-shadowed", 1))),
        (deny(all), allow(&format!("{read}{secure}")), Some(("allow-shadowed", 1))),
        (deny(r#""NotAction":"ecs:*","Resource":"*""#), allow(read), None),
        (
            deny(r#""Action":"OSS:GET*","Resource":"acs:oss:*:*:b/*""#),
            allow(read),
            Some(("allow-shadowed", 1)),
        ),
        (deny(r#""Action":"oss:GetObject","Resource":"acs:OSS:*:*:b/a/*""#), allow(read), None),
        // More values: more to meet a positive operator, less to meet a negated one.
        (
            deny(&agent(all, "StringEquals", r#"["a","b"]"#)),
            allow(&agent(read, "StringEquals", r#""a""#)),
            Some(("allow-shadowed", 1)),
        ),
        (
            deny(&agent(all, "StringEquals", r#""a""#)),
            allow(&agent(read, "StringEquals", r#"["a","b"]"#)),
            None,
        ),
        (
            deny(&agent(all, "StringNotEquals", r#"["a","b"]"#)),
            allow(&agent(read, "StringNotEquals", r#""a""#)),
            None,
        ),
        (allow(all), allow(read), Some(("statement-covered", 1))),
        (allow(read), allow(all), Some(("statement-covered", 0))),
        (allow(read), allow(read), Some(("statement-covered", 1))),
        (deny(read), deny(read), Some(("statement-covered", 1))),
        (allow(&format!("{read}{secure}")), allow(read), Some(("statement-covered", 0))),
    ] {
        let text = format!(r#"{{"Version":"1","Statement":[{one},{other}]}}"#);
        let found = found(&text, PolicyKind::Control);
        let about = |(code, _): &(&str, &str)| matches!(*code, "allow-shadowed" | "statement-covered");
        let found: Vec<_> = found.into_iter().filter(about).collect();
        let expected =
            code.map(|(code, index)| (code, if index == 0 { one.as_str() } else { other.as_str() }));
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn everything_in_any_spelling() {
    for (action, resource, warned) in [
        ("*", "*", true),
        ("*:*", "*", true),
        ("*:*", "acs:*:*:*:*", true),
        ("*:*", "acs:oss:*:*:b", false),
        ("*", "acs:*:*:123456789012:*", true),
        ("oss:*", "acs:oss:*:123456789012:*", true),
        ("oss:*", "acs:oss:*:123456789012:b*", false),
        ("oss:*", "acs:ecs:*:123456789012:*", false),
    ] {
        let text = statement(&format!(r#""Effect":"Allow","Action":"{action}","Resource":"{resource}""#));
        check(&text, "over-broad", warned);
    }
}

#[test]
fn ways_to_all_permissions() {
    for (action, resource, warned) in [
        ("ram:PassRole", "*", true),
        ("ram:PassRole", "acs:ram:*:*:role/*", true),
        ("ram:PassRole", "acs:ram:*:*:role/app-*", false),
        ("ram:pass*", "*", true),
        ("ram:AttachPolicyToUser", "*", true),
        ("ram:AttachPolicyToUser", "acs:ram:*:*:user/*", false),
        ("ram:CreatePolicyVersion", "acs:ram:*:*:policy/*", true),
        // Other accounts are named by their numbers; the one whose policy it is may be, too.
        ("sts:AssumeRole", "acs:ram:*:123456789012:role/*", false),
        ("sts:AssumeRole", "acs:ram:*:*:*", true),
        ("ram:PassRole", "acs:ram:*:123456789012:role/*", true),
        ("ram:PassRole", "acs:ram::123456789012:*", true),
        ("ram:PassRole", "acs:ram:*:123456789012:role/app", false),
        ("ram:GetRole", "*", false),
        ("*:AttachPolicyToUser", "*", true),
        ("*PolicyToUser", "*", true),
        ("*:Get*", "*", false),
    ] {
        let text = statement(&format!(r#""Effect":"Allow","Action":"{action}","Resource":"{resource}""#));
        check(&text, "privilege-escalation", warned);
        check(&text.replace("Allow", "Deny"), "privilege-escalation", false);
    }
}
