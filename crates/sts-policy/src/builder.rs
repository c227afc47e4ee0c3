//! Policies put together by a program.

use std::fmt;

use crate::finding::Finding;
use crate::statement::Member;
use crate::{ActionElement, Condition, Effect, Policy, Principal, ResourceElement, Statement, print};

/// Puts a policy together; see [`Policy::builder`].
#[derive(Clone, Debug, Default)]
#[must_use = "`build` makes the policy"]
pub struct PolicyBuilder {
    statements: Vec<StatementBuilder>,
}

impl PolicyBuilder {
    /// Adds a statement: one that is being put together, or one of another policy.
    pub fn statement(mut self, statement: impl Into<StatementBuilder>) -> Self {
        self.statements.push(statement.into());
        self
    }

    /// Adds statements.
    pub fn statements<S: Into<StatementBuilder>>(mut self, statements: impl IntoIterator<Item = S>) -> Self {
        self.statements.extend(statements.into_iter().map(Into::into));
        self
    }

    /// Adds a condition to each statement that is there by now: `.on_all(Condition::ip_address(…))`.
    pub fn on_all(mut self, condition: Condition) -> Self {
        for statement in &mut self.statements {
            statement.add(condition.clone());
        }
        self
    }

    /// The policy, in its shortest spelling.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for what the grammar refuses: a policy without statements; a statement without actions, or with
    /// `Action` and `NotAction`; empty strings and lists; two conditions with the same operator and key, which would be one
    /// member twice.
    pub fn build(self) -> Result<Policy, BuildError> {
        let mut json = String::from("{\"Version\":\"1\",\"Statement\":[");
        for (index, statement) in self.statements.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            statement.print(&mut json);
        }
        json.push_str("]}");
        // What is written is read again: so nothing is built that is not read, and the other way round.
        Policy::parse(&json).map_err(|errors| BuildError { findings: errors.findings().to_vec() })
    }
}

/// Puts a statement together; see [`Statement::allow`] and [`Statement::deny`].
///
/// Setters add to what has been given before. `Debug` shows how much there is, since a policy names resources and people.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "`PolicyBuilder::statement` takes it"]
pub struct StatementBuilder {
    effect: Effect,
    sid: Option<String>,
    principal: Option<Principal>,
    actions: Option<Vec<String>>,
    not_actions: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    not_resources: Option<Vec<String>>,
    conditions: Vec<Condition>,
    /// Of the statement that it was made from.
    order: [Member; Member::COUNT],
}

impl StatementBuilder {
    pub(crate) fn new(effect: Effect) -> Self {
        Self {
            effect,
            sid: None,
            principal: None,
            actions: None,
            not_actions: None,
            resources: None,
            not_resources: None,
            conditions: Vec::new(),
            order: Member::USUAL,
        }
    }

    /// A name for people.
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// Whom the statement is about; for resource-based policies only.
    pub fn principal(mut self, principal: Principal) -> Self {
        self.principal = Some(principal);
        self
    }

    /// The actions it is about: `oss:GetObject`, `oss:Get*`, `*`.
    pub fn actions<S: Into<String>>(mut self, actions: impl IntoIterator<Item = S>) -> Self {
        self.actions.get_or_insert_default().extend(actions.into_iter().map(Into::into));
        self
    }

    /// It is about all actions but these. An `Allow` of this kind allows all that is not named, of every service.
    pub fn not_actions<S: Into<String>>(mut self, actions: impl IntoIterator<Item = S>) -> Self {
        self.not_actions.get_or_insert_default().extend(actions.into_iter().map(Into::into));
        self
    }

    /// The resources it is about: `acs:oss:*:*:my-bucket/*`. All but trust policies need some.
    pub fn resources<S: Into<String>>(mut self, resources: impl IntoIterator<Item = S>) -> Self {
        self.resources.get_or_insert_default().extend(resources.into_iter().map(Into::into));
        self
    }

    /// A condition, which must hold besides those given before.
    pub fn condition(mut self, condition: Condition) -> Self {
        self.add(condition);
        self
    }

    /// Conditions, all of which must hold besides those given before.
    pub fn conditions(mut self, conditions: impl IntoIterator<Item = Condition>) -> Self {
        conditions.into_iter().for_each(|condition| self.add(condition));
        self
    }

    /// Conditions under one operator stay together, in one member.
    fn add(&mut self, condition: Condition) {
        let last = self.conditions.iter().rposition(|other| other.operator == condition.operator);
        let at = last.map_or(self.conditions.len(), |last| last + 1);
        self.conditions.insert(at, condition);
    }

