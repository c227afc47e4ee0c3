//! One statement, ready to be compared.

use crate::decide::caller::Who;
use crate::decide::condition::Condition;
use crate::decide::options::{Options, Star};
use crate::decide::request::Request;
use crate::{OneOrMany, Pattern};

#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// `None`: whoever asks.
    who: Option<Who>,
    actions: Patterns,
    /// `None`: the one resource that the policy belongs to.
    resources: Option<Patterns>,
    conditions: Box<[Condition]>,
}

/// Patterns one of which must match or, negated, none.
#[derive(Clone, Debug)]
pub(super) struct Patterns {
    patterns: Box<[Pattern]>,
    is_negated: bool,
}

impl Statement {
    pub(super) fn new(source: &crate::Statement, options: Options) -> Self {
        let is_conditional = !source.conditions().is_empty();
        let action = source.action();
        let resource_pattern = match options.star {
            Star::CrossesColons => Pattern::new,
            Star::StaysInSegment => Pattern::within_segments,
        };
        Self {
            who: source.principal().map(|principal| Who::new(principal, is_conditional, options)),
            actions: Patterns::new(action.patterns(), action.is_negated(), Pattern::ignoring_case),
            resources: source
                .resource()
                .map(|resource| Patterns::new(resource.patterns(), resource.is_negated(), resource_pattern)),
            conditions: source.conditions().iter().map(|source| Condition::new(source, options)).collect(),
        }
    }

    #[inline]
    pub(super) fn applies_to(&self, request: &Request<'_>) -> bool {
        self.has_action(request)
            && self.has_resource(request)
            && self.has_caller(request)
            && self.conditions.iter().all(|condition| condition.is_met(request.context))
    }

    pub(super) fn has_action(&self, request: &Request<'_>) -> bool {
        self.actions.include(&request.folded_action)
    }

    pub(super) fn has_resource(&self, request: &Request<'_>) -> bool {
        self.resources.as_ref().is_none_or(|resources| resources.include(request.resource.as_bytes()))
    }

    pub(super) fn has_caller(&self, request: &Request<'_>) -> bool {
        self.who.as_ref().is_none_or(|who| who.includes_caller_of(request))
    }

    pub(super) fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// Where the statement is about certain actions: their patterns.
    pub(super) fn actions(&self) -> Option<&[Pattern]> {
        self.actions.positive()
    }

    /// Where the statement is about certain resources: their patterns.
    pub(super) fn resources(&self) -> Option<&[Pattern]> {
        self.resources.as_ref().and_then(Patterns::positive)
    }
}

impl Patterns {
    fn new(source: &OneOrMany, is_negated: bool, compile: fn(&str) -> Pattern) -> Self {
        Self { patterns: source.iter().map(|text| compile(text)).collect(), is_negated }
    }

    #[inline]
    fn include(&self, text: &[u8]) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches_folded(text)) != self.is_negated
    }

    fn positive(&self) -> Option<&[Pattern]> {
        (!self.is_negated).then_some(&self.patterns)
    }
}
