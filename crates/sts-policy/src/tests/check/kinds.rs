//! What differs from kind to kind.

use super::{codes, found, statement};
use crate::PolicyKind;

/// The codes that are errors of a kind and not of all.
fn errors(text: &str, kind: PolicyKind) -> Vec<&'static str> {
    let of_kind = ["principal-not-allowed", "principal-missing", "principal-of-kind", "resource-missing"];
    codes(text, kind).into_iter().filter(|code| of_kind.contains(code)).collect()
}

#[test]
fn each_kind_has_its_principals() {
    use PolicyKind as K;
    let with = |principal: &str| {
        statement(&format!(
            r#""Effect":"Allow","Principal":{principal},"Action":"oss:GetObject","Resource":"*""#
        ))
    };
    let none = statement(r#""Effect":"Allow","Action":"oss:GetObject","Resource":"*""#);
    let (object, list, star) = (with(r#"{"RAM":"acs:ram::1:root"}"#), with(r#"["123"]"#), with(r#""*""#));
    for (kind, without, object_is, list_is, star_is) in [
        (
            K::Identity,
            None,
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
        ),
        (
            K::Session,
            None,
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
        ),
        (
            K::Control,
            None,
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
            Some("principal-not-allowed"),
        ),
        (K::Trust, Some("principal-missing"), None, Some("principal-of-kind"), Some("principal-of-kind")),
        (K::Bucket, Some("principal-missing"), Some("principal-of-kind"), None, Some("principal-of-kind")),
        (
            K::AccessPoint,
            Some("principal-missing"),
            Some("principal-of-kind"),
            None,
            Some("principal-of-kind"),
        ),
        (K::VpcEndpoint, None, Some("principal-of-kind"), None, None),
        (K::Resource, None, None, None, None),
    ] {
        for (text, expected) in [(&none, without), (&object, object_is), (&list, list_is), (&star, star_is)] {
            assert_eq!(errors(text, kind), expected.into_iter().collect::<Vec<_>>(), "{kind:?} {text}");
        }
    }
}

#[test]
fn only_trust_and_other_resource_policies_go_without_a_resource() {
    let text = statement(r#""Effect":"Allow","Action":"sts:AssumeRole""#);
    for kind in PolicyKind::ALL {
        let may = matches!(kind, PolicyKind::Trust | PolicyKind::Resource);
        assert_eq!(errors(&text, *kind).contains(&"resource-missing"), !may, "{kind:?}");
    }
}

#[test]
fn two_stars_are_refused_by_oss_alone() {
    let text = statement(
        r#""Effect":"Allow","Principal":["123"],"Action":"oss:GetObject","Resource":"acs:oss:*:1:b/**","Condition":{"StringEquals":{"acs:UserAgent":"**"}}"#,
    );
    for kind in PolicyKind::ALL {
        let of_oss = matches!(kind, PolicyKind::Bucket | PolicyKind::AccessPoint);
        let found = codes(&text, *kind);
        let count = |code: &str| found.iter().filter(|found| **found == code).count();
        assert_eq!(
            (count("consecutive-stars"), count("double-star")),
            if of_oss { (2, 0) } else { (0, 1) },
            "{kind:?}"
        );
    }
}

#[test]
fn source_addresses_in_bucket_policies_take_a_vpc() {
    let text = |more: &str| {
        statement(&format!(
            r#""Effect":"Deny","Principal":["*"],"Action":"oss:GetObject","Resource":"acs:oss:*:1:b/*","Condition":{{"NotIpAddress":{{"acs:SourceIp":"203.0.113.0/24"}}{more}}}"#
        ))
    };
    let alone = text("");
    assert_eq!(codes(&alone, PolicyKind::Bucket), ["source-ip-without-source-vpc"]);
    assert!(!codes(&alone, PolicyKind::AccessPoint).contains(&"source-ip-without-source-vpc"));
    assert_eq!(codes(&text(r#","StringNotLike":{"acs:SourceVpc":"vpc-*"}"#), PolicyKind::Bucket), [""; 0]);
}

#[test]
fn principals_have_forms() {
    for (kind, principal, code) in [
        (PolicyKind::Bucket, r#"["123456789012"]"#, None),
        (PolicyKind::Bucket, r#"["arn:sts::123:assumed-role/r/*"]"#, None),
        (PolicyKind::Bucket, r#"["2774018520123xxxx"]"#, None),
        (PolicyKind::Bucket, r#"["acs:ram::1:root"]"#, Some("principal-ram-arn")),
        (PolicyKind::Bucket, r#"["eve"]"#, Some("principal-value")),
        (PolicyKind::Bucket, r#"["*"]"#, Some("public-access")),
        (PolicyKind::Bucket, "[]", Some("public-access")),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram::123:user/eve"}"#, None),
        (PolicyKind::Trust, r#"{"RAM":["acs:ram::123:role/r","acs:ram::456:user/u"]}"#, None),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram:*:123:user/eve"}"#, Some("principal-value")),
        (PolicyKind::Trust, r#"{"RAM":"123"}"#, Some("principal-value")),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram::123:root"}"#, Some("trusts-whole-account")),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram::root"}"#, Some("principal-value")),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram:::root"}"#, Some("principal-value")),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram::123:*"}"#, Some("principal-value")),
        (PolicyKind::Resource, r#"{"RAM":"acs:ram::123:*"}"#, None),
        (PolicyKind::Trust, r#"{"RAM":"acs:ram::*:role/r"}"#, Some("trusts-any-account")),
        (PolicyKind::Trust, r#"{"Service":"ecs.aliyuncs.com"}"#, None),
        (PolicyKind::Trust, r#"{"Service":"123@log.aliyuncs.com"}"#, None),
        (PolicyKind::Trust, r#"{"Service":"ecs.amazonaws.com"}"#, Some("principal-value")),
        (
            PolicyKind::Trust,
            r#"{"Federated":"acs:ram::123:saml-provider/idp"}"#,
            Some("federated-without-condition"),
        ),
        (PolicyKind::Trust, r#"{"Federated":"acs:ram::123:role/idp"}"#, Some("principal-value")),
    ] {
        let rest = match kind {
            PolicyKind::Trust => r#""Action":"sts:AssumeRole""#,
            _ => r#""Action":"oss:GetObject","Resource":"acs:oss:*:1:b/*""#,
        };
        let text = statement(&format!(r#""Effect":"Allow","Principal":{principal},{rest}"#));
        let expected: Vec<&str> = code.into_iter().collect();
        let found = codes(&text, kind);
        let found: Vec<&str> = found
            .into_iter()
            .filter(|code| *code != "federated-without-condition" || expected.contains(code))
            .collect();
        assert_eq!(found, expected, "{principal}");
    }
}

#[test]
fn everybody_may_not_include_the_owner() {
    let all = r#""Action":"oss:*","Resource":["acs:oss:*:1:b","acs:oss:*:1:b/*"]"#;
    let read = r#""Action":"oss:GetObject","Resource":"acs:oss:*:1:b/*""#;
    let text = |principal: &str| {
        format!(
            r#"{{"Version":"1","Statement":[{{"Effect":"Deny","Principal":["*"],{all}}},{{"Effect":"Allow","Principal":{principal},{read}}}]}}"#
        )
    };
    // The owner, whom the denial is not about, may be user 1 here.
    assert!(!codes(&text(r#"["1"]"#), PolicyKind::Bucket).contains(&"allow-shadowed"));
    assert!(codes(&text(r#"["*"]"#), PolicyKind::Bucket).contains(&"allow-shadowed"));
    assert!(codes(&text(r#"["*"]"#), PolicyKind::VpcEndpoint).contains(&"allow-shadowed"));
}

#[test]
fn a_session_without_an_allow_is_told_so() {
    let text = statement(r#""Effect":"Deny","Action":"oss:DeleteObject","Resource":"acs:oss:*:*:b/*""#);
    assert_eq!(found(&text, PolicyKind::Session), [("session-grants-nothing", text.as_str())]);
    assert_eq!(found(&text, PolicyKind::Identity), []);
}

#[test]
fn kinds_have_names() {
    for kind in PolicyKind::ALL {
        assert_eq!(PolicyKind::from_name(kind.as_str()), Some(*kind));
    }
    assert_eq!(PolicyKind::from_name("Bucket"), None);
}