    /// As it is, fit or not.
    fn print(&self, json: &mut String) {
        json.push('{');
        for member in self.order {
            match member {
                Member::Sid => {
                    if let Some(sid) = &self.sid {
                        print::name(json, "Sid");
                        print::string(json, sid);
                        json.push(',');
                    }
                }
                Member::Effect => {
                    print::name(json, "Effect");
                    print::string(json, self.effect.as_str());
                    json.push(',');
                }
                Member::Principal => {
                    if let Some(principal) = &self.principal {
                        print::name(json, "Principal");
                        print::principal(json, principal);
                        json.push(',');
                    }
                }
                Member::Action => {
                    list(json, "Action", self.actions.as_deref());
                    list(json, "NotAction", self.not_actions.as_deref());
                }
                Member::Resource => {
                    list(json, "Resource", self.resources.as_deref());
                    list(json, "NotResource", self.not_resources.as_deref());
                }
                Member::Condition => {
                    if !self.conditions.is_empty() {
                        print::name(json, "Condition");
                        print::conditions(json, &self.conditions);
                        json.push(',');
                    }
                }
            }
        }
        // The last comma: the effect, at least, has been written.
        json.pop();
        json.push('}');
    }
}

/// One value without brackets. A list that turned out empty is written too: that it was forgotten must be noticed.
fn list(json: &mut String, name: &'static str, values: Option<&[String]>) {
    match values {
        None => return,
        Some([value]) => {
            print::name(json, name);
            print::string(json, value);
        }
        Some(values) => {
            print::name(json, name);
            print::array(json, values);
        }
    }
    json.push(',');
}

impl From<Statement> for StatementBuilder {
    /// To add to a statement of another policy. Brackets around one value, and an empty `Condition`, are lost.
    fn from(statement: Statement) -> Self {
        let mut builder = Self::new(statement.effect);
        match statement.action {
            ActionElement::Action(patterns) => builder.actions = Some(patterns.as_slice().to_vec()),
            ActionElement::NotAction(patterns) => builder.not_actions = Some(patterns.as_slice().to_vec()),
        }
        match statement.resource {
            Some(ResourceElement::Resource(patterns)) => {
                builder.resources = Some(patterns.as_slice().to_vec())
            }
            Some(ResourceElement::NotResource(patterns)) => {
                builder.not_resources = Some(patterns.as_slice().to_vec())
            }
            None => {}
        }
        builder.sid = statement.sid;
        builder.principal = statement.principal;
        builder.conditions = statement.conditions.unwrap_or_default();
        builder.order = statement.order;
        builder
    }
}

impl fmt::Debug for StatementBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatementBuilder")
            .field("effect", &self.effect)
            .field("principal", &self.principal)
            .field("actions", &self.actions.as_ref().map(Vec::len))
            .field("not_actions", &self.not_actions.as_ref().map(Vec::len))
            .field("resources", &self.resources.as_ref().map(Vec::len))
            .field("conditions", &self.conditions)
            .finish_non_exhaustive()
    }
}

/// Why no policy could be built: all that the grammar refuses.
///
/// `Display` is the first reason, where in the policy it is, and the number of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildError {
    findings: Vec<Finding>,
}

impl BuildError {
    /// All reasons. Their lines and columns are of the compact text; their paths tell more.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy cannot be built")?;
        if let Some(first) = self.findings.first() {
            write!(f, ": {} (`{}`)", first.message(), first.place().path())?;
        }
        match self.findings.len().saturating_sub(1) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl std::error::Error for BuildError {}

#[cfg(test)]
mod tests {
    use crate::{Comparison, Condition, Operator, Policy, Principal, SetPrefix, Statement};
    use std::time::{Duration, SystemTime};

