//! The members of a table, each asked for by its name.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::listed;
use super::node::{Member, Node, Value};
use super::problems::Problems;

/// A table of which all members are known.
pub(super) struct Fields<'n, 't> {
    /// As messages call it: `a role`.
    what: &'static str,
    pub(super) at: usize,
    members: &'n [Member<'t>],
    problems: &'n Problems<'n>,
}

impl<'n, 't> Fields<'n, 't> {
    /// Tells of members that are not known, and of those that are there twice.
    pub(super) fn new(
        what: &'static str,
        node: &'n Node<'t>,
        known: &[&str],
        problems: &'n Problems<'n>,
    ) -> Option<Self> {
        let Value::Table(members) = &node.value else {
            problems.report(node.span.start, format!("{what} is a table, not {}", node.value.kind()));
            return None;
        };
        let mut seen = HashSet::new();
        for member in members {
            if !known.contains(&member.name.as_ref()) {
                // What is only counted needs no advice, which takes time.
                if problems.is_full() {
                    problems.report(member.at, "");
                    continue;
                }
                let meant = match nearest(&member.name, known) {
                    Some(name) => format!("; did you mean `{name}`?"),
                    None => format!("; it has {}", listed(known)),
                };
                let name = member.name.escape_debug();
                problems.report(member.at, format!("`{name}` is nothing that {what} has{meant}"));
            } else if !seen.insert(&member.name) {
                problems.report(member.at, format!("{what} has `{}` already; remove one", member.name));
            }
        }
        Some(Self { what, at: node.span.start, members, problems })
    }

    pub(super) fn get(&self, name: &str) -> Option<&'n Node<'t>> {
        self.members.iter().find(|member| member.name == name).map(|member| &member.node)
    }

    pub(super) fn require(&self, name: &str, why: &str) -> Option<&'n Node<'t>> {
        let node = self.get(name);
        if node.is_none() {
            self.problems.report(self.at, format!("{} needs `{name}`: {why}", self.what));
        }
        node
    }

    fn wrong(&self, node: &Node<'_>, name: &str, wanted: &str) {
        let message = format!("`{name}` of {} is {wanted}, not {}", self.what, node.value.kind());
        self.problems.report(node.span.start, message);
    }

    pub(super) fn text_of(&self, name: &str, node: &'n Node<'t>) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => {
                self.wrong(node, name, "text");
                None
            }
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&'n str> {
        self.text_of(name, self.get(name)?)
    }

    /// Text that a name can be: so many of these characters.
    pub(super) fn name(&self, name: &str, rule: &NameRule) -> Option<&'n str> {
        let node = self.get(name)?;
        let text = self.text_of(name, node)?;
        if (rule.fits)(text) {
            return Some(text);
        }
        let message = format!("`{name}` of {} cannot be `{}`; it is {}", self.what, shown(text), rule.words);
        self.problems.report(node.span.start, message);
        None
    }

    /// The same, of what has to be there.
    pub(super) fn required_name(&self, name: &str, rule: &NameRule) -> Option<&'n str> {
        self.require(name, rule.words)?;
        self.name(name, rule)
    }

    pub(super) fn integer(&self, name: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.get(name)?;
        match &node.value {
            Value::Integer(number) if range.contains(number) => Some(*number),
            Value::Integer(number) => {
                let message = format!(
                    "`{name}` of {} cannot be {number}; it is {} to {}",
                    self.what,
                    range.start(),
                    range.end()
                );
                self.problems.report(node.span.start, message);
                None
            }
            _ => {
                self.wrong(node, name, "a number");
                None
            }
        }
    }

    pub(super) fn truth(&self, name: &str) -> Option<bool> {
        let node = self.get(name)?;
        match &node.value {
            Value::Bool(truth) => Some(*truth),
            _ => {
                self.wrong(node, name, "true or false");
                None
            }
        }
    }

    /// The nodes of a list; none where it is left out.
    pub(super) fn list(&self, name: &str) -> &'n [Node<'t>] {
        match self.get(name) {
            None => &[],
            Some(Node { value: Value::List(nodes), .. }) => nodes,
            Some(node) => {
                self.wrong(node, name, "a list");
                &[]
            }
        }
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&self, name: &str, words: &[(&'static str, T)]) -> Option<T> {
        let node = self.get(name)?;
        let text = self.text_of(name, node)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let message =
                format!("`{name}` of {} cannot be `{}`; it is {}", self.what, shown(text), listed(&words));
            self.problems.report(node.span.start, message);
        }
        found
    }

    pub(super) fn report(&self, node: &Node<'_>, message: String) {
        self.problems.report(node.span.start, message);
    }
}

/// What a name has to be.
pub(super) struct NameRule {
    pub(super) fits: fn(&str) -> bool,
    pub(super) words: &'static str,
}

/// ASCII letters and digits, and these others.
pub(super) fn is_made_of(text: &str, length: RangeInclusive<usize>, others: &str) -> bool {
    length.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

/// Names that are shown are on one line and not endless.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(64).collect();
    short.escape_debug().to_string()
}

/// Of these names the one that was meant, if one is near.
pub(super) fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    // What is longer resembles nothing here, and comparing takes time.
    if name.len() > 128 {
        return None;
    }
    let distance =
        |known: &str| strsim::osa_distance(&name.to_ascii_lowercase(), &known.to_ascii_lowercase());
    let best = known.iter().map(|known| (distance(known), *known)).min()?;
    (best.0 <= (best.1.len() / 3).clamp(1, 4)).then_some(best.1)
}

/// Tells of names that are there twice.
pub(super) struct Unique<'n> {
    what: &'static str,
    seen: HashSet<String>,
    problems: &'n Problems<'n>,
}

impl<'n> Unique<'n> {
    pub(super) fn new(what: &'static str, problems: &'n Problems<'n>) -> Self {
        Self { what, seen: HashSet::new(), problems }
    }

    pub(super) fn check(&mut self, name: &str, at: usize) {
        // A name that cannot be is told already, and read as none.
        if !name.is_empty() && !self.seen.insert(name.to_owned()) {
            let message = format!("there is {} `{}` already; give one another name", self.what, shown(name));
            self.problems.report(at, message);
        }
    }
}
