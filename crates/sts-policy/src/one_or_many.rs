//! A string, or an array of strings.

use std::fmt;
use std::slice;

/// One string or an array of strings, as it was written: `"x"` and `["x"]` mean the same and are both kept.
///
/// It is never empty. `Debug` shows how many there are, since a policy names resources and people.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OneOrMany(Spelling);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Spelling {
    One(String),
    // INVARIANT: not empty in any policy.
    Many(Vec<String>),
}

impl OneOrMany {
    /// A bare string: `"x"`.
    #[must_use]
    pub fn one(value: impl Into<String>) -> Self {
        Self(Spelling::One(value.into()))
    }

    /// An array: `["x", "y"]`. `None` when there is nothing in it.
    #[must_use]
    pub fn many<S: Into<String>>(values: impl IntoIterator<Item = S>) -> Option<Self> {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        (!values.is_empty()).then_some(Self(Spelling::Many(values)))
    }

    /// The strings, in the order they were written in; at least one.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match &self.0 {
            Spelling::One(value) => slice::from_ref(value),
            Spelling::Many(values) => values,
        }
    }

    /// The strings, in the order they were written in; at least one.
    pub fn iter(&self) -> slice::Iter<'_, String> {
        self.as_slice().iter()
    }

    /// How many strings there are; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether it was written with brackets.
    #[must_use]
    pub fn is_array(&self) -> bool {
        matches!(self.0, Spelling::Many(_))
    }

    /// The same strings, one of them without brackets.
    pub(crate) fn shortest(values: Vec<String>) -> Option<Self> {
        match <[String; 1]>::try_from(values) {
            Ok([value]) => Some(Self::one(value)),
            Err(values) => Self::many(values),
        }
    }

    /// The same strings, one of them without brackets, none as an empty array: for builders, which let nothing empty out.
    pub(crate) fn shortest_or_empty(values: Vec<String>) -> Self {
        Self::shortest(values).unwrap_or_else(|| Self(Spelling::Many(Vec::new())))
    }

    /// The same spelling with each string replaced.
    pub(crate) fn map(&self, replace: impl Fn(&str) -> String) -> Self {
        Self(match &self.0 {
            Spelling::One(value) => Spelling::One(replace(value)),
            Spelling::Many(values) => Spelling::Many(values.iter().map(|value| replace(value)).collect()),
        })
    }
}

impl<'a> IntoIterator for &'a OneOrMany {
    type Item = &'a String;
    type IntoIter = slice::Iter<'a, String>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for OneOrMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Spelling::One(_) => f.write_str("OneOrMany(1 string)"),
            Spelling::Many(values) => write!(f, "OneOrMany(array of {})", values.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OneOrMany;

    #[test]
    fn spelling_is_kept_and_seen() {
        let one = OneOrMany::one("a");
        let many = OneOrMany::many(["a"]).unwrap();
        assert_ne!(one, many);
        assert_eq!(one.as_slice(), many.as_slice());
        assert!(!one.is_array() && many.is_array());
        assert_eq!(OneOrMany::many(Vec::<String>::new()), None);
        assert_eq!(format!("{one:?} {many:?}"), "OneOrMany(1 string) OneOrMany(array of 1)");
    }
}
