//! Faulty texts: each fault is named, with its place, and with a fix where one is certain.

use super::documents::VALID;
use crate::{Document, Finding, Policy};
use proptest::prelude::*;

/// The codes that are found, with what each is about.
fn found(text: &str) -> Vec<(&'static str, &str)> {
    let document = Document::parse(text);
    let findings = document.findings().iter();
    findings.map(|finding| (finding.code(), text.get(finding.place().span()).unwrap())).collect()
}

/// A policy with one statement, of these members besides the effect.
fn with(members: &str) -> String {
    format!(r#"{{"Version":"1","Statement":[{{"Effect":"Allow",{members}}}]}}"#)
}

#[test]
fn each_fault_has_a_name() {
    let statement = r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#;
    for (text, code, about) in [
        ("", "json-empty", ""),
        (" \n", "json-empty", ""),
        ("{", "json-unexpected-end", ""),
        (r#"{"Version":"1"#, "json-unexpected-end", ""),
        ("[]", "policy-not-an-object", "[]"),
        ("null", "policy-not-an-object", "null"),
        ("{}", "version-missing", "{"),
        (&format!(r#"{{"Version":"1","Statement":[{statement}]}} x"#), "json-text-after-end", "x"),
        (&format!(r#"{{"Version":"1","Statement":[{statement},]}}"#), "json-trailing-comma", ","),
        (&format!(r#"{{"Version":"1","Statement":[{statement}],}}"#), "json-trailing-comma", ","),
        (&format!(r#"{{"Version":"1",,"Statement":[{statement}]}}"#), "json-extra-comma", ","),
        (&format!(r#"{{"Version":"1" "Statement":[{statement}]}}"#), "json-missing-comma", ""),
        (&format!(r#"{{"Version" "1","Statement":[{statement}]}}"#), "json-missing-colon", ""),
        (r#"{"Version":"1","Statement"}"#, "json-missing-value", "\"Statement\""),
        (&format!("{{\"Version\":\"1\", // one\n\"Statement\":[{statement}]}}"), "json-comment", "// one"),
        (&format!("{{\"Version\":\"1\", # one\n\"Statement\":[{statement}]}}"), "json-comment", "# one"),
        (&format!(r#"{{"Version":"1",/* one */"Statement":[{statement}]}}"#), "json-comment", "/* one */"),
        (
            &format!("{{\u{a0}\"Version\":\"1\",\u{a0}\"Statement\":[{statement}]}}"),
            "json-white-space",
            "\u{a0}",
        ),
        (
            &format!("\u{feff}{{\"Version\":\"1\",\"Statement\":[{statement}]}}"),
            "json-white-space",
            "\u{feff}",
        ),
        (&format!(r#"{{"Version"："1","Statement":[{statement}]}}"#), "json-punctuation", "："),
        (&format!(r#"{{"Version":"1"，"Statement":[{statement}]}}"#), "json-punctuation", "，"),
        (&format!(r#"{{'Version':"1","Statement":[{statement}]}}"#), "json-quotes", "'Version'"),
        (&format!(r#"{{“Version”:"1","Statement":[{statement}]}}"#), "json-quotes", "“Version”"),
        (&format!(r#"{{Version:"1","Statement":[{statement}]}}"#), "json-no-quotes", "Version"),
        (&format!(r#"{{"Version":"1","Statement":({statement}]}}"#), "json-unexpected-text", "("),
        (&format!(r#"{{"Version":"1","Statement":[{statement}}}"#), "json-bracket", "}"),
        ("{\"Version\":\"1\n\",\"Statement\":[]}", "json-string-not-closed", "\"1"),
        (&with("\"Action\":\"a:\tb\",\"Resource\":\"*\""), "json-control-character", "\t"),
        (&with(r#""Action":"a:\qb","Resource":"*""#), "json-escape", r"\q"),
        (&with(r#""Action":"a:\ud800","Resource":"*""#), "json-escape", r"\u"),
        (&with(r#""Action":01"#), "json-number", "01"),
        (&with(r#""Action":None"#), "json-unexpected-text", "None"),
        (&with(r#""Action":{"a:b","c:d"}"#), "json-list-in-braces", r#"{"a:b","c:d"}"#),
        (
            &format!(r#"{{"Version":"1","Version":"1","Statement":[{statement}]}}"#),
            "duplicate-member",
            "\"Version\"",
        ),
        (&with(r#""Action":"a:b","Action":"a:c""#), "duplicate-member", "\"Action\""),
        (&with(r#""Action":"a:b","\u0041ction":"a:c""#), "duplicate-member", r#""\u0041ction""#),
        (
            &with(r#""Action":"a:b","Condition":{"Bool":{"a":"true"},"Bool":{"b":"true"}}"#),
            "duplicate-member",
            "\"Bool\"",
        ),
        (
            &with(r#""Action":"a:b","Condition":{"Bool":{"a":"true","a":"false"}}"#),
            "duplicate-member",
            "\"a\"",
        ),
        (&with(r#""Action":"a:b","Principal":{"RAM":"a","RAM":"b"}"#), "duplicate-member", "\"RAM\""),
        (&format!(r#"{{"Statement":[{statement}]}}"#), "version-missing", "{"),
        (&format!(r#"{{"Version":1,"Statement":[{statement}]}}"#), "version-type", "1"),
        (&format!(r#"{{"Version":["1"],"Statement":[{statement}]}}"#), "version-type", r#"["1"]"#),
        (&format!(r#"{{"Version":"2","Statement":[{statement}]}}"#), "version-value", "\"2\""),
        (
            &format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#),
            "version-value",
            "\"2012-10-17\"",
        ),
        (r#"{"Version":"1"}"#, "statement-missing", r#"{"Version":"1"}"#),
        (&format!(r#"{{"Version":"1","Statements":[{statement}]}}"#), "member-name", "\"Statements\""),
        (&format!(r#"{{"Version":"1","Statement":{statement}}}"#), "statement-not-an-array", statement),
        (r#"{"Version":"1","Statement":[]}"#, "empty-element", "[]"),
        (r#"{"Version":"1","Statement":["x"]}"#, "value-type", "\"x\""),
        (&format!(r#"{{"Version":"1","Id":"x","Statement":[{statement}]}}"#), "unknown-member", "\"Id\""),
        (r#"{"Version":"1","Statement":[{"Action":"a:b"}]}"#, "effect-missing", r#"{"Action":"a:b"}"#),
        (r#"{"Version":"1","Statement":[{"Effect":"allow ","Action":"a:b"}]}"#, "effect-value", "\"allow \""),
        (r#"{"Version":"1","Statement":[{"Effect":"ALLOW","Action":"a:b"}]}"#, "effect-value", "\"ALLOW\""),
        (r#"{"Version":"1","Statement":[{"Effect":true,"Action":"a:b"}]}"#, "effect-value", "true"),
        (r#"{"Version":"1","Statement":[{"Effect":"Allow"}]}"#, "action-missing", r#"{"Effect":"Allow"}"#),
        (&with(r#""Action":"a:b","NotAction":"a:c""#), "action-and-not-action", "\"NotAction\""),
        (
            &with(r#""Action":"a:b","Resource":"x","NotResource":"y""#),
            "resource-and-not-resource",
            "\"NotResource\"",
        ),
        (&with(r#""Action":[]"#), "empty-element", "[]"),
        (&with(r#""Action":"""#), "empty-element", "\"\""),
        (&with(r#""Action":"a:b","Resource":["x",""]"#), "empty-element", "\"\""),
        (&with(r#""Action":["a:b",["c:d"]]"#), "value-type", r#"["c:d"]"#),
        (&with(r#""Action":"a:b","Resource":null"#), "value-type", "null"),
        (&with(r#""Action":"a:b","Resource":"arn:aws:s3:::b/*""#), "aws-arn", "\"arn:aws:s3:::b/*\""),
        (
            &with(r#""Action":"a:b","Resource":"acs:oss:*:*:b/${aws:username}/*""#),
            "policy-variable",
            "\"acs:oss:*:*:b/${aws:username}/*\"",
        ),
        (&with(r#""action":"a:b""#), "member-name", "\"action\""),
        (&with(r#""Action":"a:b","fortest":"x""#), "unknown-member", "\"fortest\""),
        (&with(r#""Action":"a:b","NotPrincipal":["1"]"#), "not-principal", "\"NotPrincipal\""),
        (&with(r#""Action":"a:b","Principal":"123""#), "principal-form", "\"123\""),
        (&with(r#""Action":"a:b","Principal":{}"#), "empty-element", "{}"),
        (&with(r#""Action":"a:b","Principal":{"RAM":[]}"#), "empty-element", "[]"),
        (&with(r#""Action":"a:b","Principal":{"AWS":"123"}"#), "principal-aws", "\"AWS\""),
        (&with(r#""Action":"a:b","Principal":{"Ram":"123"}"#), "principal-kind", "\"Ram\""),
        (&with(r#""Action":"a:b","Principal":{"ForTest":"123"}"#), "principal-kind", "\"ForTest\""),
        (
            &with(r#""Action":"a:b","Principal":["arn:aws:iam::1:root"]"#),
            "aws-arn",
            "\"arn:aws:iam::1:root\"",
        ),
        (&with(r#""Action":"a:b","Condition":[]"#), "value-type", "[]"),
        (&with(r#""Action":"a:b","Condition":{"Bool":"true"}"#), "value-type", "\"true\""),
        (&with(r#""Action":"a:b","Condition":{"Bool":{}}"#), "empty-element", "{}"),
        (&with(r#""Action":"a:b","Condition":{"Bool":{"":"true"}}"#), "empty-element", "\"\""),
        (&with(r#""Action":"a:b","Condition":{"Bool":{"a":[]}}"#), "empty-element", "[]"),
        (&with(r#""Action":"a:b","Condition":{"Bool":{"a":true}}"#), "value-type", "true"),
        (
            &with(r#""Action":"a:b","Condition":{"BoolIfExists":{"a":"true"}}"#),
            "operator-if-exists",
            "\"BoolIfExists\"",
        ),
        (&with(r#""Action":"a:b","Condition":{"Null":{"a":"true"}}"#), "operator-null", "\"Null\""),
        (&with(r#""Action":"a:b","Condition":{"ArnLike":{"a":"x"}}"#), "operator-aws", "\"ArnLike\""),
        (
            &with(r#""Action":"a:b","Condition":{"IPAddress":{"a":"1.1.1.1"}}"#),
            "operator-name",
            "\"IPAddress\"",
        ),
        (
            &with(r#""Action":"a:b","Condition":{"forAllvalues:stringequals":{"a":"x"}}"#),
            "operator-name",
            "\"forAllvalues:stringequals\"",
        ),
        (
            &with(r#""Action":"a:b","Condition":{"BinaryEquals":{"a":"x"}}"#),
            "operator-unknown",
            "\"BinaryEquals\"",
        ),
    ] {
        assert!(found(text).contains(&(code, about)), "{code} about {about:?} in {text}: {:?}", found(text));
        let refused = Policy::parse(text).is_err();
        assert_eq!(refused, code != "policy-variable", "{text}");
        consistent(text);
    }
}

#[test]
fn fixes_mend() {
    let good = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b","Resource":["x","y"],"Condition":{"IpAddress":{"acs:SourceIp":"1.1.1.1"},"Bool":{"k":"true"}}}]}"#;
    let good = Policy::parse(good).unwrap();
    for text in [
        // A page of documentation, copied.
        "{\u{a0}\u{a0}'Version': 1, // the only one\n  Statements: {“Effect”: \"allow \",\t'action': `a:b`,, \"Resources\"： [\"x\"，\"y\",],\n /* where\nfrom */ \"Condition\" {\"IPAddress\":{\"acs:SourceIp\":\"1.1.1.1\"} \"bool\":{\"k\":true,},},},}",
        "\u{feff}{\"Statement\":[{\"Effect\":\"Alow\",\"Action\":a:b,\"Resource\":{\"x\",\"y\"},\"Condition\":{\"IpAdress\":{\"acs:SourceIp\":\"1.1.1.1\"},\"Bool\":{\"k\":\"true\"}}}]}",
    ] {
        let document = Document::parse(text);
        assert_eq!(
            Policy::parse(&document.fixed()).unwrap().statements(),
            good.statements(),
            "{}",
            document.fixed()
        );
        assert_eq!(document.policy().unwrap().statements(), good.statements());
        consistent(text);
    }
}

#[test]
fn odd_white_space_is_one_finding() {
    let text = VALID[0].replace(':', ":\u{a0}\u{3000}");
    let document = Document::parse(&text);
    let [finding] = document.findings() else { panic!("{:?}", document.findings()) };
    assert_eq!(finding.fix().unwrap().edits().len(), 10);
    assert_eq!(document.into_policy().unwrap_err().findings().len(), 1);
}

#[test]
fn names_that_are_taken_are_not_offered() {
    let text = with(r#""Action":"a:b","actions":"c:d""#);
    let document = Document::parse(&text);
    let [finding] = document.findings() else { panic!("{:?}", document.findings()) };
    assert_eq!((finding.code(), finding.fix()), ("unknown-member", None));
    assert!(document.policy().is_none());
}

#[test]
fn size_and_depth_are_bounded() {
    let long = format!(r#"{{"Version":"1","Statement":"{}"}}"#, "x".repeat(Document::MOST_BYTES));
    assert_eq!(found(&long), [("json-too-large", "")]);
    let deep = "[".repeat(100_000);
    let codes: Vec<_> = found(&deep).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["policy-not-an-object", "json-too-deep"]);
    // Every comma is one too many.
    let many = format!("{{{}}}", ",".repeat(Document::MOST_BYTES - 2));
    let document = Document::parse(&many);
    assert_eq!(document.findings().len(), Document::MOST_FINDINGS);
    assert_eq!(document.left_off(), Document::MOST_BYTES - 2 - Document::MOST_FINDINGS + 2);
    assert!(document.into_policy().unwrap_err().to_string().ends_with(" more"));
}

/// A fuzzer found one finding too many.
#[test]
fn odd_white_space_counts_as_a_finding() {
    let commas = ",".repeat(2 * Document::MOST_FINDINGS);
    for text in
        [format!("{{{commas}\u{a0}}}"), format!("{{\u{a0}{commas}}}"), format!("{{\u{a0}{commas}\u{a0}}}")]
    {
        let document = Document::parse(&text);
        assert_eq!(document.findings().len(), Document::MOST_FINDINGS, "{text}");
        assert!(document.left_off() > Document::MOST_FINDINGS, "{text}");
        consistent(&text);
    }
}

/// What holds for every text.
fn consistent(text: &str) {
    let document = Document::parse(text);
    let errors = document.findings().iter().filter(|finding| finding.severity() == crate::Severity::Error);
    let fixable = errors.clone().all(|finding| finding.fix().is_some());
    let is_read = document.policy().is_some();
    // What was left off may have been warnings alone.
    assert!(
        is_read == fixable || (!is_read && document.left_off() > 0),
        "{text:?}: {:?}",
        document.findings()
    );
    let starts: Vec<usize> = document.findings().iter().map(|finding| finding.place().span().start).collect();
    assert!(starts.is_sorted(), "{text:?}");
    for finding in document.findings() {
        place_is_right(text, finding);
    }
    match Policy::parse(text) {
        Ok(policy) => {
            assert_eq!(errors.count(), 0, "{text:?}");
            assert_eq!(crate::minify(text).unwrap(), policy.as_json(), "{text:?}");
        }
        Err(errors) => assert!(!errors.findings().is_empty(), "{text:?}"),
    }
    if let Some(policy) = document.policy() {
        let fixed = document.fixed();
        let again = Policy::parse(&fixed).unwrap_or_else(|error| panic!("{text:?} -> {fixed:?}: {error}"));
        assert_eq!(again.statements(), policy.statements(), "{text:?} -> {fixed:?}");
    }
}

fn place_is_right(text: &str, finding: &Finding) {
    let place = finding.place();
    let before = text.get(..place.span().start).expect("a boundary of characters");
    assert!(text.get(place.span()).is_some(), "{text:?}: {finding:?}");
    let line = before.rsplit('\n').next().unwrap_or_default();
    assert_eq!(
        (place.line(), place.column()),
        (before.matches('\n').count() + 1, line.chars().count() + 1),
        "{text:?}"
    );
}

/// Pieces that policies, and faulty ones, are made of.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'",
        "“",
        "”",
        "\\",
        "/",
        "//",
        "/*",
        "*/",
        "#",
        "\n",
        " ",
        "\u{a0}",
        "\u{feff}",
        "，",
        "：",
        "\"Version\"",
        "\"1\"",
        "1",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Action\"",
        "\"NotAction\"",
        "\"Resource\"",
        "\"Condition\"",
        "\"Principal\"",
        "\"RAM\"",
        "\"Bool\"",
        "\"BoolIfExists\"",
        "\"a:b\"",
        "\"\"",
        "true",
        "null",
        "Version",
        "x",
        "\"${x}\"",
        "\"arn:aws:\"",
        "\\u12",
        "-",
        "0.5e3",
        "é",
        "\t",
        "\"statement\"",
        "{\"x\"}",
        "(",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        consistent(&text);
    }

    #[test]
    fn any_heap_of_pieces_is_survived(pieces in prop::collection::vec(piece(), 0..40)) {
        consistent(&pieces.concat());
    }

    #[test]
    fn any_damage_is_survived(
        document in prop::sample::select(VALID.to_vec()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), 0..3_usize, piece()), 1..6),
        pretty in any::<bool>(),
    ) {
        let policy = Policy::parse(document).unwrap();
        let text = if pretty { policy.to_json_pretty() } else { document.to_owned() };
        let mut characters: Vec<char> = text.chars().collect();
        for (at, length, piece) in damage {
            let at = at.index(characters.len().max(1)).min(characters.len());
            let end = (at + length).min(characters.len());
            characters.splice(at..end, piece.chars());
        }
        consistent(&characters.into_iter().collect::<String>());
    }
}

#[test]
fn of_several_commas_at_the_end_none_is_left() {
    let statement = r#"{"Effect":"Allow","Action":"a:b","Resource":"*"}"#;
    for commas in [",,", ", ,\n,", ",/* none */,"] {
        for text in [
            format!(r#"{{"Version":"1","Statement":[{statement}{commas}]}}"#),
            format!(r#"{{"Version":"1","Statement":[{statement}]{commas}}}"#),
        ] {
            let document = Document::parse(&text);
            assert_eq!(document.policy().unwrap().statements().len(), 1, "{text}");
            assert!(Policy::parse(&document.fixed()).is_ok(), "{}", document.fixed());
        }
    }
}
