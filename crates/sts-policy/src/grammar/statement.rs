//! One statement.

use std::borrow::Cow;

use super::Grammar;
use crate::finding::Fix;
use crate::json::{Kind, Problem};
use crate::rules;
use crate::statement::Member;
use crate::{ActionElement, Effect, OneOrMany, ResourceElement, Statement};

const NAMES: [&str; 8] =
    ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition", "Sid"];

/// Where a statement and its members are on the tape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatementTokens {
    pub(crate) statement: usize,
    /// The names of the members, by the number of [`Member`].
    pub(crate) members: [Option<usize>; Member::COUNT],
}

/// The members read so far; `None` where one is missing or cannot be read.
#[derive(Default)]
struct Draft {
    sid: Option<String>,
    effect: Option<Effect>,
    principal: Option<crate::Principal>,
    action: Option<ActionElement>,
    resource: Option<ResourceElement>,
    conditions: Option<Vec<crate::Condition>>,
    order: Vec<Member>,
    broken: bool,
}

impl Grammar<'_, '_> {
    pub(super) fn statement(&mut self, index: usize, tokens: &mut Vec<StatementTokens>) -> Option<Statement> {
        let mut places = StatementTokens { statement: index, members: [None; Member::COUNT] };
        if self.token(index).kind != Kind::Object {
            tokens.push(places);
            self.unless_unreadable(index, &rules::VALUE_TYPE, "a statement is an object: `{…}`");
            return None;
        }
        let mut draft = Draft::default();
        for member in self.members(index, &NAMES) {
            let slot = slot(member.canonical);
            let place = places.members.get_mut(slot as usize)?;
            if place.is_some() {
                self.both(member.name, member.canonical);
                draft.broken = true;
                continue;
            }
            *place = Some(member.name);
            draft.order.push(slot);
            draft.broken |= self.member(&mut draft, member.canonical, member.value).is_none();
        }
        tokens.push(places);
        self.required(index, &places);
        draft.finish()
    }

    fn member(&mut self, draft: &mut Draft, name: &str, value: usize) -> Option<()> {
        match name {
            "Sid" => draft.sid = Some(self.element_string(value, true)?),
            "Effect" => draft.effect = Some(self.effect(value)?),
            "Principal" => {
                draft.principal = Some(self.principal(value)?);
                self.no_variables(value);
            }
            "Action" => draft.action = Some(ActionElement::Action(self.one_or_many(value, false)?)),
            "NotAction" => draft.action = Some(ActionElement::NotAction(self.one_or_many(value, false)?)),
            "Resource" => draft.resource = Some(ResourceElement::Resource(self.resource(value)?)),
            "NotResource" => draft.resource = Some(ResourceElement::NotResource(self.resource(value)?)),
            _ => draft.conditions = Some(self.conditions(value)?),
        }
        Some(())
    }

    /// `Action` after `NotAction`, or the like.
    fn both(&mut self, name: usize, canonical: &str) {
        if canonical.ends_with("Action") {
            let message = "a statement has `Action` or `NotAction`, not both; split it in two";
            self.report(name, &rules::ACTION_TWICE, message);
        } else {
            let message = "a statement has `Resource` or `NotResource`, not both; split it in two";
            self.report(name, &rules::RESOURCE_TWICE, message);
        }
    }

    fn required(&mut self, index: usize, places: &StatementTokens) {
        let has = |member: Member| places.members.get(member as usize).is_some_and(Option::is_some);
        if !has(Member::Effect) {
            self.report(
                index,
                &rules::EFFECT_MISSING,
                "the statement has no `Effect`; it is `Allow` or `Deny`",
            );
        }
        if !has(Member::Action) {
            let message = "the statement has neither `Action` nor `NotAction`; name the actions it is about";
            self.report(index, &rules::ACTION_MISSING, message);
        }
    }

    fn effect(&mut self, value: usize) -> Option<Effect> {
        let Some(text) = self.string(value).map(Cow::into_owned) else {
            self.unless_unreadable(value, &rules::EFFECT_VALUE, "the effect is the string `Allow` or `Deny`");
            return None;
        };
        let of =
            |text: &str| [Effect::Allow, Effect::Deny].into_iter().find(|effect| effect.as_str() == text);
        if let Some(effect) = of(&text) {
            return Some(effect);
        }
        let meant = self.nearest(&text, ["Allow", "Deny"]);
        let token = self.token(value);
        let fix = meant.map(|meant| Fix::replace(format!("write `{meant}`"), token.inside(), meant));
        let message = "the effect is `Allow` or `Deny`, to the letter";
        self.problem(Problem::new(&rules::EFFECT_VALUE, token.span(), message).with_fix_if_any(fix));
        meant.and_then(of)
    }

    fn resource(&mut self, value: usize) -> Option<OneOrMany> {
        let resources = self.one_or_many(value, false)?;
        let tape = self.tape;
        let single = (self.token(value).kind == Kind::String).then_some(value);
        for index in single.into_iter().chain(tape.elements(value)) {
            if self.string(index).is_some_and(|text| is_aws_arn(&text)) {
                let message =
                    "this is a resource of AWS; here resources are `acs:<service>:<region>:<account>:<name>`";
                self.report(index, &rules::AWS_ARN, message);
            }
        }
        self.no_variables(value);
        Some(resources)
    }
}

/// Whether a name is one of AWS, whose partitions are `aws`, `aws-cn` and others.
pub(super) fn is_aws_arn(text: &str) -> bool {
    text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("arn:aws"))
}

fn slot(canonical: &str) -> Member {
    match canonical {
        "Sid" => Member::Sid,
        "Effect" => Member::Effect,
        "Principal" => Member::Principal,
        "Action" | "NotAction" => Member::Action,
        "Resource" | "NotResource" => Member::Resource,
        _ => Member::Condition,
    }
}

impl Draft {
    fn finish(mut self) -> Option<Statement> {
        if self.broken {
            return None;
        }
        // Members that are not there come last; nothing of them is printed.
        for member in Member::USUAL {
            if !self.order.contains(&member) {
                self.order.push(member);
            }
        }
        Some(Statement {
            sid: self.sid,
            effect: self.effect?,
            principal: self.principal,
            action: self.action?,
            resource: self.resource,
            conditions: self.conditions,
            order: self.order.try_into().ok()?,
        })
    }
}
