//! What a policy could be without.

use std::fmt;

use crate::{ActionElement, OneOrMany, Pattern, Policy, Principal, ResourceElement, Statement, print};

/// Longer lists are not compared, each with each.
const LONGEST_LIST: usize = 256;

/// A way to make a policy shorter that does not change what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saving {
    kind: SavingKind,
    path: String,
    characters: usize,
}

impl Saving {
    /// What could be done.
    #[must_use]
    pub fn kind(&self) -> SavingKind {
        self.kind
    }

    /// Where: `$.Statement[0].Action[1]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// How many characters it saves, by itself.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.characters
    }
}

impl fmt::Display for Saving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} characters: {} (`{}`)", self.characters, self.kind.as_str(), self.path)
    }
}

/// What could be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SavingKind {
    /// Leave out a `Sid`.
    Sid,
    /// Leave out an empty `Condition`.
    EmptyCondition,
    /// Write one string without brackets.
    Brackets,
    /// Leave out a pattern that another of its list covers.
    Covered,
    /// Make one statement of two that differ in their actions only, or in their resources only.
    Merge,
    /// Write characters as they are where escapes stand.
    Escapes,
}

impl SavingKind {
    /// In words: `the Sid says nothing to the service`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sid => "a `Sid` says nothing to the service",
            Self::EmptyCondition => "an empty `Condition` asks nothing",
            Self::Brackets => "one string needs no brackets",
            Self::Covered => "another pattern covers this one",
            Self::Merge => "an earlier statement can take in this one",
            Self::Escapes => "characters need not be written as escapes",
        }
    }
}

/// All savings, the most first.
pub(super) fn of(policy: &Policy) -> Vec<Saving> {
    let mut found = Vec::new();
    let mut save = |kind, path: String, characters| found.push(Saving { kind, path, characters });
    let statements = policy.statements();
    for (index, statement) in statements.iter().enumerate() {
        let path = |member: &str| format!("$.Statement[{index}].{member}");
        if let Some(sid) = &statement.sid {
            save(SavingKind::Sid, path("Sid"), "\"Sid\":,".len() + quoted(sid));
        }
        if statement.conditions.as_ref().is_some_and(Vec::is_empty) {
            save(SavingKind::EmptyCondition, path("Condition"), "\"Condition\":{},".len());
        }
        let mut brackets = |member: &str, values: &OneOrMany| {
            if values.is_array() && values.len() == 1 {
                save(SavingKind::Brackets, path(member), 2);
            }
        };
        brackets(statement.action.name(), statement.action.patterns());
        if let Some(resource) = &statement.resource {
            brackets(resource.name(), resource.patterns());
        }
        if let Some(Principal::Typed(members)) = &statement.principal {
            members
                .iter()
                .for_each(|member| brackets(&format!("Principal.{}", member.kind.as_str()), &member.values));
        }
        for condition in statement.conditions() {
            brackets(&format!("Condition['{}']['{}']", condition.operator, condition.key), &condition.values);
        }
        let actions = statement.action.patterns().as_slice();
        for at in covered(actions, |covers| vec![Pattern::ignoring_case(covers)]) {
            let saved = actions.get(at).map_or(0, |pattern| quoted(pattern) + 1);
            save(SavingKind::Covered, format!("{}[{at}]", path(statement.action.name())), saved);
        }
        if let Some(resource) = &statement.resource {
            let resources = resource.patterns().as_slice();
            // Whether a wildcard spans colons is not documented: it must be covered either way.
            for at in
                covered(resources, |covers| vec![Pattern::new(covers), Pattern::within_segments(covers)])
            {
                let saved = resources.get(at).map_or(0, |pattern| quoted(pattern) + 1);
                save(SavingKind::Covered, format!("{}[{at}]", path(resource.name())), saved);
            }
        }
        let earlier = statements.iter().take(index.min(LONGEST_LIST));
        if let Some(saved) = earlier.filter_map(|earlier| merged(earlier, statement)).max() {
            save(SavingKind::Merge, format!("$.Statement[{index}]"), saved);
        }
    }
    let printed = print::compact(statements, false).chars().count();
    let escapes = policy.as_json().chars().count().saturating_sub(printed);
    if escapes > 0 && policy.as_json().contains('\\') {
        save(SavingKind::Escapes, "$".to_owned(), escapes);
    }
    found.sort_by_key(|saving| std::cmp::Reverse(saving.characters));
    found
}

/// How many characters a string takes.
fn quoted(text: &str) -> usize {
    let mut json = String::new();
    print::string(&mut json, text);
    json.chars().count()
}

/// The numbers of the patterns that another covers; of two that are equal, the later.
fn covered(patterns: &[String], compile: impl Fn(&str) -> Vec<Pattern>) -> Vec<usize> {
    if patterns.len() > LONGEST_LIST {
        return Vec::new();
    }
    // A pattern without `?` that fits another's text covers all that the other fits: what its stars fit may hold stars.
    let compiled: Vec<Vec<Pattern>> =
        patterns.iter().map(|text| if text.contains('?') { Vec::new() } else { compile(text) }).collect();
    let covers = |by: usize, text: &str| {
        let by = compiled.get(by).map_or(&[][..], Vec::as_slice);
        !by.is_empty() && by.iter().all(|pattern| pattern.matches(text))
    };
    let is_covered = |at: usize, text: &str| {
        patterns.iter().enumerate().any(|(by, other)| {
            by != at && ((by < at && other == text) || (covers(by, text) && !(by > at && covers(at, other))))
        })
    };
    patterns.iter().enumerate().filter(|(at, text)| is_covered(*at, text)).map(|(at, _)| at).collect()
}

/// What is saved when an earlier statement takes in a later one.
fn merged(earlier: &Statement, later: &Statement) -> Option<usize> {
    let alike = earlier.effect == later.effect
        && earlier.principal == later.principal
        && earlier.conditions() == later.conditions();
    if !alike {
        return None;
    }
    let (first, second) = if earlier.action == later.action {
        let (Some(ResourceElement::Resource(first)), Some(ResourceElement::Resource(second))) =
            (&earlier.resource, &later.resource)
        else {
            return None;
        };
        (first, second)
    } else if earlier.resource == later.resource {
        let (ActionElement::Action(first), ActionElement::Action(second)) = (&earlier.action, &later.action)
        else {
            return None;
        };
        (first, second)
    } else {
        return None;
    };
    if first.len() > LONGEST_LIST || second.len() > LONGEST_LIST {
        return None;
    }
    let added = second.iter().filter(|pattern| !first.as_slice().contains(pattern));
    let added: usize = added.map(|pattern| quoted(pattern) + 1).sum();
    let brackets = if added > 0 && !first.is_array() { 2 } else { 0 };
    let mut json = String::new();
    print::statement(&mut json, later);
    (json.chars().count() + 1).checked_sub(added + brackets).filter(|saved| *saved > 0)
}
