//! Any format's values as JSON text.

use std::fmt::{self, Write as _};

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::{Document, print};

/// Writes an object; names that come twice are written twice.
pub(super) fn write_map<'de, A: MapAccess<'de>>(
    mut map: A,
    json: &mut String,
    depth: usize,
) -> Result<(), A::Error> {
    json.push('{');
    let mut first = true;
    while let Some(name) = map.next_key::<String>()? {
        if !first {
            json.push(',');
        }
        first = false;
        print::string(json, &name);
        json.push(':');
        map.next_value_seed(Text { json, depth: depth + 1 })?;
    }
    json.push('}');
    Ok(())
}

/// Writes one value to the end of a text.
struct Text<'j> {
    json: &'j mut String,
    depth: usize,
}

impl Text<'_> {
    /// Bounds what a configuration can make of a policy, as texts are bounded.
    fn bounded<E: Error>(&self) -> Result<(), E> {
        if self.depth > Document::MOST_DEEP {
            return Err(E::custom("not a valid policy: it is too deep"));
        }
        if self.json.len() > Document::MOST_BYTES {
            return Err(E::custom("not a valid policy: it is too long"));
        }
        Ok(())
    }

    fn literal<E: Error>(self, value: impl fmt::Display) -> Result<(), E> {
        let _infallible = write!(self.json, "{value}");
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.bounded()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a part of a RAM policy: an object, an array or a string")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        print::string(self.json, value);
        Ok(())
    }

    // What is not a string is refused by the grammar, which says it best.
    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.literal(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.literal(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.literal(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        if value.is_finite() { self.literal(value) } else { self.literal("null") }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.literal("null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.literal("null")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Self { json, depth } = self;
        json.push('[');
        let start = json.len();
        loop {
            // The comma goes before the next element, and goes again if there is none.
            let end = json.len();
            if end > start {
                json.push(',');
            }
            if seq.next_element_seed(Text { json, depth: depth + 1 })?.is_none() {
                json.truncate(end);
                break;
            }
        }
        json.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        write_map(map, self.json, self.depth)
    }
}
