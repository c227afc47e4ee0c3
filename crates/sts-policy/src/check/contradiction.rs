//! Conditions of one statement that no value of a key can meet at once.

use std::cmp::Ordering;

use super::Checker;
use super::covers::{Weight, covers};
use super::subject::Subject;
use crate::grammar::quoted;
use crate::value::address::Block;
use crate::value::decimal::Decimal;
use crate::value::instant::Instant;
use crate::{Comparison, Condition, Location, Pattern, ValueType, catalogue, rules};

impl Checker<'_, '_> {
    pub(super) fn contradictions(&mut self, subject: &Subject<'_>) {
        let conditions = subject.statement.conditions();
        if conditions.len() < 2 || !self.may_work(conditions.len() * conditions.len()) {
            return;
        }
        for (number, condition) in conditions.iter().enumerate() {
            let of_key: Vec<&Condition> =
                conditions.iter().filter(|other| other.key() == condition.key()).collect();
            // The last of a key speaks for all.
            let is_last = conditions.iter().rposition(|other| other.key() == condition.key()) == Some(number);
            let is_plain = of_key.iter().all(|other| other.operator().prefix().is_none());
            if of_key.len() < 2 || !is_last || !is_plain {
                continue;
            }
            let values =
                Weight::of(of_key.iter().flat_map(|other| other.values().iter().map(String::as_str)));
            if !self.may_work(values.times(values)) {
                return;
            }
            // Each positive condition may be met by another value; a negated one is about all of them.
            let is_dead = if catalogue::is_many_valued(condition.key()) {
                let (negated, positive): (Vec<&Condition>, Vec<&Condition>) =
                    of_key.iter().partition(|other| other.operator().comparison().is_negated());
                positive.into_iter().any(|one| is_impossible(&[&[one], negated.as_slice()].concat()))
            } else {
                is_impossible(&of_key)
            };
            if is_dead {
                let message = format!(
                    "no value of {} meets all conditions of this statement, so it never applies",
                    quoted(condition.key())
                );
                self.report(Location::Key(subject.index, number), &rules::CONDITION_CONTRADICTION, message);
            }
        }
    }
}

/// Whether conditions on one key exclude one another; it may be missed, never claimed wrongly.
fn is_impossible(conditions: &[&Condition]) -> bool {
    let of = |value_type: ValueType| -> Vec<(Comparison, &[String])> {
        let typed = conditions.iter().map(|other| (other.operator().comparison(), other.values().as_slice()));
        typed.filter(|(comparison, _)| comparison.value_type() == value_type).collect()
    };
    no_text(&of(ValueType::String))
        || no_value(&of(ValueType::Numeric), Decimal::parse)
        || no_value(&of(ValueType::Date), Instant::parse)
        || no_address(&of(ValueType::IpAddress))
}

fn no_text(conditions: &[(Comparison, &[String])]) -> bool {
    let of = |wanted: Comparison| {
        conditions.iter().filter(move |(comparison, _)| *comparison == wanted).map(|(_, values)| *values)
    };
    if let Some(candidates) = of(Comparison::StringEquals).next() {
        let passes =
            |text: &String| conditions.iter().all(|(comparison, values)| fits(*comparison, values, text));
        return !candidates.iter().any(passes);
    }
    let not_like: Vec<(Pattern, &String)> =
        of(Comparison::StringNotLike).flatten().map(|text| (Pattern::new(text), text)).collect();
    let excluded = |inner: &String| not_like.iter().any(|(pattern, text)| covers(pattern, text, inner));
    of(Comparison::StringLike).any(|values| values.iter().all(excluded))
}

fn fits(comparison: Comparison, values: &[String], text: &str) -> bool {
    let fits = match comparison {
        Comparison::StringLike | Comparison::StringNotLike => {
            values.iter().any(|value| Pattern::new(value).matches(text))
        }
        Comparison::StringEqualsIgnoreCase | Comparison::StringNotEqualsIgnoreCase => {
            values.iter().any(|value| value.to_lowercase() == text.to_lowercase())
        }
        _ => values.iter().any(|value| value == text),
    };
    fits != comparison.is_negated()
}

