//! A document's text, its model, and where in the text everything is.

use std::fmt;
use std::ops::Range;
use std::str::Utf8Error;

use crate::finding::{Finding, Place, apply};
use crate::grammar::{self, Parsed, Tokens};
use crate::json::{self, Problem, Problems, Tape, advance};
use crate::statement::Member;
use crate::{ParseErrors, Policy, rules};

/// A text that was read as a policy: all that is wrong with it, what it means, and where everything is.
///
/// [`Policy::parse`] is enough to get at a policy; this is for those who tell people about their documents.
///
/// `Debug` shows findings and the number of statements.
pub struct Document<'t> {
    text: &'t str,
    tape: Tape,
    version: Option<usize>,
    tokens: Vec<Tokens>,
    policy: Option<Policy>,
    findings: Vec<Finding>,
    left_off: usize,
}

impl<'t> Document<'t> {
    /// Texts of more bytes are not read: 256 KB. The longest policy that the service takes has 16 KB.
    pub const MOST_BYTES: usize = json::MOST_BYTES;

    /// Texts with more brackets inside one another are not read: 32. A policy has six.
    pub const MOST_DEEP: usize = json::MOST_DEEP;

    /// So many findings are kept: 100.
    pub const MOST_FINDINGS: usize = Problems::MOST;

    /// Reads a text, in time that grows with its length and no faster. It never fails: what is wrong is in
    /// [`findings`](Self::findings).
    #[must_use]
    pub fn parse(text: &'t str) -> Self {
        let json::Read { tape, mut problems, compact } = json::read(text);
        let Parsed { statements, statement_first, version, tokens } =
            grammar::parse(text, &tape, &mut problems);
        let policy = statements.map(|statements| match problems.has_errors() {
            false => Policy::from_text(compact, statements),
            true => Policy::from_statements(statements, statement_first),
        });
        let left_off = problems.left_off();
        let findings = problems.finish(text, &tape);
        Self { text, tape, version, tokens, policy, findings, left_off }
    }

