//! What a signer adds to a request's headers.

use std::fmt;
use zeroize::Zeroizing;

/// Most fields that a scheme adds.
const MOST: usize = 10;

/// Header fields to add to a request, in place of any of the same name: the signature, and what it asks for.
///
/// Names are in lower case. The values hold the signature and, for temporary credentials, the security token; they are
/// overwritten when dropped and `Debug` does not show them. See that what they become is kept out of logs
/// (`http::HeaderValue::set_sensitive`).
pub struct Headers {
    /// All values, one after the other.
    values: Zeroizing<String>,
    /// INVARIANT: the first `length` are in use; each value ends where its number says and begins where the one before ends.
    fields: [(&'static str, usize); MOST],
    length: usize,
}

impl Headers {
    /// `capacity`: the length of all values.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { values: Zeroizing::new(String::with_capacity(capacity)), fields: [("", 0); MOST], length: 0 }
    }

    /// Adds a field whose value is all parts, one after the other.
    pub(crate) fn push(&mut self, name: &'static str, parts: &[&str]) {
        debug_assert!(self.length < MOST, "room for a field");
        if let Some(field) = self.fields.get_mut(self.length) {
            parts.iter().for_each(|part| self.values.push_str(part));
            *field = (name, self.values.len());
            self.length += 1;
        }
    }

    /// Adds a field whose value is appended by a function.
    #[cfg(feature = "sha256")]
    pub(crate) fn push_with(&mut self, name: &'static str, append: impl FnOnce(&mut String)) {
        append(&mut self.values);
        self.push(name, &[]);
    }

    /// Names and values, in the order of the scheme.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let fields = self.fields.get(..self.length).unwrap_or_default();
        let starts = std::iter::once(0).chain(fields.iter().map(|(_, end)| *end));
        fields
            .iter()
            .zip(starts)
            .map(|((name, end), start)| (*name, self.values.get(start..*end).unwrap_or_default()))
    }

    /// The value of a field, by its name in lower case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(candidate, _)| *candidate == name).map(|(_, value)| value)
    }
}

/// Names only.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Headers;

    #[test]
    fn fields_come_out_as_they_went_in_and_values_are_not_shown() {
        let mut headers = Headers::with_capacity(20);
        headers.push("date", &["now"]);
        headers.push("x-empty", &[]);
        headers.push("authorization", &["acs ", "id", ":", "signature"]);
        let all: Vec<_> = headers.iter().collect();
        assert_eq!(all, [("date", "now"), ("x-empty", ""), ("authorization", "acs id:signature")]);
        assert_eq!((headers.get("date"), headers.get("x")), (Some("now"), None));
        assert_eq!(format!("{headers:?}"), r#"["date", "x-empty", "authorization"]"#);
    }
}
