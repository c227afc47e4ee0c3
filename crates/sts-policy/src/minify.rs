//! JSON without the white space.

use serde_core::de::IgnoredAny;

/// The text is not one JSON value. The message tells where; it never quotes the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is not JSON: {reason} in line {line}, column {column}")]
pub struct NotJson {
    line: usize,
    column: usize,
    reason: &'static str,
}

impl NotJson {
    /// Line of the first fault, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Column of the first fault, in bytes, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }
}

impl NotJson {
    fn new(error: &serde_json::Error) -> Self {
        let reason = if error.is_eof() { "unexpected end" } else { "unexpected text" };
        Self { line: error.line(), column: error.column(), reason }
    }
}

/// Removes the white space between the tokens of a JSON value; everything else stays to the letter.
///
/// # Errors
///
/// [`NotJson`] when the text is not exactly one JSON value.
pub fn minify(text: &str) -> Result<String, NotJson> {
    // Checks the grammar, without recursion; a byte-order mark is not JSON.
    let IgnoredAny = serde_json::from_str(text).map_err(|error| NotJson::new(&error))?;
    // What programs write has no white space at all, mostly.
    if !has_white_space(text.as_bytes()) {
        return Ok(text.to_owned());
    }
    let mut compact = String::with_capacity(text.len());
    let mut in_string = false;
    let mut escaped = false;
    for c in text.chars() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            compact.push(c);
        } else if !matches!(c, ' ' | '\t' | '\n' | '\r') {
            in_string = c == '"';
            compact.push(c);
        }
    }
    Ok(compact)
}

/// Looks at the bytes in blocks, without a branch for each.
fn has_white_space(text: &[u8]) -> bool {
    text.chunks(64).any(|block| block.iter().fold(false, |found, byte| found | (*byte <= b' ')))
}

#[cfg(test)]
mod tests {
    use super::minify;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn only_white_space_between_tokens_goes() {
        for (text, compact) in [
            (" { \"a\" :\r\n [ 1 , 2.50 ,\ttrue ] } ", r#"{"a":[1,2.50,true]}"#),
            (r#"{"a b":" c \" d \\" , "e": "\u00e9"}"#, r#"{"a b":" c \" d \\","e":"\u00e9"}"#),
            (r#""\\" "#, r#""\\""#),
        ] {
            assert_eq!(minify(text).unwrap(), compact);
        }
    }

    #[test]
    fn the_place_is_told_and_the_text_is_not() {
        for (text, said) in [
            ("", "unexpected end in line 1, column 0"),
            ("{\n  \"secret\": tru }", "unexpected text in line 2, column 16"),
            ("{} {}", "unexpected text in line 1, column 4"),
            ("{\"a\":1,}", "unexpected text in line 1, column 8"),
            ("{\"a\":\u{a0}1}", "unexpected text in line 1, column 6"),
        ] {
            assert_eq!(minify(text).unwrap_err().to_string(), format!("it is not JSON: {said}"), "{text:?}");
        }
        assert!(minify(&"[".repeat(100_000)).is_err());
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(minify(&deep).unwrap(), deep);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn same_as_printing_compactly(value in json()) {
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            prop_assert_eq!(minify(&pretty).unwrap(), serde_json::to_string(&value).unwrap());
        }

        #[test]
        fn never_panics(text in ".{0,60}") {
            let _ = minify(&text);
        }
    }
}