/// For numbers and dates: what an order has room for. Of alternatives the widest counts.
fn no_value<T: Ord>(conditions: &[(Comparison, &[String])], parse: fn(&str) -> Option<T>) -> bool {
    let mut bounds: Vec<(Comparison, Vec<T>)> = Vec::new();
    for (comparison, values) in conditions {
        // What cannot be read is reported as that.
        let Some(values) = values.iter().map(|value| parse(value)).collect::<Option<Vec<T>>>() else {
            return false;
        };
        bounds.push((*comparison, values));
    }
    if bounds.len() < 2 {
        return false;
    }
    let fits = |value: &T| {
        bounds.iter().all(|(comparison, limits)| {
            limits.iter().any(|limit| in_order(*comparison, value, limit)) != comparison.is_negated()
        })
    };
    for (comparison, values) in &bounds {
        if matches!(comparison, Comparison::NumericEquals | Comparison::DateEquals) {
            return !values.iter().any(fits);
        }
    }
    let widest = |lower: bool| {
        let edges = bounds.iter().filter_map(|(comparison, limits)| {
            let (is_lower, is_open) = edge(*comparison)?;
            let limit = if lower { limits.iter().min() } else { limits.iter().max() };
            (is_lower == lower).then_some((limit?, is_open))
        });
        edges.reduce(|one, other| {
            let order = one.0.cmp(other.0);
            let tighter = if lower { Ordering::Greater } else { Ordering::Less };
            match order {
                Ordering::Equal => (one.0, one.1 || other.1),
                order if order == tighter => one,
                _ => other,
            }
        })
    };
    match (widest(true), widest(false)) {
        (Some((lower, lower_open)), Some((upper, upper_open))) => {
            lower > upper || (lower == upper && (lower_open || upper_open))
        }
        _ => false,
    }
}

/// Whether a comparison bounds from below, and whether the bound itself is out.
fn edge(comparison: Comparison) -> Option<(bool, bool)> {
    use Comparison as C;
    match comparison {
        C::NumericGreaterThan | C::DateGreaterThan => Some((true, true)),
        C::NumericGreaterThanEquals | C::DateGreaterThanEquals => Some((true, false)),
        C::NumericLessThan | C::DateLessThan => Some((false, true)),
        C::NumericLessThanEquals | C::DateLessThanEquals => Some((false, false)),
        _ => None,
    }
}

/// A value of the request against one of the policy; negation aside.
fn in_order<T: Ord>(comparison: Comparison, value: &T, limit: &T) -> bool {
    match edge(comparison) {
        None => value == limit,
        Some((true, is_open)) => value > limit || (value == limit && !is_open),
        Some((false, is_open)) => value < limit || (value == limit && !is_open),
    }
}

fn no_address(conditions: &[(Comparison, &[String])]) -> bool {
    let blocks = |values: &[String]| -> Vec<Block> {
        values.iter().filter_map(|value| Block::parse(value)).map(|parsed| parsed.block).collect()
    };
    let (negated, positive): (Vec<_>, Vec<_>) =
        conditions.iter().partition(|(comparison, _)| comparison.is_negated());
    let excluded: Vec<Block> = negated.into_iter().flat_map(|(_, values)| blocks(values)).collect();
    positive.into_iter().any(|(_, values)| {
        let listed = blocks(values);
        // What cannot be read is reported as that.
        listed.len() == values.len()
            && listed.iter().all(|block| excluded.iter().any(|outer| holds(outer, block)))
    })
}

/// Whether all addresses of a block are in another.
fn holds(outer: &Block, inner: &Block) -> bool {
    match (*outer, *inner) {
        (Block::Any, _) => true,
        (Block::V4 { network, mask }, Block::V4 { network: start, mask: longer }) => {
            mask & longer == mask && start & mask == network
        }
        (Block::V6 { network, mask }, Block::V6 { network: start, mask: longer }) => {
            mask & longer == mask && start & mask == network
        }
        _ => false,
    }
}
