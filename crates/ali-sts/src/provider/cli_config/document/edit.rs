//! Changing some members of a profile, and not a byte besides: order, spacing, numbers and members that nobody here knows stay as they are.

use super::{Document, Members};
use serde_json::value::RawValue;
use std::ops::Range;
use zeroize::Zeroizing;

/// A member's new value.
#[derive(Clone, Copy)]
pub(in crate::provider::cli_config) enum Value<'a> {
    Text(&'a str),
    Number(u64),
}

/// What to put in the place of some bytes.
struct Edit {
    at: Range<usize>,
    text: Zeroizing<String>,
}

impl Document<'_> {
    /// The whole text with other values for these members of a profile. Those that it does not have yet are added at its end, spaced as its
    /// first is. `None` if the profile is not this document's.
    pub(in crate::provider::cli_config) fn changed(
        &self,
        profile: &Members<'_>,
        members: &[(&str, Value<'_>)],
    ) -> Option<Zeroizing<String>> {
        let whole = self.range(profile.raw)?;
        let mut edits = Vec::new();
        let mut added = Zeroizing::new(String::new());
        let inside = self.text.get(whole)?.strip_prefix('{')?;
        let spacing = inside.get(..inside.len() - inside.trim_start().len())?;
        for (key, value) in members {
            let text = json(*value)?;
            match profile.members.get(*key) {
                Some(raw) => edits.push(Edit { at: self.range(raw)?, text }),
                None => {
                    for piece in [",", spacing, &json(Value::Text(key))?, ": ", &text] {
                        added.push_str(piece);
                    }
                }
            }
        }
        let mut end = 0;
        for raw in profile.members.values() {
            end = end.max(self.range(raw)?.end);
        }
        edits.push(Edit { at: end..end, text: added });
        self.edited(edits)
    }

    fn edited(&self, mut edits: Vec<Edit>) -> Option<Zeroizing<String>> {
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        let longer: usize = edits.iter().map(|edit| edit.text.len()).sum();
        let mut text = Zeroizing::new(String::with_capacity(self.text.len() + longer));
        let mut done = 0;
        for edit in &edits {
            text.push_str(self.text.get(done..edit.at.start)?);
            text.push_str(&edit.text);
            done = edit.at.end;
        }
        text.push_str(self.text.get(done..)?);
        Some(text)
    }

    /// Where a piece of the text is.
    fn range(&self, raw: &RawValue) -> Option<Range<usize>> {
        let start = (raw.get().as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let range = start..start.checked_add(raw.get().len())?;
        // INVARIANT: `raw` borrows from the text, or this is another text.
        (self.text.get(range.clone()) == Some(raw.get())).then_some(range)
    }
}

fn json(value: Value<'_>) -> Option<Zeroizing<String>> {
    let text = match value {
        Value::Text(text) => serde_json::to_string(text).ok()?,
        Value::Number(number) => number.to_string(),
    };
    Some(Zeroizing::new(text))
}

#[cfg(test)]
mod tests {
    use super::Value::{Number, Text};
    use super::{Document, Value};
    use proptest::prelude::*;

    fn changed(text: &str, profile: &str, members: &[(&str, Value<'_>)]) -> String {
        let document = Document::parse(text).unwrap();
        document.changed(document.profile(profile).unwrap(), members).unwrap().to_string()
    }

    #[test]
    fn not_a_byte_besides() {
        let text = "{ \"current\":\"a\",\r\n  \"profiles\" : [\r\n\t{\r\n\t\t\"name\": \"a\",\r\n\t\t\"token\" :  \"old\" ,\r\n\t\t\"odd\": 1.50e+2, \"list\": [ 1,2 ]\r\n\t} , {\"name\":\"b\",\"token\":\"old\"}], \"meta_path\": null, \"x\": {\"token\": \"old\"} }\n";
        assert_eq!(
            changed(text, "a", &[("expire", Number(7)), ("token", Text("n\"e\\w\né"))]),
            text.replacen("\"old\"", r#""n\"e\\w\né""#, 1)
                .replace("[ 1,2 ]", "[ 1,2 ],\r\n\t\t\"expire\": 7")
        );
        assert_eq!(changed(text, "b", &[("token", Text(""))]), text.replace(":\"old\"}]", ":\"\"}]"));
        assert_eq!(
            changed(text, "b", &[("c", Text("d")), ("e", Number(0))]),
            text.replace(":\"old\"}]", ":\"old\",\"c\": \"d\",\"e\": 0}]")
        );
        assert_eq!(changed(text, "a", &[]), text);
    }

    #[test]
    fn of_members_that_are_there_twice_the_one_that_counts_is_changed() {
        let text = r#"{"profiles":[{"name":"a","token":"first","token":"second"},{"name":"a","token":"of another"}]}"#;
        assert_eq!(changed(text, "a", &[("token", Text("new"))]), text.replace("second", "new"));
    }

    #[test]
    fn of_any_type_before() {
        for old in ["null", "[1]", "{\"token\": 1}", "1", "true", "\"\""] {
            let text = format!("{{\"profiles\":[{{\"token\":{old},\"name\":\"a\"}}]}}");
            let new = "{\"profiles\":[{\"token\":2,\"name\":\"a\"}]}";
            assert_eq!(changed(&text, "a", &[("token", Number(2))]), new);
        }
    }

    #[test]
    fn not_of_another_text() {
        let text = r#"{"profiles":[{"name":"a"}]}"#;
        let other = text.to_owned();
        let (document, other) = (Document::parse(text).unwrap(), Document::parse(&other).unwrap());
        assert!(document.changed(other.profile("a").unwrap(), &[("b", Number(1))]).is_none());
    }

    proptest! {
        /// Read by another than the editor, everything is as it was, and what was to change has changed.
        #[test]
        fn everything_else_means_the_same(
            others in prop::collection::btree_map("[a-z\"\\\\é]{1,4}", "\\PC{0,4}", 0..5),
            value in "\\PC{0,8}",
            pretty: bool,
        ) {
            let mut profile = serde_json::Map::new();
            profile.insert("name".to_owned(), "a".into());
            profile.extend(others.into_iter().map(|(key, value)| (key, value.into())));
            let mut whole = serde_json::json!({"profiles": [{"name": "x", "t": 1}, profile], "more": [1, "t"]});
            let text = if pretty { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) };
            let new = changed(&text.unwrap(), "a", &[("t", Text(&value)), ("u", Number(1))]);
            whole["profiles"][1]["t"] = value.into();
            whole["profiles"][1]["u"] = 1.into();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&new).unwrap(), whole);
        }
    }
}
