//! Members of objects: known, misspelt, unknown, twice.

use std::collections::HashSet;

use super::Grammar;
use crate::finding::Fix;
use crate::json::Problem;
use crate::rules;

/// A member that was recognised.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownMember {
    pub(super) canonical: &'static str,
    pub(super) name: usize,
    pub(super) value: usize,
}

impl Grammar<'_, '_> {
    /// The members of an object that are known, each once, in the order of the text. The others are reported.
    pub(super) fn members(&mut self, object: usize, known: &[&'static str]) -> Vec<KnownMember> {
        let mut found: Vec<KnownMember> = Vec::with_capacity(known.len());
        let mut misspelt = Vec::new();
        let tape = self.tape;
        for (name, value) in tape.members(object) {
            let text = tape.text(self.text, name);
            let Some(canonical) = known.iter().copied().find(|known| *known == text) else {
                misspelt.push((name, value, text));
                continue;
            };
            if found.iter().any(|member| member.canonical == canonical) {
                self.duplicate(name, canonical);
            } else {
                found.push(KnownMember { canonical, name, value });
            }
        }
        // A misspelt name may only stand for a member that is not there.
        for (name, value, text) in misspelt {
            let near = self.nearest(&text, known.iter().copied());
            match near.filter(|near| found.iter().all(|member| member.canonical != *near)) {
                Some(canonical) => {
                    let message = format!("the member's name is `{canonical}`, to the letter");
                    self.rename(name, &rules::MEMBER_NAME, message, canonical);
                    found.push(KnownMember { canonical, name, value });
                }
                None => self.unknown_member(name, &text, known),
            }
        }
        found.sort_by_key(|member| member.name);
        found
    }

    fn unknown_member(&mut self, name: usize, text: &str, known: &[&'static str]) {
        if text == "NotPrincipal" {
            let message = "`NotPrincipal` is not in this language; name whom you mean under `Principal`";
            return self.report(name, &rules::NOT_PRINCIPAL, message);
        }
        let message = format!("{} is no member here; there are {}", quoted(text), listed(known));
        self.report(name, &rules::UNKNOWN_MEMBER, message);
    }

    pub(super) fn duplicate(&mut self, name: usize, text: &str) {
        let message = format!("{} is here twice; which of the two counts is anybody's guess", quoted(text));
        self.report(name, &rules::DUPLICATE_MEMBER, message);
    }

    /// Reports a name and offers the right one.
    pub(super) fn rename(
        &mut self,
        name: usize,
        rule: &'static crate::Rule,
        message: impl Into<std::borrow::Cow<'static, str>>,
        right: impl std::fmt::Display,
    ) {
        let token = self.token(name);
        let fix = Fix::replace(format!("write `{right}`"), token.inside(), right.to_string());
        self.problem(Problem::new(rule, token.span(), message).with_fix(fix));
    }
}

/// Names that have been seen, however many: an object of ten thousand members must not take ten thousand squared steps.
#[derive(Debug, Default)]
pub(super) struct Seen<'t> {
    few: Vec<std::borrow::Cow<'t, str>>,
    many: HashSet<std::borrow::Cow<'t, str>>,
}

impl<'t> Seen<'t> {
    const FEW: usize = 16;

    /// Whether the name is new.
    pub(super) fn insert(&mut self, name: std::borrow::Cow<'t, str>) -> bool {
        if self.few.len() < Self::FEW {
            let new = !self.few.contains(&name);
            if new {
                self.few.push(name);
            }
            return new;
        }
        !self.few.contains(&name) && self.many.insert(name)
    }
}

/// A name as messages show it: in backticks, if it is short and plain.
pub(crate) fn quoted(name: &str) -> String {
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_graphic() && b != b'`') {
        format!("`{name}`")
    } else {
        "this".to_owned()
    }
}

/// `a`, `b` and `c`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("`{name}`"),
        [names @ .., last] => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("{} and `{last}`", names.join(", "))
        }
    }
}
