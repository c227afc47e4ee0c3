//! `config.json` as JSON: the profiles, with the place of every member.

mod edit;

pub(super) use edit::Value;

use serde_json::value::RawValue;
use std::collections::HashMap;
use std::fmt;

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    line: usize,
    column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// What is wrong, and where. Never what stands there: `serde_json`'s own messages quote it.
#[derive(Debug)]
pub(super) struct Malformed {
    pub(super) position: Position,
    pub(super) problem: &'static str,
}

pub(super) struct Document<'t> {
    text: &'t str,
    pub(super) current: Option<String>,
    pub(super) profiles: Vec<Members<'t>>,
}

/// One profile.
pub(super) struct Members<'t> {
    pub(super) name: String,
    /// The whole, as text.
    raw: &'t RawValue,
    members: HashMap<String, &'t RawValue>,
}

impl<'t> Document<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, Malformed> {
        let top: HashMap<String, &'t RawValue> = serde_json::from_str(text)
            .map_err(|error| malformed(&error, start(), "it is not a JSON object"))?;
        let document = Self { text, current: None, profiles: Vec::new() };
        let current = match top.get("current") {
            Some(raw) => document.decode::<Option<String>>(raw, "`current` is not a text")?,
            None => None,
        };
        let mut profiles = Vec::new();
        if let Some(raw) = top.get("profiles") {
            let all: Option<Vec<&'t RawValue>> = document.decode(raw, "`profiles` is not an array")?;
            for raw in all.unwrap_or_default() {
                let members: HashMap<String, &'t RawValue> =
                    document.decode(raw, "a profile is not an object")?;
                let name = match members.get("name") {
                    Some(name) => document.decode::<Option<String>>(name, "`name` is not a text")?,
                    None => None,
                };
                profiles.push(Members { name: name.unwrap_or_default(), raw, members });
            }
        }
        Ok(Self { current: current.filter(|current| !current.is_empty()), profiles, ..document })
    }

    /// The first with this name.
    pub(super) fn profile(&self, name: &str) -> Option<&Members<'t>> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    fn decode<T: serde_core::Deserialize<'t>>(
        &self,
        raw: &'t RawValue,
        problem: &'static str,
    ) -> Result<T, Malformed> {
        serde_json::from_str(raw.get()).map_err(|_| Malformed { position: self.position(raw), problem })
    }

    /// Where a piece of the text begins.
    fn position(&self, raw: &RawValue) -> Position {
        let offset = (raw.get().as_ptr() as usize).checked_sub(self.text.as_ptr() as usize);
        let before = offset.and_then(|offset| self.text.get(..offset)).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Position { line: before.matches('\n').count() + 1, column }
    }

    /// Where a member is or, without one, the profile.
    pub(super) fn position_of(&self, profile: &Members<'_>, key: &str) -> Position {
        self.position(profile.members.get(key).copied().unwrap_or(profile.raw))
    }
}

impl Members<'_> {
    /// A member's value, `None` when it is not there or `null`; an error when it is another thing than asked for.
    pub(super) fn get<'a, T: serde_core::Deserialize<'a>>(&'a self, key: &str) -> Result<Option<T>, ()> {
        match self.members.get(key) {
            Some(raw) => serde_json::from_str::<Option<T>>(raw.get()).map_err(|_| ()),
            None => Ok(None),
        }
    }
}

fn start() -> Position {
    Position { line: 1, column: 1 }
}

fn malformed(error: &serde_json::Error, otherwise: Position, problem: &'static str) -> Malformed {
    // A wrong type is told without a place, or with one before the first character.
    let position = match (error.line(), error.column()) {
        (0, _) | (_, 0) => otherwise,
        (line, column) => Position { line, column },
    };
    let problem = match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early; was it written in part?",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
        serde_json::error::Category::Data => problem,
    };
    Malformed { position, problem }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use proptest::prelude::*;

    #[test]
    fn members_have_places() {
        let text = "{\"current\": \"b\",\n \"profiles\": [\n  {\"name\": \"a\"},\n  {\"name\": \"b\", \"é\": 1, \"mode\": \"AK\"}\n]}";
        let document = Document::parse(text).unwrap();
        assert_eq!(document.current.as_deref(), Some("b"));
        let profile = document.profile("b").unwrap();
        assert_eq!(profile.get::<String>("mode"), Ok(Some("AK".to_owned())));
        assert_eq!(profile.get::<String>("none"), Ok(None));
        assert_eq!(profile.get::<String>("é"), Err(()));
        assert_eq!(document.position_of(profile, "mode").to_string(), "line 4, column 33");
        assert_eq!(document.position_of(profile, "none").to_string(), "line 4, column 3");
    }

    #[test]
    fn what_is_malformed_is_told_by_its_place_alone() {
        for (text, said) in [
            ("", "line 1, column 1: the JSON ends too early; was it written in part?"),
            ("{\"profiles\": [", "line 1, column 14: the JSON ends too early; was it written in part?"),
            ("[]", "line 1, column 1: it is not a JSON object"),
            ("{\"profiles\": [\n hunter2]}", "line 2, column 2: it is not JSON"),
            ("{\"profiles\": {\"hunter2\": 1}}", "line 1, column 14: `profiles` is not an array"),
            ("{\"profiles\": [\"hunter2\"]}", "line 1, column 15: a profile is not an object"),
            ("{\n\"current\": 7}", "line 2, column 12: `current` is not a text"),
            ("{\"profiles\": [{\"name\": [\"hunter2\"]}]}", "line 1, column 24: `name` is not a text"),
        ] {
            let malformed = Document::parse(text).err().unwrap();
            assert_eq!(format!("{}: {}", malformed.position, malformed.problem), said, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = Document::parse(&text);
        }
    }
}
