//! Policies inside configuration files: feature `serde`.

mod text;

use std::fmt;

use serde_core::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_core::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::Policy;
use crate::json::{Kind, Tape, read};
use text::write_map;

/// As the document itself, members in the order they were written in; not as a string of JSON.
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.as_json();
        let tape = read(text).tape;
        Value { text, tape: &tape, index: 0 }.serialize(serializer)
    }
}

/// From the document itself in any format, or from a string of JSON. Both are held against the same rules as
/// [`Policy::parse`] does, members that are there twice included.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Document)
    }
}

struct Document;

impl<'de> Visitor<'de> for Document {
    type Value = Policy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a RAM policy: an object with `Version` and `Statement`, or the JSON text of one")
    }

    fn visit_str<E: serde_core::de::Error>(self, text: &str) -> Result<Policy, E> {
        Policy::parse(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Policy, A::Error> {
        let mut text = String::new();
        write_map(map, &mut text, 0)?;
        // Lines and columns would be those of a text that nobody has seen.
        Policy::parse(&text).map_err(|errors| {
            let first = errors.findings().first();
            let first =
                first.map(|finding| format!(": {} (`{}`)", finding.message(), finding.place().path()));
            A::Error::custom(format!("not a valid policy{}", first.unwrap_or_default()))
        })
    }
}

/// A value on the tape of a policy.
struct Value<'t> {
    text: &'t str,
    tape: &'t Tape,
    index: usize,
}

impl Value<'_> {
    fn at(&self, index: usize) -> Self {
        Self { index, ..*self }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.tape.token(self.index).kind {
            Kind::Object => {
                let mut map = serializer.serialize_map(Some(self.tape.members(self.index).count()))?;
                for (name, value) in self.tape.members(self.index) {
                    map.serialize_entry(&self.tape.text(self.text, name), &self.at(value))?;
                }
                map.end()
            }
            Kind::Array => {
                let mut seq = serializer.serialize_seq(Some(self.tape.elements(self.index).count()))?;
                for element in self.tape.elements(self.index) {
                    seq.serialize_element(&self.at(element))?;
                }
                seq.end()
            }
            // A policy has no other scalars, but for those inside functions of templates.
            Kind::String => serializer.serialize_str(&self.tape.text(self.text, self.index)),
            Kind::True => serializer.serialize_bool(true),
            Kind::False => serializer.serialize_bool(false),
            Kind::Number => serializer
                .serialize_str(self.text.get(self.tape.token(self.index).span()).unwrap_or_default()),
            Kind::Null | Kind::Name | Kind::Unreadable => serializer.serialize_unit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Policy;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Config {
        role: String,
        policy: Policy,
    }

    const POLICY: &str = r#"{"Statement":[{"Resource":["acs:oss:*:*:b\/*"],"Action":"oss:GetObject","Effect":"Allow","Principal":{"RAM":"x"},"Condition":{"StringLike":{"k":["v","w"]}}}],"Version":"1"}"#;

    #[test]
    fn embedded_as_a_document_or_as_text() {
        let text = format!(r#"{{"role":"r","policy":{POLICY}}}"#);
        let config: Config = serde_json::from_str(&text).unwrap();
        // The order stays; escapes are none of a configuration's business.
        assert_eq!(config.policy.as_json(), POLICY.replace("\\/", "/"));
        assert_eq!(serde_json::to_string(&config).unwrap(), text.replace("\\/", "/"));
        let as_text = format!(r#"{{"role":"r","policy":{}}}"#, serde_json::to_string(POLICY).unwrap());
        let config: Config = serde_json::from_str(&as_text).unwrap();
        assert_eq!(config.policy.as_json(), POLICY);
    }

    #[test]
    fn the_same_checks() {
        for (policy, said) in [
            (
                r#"{"Version":"1","Statement":[{"Effect":"Allow","Effect":"Deny","Action":"a:b"}]}"#,
                "`Effect` is here twice",
            ),
            (r#"{"Version":1,"Statement":[{"Effect":"Allow","Action":"a:b"}]}"#, "the version is a string"),
            (r#"{"Version":"1","Statement":[{"Effect":"Allow"}]}"#, "(`$.Statement[0]`)"),
            (r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":[1.5,null]}]}"#, "values are strings"),
            (r#""{}""#, "the member `Version` is missing"),
            ("5", "a RAM policy"),
        ] {
            let error = serde_json::from_str::<Policy>(policy).unwrap_err().to_string();
            assert!(error.contains(said), "{policy}: {error}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
        assert!(serde_json::from_str::<Policy>(&deep).unwrap_err().to_string().contains("deep"));
    }
}
