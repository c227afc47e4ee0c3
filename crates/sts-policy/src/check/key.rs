//! Condition keys: whether there are such, whether requests have them, and whether the operator is one for them.

use super::private_address::is_private;
use super::resource::is_placeholder;
use super::subject::{ActionPattern, Subject, is_stars};
use super::{Checker, PolicyKind, action};
use crate::catalogue::{Fill, Key, is_many_valued, key, nearest_key};
use crate::finding::Fix;
use crate::grammar::quoted;
use crate::value::address::Block;
use crate::value::parse_bool;
use crate::{Comparison, Condition, Effect, Location, Operator, SetPrefix, ValueType, rules};

/// Words that names of actions begin with that send no tags.
const READS: [&str; 5] = ["Describe", "List", "Get", "Query", "Check"];

impl Checker<'_, '_> {
    pub(super) fn keys(&mut self, subject: &Subject<'_>) {
        for (number, condition) in subject.statement.conditions().iter().enumerate() {
            let at = Location::Key(subject.index, number);
            if is_placeholder(condition.key()) {
                continue;
            }
            match key(condition.key()) {
                Some(known) => self.known_key(subject, number, condition, known),
                None => self.unknown_key(subject, at, condition),
            }
        }
    }

    fn unknown_key(&mut self, subject: &Subject<'_>, at: Location, condition: &Condition) {
        let name = condition.key();
        if !name.contains(':') {
            let message = "this is no condition key: keys are `service:Name`, as `acs:SourceIp`";
            return self.report(at, &rules::CONDITION_KEY_FORM, message);
        }
        if self.problems.is_full() {
            return;
        }
        match nearest_key(name) {
            Some(Some(near)) => {
                let shown = if near.ends_with('/') { format!("{near}…") } else { near.to_owned() };
                let why = if name.starts_with("aws:") || name.starts_with("s3:") || name.starts_with("iam:") {
                    "this is a condition key of AWS"
                } else {
                    "there is no such condition key, and letter case counts"
                };
                let message = format!("{why}; did you mean `{shown}`?");
                let fix = self.key_fix(subject, at, condition, near, &shown);
                self.report_fixed(at, &rules::CONDITION_KEY_SPELLING, message, fix);
            }
            Some(None) => {
                let message =
                    format!("no condition key of this name is documented{}", consequence(subject, condition));
                self.report(at, &rules::CONDITION_KEY_UNKNOWN, message);
            }
            None => {}
        }
    }

    /// Writes the right key, if all of it is known and the operator does not have it already.
    fn key_fix(
        &self,
        subject: &Subject<'_>,
        at: Location,
        condition: &Condition,
        near: &'static str,
        shown: &str,
    ) -> Option<Fix> {
        let name = condition.key();
        let tag = match (near.ends_with('/'), name.find('/')) {
            (true, Some(slash)) => name.get(slash + 1..)?,
            (true, None) => return None,
            (false, _) => "",
        };
        let right = format!("{near}{tag}");
        // As they are told apart only by letter case, both may be there, and both be mended.
        let is_there = subject.statement.conditions().iter().any(|other| {
            let is_other = other.key() != name && other.operator() == condition.operator();
            is_other && other.key().eq_ignore_ascii_case(&right)
        });
        let letters = self.letters(at).filter(|_| !is_there)?;
        let stem = letters.start..letters.end - tag.len();
        Some(Fix::replace(format!("write `{shown}`"), stem, near))
    }

    fn known_key(
        &mut self,
        subject: &Subject<'_>,
        number: usize,
        condition: &Condition,
        known: &'static Key,
    ) {
        let at = Location::Key(subject.index, number);
        if condition.key().ends_with('/') && known.name == condition.key() {
            let message = "the name of a tag follows the slash, and is missing here";
            return self.report(at, &rules::CONDITION_KEY_FORM, message);
        }
        let operator = condition.operator();
        let wanted = known.value;
        if operator.comparison().value_type() != wanted {
            let (what, by) = match wanted {
                ValueType::String => ("text", "StringEquals` or `StringLike"),
                ValueType::Numeric => ("a number", "NumericEquals` or `NumericLessThan"),
                ValueType::Date => ("a date", "DateLessThan` or `DateGreaterThan"),
                ValueType::Bool => ("true or false", "Bool"),
                ValueType::IpAddress => ("an address", "IpAddress` or `NotIpAddress"),
            };
            let message = format!("`{}` is {what}; compare it by `{by}`, not by `{operator}`", known.name);
            self.report(Location::Operator(subject.index, number), &rules::OPERATOR_TYPE, message);
        }
        let is_filled = self.filled(subject, at, condition, known);
        // Of several values, that all are good is asked in this way.
        let is_usual = operator.prefix().is_some() && is_many_valued(known.name);
        let is_met = is_met_on_absent_key(operator) && !is_usual;
        // To ask for another VPC is the documented way to speak of calls from outside.
        if is_filled && is_met && !known.is_always_there && known.name != "acs:SourceVpc" {
            let message = format!(
                "a request that has no {} meets this too, and is {}; is that meant?",
                quoted(condition.key()),
                participle(subject.statement.effect())
            );
            self.report(at, &rules::NEGATED_ABSENT_KEY, message);
        }
        match known.name {
            "acs:SourceIp" => self.source_ip(subject, number, condition),
            "acs:MFAPresent" => self.mfa(subject, at, condition),
            _ => {}
        }
    }

