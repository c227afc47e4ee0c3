//! Templates: what is filled in stands for itself.
//!
//! An input is text: a line for each hole, `NAME KIND VALUE`, an empty line, and the template.

#![expect(clippy::panic, reason = "a fuzzer stops at what must not be")]

use serde_json::Value;
use sts_policy::{Context, Decision, HoleKind, Pattern, Policy, Request, Template};

const KINDS: [(&str, HoleKind); 9] = [
    ("segment", HoleKind::PathSegment),
    ("path", HoleKind::Path),
    ("tag", HoleKind::TagValue),
    ("account", HoleKind::AccountId),
    ("ram-name", HoleKind::RamName),
    ("bucket", HoleKind::BucketName),
    ("address", HoleKind::Address),
    ("date", HoleKind::Date),
    ("number", HoleKind::Number),
];

struct Hole<'t> {
    name: &'t str,
    kind: HoleKind,
    value: &'t str,
}

/// Fills the template; panics where the policy means more than the template with these values.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some((holes, text)) = text.split_once("\n\n") else { return };
    let holes: Vec<Hole<'_>> = holes.lines().filter_map(hole).collect();
    let Ok(template) = Template::new(text, holes.iter().map(|hole| (hole.name, hole.kind))) else { return };
    let is_refused = holes.iter().any(|hole| hole.kind.check(hole.value).is_err());
    match template.fill(holes.iter().map(|hole| (hole.name, hole.value))) {
        Ok(policy) => {
            assert!(!is_refused);
            holes.iter().for_each(stands_for_itself);
            means_no_more(text, &policy, &holes);
        }
        Err(error) => {
            assert!(is_refused, "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error}");
        }
    }
}

fn hole(line: &str) -> Option<Hole<'_>> {
    let mut words = line.splitn(3, ' ');
    let (name, kind, value) = (words.next()?, words.next()?, words.next()?);
    let (_, kind) = KINDS.into_iter().find(|(name, _)| *name == kind)?;
    Some(Hole { name, kind, value })
}

fn stands_for_itself(hole: &Hole<'_>) {
    let has = |what: &str| hole.value.contains(what);
    assert!(!hole.value.is_empty() && !has("*") && !has("?") && !has("${"));
    assert!(!hole.value.contains(char::is_control));
    if matches!(hole.kind, HoleKind::PathSegment | HoleKind::Path | HoleKind::RamName | HoleKind::BucketName)
    {
        assert!(!has(":") && !hole.value.split('/').any(|part| matches!(part, "" | "." | "..")));
        assert!(hole.kind == HoleKind::Path || !has("/"));
    }
    if hole.kind == HoleKind::AccountId {
        assert!(hole.value.bytes().all(|b| b.is_ascii_digit()));
    }
}

