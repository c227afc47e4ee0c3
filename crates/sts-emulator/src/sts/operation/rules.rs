//! The published rules of the parameters. Judged here and not by the newtypes of `sts-types`, which the client uses.

use sts_policy::{Document, Policy, PolicyKind, Severity};

use crate::sts::parameters::Parameters;
use crate::sts::refusal::Refusal;

/// Documented for all three AssumeRole operations.
const DEFAULT_DURATION: i64 = 3600;

/// The documentation counts characters, the error message bytes. Characters, so that what the documentation allows
/// is allowed.
const MAX_POLICY_CHARS: usize = 2048;

/// The parts of `acs:ram::<account-id>:role/<role-name>`.
pub(super) struct RoleArn<'a> {
    pub(super) account_id: &'a str,
    pub(super) role_name: &'a str,
}

pub(super) fn role_arn(text: &str) -> Result<RoleArn<'_>, Refusal> {
    let wrong = || Refusal::wrongly_formed("RoleArn");
    let rest = text.strip_prefix("acs:ram::").ok_or_else(wrong)?;
    let (account_id, role_name) = rest.split_once(":role/").ok_or_else(wrong)?;
    let is_account = (1..=20).contains(&account_id.len()) && account_id.bytes().all(|b| b.is_ascii_digit());
    if is_account && is_made_of(role_name, 1..=64, "._-") {
        Ok(RoleArn { account_id, role_name })
    } else {
        Err(wrong())
    }
}

pub(super) fn session_name(text: &str) -> Result<(), Refusal> {
    if is_made_of(text, 2..=64, ".@_-") { Ok(()) } else { Err(Refusal::wrongly_formed("RoleSessionName")) }
}

/// The maximum is the role's and is checked later.
pub(super) fn duration_seconds(parameters: &Parameters, min: i64) -> Result<i64, Refusal> {
    let Some(text) = parameters.get("DurationSeconds") else { return Ok(DEFAULT_DURATION) };
    let seconds: i64 = text.parse().map_err(|_| Refusal::duration())?;
    if text.bytes().all(|b| b.is_ascii_digit()) && seconds >= min {
        Ok(seconds)
    } else {
        Err(Refusal::duration())
    }
}

pub(super) fn external_id(parameters: &Parameters) -> Result<Option<&str>, Refusal> {
    match parameters.get("ExternalId") {
        Some(id) if !is_made_of(id, 2..=1224, "_+=,.@:/-") => Err(Refusal::wrongly_formed("ExternalId")),
        id => Ok(id),
    }
}

pub(super) fn source_identity(parameters: &Parameters) -> Result<Option<&str>, Refusal> {
    let Some(source) = parameters.get("SourceIdentity") else { return Ok(None) };
    let reserved = ["acs:", "aliyun:", "alibabacloud:"].iter().any(|prefix| source.starts_with(prefix));
    if reserved || !is_made_of(source, 2..=64, "_+=,.@-") {
        return Err(Refusal::wrongly_formed("SourceIdentity"));
    }
    Ok(Some(source))
}

/// Size, JSON, grammar, and what a session policy may not have.
pub(super) fn policy(parameters: &Parameters) -> Result<Option<Policy>, Refusal> {
    let Some(text) = parameters.get("Policy") else { return Ok(None) };
    if text.chars().count() > MAX_POLICY_CHARS {
        return Err(Refusal::policy_size());
    }
    let document = Document::parse(text);
    let report = document.check(PolicyKind::Session);
    if report.findings().iter().any(|finding| finding.severity() == Severity::Error) {
        return Err(Refusal::policy_grammar());
    }
    document.into_policy().map(Some).map_err(|_| Refusal::policy_grammar())
}

/// ASCII letters and digits, and these others.
fn is_made_of(text: &str, length: std::ops::RangeInclusive<usize>, others: &str) -> bool {
    length.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(name: &str, value: &str) -> Parameters {
        let hex: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        Parameters::parse(format!("{name}={hex}").as_bytes(), b"").ok().unwrap()
    }

    #[test]
    fn role_arns() {
        let arn = role_arn("acs:ram::1234567890123456:role/My.Role-1").ok().unwrap();
        assert_eq!((arn.account_id, arn.role_name), ("1234567890123456", "My.Role-1"));
        for bad in [
            "app",
            "acs:ram::1:root",
            "acs:ram::1:role/",
            "acs:ram:::role/app",
            "acs:ram::1x:role/app",
            "acs:ram::123456789012345678901:role/app",
            "acs:ram:cn-hangzhou:1:role/app",
            "arn:aws:iam::1:role/app",
            "acs:ram::1:role/app/session",
            "acs:ram::1:role/a b",
        ] {
            assert!(role_arn(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn policies() {
        let code = |text: &str| policy(&parameters("Policy", text)).err().map(|r| r.code().to_owned());
        let good = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:*","Resource":"*"}]}"#;
        assert_eq!(code(good), None);
        assert_eq!(code(&format!("{good}{}", " ".repeat(2048 - good.len()))), None);
        let grammar = Some("InvalidParameter.PolicyGrammar");
        for bad in [
            "policy",
            "[]",
            &good.replace("\"Statement\"", "\"Statements\""),
            &good.replace("\"1\"", "1"),
            &good.replace("\"1\"", "\"2\""),
            &good.replace("Allow", "allow"),
            &good.replace("Action", "Actions"),
            &good.replace('}', ",}"),
            r#"{"Version":"1","Statement":{}}"#,
        ] {
            assert_eq!(code(bad).as_deref(), grammar, "{bad}");
        }
        assert_eq!(code(&" ".repeat(2049)).as_deref(), Some("InvalidParameter.PolicySize"));
        assert_eq!(code(&"中".repeat(2048)).as_deref(), grammar);
    }

    #[test]
    fn durations() {
        let read = |text: &str| duration_seconds(&parameters("DurationSeconds", text), 900).ok();
        assert_eq!((read("900"), read("43200"), read("")), (Some(900), Some(43_200), Some(3600)));
        for bad in ["899", "-900", "+900", "1e3", "900.0", "0x384", "99999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn names() {
        for (text, good) in
            [("ab", true), ("a", false), ("a b", false), ("a@b.c_d-e", true), ("a/b", false), ("名字", false)]
        {
            assert_eq!(session_name(text).is_ok(), good, "{text}");
        }
        assert!(session_name(&"x".repeat(64)).is_ok() && session_name(&"x".repeat(65)).is_err());
        assert!(external_id(&parameters("ExternalId", "a+b=c,d.e@f:g/h-i_j")).is_ok());
        assert!(external_id(&parameters("ExternalId", "a b")).is_err());
        assert!(external_id(&parameters("ExternalId", &"x".repeat(1225))).is_err());
        for (text, good) in [("alice", true), ("a", false), ("acs:alice", false), ("a:b", false)] {
            assert_eq!(source_identity(&parameters("SourceIdentity", text)).is_ok(), good, "{text}");
        }
    }
}