    /// Whether requests of the statement's actions have the key.
    fn filled(
        &mut self,
        subject: &Subject<'_>,
        at: Location,
        condition: &Condition,
        known: &'static Key,
    ) -> bool {
        let Some(actions) = subject.positive_actions().filter(|_| !matches!(known.fill, Fill::Everything))
        else {
            return true;
        };
        if !self.may_work(actions.len()) {
            return true;
        }
        let lacking: Vec<&ActionPattern<'_>> = actions.iter().filter(|action| lacks(action, known)).collect();
        let Some(first) = lacking.first() else { return true };
        let example = lacking.iter().find_map(|action| action.known);
        let example = example.map(|known| format!("`{}:{}`", known.service.code, known.name));
        let who_has = match known.fill {
            Fill::Actions(names) => format!("; those of `{}` do", names.join("`, `")),
            Fill::Service(code) => format!("; those of `{code}` do"),
            Fill::NotService(_) | Fill::Everything => String::new(),
        };
        if lacking.len() == actions.len() {
            let message = format!(
                "requests of this statement's actions have no {}{who_has}{}",
                quoted(condition.key()),
                consequence(subject, condition)
            );
            self.report(at, &rules::CONDITION_KEY_NOT_FILLED, message);
            return false;
        }
        let positive = !is_met_on_absent_key(condition.operator());
        // Of wildcards in another service nothing certain is known.
        if positive && !(first.is_wild() && example.is_none()) {
            let message = format!(
                "requests of {} have no {}{who_has}; under `{}` they are not {}: give them a statement of their own",
                example.unwrap_or_else(|| "some of these actions".to_owned()),
                quoted(condition.key()),
                condition.operator(),
                participle(subject.statement.effect()),
            );
            self.report(at, &rules::CONDITION_KEY_NOT_FILLED, message);
        }
        true
    }

    fn source_ip(&mut self, subject: &Subject<'_>, number: usize, condition: &Condition) {
        let conditions = subject.statement.conditions();
        if conditions.iter().any(|other| other.key() == "acs:SourceVpc") {
            return;
        }
        if self.kind == PolicyKind::Bucket {
            let message = "OSS refuses `acs:SourceIp` without `acs:SourceVpc` in the same statement";
            let at = Location::Key(subject.index, number);
            return self.report(at, &rules::SOURCE_IP_WITHOUT_SOURCE_VPC, message);
        }
        let is_inside = |value: &String| Block::parse(value).is_some_and(|parsed| is_private(&parsed.block));
        if let Some(value) = condition.values().iter().position(is_inside) {
            let message = "private addresses are those of a VPC, and every VPC has the same; name yours under \
                           `acs:SourceVpc` too";
            self.report(Location::Value(subject.index, number, value), &rules::PRIVATE_SOURCE_IP, message);
        }
    }

    fn mfa(&mut self, subject: &Subject<'_>, at: Location, condition: &Condition) {
        let denies = !subject.is_allow() && condition.operator().comparison() == Comparison::Bool;
        if !denies || !condition.values().iter().any(|value| parse_bool(value) == Some(false)) {
            return;
        }
        let message = "calls with an AccessKey have no `acs:MFAPresent`, so this does not deny them; allow with \
                       `acs:MFAPresent` `true` instead";
        self.report(at, &rules::MFA_DENY, message);
        if subject.has_action("ram:BindMFADevice") {
            let message = "without MFA this denies `ram:BindMFADevice` too, so nobody can begin to use MFA; use \
                           `NotAction` to leave it out";
            self.report(Location::Actions(subject.index), &rules::MFA_LOCK_OUT, message);
        }
    }
}

/// Whether no request of an action has the key, as far as is known.
fn lacks(action: &ActionPattern<'_>, known: &Key) -> bool {
    if action.is_everything() {
        return false;
    }
    // Names that are no actions, or not known, are another matter.
    let is_unknown = action.service.is_some() && action.known.is_none() && !action.is_wild();
    match known.fill {
        Fill::Everything => false,
        _ if is_unknown => false,
        Fill::NotService(code) => {
            action.code.eq_ignore_ascii_case(code)
                || (known.name == "acs:RequestTag/" && is_read(action.name))
        }
        Fill::Service(code) => {
            !action.code.is_empty()
                && !action.code.contains(['*', '?'])
                && !action.code.eq_ignore_ascii_case(code)
        }
        Fill::Actions(names) => !names.iter().any(|name| action.includes(name)),
    }
}

fn is_read(name: &str) -> bool {
    if let Some((_, right)) = action::misspelt_verb(name) {
        return READS.contains(&right);
    }
    !is_stars(name)
        && READS.iter().any(|verb| {
            name.strip_prefix(verb)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '*'))
        })
}

fn is_met_on_absent_key(operator: Operator) -> bool {
    match operator.prefix() {
        None => operator.comparison().is_negated(),
        Some(prefix) => prefix == SetPrefix::ForAllValues,
    }
}

/// What follows for the statement when the key is in no request.
fn consequence(subject: &Subject<'_>, condition: &Condition) -> String {
    let operator = condition.operator();
    if is_met_on_absent_key(operator) {
        format!(": `{operator}` is met whenever it is absent, so it asks nothing")
    } else {
        let verb = if subject.is_allow() { "allows" } else { "denies" };
        format!(": `{operator}` fails when it is absent, so the statement {verb} nothing")
    }
}

fn participle(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "allowed",
        Effect::Deny => "denied",
    }
}
