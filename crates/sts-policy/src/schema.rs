//! The JSON Schema of policy documents: feature `schema`.

use crate::{Comparison, PrincipalKind, SetPrefix, print};

/// The JSON Schema (draft 2020-12) of policy documents, for editors: completion, and errors while typing. The same text is
/// in the crate's folder `schema/`.
///
/// It knows the grammar and no more: neither limits nor what actions there are.
#[must_use]
pub fn json_schema() -> String {
    let mut compact = String::from("{");
    for (name, value) in HEAD {
        member(&mut compact, name, &quoted(value));
    }
    compact.push_str(
        r#""type":"object","required":["Version","Statement"],"additionalProperties":false,"properties":{"#,
    );
    compact.push_str(
        r#""Version":{"description":"The version of the policy language. There is one.","const":"1"},"#,
    );
    compact.push_str(r##""Statement":{"description":"What is allowed and denied.","type":"array","minItems":1,"items":{"$ref":"#/$defs/statement"}}},"##);
    compact.push_str(r#""$defs":{"#);
    member(&mut compact, "statement", &statement());
    member(&mut compact, "patterns", &strings(1));
    member(&mut compact, "values", &strings(0));
    member(&mut compact, "principal", &principal());
    member(&mut compact, "condition", &condition());
    member(&mut compact, "keys", KEYS);
    compact.pop();
    compact.push_str("}}");
    let mut pretty = print::pretty(&compact);
    pretty.push('\n');
    pretty
}

const HEAD: [(&str, &str); 3] = [
    ("$schema", "https://json-schema.org/draft/2020-12/schema"),
    ("title", "Alibaba Cloud RAM policy"),
    (
        "description",
        "A policy document: identity, session, trust, bucket and other policies share one grammar.",
    ),
];

/// The members of a statement: name, schema, what people are told.
const MEMBERS: [(&str, &str, &str); 8] = [
    ("Sid", r#""type":"string""#, "A name for people."),
    (
        "Effect",
        r#""enum":["Allow","Deny"]"#,
        "What is done with the requests that the statement is about. Denials win.",
    ),
    (
        "Principal",
        r##""$ref":"#/$defs/principal""##,
        "Whom the statement is about; in resource-based policies only.",
    ),
    (
        "Action",
        r##""$ref":"#/$defs/patterns""##,
        "The actions, as `oss:GetObject` or `oss:Get*`; letter case does not matter.",
    ),
    ("NotAction", r##""$ref":"#/$defs/patterns""##, "All actions but these."),
    (
        "Resource",
        r##""$ref":"#/$defs/patterns""##,
        "The resources, as `acs:oss:*:*:my-bucket/*`; letter case matters.",
    ),
    ("NotResource", r##""$ref":"#/$defs/patterns""##, "All resources but these. Old; avoid it."),
    ("Condition", r##""$ref":"#/$defs/condition""##, "Conditions, all of which must hold."),
];

fn statement() -> String {
    let mut properties = String::new();
    for (name, schema, description) in MEMBERS {
        member(&mut properties, name, &format!("{{\"description\":{},{schema}}}", quoted(description)));
    }
    properties.pop();
    let either = r#""oneOf":[{"required":["Action"]},{"required":["NotAction"]}],"not":{"required":["Resource","NotResource"]}"#;
    format!(
        r#"{{"type":"object","required":["Effect"],{either},"additionalProperties":false,"properties":{{{properties}}}}}"#
    )
}

fn principal() -> String {
    let mut kinds = String::new();
    for kind in PrincipalKind::ALL {
        member(&mut kinds, kind.as_str(), r##"{"$ref":"#/$defs/patterns"}"##);
    }
    kinds.pop();
    format!(
        r#"{{"anyOf":[{{"const":"*"}},{{"type":"array","items":{{"type":"string","minLength":1}}}},{{"type":"object","minProperties":1,"additionalProperties":false,"properties":{{{kinds}}}}}]}}"#
    )
}

/// What stands under an operator.
const KEYS: &str = r##"{"type":"object","minProperties":1,"propertyNames":{"minLength":1},"additionalProperties":{"$ref":"#/$defs/values"}}"##;

fn condition() -> String {
    let keys = r##"{"$ref":"#/$defs/keys"}"##;
    let mut operators = String::new();
    for comparison in Comparison::ALL {
        member(&mut operators, comparison.as_str(), keys);
    }
    for prefix in SetPrefix::ALL {
        for comparison in Comparison::ALL {
            member(&mut operators, &format!("{}:{}", prefix.as_str(), comparison.as_str()), keys);
        }
    }
    operators.pop();
    format!(r#"{{"type":"object","additionalProperties":false,"properties":{{{operators}}}}}"#)
}

/// One string or some.
fn strings(least: usize) -> String {
    let string = format!(r#"{{"type":"string","minLength":{least}}}"#);
    format!(r#"{{"anyOf":[{string},{{"type":"array","minItems":1,"items":{string}}}]}}"#)
}

fn member(json: &mut String, name: &str, value: &str) {
    print::string(json, name);
    json.push(':');
    json.push_str(value);
    json.push(',');
}

fn quoted(text: &str) -> String {
    let mut json = String::new();
    print::string(&mut json, text);
    json
}

#[cfg(test)]
mod tests {
    use super::json_schema;
    use crate::Policy;
    use crate::tests::documents::VALID;
    use serde_json::Value;

    #[test]
    fn the_file_is_up_to_date() {
        let file = include_str!("../schema/policy.schema.json");
        assert!(
            file == json_schema(),
            "cargo run -p sts-policy --features schema --example print_schema > crates/sts-policy/schema/policy.schema.json"
        );
    }

    #[test]
    fn schema_and_parser_agree() {
        let schema: Value = serde_json::from_str(&json_schema()).unwrap();
        let valid = VALID.iter().map(|text| (*text, true));
        let with = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"a:b",X}]}"#;
        let invalid = [
            r#"{}"#,
            r#"[]"#,
            r#"{"Version":"1"}"#,
            r#"{"Version":1,"Statement":[{"Effect":"Allow","Action":"a:b"}]}"#,
            r#"{"Version":"2","Statement":[{"Effect":"Allow","Action":"a:b"}]}"#,
            r#"{"Version":"1","Statement":[]}"#,
            r#"{"Version":"1","Statement":{"Effect":"Allow","Action":"a:b"}}"#,
            r#"{"Version":"1","Statements":[{"Effect":"Allow","Action":"a:b"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"allow","Action":"a:b"}]}"#,
            r#"{"Version":"1","Statement":[{"Action":"a:b"}]}"#,
            r#"{"Version":"1","Statement":[{"Effect":"Allow"}]}"#,
        ];
        let members = [
            r#""NotAction":"a:b""#,
            r#""Resource":[]"#,
            r#""Resource":"""#,
            r#""Resource":"x","NotResource":"y""#,
            r#""Resource":5"#,
            r#""fortest":"x""#,
            r#""Principal":"1""#,
            r#""Principal":{}"#,
            r#""Principal":{"AWS":"1"}"#,
            r#""Principal":{"RAM":[]}"#,
            r#""Condition":[]"#,
            r#""Condition":{"Bool":{}}"#,
            r#""Condition":{"Bool":{"k":[]}}"#,
            r#""Condition":{"Bool":{"k":true}}"#,
            r#""Condition":{"Bool":{"":"true"}}"#,
            r#""Condition":{"BoolIfExists":{"k":"true"}}"#,
        ];
        let invalid =
            invalid.map(str::to_owned).into_iter().chain(members.map(|member| with.replace('X', member)));
        let documents =
            valid.map(|(text, valid)| (text.to_owned(), valid)).chain(invalid.map(|text| (text, false)));
        for (text, valid) in documents {
            assert_eq!(Policy::parse(&text).is_ok(), valid, "{text}");
            assert_eq!(fits(&schema, &schema, &serde_json::from_str(&text).unwrap()), valid, "{text}");
        }
    }

    /// Whether a value fits a schema, as far as ours uses the language; an unknown keyword is an error.
    fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
        let all =
            |schemas: &Value| schemas.as_array().unwrap().iter().filter(|s| fits(root, s, value)).count();
        let length = |value: &Value| value.as_str().map_or(u64::MAX, |text| text.chars().count() as u64);
        schema.as_object().unwrap().iter().all(|(keyword, rule)| match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                fits(root, &root["$defs"][name], value)
            }
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                other => panic!("type {other}"),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "anyOf" => all(rule) > 0,
            "oneOf" => all(rule) == 1,
            "not" => !fits(root, rule, value),
            "required" => value.as_object().is_none_or(|members| {
                rule.as_array().unwrap().iter().all(|name| members.contains_key(name.as_str().unwrap()))
            }),
            "minLength" => length(value) >= rule.as_u64().unwrap(),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= rule.as_u64().unwrap()),
            "minProperties" => {
                value.as_object().is_none_or(|members| members.len() as u64 >= rule.as_u64().unwrap())
            }
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| fits(root, rule, item))),
            "properties" => value.as_object().is_none_or(|members| {
                rule.as_object()
                    .unwrap()
                    .iter()
                    .all(|(name, rule)| members.get(name).is_none_or(|value| fits(root, rule, value)))
            }),
            "additionalProperties" => value.as_object().is_none_or(|members| {
                let known =
                    |name: &String| schema.get("properties").is_some_and(|known| known.get(name).is_some());
                members
                    .iter()
                    .all(|(name, value)| known(name) || (rule.is_object() && fits(root, rule, value)))
            }),
            "propertyNames" => value.as_object().is_none_or(|members| {
                members.keys().all(|name| fits(root, rule, &Value::from(name.as_str())))
            }),
            other => panic!("keyword {other}"),
        })
    }
}
