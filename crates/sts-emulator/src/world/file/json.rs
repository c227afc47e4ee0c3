//! JSON. `serde_json` reads it; where a piece stands follows from the piece itself, which is part of the text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::node::{Member, Node, Value};
use super::problems::Problems;

/// Each level is read once more for the one around it. A world has eight.
const MOST_DEEP: usize = 24;

pub(super) fn parse<'t>(text: &'t str, problems: &Problems<'_>) -> Option<Node<'t>> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => node(text, raw, problems, 0),
        Err(error) => {
            let message = error.to_string();
            let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
            problems.report(problems.offset(error.line(), error.column()), message.to_owned());
            None
        }
    }
}

fn node<'t>(text: &'t str, raw: &'t RawValue, problems: &Problems<'_>, depth: usize) -> Option<Node<'t>> {
    let json = raw.get();
    let span = span_in(text, json);
    if depth > MOST_DEEP {
        problems.report(span.start, format!("this is more than {MOST_DEEP} levels deep"));
        return None;
    }
    // The whole text was good JSON.
    let value = match json.as_bytes().first()? {
        b'{' => {
            let members = serde_json::from_str::<Members<'t>>(json).ok()?.0.into_iter().map(|(name, raw)| {
                let at = match &name.0 {
                    Cow::Borrowed(name) => span_in(text, name).start.saturating_sub(1),
                    // A name with escapes is a copy.
                    Cow::Owned(_) => span_in(text, raw.get()).start,
                };
                Some(Member { name: name.0, at, node: node(text, raw, problems, depth + 1)? })
            });
            Value::Table(members.collect::<Option<_>>()?)
        }
        b'[' => {
            let items = serde_json::from_str::<Vec<&'t RawValue>>(json).ok()?.into_iter();
            Value::List(items.map(|raw| node(text, raw, problems, depth + 1)).collect::<Option<_>>()?)
        }
        b'"' => Value::Text(serde_json::from_str::<Text<'t>>(json).ok()?.0),
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'n' => Value::Other("null"),
        _ => {
            json.parse().map_or(Value::Other("a number that is too large or has a fraction"), Value::Integer)
        }
    };
    Some(Node { span, value })
}

/// Where a part of a text is in it.
fn span_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
}

/// Text, borrowed where nothing in it is escaped.
struct Text<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Reader)
    }
}

/// The members of an object in their order, repeated ones too.
struct Members<'t>(Vec<(Text<'t>, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}
