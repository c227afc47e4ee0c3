//! A statement with its actions looked up.

use crate::catalogue::{self, Action, Service};
use crate::{Effect, Pattern, Statement};

/// A statement, and where it is.
pub(super) struct Subject<'p> {
    pub(super) index: usize,
    pub(super) statement: &'p Statement,
    /// Those of `Action` or `NotAction`.
    pub(super) actions: Vec<ActionPattern<'p>>,
}

impl<'p> Subject<'p> {
    pub(super) fn new(index: usize, statement: &'p Statement) -> Self {
        let actions = statement.action().patterns().iter().map(|text| ActionPattern::new(text)).collect();
        Self { index, statement, actions }
    }

    pub(super) fn is_allow(&self) -> bool {
        self.statement.effect() == Effect::Allow
    }

    pub(super) fn is_conditional(&self) -> bool {
        !self.statement.conditions().is_empty()
    }

    /// Its actions, if it is about these and not about all others.
    pub(super) fn positive_actions(&self) -> Option<&[ActionPattern<'p>]> {
        (!self.statement.action().is_negated()).then_some(&self.actions)
    }

    /// Its resources, if it is about these and not about all others.
    pub(super) fn positive_resources(&self) -> Option<&'p [String]> {
        let resource = self.statement.resource()?;
        (!resource.is_negated()).then(|| resource.patterns().as_slice())
    }

    /// Whether it is about an action of this name.
    pub(super) fn has_action(&self, name: &str) -> bool {
        self.actions.iter().any(|action| action.includes(name)) != self.statement.action().is_negated()
    }

    /// Whether it is about a resource of this name, or about the one that the policy belongs to.
    pub(super) fn has_resource(&self, name: &str) -> bool {
        self.statement.resource().is_none_or(|resource| {
            let includes = |pattern: &String| pattern == "*" || Pattern::new(pattern).matches(name);
            resource.patterns().iter().any(includes) != resource.is_negated()
        })
    }
}

/// One pattern of actions.
pub(super) struct ActionPattern<'p> {
    pub(super) text: &'p str,
    /// Before the colon; without one, as in `*`, empty.
    pub(super) code: &'p str,
    pub(super) name: &'p str,
    pub(super) service: Option<&'static Service>,
    /// What it is in the catalogue, if it is one action.
    pub(super) known: Option<Action>,
    /// If it is a pattern.
    wild: Option<Pattern>,
}

impl<'p> ActionPattern<'p> {
    fn new(text: &'p str) -> Self {
        let (code, name) = text.split_once(':').unwrap_or(("", text));
        let is_wild = has_wildcard(text);
        let service = catalogue::service(code);
        let known = if is_wild { None } else { service.and_then(|service| service.action(name)) };
        let wild = is_wild.then(|| Pattern::ignoring_case(text));
        Self { text, code, name, service, known, wild }
    }

    pub(super) fn is_wild(&self) -> bool {
        self.wild.is_some()
    }

    /// Whether it is all actions: `*`, or `*:*`.
    pub(super) fn is_everything(&self) -> bool {
        is_stars(self.text) || (is_stars(self.code) && is_stars(self.name))
    }

    /// Whether it is all actions of a service.
    pub(super) fn is_whole_service(&self) -> bool {
        is_stars(self.name) && !self.code.is_empty() && !has_wildcard(self.code)
    }

    /// Whether this action, `service:Name`, is one of them.
    pub(super) fn includes(&self, action: &str) -> bool {
        match &self.wild {
            Some(pattern) => pattern.matches(action),
            None => self.text.eq_ignore_ascii_case(action),
        }
    }
}

pub(super) fn has_wildcard(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether it matches everything.
pub(super) fn is_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}
