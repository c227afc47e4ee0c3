//! Whether one pattern takes in another.

use std::cell::OnceCell;

use super::subject::{Subject, has_wildcard};
use crate::{Condition, OneOrMany, Pattern, Principal};

/// Whether every text that `inner` matches is matched by `outer`; it may be missed, never claimed wrongly.
pub(super) fn covers(outer: &Pattern, outer_text: &str, inner: &str) -> bool {
    // A star of `inner` is matched as a character, which only a star of `outer` can do, or a question mark, which must not.
    outer.matches(inner) && !(outer_text.contains('?') && inner.contains('*'))
}

/// How much there is to compare.
#[derive(Clone, Copy, Default)]
pub(super) struct Weight {
    count: usize,
    bytes: usize,
    /// Bytes of patterns with a `?`, each of which may be tried at each place of a text.
    spread: usize,
}

impl Weight {
    /// Bytes that are compared in the time that it takes to begin.
    const AT_ONCE: usize = 64;

    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        texts.into_iter().fold(Self::default(), |sum, text| Self {
            count: sum.count + 1,
            bytes: sum.bytes + text.len(),
            spread: sum.spread + if text.contains('?') { text.len() } else { 0 },
        })
    }

    /// The work of comparing each of these with each of those.
    pub(super) fn times(self, inner: Self) -> usize {
        let each = |one: usize, other: usize| one.saturating_mul(other);
        let bytes = each(self.bytes, inner.count)
            .saturating_add(each(inner.bytes, self.count))
            .saturating_add(each(self.spread, inner.bytes));
        each(self.count, inner.count).saturating_add(bytes / Self::AT_ONCE)
    }
}

/// Patterns of a statement, compiled when they are asked.
struct Patterns<'p> {
    texts: Vec<&'p str>,
    weight: Weight,
    ignore_case: bool,
    compiled: OnceCell<Vec<Option<Pattern>>>,
}

impl<'p> Patterns<'p> {
    fn new(texts: impl IntoIterator<Item = &'p str>, ignore_case: bool) -> Self {
        let texts: Vec<&str> = texts.into_iter().collect();
        Self { weight: Weight::of(texts.iter().copied()), texts, ignore_case, compiled: OnceCell::new() }
    }

    fn cover(&self, inner: &str) -> bool {
        let compile = |text: &&str| {
            has_wildcard(text)
                .then(|| if self.ignore_case { Pattern::ignoring_case(text) } else { Pattern::new(text) })
        };
        let compiled = self.compiled.get_or_init(|| self.texts.iter().map(compile).collect());
        self.texts.iter().zip(compiled).any(|(text, pattern)| match pattern {
            Some(pattern) => covers(pattern, text, inner),
            None if self.ignore_case => text.eq_ignore_ascii_case(inner),
            None => *text == inner,
        })
    }
}

/// What a statement is about, if that can be told from what it lists.
pub(super) struct Extent<'s, 'p> {
    pub(super) subject: &'s Subject<'p>,
    actions: Patterns<'p>,
    /// `None`: the one resource that the policy belongs to.
    resources: Option<Patterns<'p>>,
}

impl<'s, 'p> Extent<'s, 'p> {
    pub(super) fn new(subject: &'s Subject<'p>) -> Option<Self> {
        let actions = subject.positive_actions()?.iter().map(|action| action.text);
        let resources = match subject.statement.resource() {
            None => None,
            Some(_) => Some(subject.positive_resources()?.iter().map(String::as_str)),
        };
        Some(Self {
            subject,
            actions: Patterns::new(actions, true),
            resources: resources.map(|texts| Patterns::new(texts, false)),
        })
    }

    /// The work of telling whether it takes in the other.
    pub(super) fn work(&self, inner: &Self) -> usize {
        let resources =
            |extent: &Self| extent.resources.as_ref().map_or(Weight::default(), |patterns| patterns.weight);
        let conditions = |extent: &Self| extent.subject.statement.conditions().len();
        self.actions
            .weight
            .times(inner.actions.weight)
            .saturating_add(resources(self).times(resources(inner)))
            .saturating_add(conditions(self).saturating_mul(conditions(inner)))
    }

    /// Whether it applies wherever the other does.
    pub(super) fn takes_in(&self, inner: &Self) -> bool {
        let (outer, inner_statement) = (self.subject.statement, inner.subject.statement);
        // What is cheap to compare comes first.
        same_or_everybody(outer.principal(), inner_statement.principal())
            && outer
                .conditions()
                .iter()
                .all(|outer| inner_statement.conditions().iter().any(|inner| is_implied_by(outer, inner)))
            && inner.actions.texts.iter().all(|text| self.actions.cover(text))
            && match (&self.resources, &inner.resources) {
                (None, _) => true,
                (Some(resources), Some(inner)) => inner.texts.iter().all(|text| resources.cover(text)),
                (Some(_), None) => false,
            }
    }
}

/// Whether a condition holds wherever another does: the same, or a positive one with more alternatives.
fn is_implied_by(outer: &Condition, inner: &Condition) -> bool {
    let comparison = outer.operator().comparison();
    outer.key() == inner.key()
        && outer.operator() == inner.operator()
        && if comparison.is_negated() {
            outer.values() == inner.values()
        } else {
            has_all(outer.values(), inner.values())
        }
}

fn has_all(outer: &OneOrMany, inner: &OneOrMany) -> bool {
    // Longer lists are compared as they stand.
    if outer.len().saturating_mul(inner.len()) > 1_000 {
        return outer == inner;
    }
    inner.iter().all(|value| outer.as_slice().contains(value))
}

fn same_or_everybody(outer: Option<&Principal>, inner: Option<&Principal>) -> bool {
    outer == inner || (outer.is_some_and(is_everybody) && inner.is_some_and(is_everybody))
}

/// Whether it is everybody, in any of the three spellings.
pub(super) fn is_everybody(principal: &Principal) -> bool {
    match principal {
        Principal::Everybody => true,
        Principal::List(values) => values.is_empty() || values.iter().any(|value| value == "*"),
        Principal::Typed(_) => false,
    }
}

/// The text of a pattern up to its first wildcard.
pub(super) fn head(pattern: &str) -> &str {
    if !has_wildcard(pattern) {
        return pattern;
    }
    pattern.split(['*', '?']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Pattern, covers};
    use proptest::prelude::*;

    #[test]
    fn wider_patterns_cover_narrower_ones() {
        for (outer, inner, expected) in [
            ("*", "a", true),
            ("*", "a*?", true),
            ("a*", "ab*", true),
            ("a*", "a", true),
            ("a*c", "a*b*c", true),
            ("a", "a*", false),
            ("a?", "a*", false),
            ("a?", "a?", true),
            ("a?*", "a*", false),
            ("ab*", "a*", false),
        ] {
            assert_eq!(covers(&Pattern::new(outer), outer, inner), expected, "{outer} {inner}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn what_is_covered_matches(outer in "[ab*?]{0,5}", inner in "[ab*?]{0,5}", text in "[abc]{0,6}") {
            let (wide, narrow) = (Pattern::new(&outer), Pattern::new(&inner));
            if covers(&wide, &outer, &inner) && narrow.matches(&text) {
                prop_assert!(wide.matches(&text));
            }
        }
    }
}