    #[test]
    fn what_is_built_is_what_was_asked_for() {
        let policy = Policy::builder()
            .statement(
                Statement::allow()
                    .sid("read")
                    .actions(["oss:GetObject"])
                    .resources(["acs:oss:*:*:b/*", "acs:oss:*:*:c/*"])
                    .condition(Condition::ip_address("acs:SourceIp", ["192.0.2.0/24", "2001:db8::1"]))
                    .condition(Condition::bool("acs:SecureTransport", true))
                    .condition(Condition::not_ip_address("acs:SourceIp", ["192.0.2.9"]))
                    .condition(Condition::ip_address("acs:VpcSourceIp", [std::net::Ipv4Addr::LOCALHOST])),
            )
            .statement(Statement::deny().not_actions(["ram:BindMFADevice"]).resources(["*"]))
            .build()
            .unwrap();
        assert_eq!(
            policy.as_json(),
            concat!(
                r#"{"Version":"1","Statement":[{"Sid":"read","Effect":"Allow","Action":"oss:GetObject","#,
                r#""Resource":["acs:oss:*:*:b/*","acs:oss:*:*:c/*"],"Condition":{"IpAddress":{"acs:SourceIp":["192.0.2.0/24","2001:db8::1"],"#,
                r#""acs:VpcSourceIp":"127.0.0.1"},"Bool":{"acs:SecureTransport":"true"},"NotIpAddress":{"acs:SourceIp":"192.0.2.9"}}},"#,
                r#"{"Effect":"Deny","NotAction":"ram:BindMFADevice","Resource":"*"}]}"#
            )
        );
    }

    #[test]
    fn trust_policies_and_prefixes() {
        let policy = Policy::builder()
            .statement(
                Statement::allow()
                    .principal(Principal::service(["ecs.aliyuncs.com"]))
                    .actions(["sts:AssumeRole"]),
            )
            .on_all(Condition::new(
                Operator::with_prefix(SetPrefix::ForAllValues, Comparison::StringEquals),
                "ram:TrustedPrincipalTypes",
                ["Service"],
            ))
            .build()
            .unwrap();
        assert_eq!(
            policy.as_json(),
            r#"{"Version":"1","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs.aliyuncs.com"},"Action":"sts:AssumeRole","Condition":{"ForAllValues:StringEquals":{"ram:TrustedPrincipalTypes":"Service"}}}]}"#
        );
    }

    #[test]
    fn times_are_written_as_documented() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let policy = Policy::builder()
            .statement(
                Statement::allow()
                    .actions(["*"])
                    .conditions(Condition::date_between(
                        "acs:CurrentTime",
                        at(1_704_067_200),
                        at(1_735_689_599),
                    ))
                    .condition(Condition::numeric_less_than_equals("kms:RecoveryWindowInDays", [7])),
            )
            .build()
            .unwrap();
        let conditions = policy.statements()[0].conditions();
        assert_eq!(conditions[0].values().as_slice(), ["2024-01-01T00:00:00Z"]);
        assert_eq!(conditions[1].values().as_slice(), ["2024-12-31T23:59:59Z"]);
        assert_eq!(conditions[2].values().as_slice(), ["7"]);
    }

    #[test]
    fn what_the_grammar_refuses_is_not_built() {
        let allow = || Statement::allow().actions(["a:b"]).resources(["*"]);
        let twice = || Condition::bool("acs:MFAPresent", true);
        let none: [&str; 0] = [];
        for (builder, code) in [
            (Policy::builder(), "empty-element"),
            (Policy::builder().statement(Statement::allow().resources(["*"])), "action-missing"),
            (Policy::builder().statement(allow().not_actions(["c:d"])), "action-and-not-action"),
            (Policy::builder().statement(Statement::deny().actions([""])), "empty-element"),
            (
                Policy::builder().statement(Statement::allow().actions(["a:b"]).resources(none)),
                "empty-element",
            ),
            (Policy::builder().statement(Statement::allow().actions(none)), "empty-element"),
            (Policy::builder().statement(allow().resources([""])), "empty-element"),
            (Policy::builder().statement(allow().condition(twice()).condition(twice())), "duplicate-member"),
            (
                Policy::builder().statement(allow().condition(Condition::string_like("k", none))),
                "empty-element",
            ),
            (
                Policy::builder().statement(allow().condition(Condition::string_like("", ["v"]))),
                "empty-element",
            ),
            (Policy::builder().statement(allow().principal(Principal::ram(none))), "empty-element"),
        ] {
            let error = builder.build().unwrap_err();
            assert_eq!(error.findings()[0].code(), code, "{error}");
        }
        let error =
            Policy::builder().statement(allow()).statement(allow().actions([""])).build().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the policy cannot be built: this string is empty; `*` stands for everything (`$.Statement[1].Action[1]`)"
        );
    }

    #[test]
    fn a_statement_of_another_policy_can_be_taken() {
        let text = r#"{"Version":"1","Statement":[{"NotResource":["x","y"],"NotAction":"a:b","Effect":"Deny","Sid":"s"}]}"#;
        let policy = Policy::parse(text).unwrap();
        let again = Policy::builder().statements(policy.statements().to_vec()).build().unwrap();
        assert_eq!(again.as_json(), text);
    }
}
