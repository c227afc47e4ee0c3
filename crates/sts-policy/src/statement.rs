//! Statements: what a policy allows or denies.

use std::fmt;

use crate::{Condition, OneOrMany, Principal, StatementBuilder};

/// One statement of a policy, with members in the order and spelling they were written in.
///
/// Statements come out of a parsed policy, or out of a builder: [`Statement::allow`] and [`Statement::deny`].
/// `Debug` shows the effect and how much there is of the rest, since a policy names resources and people.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principal: Option<Principal>,
    pub(crate) action: ActionElement,
    pub(crate) resource: Option<ResourceElement>,
    // INVARIANT: conditions under the same operator are neighbours, and none has the key of another.
    pub(crate) conditions: Option<Vec<Condition>>,
    pub(crate) order: [Member; Member::COUNT],
}

impl Statement {
    /// Starts to put together a statement that allows.
    pub fn allow() -> StatementBuilder {
        StatementBuilder::new(Effect::Allow)
    }

    /// Starts to put together a statement that denies.
    pub fn deny() -> StatementBuilder {
        StatementBuilder::new(Effect::Deny)
    }

    /// A name for people. The published grammar does not have it, the service takes it.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether the statement allows or denies.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Who it is about; `None` in identity and session policies, which are about whom they are given to.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// Which actions it is about.
    #[must_use]
    pub fn action(&self) -> &ActionElement {
        &self.action
    }

    /// Which resources it is about; `None` in trust policies, which are about their role.
    #[must_use]
    pub fn resource(&self) -> Option<&ResourceElement> {
        self.resource.as_ref()
    }

    /// The conditions, all of which must hold. Those under one operator are neighbours.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        self.conditions.as_deref().unwrap_or_default()
    }

    /// Whether there is a member `Condition`, be it an empty one.
    #[must_use]
    pub fn has_condition_member(&self) -> bool {
        self.conditions.is_some()
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statement")
            .field("effect", &self.effect)
            .field("principal", &self.principal)
            .field("action", &self.action)
            .field("resource", &self.resource)
            .field("conditions", &self.conditions)
            .finish_non_exhaustive()
    }
}

/// What a statement does with the requests it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// They are allowed, unless something denies them.
    Allow,
    /// They are denied, whatever allows them.
    Deny,
}

impl Effect {
    /// `Allow` or `Deny`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// The actions that a statement is about: patterns such as `oss:GetObject`, `oss:Get*` or `*`, in any letter case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ActionElement {
    /// `Action`: these.
    Action(OneOrMany),
    /// `NotAction`: all but these.
    NotAction(OneOrMany),
}

impl ActionElement {
    /// The patterns.
    #[must_use]
    pub fn patterns(&self) -> &OneOrMany {
        match self {
            Self::Action(patterns) | Self::NotAction(patterns) => patterns,
        }
    }

    /// Whether it is `NotAction`.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::NotAction(_))
    }

    /// The member's name in a document.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.is_negated() { "NotAction" } else { "Action" }
    }
}

/// The resources that a statement is about: patterns such as `acs:oss:*:*:my-bucket/*`, or `*`. Their case matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ResourceElement {
    /// `Resource`: these.
    Resource(OneOrMany),
    /// `NotResource`: all but these. Only an old copy of the grammar has it; it is read, and builders do not write it.
    NotResource(OneOrMany),
}

impl ResourceElement {
    /// The patterns.
    #[must_use]
    pub fn patterns(&self) -> &OneOrMany {
        match self {
            Self::Resource(patterns) | Self::NotResource(patterns) => patterns,
        }
    }

    /// Whether it is `NotResource`.
    #[must_use]
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::NotResource(_))
    }

    /// The member's name in a document.
    #[must_use]
    pub fn name(&self) -> &'static str {
        if self.is_negated() { "NotResource" } else { "Resource" }
    }
}

/// A place among the members of a statement, for their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Member {
    Sid,
    Effect,
    Principal,
    Action,
    Resource,
    Condition,
}

impl Member {
    pub(crate) const COUNT: usize = 6;

    /// The order in which builders write.
    pub(crate) const USUAL: [Self; Self::COUNT] =
        [Self::Sid, Self::Effect, Self::Principal, Self::Action, Self::Resource, Self::Condition];
}
