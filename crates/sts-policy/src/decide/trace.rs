//! Why a decision is what it is.

use crate::decide::options::Options;
use crate::decide::request::Request;
use crate::decide::{Verdict, statement};
use crate::{Condition, Effect, Operator, Statement};
use std::fmt;

/// A decision with what every statement said. `Display` writes it for people, a line a statement; it shows what policy and
/// request hold. `Debug` shows neither's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    verdict: Verdict,
    statements: Vec<StatementTrace>,
}

/// What one statement said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementTrace {
    effect: Effect,
    mismatches: Vec<Mismatch>,
}

/// Why a statement does not apply to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// It is about other actions.
    Action,
    /// It is about other resources.
    Resource,
    /// It is about other callers, or the request does not say who asks.
    Principal,
    /// A condition of it is not met.
    Condition(ConditionMismatch),
}

/// A condition that is not met.
#[derive(Clone, PartialEq, Eq)]
pub struct ConditionMismatch {
    condition: Condition,
    found: Option<Vec<String>>,
}

impl Trace {
    pub(super) fn new(
        verdict: Verdict,
        source: &[Statement],
        options: Options,
        request: &Request<'_>,
    ) -> Self {
        let statements = source.iter().map(|source| StatementTrace::new(source, options, request)).collect();
        Self { verdict, statements }
    }

    /// The decision, and the statement that made it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What each statement said, in the order of the policy.
    #[must_use]
    pub fn statements(&self) -> &[StatementTrace] {
        &self.statements
    }
}

impl StatementTrace {
    fn new(source: &Statement, options: Options, request: &Request<'_>) -> Self {
        let statement = statement::Statement::new(source, options);
        let mut mismatches = Vec::new();
        if !statement.has_action(request) {
            mismatches.push(Mismatch::Action);
        }
        if !statement.has_resource(request) {
            mismatches.push(Mismatch::Resource);
        }
        if !statement.has_caller(request) {
            mismatches.push(Mismatch::Principal);
        }
        for (compiled, condition) in statement.conditions().iter().zip(source.conditions()) {
            if !compiled.is_met(request.context) {
                let found = request.context.values(condition.key());
                let found = found.map(|values| values.iter().map(|value| value.text.clone()).collect());
                mismatches
                    .push(Mismatch::Condition(ConditionMismatch { condition: condition.clone(), found }));
            }
        }
        Self { effect: source.effect(), mismatches }
    }

    /// What the statement does where it applies.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether the statement applies to the request.
    #[must_use]
    pub fn applies(&self) -> bool {
        self.mismatches.is_empty()
    }

    /// Everything that is in the way; nothing where the statement applies.
    #[must_use]
    pub fn mismatches(&self) -> &[Mismatch] {
        &self.mismatches
    }
}

impl ConditionMismatch {
    /// The operator.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.condition.operator()
    }

    /// The condition key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.condition.key()
    }

    /// The values of the policy.
    #[must_use]
    pub fn wanted(&self) -> &[String] {
        self.condition.values().as_slice()
    }

    /// The values of the request; `None` where it lacks the key.
    #[must_use]
    pub fn found(&self) -> Option<&[String]> {
        self.found.as_deref()
    }
}

impl fmt::Debug for ConditionMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConditionMismatch({} {})", self.operator(), self.key())
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.verdict.statement {
            Some(at) => writeln!(f, "{}: statement {at} decides", self.verdict.decision)?,
            None => writeln!(f, "{}: no statement applies", self.verdict.decision)?,
        }
        for (at, statement) in self.statements.iter().enumerate() {
            writeln!(f, "statement {at} {statement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for StatementTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) ", self.effect.as_str())?;
        f.write_str(if self.applies() { "applies" } else { "does not apply: " })?;
        for (at, mismatch) in self.mismatches.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "; " })?;
            mismatch.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action => f.write_str("another action"),
            Self::Resource => f.write_str("another resource"),
            Self::Principal => f.write_str("another principal"),
            Self::Condition(mismatch) => mismatch.fmt(f),
        }
    }
}

impl fmt::Display for ConditionMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} wants {}, ", self.operator(), self.key(), quoted(self.wanted()))?;
        match self.found() {
            Some(found) => write!(f, "the request has {}", quoted(found)),
            None => f.write_str("the request lacks the key"),
        }
    }
}

/// On one line, whatever is in it.
fn quoted(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{}`", value.escape_debug())).collect();
    quoted.join(", ")
}