    /// Reads bytes. If they are not UTF-8, that is the only finding, and [`text`](Self::text) is what comes before.
    #[must_use]
    pub fn parse_bytes(bytes: &'t [u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(text),
            Err(error) => Self::not_utf8(bytes, error),
        }
    }

    fn not_utf8(bytes: &'t [u8], error: Utf8Error) -> Self {
        let text = bytes.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
        let text = text.unwrap_or_default();
        let mut problems = Problems::default();
        let message = "the text is not UTF-8 from here on; save it as UTF-8";
        problems.push(Problem::new(&rules::NOT_UTF8, text.len()..text.len(), message));
        let tape = Tape::default();
        let findings = problems.finish(text, &tape);
        Self { text, tape, version: None, tokens: Vec::new(), policy: None, findings, left_off: 0 }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The policy: as written if there is no error, and as it would be with all fixes made if each error has one.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        self.policy.as_ref()
    }

    /// The policy, if there is no error.
    ///
    /// # Errors
    ///
    /// [`ParseErrors`] with all of them.
    pub fn into_policy(self) -> Result<Policy, ParseErrors> {
        match self.policy {
            Some(policy) if !self.findings.iter().any(Finding::is_error) => Ok(policy),
            _ => Err(ParseErrors::new(self.findings, self.left_off)),
        }
    }

    /// What is wrong with the text, in its order; at most [`MOST_FINDINGS`](Self::MOST_FINDINGS).
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings there are beyond those that were kept.
    #[must_use]
    pub fn left_off(&self) -> usize {
        self.left_off
    }

    /// Whether the service would refuse the text.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// The text with every fix made that is offered.
    #[must_use]
    pub fn fixed(&self) -> String {
        let fixes = self.findings.iter().filter_map(Finding::fix);
        apply(self.text, fixes.flat_map(|fix| fix.edits()))
    }

    /// Where something of the policy is in the text. `None` if the policy has no such thing.
    ///
    /// Numbers count from 0, as those of [`Policy::statements`] and the like.
    #[must_use]
    pub fn place(&self, location: Location) -> Option<Place> {
        let index = self.token(location)?;
        let span = self.tape.token(index).span();
        let (mut line, mut column) = (1, 1);
        advance(self.text.get(..span.start)?, &mut line, &mut column);
        let mut path = self.tape.path_at(self.text, span.start);
        if location == Location::Policy {
            path.truncate(1);
        }
        Some(Place { span, line, column, path })
    }

    /// The bytes of something of the policy, quotes included; of the whole, if there is no such thing.
    pub(crate) fn span(&self, location: Location) -> Range<usize> {
        self.token(location).map_or(0..self.text.len(), |token| self.tape.token(token).span())
    }

    /// Where the letters of a string are as it means them: between its quotes, if there is no escape among them.
    pub(crate) fn letters(&self, location: Location) -> Option<Range<usize>> {
        let token = self.tape.token(self.token(location)?);
        (token.kind == json::Kind::String || token.kind == json::Kind::Name)
            .then(|| token.inside())
            .filter(|inside| !self.text.get(inside.clone()).is_some_and(|letters| letters.contains('\\')))
    }

    /// The findings of these problems, in the order of the text.
    pub(crate) fn place_problems(&self, problems: Problems) -> Vec<Finding> {
        problems.finish(self.text, &self.tape)
    }

    fn token(&self, location: Location) -> Option<usize> {
        match location {
            Location::Policy => (!self.tape.is_empty()).then_some(0),
            Location::Version => Some(self.version? + 1),
            Location::Statement(statement) => Some(self.tokens.get(statement)?.statement),
            Location::Sid(statement) => self.value(statement, Member::Sid),
            Location::Effect(statement) => self.value(statement, Member::Effect),
            Location::Principal(statement) => self.value(statement, Member::Principal),
            Location::PrincipalValue(statement, member, value) => {
                let principal = self.value(statement, Member::Principal)?;
                let typed = self.tape.members(principal).nth(member).map(|(_, values)| values);
                self.nth(typed.unwrap_or(principal), value)
            }
            Location::Actions(statement) => self.value(statement, Member::Action),
            Location::Action(statement, pattern) => self.nth(self.value(statement, Member::Action)?, pattern),
            Location::Resources(statement) => self.value(statement, Member::Resource),
            Location::Resource(statement, pattern) => {
                self.nth(self.value(statement, Member::Resource)?, pattern)
            }
            Location::Conditions(statement) => self.value(statement, Member::Condition),
            Location::Operator(statement, condition) => Some(self.condition(statement, condition)?.0),
            Location::Key(statement, condition) => Some(self.condition(statement, condition)?.1),
            Location::Value(statement, condition, value) => {
                self.nth(self.condition(statement, condition)?.1 + 1, value)
            }
        }
    }

    fn value(&self, statement: usize, member: Member) -> Option<usize> {
        let name = *self.tokens.get(statement)?.members.get(member as usize)?;
        Some(name? + 1)
    }

    /// A string counts as an array of one.
    fn nth(&self, value: usize, nth: usize) -> Option<usize> {
        match self.tape.token(value).kind {
            json::Kind::Array => self.tape.elements(value).nth(nth),
            _ => (nth == 0).then_some(value),
        }
    }

    /// The names of operator and key.
    fn condition(&self, statement: usize, condition: usize) -> Option<(usize, usize)> {
        let block = self.value(statement, Member::Condition)?;
        let operators = self.tape.members(block);
        let mut keys = operators
            .flat_map(|(operator, keys)| self.tape.members(keys).map(move |(key, _)| (operator, key)));
        keys.nth(condition)
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("statements", &self.tokens.len())
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

/// Something of a policy, by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// The whole.
    Policy,
    /// The value of `Version`.
    Version,
    /// A statement.
    Statement(usize),
    /// The value of a statement's `Sid`.
    Sid(usize),
    /// The value of a statement's `Effect`.
    Effect(usize),
    /// The value of a statement's `Principal`.
    Principal(usize),
    /// In a statement's principal: the member of the object (0 if it is none), and the value of it.
    PrincipalValue(usize, usize, usize),
    /// The value of a statement's `Action` or `NotAction`.
    Actions(usize),
    /// One pattern of it.
    Action(usize, usize),
    /// The value of a statement's `Resource` or `NotResource`.
    Resources(usize),
    /// One pattern of it.
    Resource(usize, usize),
    /// The value of a statement's `Condition`.
    Conditions(usize),
    /// The operator of a statement's condition: its name.
    Operator(usize, usize),
    /// The key of a statement's condition: its name.
    Key(usize, usize),
    /// One value of a statement's condition.
    Value(usize, usize, usize),
}