fn means_no_more(text: &str, policy: &Policy, holes: &[Hole<'_>]) {
    assert_eq!(Policy::parse(policy.as_json()).as_ref(), Ok(policy));
    let (Ok(template), Ok(filled)) = (Policy::parse(text), serde_json::from_str::<Value>(policy.as_json()))
    else {
        panic!("what was filled was no policy");
    };
    let Ok(model) = serde_json::from_str::<Value>(template.as_json()) else {
        panic!("what was read is no JSON");
    };
    same_but_for_holes(&model, &filled, holes);

    // The patterns, against a matcher to which stars of the template are stars and all else is letters.
    let compiled = policy.compile();
    let context = Context::new();
    for (statement, filled) in template.statements().iter().zip(policy.statements()) {
        let actions = statement.action().patterns();
        let Some(action) = actions.iter().next().map(|action| action.replace(['*', '?'], "x")) else {
            continue;
        };
        let Some(resource) = statement.resource() else { continue };
        let meant: Vec<Vec<Atom>> =
            resource.patterns().iter().map(|pattern| atoms(pattern, holes, None)).collect();
        let filled: Vec<&String> =
            filled.resource().iter().flat_map(|filled| filled.patterns().iter()).collect();
        assert_eq!(meant.len(), filled.len());
        for candidate in resource.patterns().iter().flat_map(|pattern| candidates(pattern, holes)) {
            for (meant, filled) in meant.iter().zip(&filled) {
                assert_eq!(
                    Pattern::new(filled).matches(&candidate),
                    matches(meant, &candidate),
                    "{filled} {candidate}"
                );
            }
            let verdict = compiled.decide(&Request::new(&action, &candidate, &context));
            if verdict.decision() == Decision::Allow {
                let allowing = verdict.statement().and_then(|at| template.statements().get(at)?.resource());
                let means = allowing.is_none_or(|resource| {
                    let fits = |pattern: &String| matches(&atoms(pattern, holes, None), &candidate);
                    resource.patterns().iter().any(fits) != resource.is_negated()
                });
                assert!(means, "{candidate} is allowed by {}", policy.as_json());
            }
        }
    }
}

/// The same document, but that strings have values for holes.
fn same_but_for_holes(template: &Value, filled: &Value, holes: &[Hole<'_>]) {
    match (template, filled) {
        (Value::Object(template), Value::Object(filled)) => {
            assert!(template.keys().eq(filled.keys()));
            for (template, filled) in template.values().zip(filled.values()) {
                same_but_for_holes(template, filled, holes);
            }
        }
        (Value::Array(template), Value::Array(filled)) => {
            assert_eq!(template.len(), filled.len());
            for (template, filled) in template.iter().zip(filled) {
                same_but_for_holes(template, filled, holes);
            }
        }
        (Value::String(template), Value::String(filled)) => {
            let letters = atoms(template, holes, None).iter().map(|atom| atom.letter()).collect::<String>();
            assert_eq!(&letters, filled);
        }
        _ => assert_eq!(template, filled),
    }
}

/// One character of a pattern.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Atom {
    Any,
    One,
    Letter(char),
}

impl Atom {
    fn letter(self) -> char {
        match self {
            Self::Any => '*',
            Self::One => '?',
            Self::Letter(letter) => letter,
        }
    }
}

/// A string of the template with the values, or one other text, in its holes. Only what the template has is a wildcard.
fn atoms(template: &str, holes: &[Hole<'_>], other: Option<&str>) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut rest = template;
    while let Some(c) = rest.chars().next() {
        let name = rest.strip_prefix("${").and_then(|inside| inside.split_once('}'));
        if let Some((name, after)) = name {
            let value = holes.iter().find(|hole| hole.name == name).map_or("", |hole| hole.value);
            atoms.extend(other.unwrap_or(value).chars().map(Atom::Letter));
            rest = after;
            continue;
        }
        atoms.push(match c {
            '*' => Atom::Any,
            '?' => Atom::One,
            letter => Atom::Letter(letter),
        });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    atoms
}

/// Texts that the pattern is likely to fit, and neighbours that it should not.
fn candidates(pattern: &str, holes: &[Hole<'_>]) -> Vec<String> {
    let mut candidates = Vec::new();
    let others = [None, Some("b"), Some("*"), Some(""), Some("a/b"), Some("..")];
    for other in others {
        for star in ["", "x/y:z", "*"] {
            let text = atoms(pattern, holes, other).iter().fold(String::new(), |mut text, atom| {
                match atom {
                    Atom::Any => text.push_str(star),
                    Atom::One => text.push('é'),
                    Atom::Letter(letter) => text.push(*letter),
                }
                text
            });
            candidates.push(text);
        }
    }
    candidates
}

/// By a table of which ends of the pattern fit which ends of the text.
fn matches(pattern: &[Atom], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Whether what is left of the pattern fits the text from here on.
    let mut fits = vec![false; text.len() + 1];
    if let Some(end) = fits.last_mut() {
        *end = true;
    }
    for atom in pattern.iter().rev() {
        let mut longer = vec![false; text.len() + 1];
        let mut from_here_on = false;
        for (at, slot) in longer.iter_mut().enumerate().rev() {
            let after = fits.get(at + 1).copied().unwrap_or(false);
            from_here_on |= fits.get(at).copied().unwrap_or(false);
            *slot = match atom {
                Atom::Any => from_here_on,
                Atom::One => after,
                Atom::Letter(letter) => after && text.get(at) == Some(letter),
            };
        }
        fits = longer;
    }
    fits.first().copied().unwrap_or(false)
}
