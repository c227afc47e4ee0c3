//! What the policy of a form asks of it.

use serde_json::Value;

use crate::oss::form::Form;
use crate::oss::refusal::Refusal;

/// Checks a form against the conditions of its policy. That it is signed and not expired was checked before.
pub(crate) fn check(policy: &str, form: &Form, bucket: &str) -> Result<(), Refusal> {
    let policy: Value = serde_json::from_str(policy).map_err(|_| invalid("it is not JSON"))?;
    let conditions = policy.get("conditions").and_then(Value::as_array);
    let conditions = conditions.ok_or_else(|| invalid("it has no conditions"))?;
    conditions.iter().try_for_each(|condition| check_one(condition, form, bucket))
}

fn check_one(condition: &Value, form: &Form, bucket: &str) -> Result<(), Refusal> {
    let failed = || Err(Refusal::form_policy(format!("Policy Condition failed: {condition}")));
    let holds = match condition {
        Value::Object(pairs) => {
            let all = pairs.iter().map(|(name, wanted)| Some(value(name, form, bucket)? == wanted.as_str()?));
            all.collect::<Option<Vec<bool>>>().is_some_and(|all| all.iter().all(|holds| *holds))
        }
        Value::Array(parts) => match parts.as_slice() {
            [Value::String(operator), least, most] if operator == "content-length-range" => {
                return check_length(least, most, form.file.len());
            }
            [Value::String(operator), Value::String(name), wanted] => {
                let name = name.strip_prefix('$').ok_or_else(|| invalid("a field's name lacks its $"))?;
                let value = value(name, form, bucket);
                match (operator.as_str(), wanted) {
                    ("eq", Value::String(wanted)) => value == Some(wanted),
                    ("starts-with", Value::String(wanted)) => {
                        // An empty one lets everything through, no field at all included.
                        wanted.is_empty() || value.is_some_and(|value| value.starts_with(wanted.as_str()))
                    }
                    ("in", Value::Array(wanted)) => {
                        value.is_some_and(|value| wanted.iter().any(|one| one.as_str() == Some(value)))
                    }
                    ("not-in", Value::Array(wanted)) => {
                        value.is_none_or(|value| wanted.iter().all(|one| one.as_str() != Some(value)))
                    }
                    _ => {
                        return Err(invalid(
                            "a condition is none of eq, starts-with, in, not-in, content-length-range",
                        ));
                    }
                }
            }
            _ => return Err(invalid("a condition does not have three parts")),
        },
        _ => return Err(invalid("a condition is neither an object nor an array")),
    };
    if holds { Ok(()) } else { failed() }
}

fn check_length(least: &Value, most: &Value, length: usize) -> Result<(), Refusal> {
    let (Some(least), Some(most)) = (least.as_u64(), most.as_u64()) else {
        return Err(invalid("content-length-range takes two whole numbers"));
    };
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    match (length < least, length > most) {
        (true, _) => Err(Refusal::too_small(least)),
        (_, true) => Err(Refusal::too_large(most)),
        _ => Ok(()),
    }
}

/// What a condition about this name is held against.
fn value<'a>(name: &str, form: &'a Form, bucket: &'a str) -> Option<&'a str> {
    if name.eq_ignore_ascii_case("bucket") {
        Some(bucket)
    } else if name.eq_ignore_ascii_case("key") {
        Some(&form.key)
    } else if name.eq_ignore_ascii_case("content-type") {
        form.content_type()
    } else {
        form.text(name)
    }
}

fn invalid(why: &str) -> Refusal {
    Refusal::form_policy_document(format!("Invalid Policy: {why}."))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::oss::form::Form;
    use proptest::prelude::*;

    fn code(conditions: &str) -> Result<(), &'static str> {
        let fields = [("key", "user/eric/a.txt"), ("x-oss-meta-tag", "b"), ("Content-Type", "text/plain")];
        let form = Form::for_test(&fields, b"12345");
        let policy = format!(r#"{{"expiration":"2026-01-15T12:00:00Z","conditions":[{conditions}]}}"#);
        check(&policy, &form, "bucket").map_err(|refusal| refusal.known_code())
    }

    /// The forms of conditions that are documented.
    #[test]
    fn every_form_of_condition() {
        for (conditions, expected) in [
            ("", Ok(())),
            (r#"{"bucket":"bucket"}"#, Ok(())),
            (r#"{"bucket":"other"}"#, Err("AccessDenied")),
            (r#"["eq","$key","user/eric/a.txt"]"#, Ok(())),
            (r#"["eq","$key","user/eric/"]"#, Err("AccessDenied")),
            (r#"["starts-with","$key","user/eric/"]"#, Ok(())),
            (r#"["starts-with","$KEY","user/betty/"]"#, Err("AccessDenied")),
            (r#"["starts-with","$success_action_redirect",""]"#, Ok(())),
            (r#"{"x-oss-meta-tag":"b"}"#, Ok(())),
            (r#"{"x-oss-meta-missing":"b"}"#, Err("AccessDenied")),
            (r#"["in","$content-type",["image/png","text/plain"]]"#, Ok(())),
            (r#"["in","$content-type",["image/png"]]"#, Err("AccessDenied")),
            (r#"["not-in","$content-type",["image/png"]]"#, Ok(())),
            (r#"["not-in","$content-type",["text/plain"]]"#, Err("AccessDenied")),
            (r#"["content-length-range",1,5]"#, Ok(())),
            (r#"["content-length-range",6,10]"#, Err("EntityTooSmall")),
            (r#"["content-length-range",0,4]"#, Err("EntityTooLarge")),
            (r#"{"bucket":"bucket"},{"key":"other"}"#, Err("AccessDenied")),
            (r#"["content-length-range",-1,"x"]"#, Err("InvalidPolicyDocument")),
            (r#"["eq","key","a"]"#, Err("InvalidPolicyDocument")),
            (r#"["like","$key","a"]"#, Err("InvalidPolicyDocument")),
            (r#""key""#, Err("InvalidPolicyDocument")),
        ] {
            assert_eq!(code(conditions), expected, "{conditions}");
        }
    }

    proptest! {
        #[test]
        fn no_policy_is_too_strange(policy in ".*", conditions in "[\\[\\]{}\",:$a-z0-9]{0,80}") {
            let form = Form::for_test(&[("key", "a")], b"");
            let _ = check(&policy, &form, "bucket");
            let _ = code(&conditions);
        }
    }
}
