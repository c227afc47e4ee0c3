//! Keys, operators and values of conditions.

use super::{check, codes, conditional, statement};
use crate::{Document, PolicyKind};

#[test]
fn keys_are_known_to_the_letter() {
    for (key, code) in [
        ("acs:UserAgent", None),
        ("acs:userAgent", Some("condition-key-spelling")),
        ("acs:PrincipalArn", Some("condition-key-spelling")),
        ("acs:requesttag/Team", Some("condition-key-spelling")),
        ("ACS:UserAgent", Some("condition-key-spelling")),
        ("acs:RequestedRegion", Some("condition-key-unknown")),
        ("acs:ResourceTag", Some("condition-key-spelling")),
        ("acs:ResourceTag/", Some("condition-key-form")),
        ("aws:UserAgent", Some("condition-key-spelling")),
        ("aws:ResourceTag/Team", Some("condition-key-spelling")),
        ("aws:ViaAWSService", Some("condition-key-unknown")),
        ("s3:prefix", Some("condition-key-spelling")),
        ("s3:x-amz-acl", Some("condition-key-unknown")),
        ("oss:x-oss-meta-owner", Some("condition-key-unknown")),
        ("Resource", Some("condition-key-form")),
        ("ecs:tag/x", None),
        ("myservice:Whatever", None),
    ] {
        let text = statement(&format!(
            r#""Effect":"Allow","Action":"ecs:RunInstances","Resource":"*","Condition":{{"StringEquals":{{"{key}":"x"}}}}"#
        ));
        let found = codes(&text, PolicyKind::Identity);
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{key}");
    }
    let text = conditional(r#"{"StringEquals":{"oss:existingobjecttag/Team":"x"}}"#);
    let fixed = Document::parse(&text).check(PolicyKind::Identity).fixed();
    assert!(fixed.contains(r#""oss:ExistingObjectTag/Team""#), "{fixed}");
}

/// A fix must not make one member two.
#[test]
fn a_key_is_not_renamed_to_one_that_is_there() {
    for (condition, offered) in [
        (r#"{"StringEquals":{"acs:userAgent":"a"}}"#, true),
        (r#"{"StringEquals":{"acs:UserAgent":"a","acs:userAgent":"b"}}"#, false),
        (r#"{"StringEquals":{"acs:USERAGENT":"a","acs:userAgent":"b"}}"#, false),
        (r#"{"StringEquals":{"acs:UserAgent":"a"},"StringLike":{"acs:userAgent":"b"}}"#, true),
        (r#"{"StringEquals":{"acs:ResourceTag":"a"}}"#, false),
    ] {
        let text = conditional(condition);
        let report = Document::parse(&text).check(PolicyKind::Identity);
        let spelling = report.findings().iter().filter(|finding| finding.code() == "condition-key-spelling");
        let fixes: Vec<bool> = spelling.map(|finding| finding.fix().is_some()).collect();
        assert!(!fixes.is_empty() && fixes.iter().all(|fix| *fix == offered), "{text}");
        assert!(!Document::parse(&report.fixed()).has_errors(), "{text}");
    }
}

#[test]
fn keys_are_filled_or_not() {
    let text = |action: &str, operator: &str, key: &str| {
        statement(&format!(
            r#""Effect":"Allow","Action":{action},"Resource":"*","Condition":{{"{operator}":{{"{key}":"x"}}}}"#
        ))
    };
    for (action, operator, key, is_filled) in [
        (r#""oss:ListObjects""#, "StringLike", "oss:Prefix", true),
        (r#""oss:*""#, "StringLike", "oss:Prefix", true),
        (r#""*""#, "StringLike", "oss:Prefix", true),
        (r#""oss:GetObject""#, "StringLike", "oss:Prefix", false),
        (r#"["oss:GetObject","oss:ListObjects"]"#, "StringLike", "oss:Prefix", false),
        (r#"["oss:GetObject","oss:ListObjects"]"#, "StringNotLike", "oss:Prefix", true),
        (r#"["ecs:Describe*","oss:ListObjects"]"#, "StringLike", "oss:Prefix", true),
        (r#""ecs:Describe*""#, "StringLike", "oss:Prefix", false),
        (r#""oss:GetObject""#, "StringEquals", "acs:ResourceTag/team", false),
        (r#""ecs:DescribeInstances""#, "StringEquals", "acs:ResourceTag/team", true),
        (r#""ecs:DescribeInstances""#, "StringEquals", "acs:RequestTag/team", false),
        (r#""ecs:RunInstances""#, "StringEquals", "acs:RequestTag/team", true),
        (r#""ecs:*""#, "StringEquals", "acs:RequestTag/team", true),
        (r#""ecs:Listen""#, "StringEquals", "acs:RequestTag/team", true),
        (r#""oss:GetObject""#, "StringEquals", "oss:BucketTag/team", true),
        (r#""ecs:RunInstances""#, "StringEquals", "oss:BucketTag/team", false),
        (r#"["sts:AssumeRole","sts:SetSourceIdentity"]"#, "StringEquals", "sts:SourceIdentity", true),
        (r#""ram:CreateServiceLinkedRole""#, "StringEquals", "ram:ServiceName", true),
        (r#""ram:CreateServiceLinkedRole""#, "StringEquals", "ram:ServiceNames", false),
        (r#""ram:CreateRole""#, "StringEquals", "ram:ServiceName", false),
    ] {
        check(&text(action, operator, key), "condition-key-not-filled", !is_filled);
    }
}

#[test]
fn values_are_what_operators_compare() {
    for (operator, key, value, code) in [
        ("IpAddress", "acs:SourceIp", "0.0.0.0/0", None),
        ("IpAddress", "acs:SourceIp", "*", None),
        ("IpAddress", "acs:SourceIp", "10.0.0.1/33", Some("value-not-an-address")),
        ("IpAddress", "acs:SourceIp", "10.*", Some("address-partial")),
        ("IpAddress", "acs:SourceIp", "vpc-*", Some("value-not-an-address")),
        ("IpAddress", "acs:SourceIp", "${ip}", Some("policy-variable")),
        ("IpAddress", "acs:SourceIp", "2001:db8::/32", Some("value-undocumented")),
        ("DateLessThan", "acs:CurrentTime", "1893456000", Some("value-not-a-date")),
        ("DateLessThan", "acs:CurrentTime", "2030-01-01T00:00:00.5Z", Some("value-undocumented")),
        ("NumericEquals", "x:n", "1.5", Some("value-undocumented")),
        ("NumericEquals", "x:n", "1e3", Some("value-not-a-number")),
        // Forms of ISO 8601, and of an old page: nobody says that they are refused.
        ("DateLessThan", "acs:CurrentTime", "2030-01-01", Some("value-doubtful")),
        ("DateLessThan", "acs:CurrentTime", "2030-01-01T00:00Z", Some("value-doubtful")),
        ("DateLessThan", "acs:CurrentTime", "2030-01-01T00:00:00", Some("value-doubtful")),
        ("DateLessThan", "acs:CurrentTime", "2030-01-01T00:00:00+0800", Some("value-doubtful")),
        ("DateLessThan", "acs:CurrentTime", "20300101T000000Z", Some("value-doubtful")),
        ("DateLessThan", "acs:CurrentTime", "2030-02-30T00:00:00Z", Some("value-not-a-date")),
        ("DateLessThan", "acs:CurrentTime", "2030-02-30", Some("value-not-a-date")),
        ("DateLessThan", "acs:CurrentTime", "tomorrow", Some("value-not-a-date")),
        ("Bool", "acs:SecureTransport", "HTTPS", Some("value-doubtful")),
        ("Bool", "acs:SecureTransport", "http", Some("value-doubtful")),
        ("Bool", "acs:MFAPresent", "HTTPS", Some("value-not-a-bool")),
        ("Bool", "acs:SecureTransport", "1", Some("value-not-a-bool")),
        ("StringLike", "acs:UserAgent", "a**", Some("double-star")),
        ("StringEqualsIgnoreCase", "acs:UserAgent", "a?", Some("wildcard-in-string-equals")),
    ] {
        let text = conditional(&format!(r#"{{"{operator}":{{"{key}":"{value}"}}}}"#));
        let found = codes(&text, PolicyKind::Identity);
        assert_eq!(found, code.into_iter().collect::<Vec<_>>(), "{operator} {value}");
    }
    let acl = |operator: &str, value: &str| {
        statement(&format!(
            r#""Effect":"Allow","Action":"oss:PutObject","Resource":"*","Condition":{{"{operator}":{{"oss:x-oss-object-acl":"{value}"}}}}"#
        ))
    };
    check(&acl("StringEquals", "default"), "value-not-possible", false);
    check(&acl("StringEquals", "Default"), "value-not-possible", true);
    check(&acl("StringEqualsIgnoreCase", "Default"), "value-not-possible", false);
    check(&acl("StringLike", "public*"), "value-not-possible", false);
    check(&acl("StringLike", "secret*"), "value-not-possible", true);
}

/// A fix of the operator would change what is said about the other key.
#[test]
fn an_operator_is_renamed_for_its_only_key_alone() {
    for (condition, offered) in [
        (r#"{"StringEquals":{"acs:UserAgent":"a*"}}"#, true),
        (r#"{"StringEquals":{"acs:UserAgent":"a*","acs:AccessId":"b"}}"#, false),
        (r#"{"StringEquals":{"acs:UserAgent":"a*"},"StringLike":{"acs:AccessId":"b"}}"#, false),
        (r#"{"StringEqualsIgnoreCase":{"acs:UserAgent":"a*"}}"#, false),
    ] {
        let text = conditional(condition);
        let report = Document::parse(&text).check(PolicyKind::Identity);
        let fix = report.findings().first().unwrap().fix();
        assert_eq!(fix.is_some(), offered, "{text}");
    }
}

#[test]
fn conditions_that_exclude_one_another() {
    for (condition, impossible) in [
        (r#"{"StringEquals":{"acs:UserAgent":"a"},"StringLike":{"acs:UserAgent":"b*"}}"#, true),
        (r#"{"StringEquals":{"acs:UserAgent":["a","bc"]},"StringLike":{"acs:UserAgent":"b*"}}"#, false),
        (r#"{"StringEquals":{"acs:UserAgent":"A"},"StringEqualsIgnoreCase":{"acs:UserAgent":"a"}}"#, false),
        (r#"{"StringEquals":{"acs:UserAgent":"a"},"StringNotEquals":{"acs:UserAgent":["b","a"]}}"#, true),
        (r#"{"StringLike":{"acs:UserAgent":"ab*"},"StringNotLike":{"acs:UserAgent":"a*"}}"#, true),
        (r#"{"StringLike":{"acs:UserAgent":["ab*","c"]},"StringNotLike":{"acs:UserAgent":"a*"}}"#, false),
        (r#"{"StringLike":{"acs:UserAgent":"a*"},"StringNotLike":{"acs:UserAgent":"a?"}}"#, false),
        (r#"{"StringEquals":{"acs:UserAgent":"a"},"StringLike":{"acs:AccessId":"b*"}}"#, false),
        // A request may have both.
        (r#"{"StringEquals":{"ram:ServiceNames":"a"},"StringLike":{"ram:ServiceNames":"b*"}}"#, false),
        (r#"{"StringEquals":{"ram:ServiceNames":"a"},"StringNotEquals":{"ram:ServiceNames":"a"}}"#, true),
        (r#"{"NumericGreaterThan":{"x:n":"5"},"NumericLessThan":{"x:n":"5"}}"#, true),
        (r#"{"NumericGreaterThanEquals":{"x:n":"5"},"NumericLessThanEquals":{"x:n":"5.0"}}"#, false),
        (r#"{"NumericGreaterThanEquals":{"x:n":"5"},"NumericLessThan":{"x:n":"5"}}"#, true),
        (r#"{"NumericGreaterThan":{"x:n":["9","1"]},"NumericLessThan":{"x:n":"5"}}"#, false),
        (r#"{"NumericGreaterThan":{"x:n":"5"},"NumericLessThan":{"x:n":["1","9"]}}"#, false),
        (r#"{"NumericEquals":{"x:n":["1","2"]},"NumericLessThan":{"x:n":"1"}}"#, true),
        (r#"{"NumericEquals":{"x:n":["1","2"]},"NumericNotEquals":{"x:n":["1","2.0"]}}"#, true),
        (r#"{"NumericEquals":{"x:n":"a"},"NumericLessThan":{"x:n":"1"}}"#, false),
        (
            r#"{"DateGreaterThan":{"acs:CurrentTime":"2027-01-01T00:00:00Z"},"DateLessThan":{"acs:CurrentTime":"2027-01-01T07:59:59+08:00"}}"#,
            true,
        ),
        (
            r#"{"DateGreaterThan":{"acs:CurrentTime":"2027-01-01T00:00:00Z"},"DateLessThan":{"acs:CurrentTime":"2027-01-01T08:00:01+08:00"}}"#,
            false,
        ),
        (
            r#"{"IpAddress":{"acs:SourceIp":"203.0.113.0/25"},"NotIpAddress":{"acs:SourceIp":"203.0.113.0/24"}}"#,
            true,
        ),
        (
            r#"{"IpAddress":{"acs:SourceIp":"203.0.113.0/24"},"NotIpAddress":{"acs:SourceIp":"203.0.113.0/25"}}"#,
            false,
        ),
        (
            r#"{"IpAddress":{"acs:SourceIp":["203.0.113.7","2001:db8::1"]},"NotIpAddress":{"acs:SourceIp":"203.0.113.0/24"}}"#,
            false,
        ),
    ] {
        check(&conditional(condition), "condition-contradiction", impossible);
    }
}

#[test]
fn a_key_that_may_be_absent() {
    for (operator, key, met) in [
        ("StringNotEquals", "acs:ResourceTag/a", true),
        ("StringEquals", "acs:ResourceTag/a", false),
        ("ForAllValues:StringEquals", "acs:ResourceTag/a", true),
        ("ForAllValues:StringNotEquals", "acs:ResourceTag/a", true),
        ("ForAnyValue:StringNotEquals", "acs:ResourceTag/a", false),
        // Every request has it.
        ("StringNotEquals", "acs:PrincipalARN", false),
        // It is how calls from outside a VPC are meant.
        ("StringNotEquals", "acs:SourceVpc", false),
    ] {
        let text = statement(&format!(
            r#""Effect":"Allow","Action":"ecs:RunInstances","Resource":"*","Condition":{{"{operator}":{{"{key}":"x"}}}}"#
        ));
        check(&text, "negated-absent-key", met);
    }
    // Of keys with several values, that all are good is asked in this way.
    for (operator, met) in [("ForAllValues:StringEquals", false), ("StringNotEquals", true)] {
        let text = statement(&format!(
            r#""Effect":"Allow","Action":"ram:CreateRole","Resource":"*","Condition":{{"{operator}":{{"ram:TrustedPrincipalTypes":"Service"}}}}"#
        ));
        check(&text, "negated-absent-key", met);
    }
}
