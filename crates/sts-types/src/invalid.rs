//! The error of every checked value of this crate.

use std::borrow::Cow;
use std::convert::Infallible;

/// A value that the service would refuse, found before anything was sent.
///
/// The message names the parameter, shows the value (unless it may be secret), and says what is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct InvalidInput {
    parameter: Cow<'static, str>,
    value: Option<Box<str>>,
    problem: Cow<'static, str>,
}

/// Longest piece of a refused value that is quoted, in characters.
const SHOWN: usize = 80;

impl InvalidInput {
    /// `parameter` is the service's name of the parameter (`RoleArn`); `problem` completes «is not valid: …». The
    /// value is not shown.
    pub fn new(parameter: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self { parameter: parameter.into(), value: None, problem: problem.into() }
    }

    /// Quotes the refused value in the message, on one line and cut short. Only for values that are not secret; where
    /// one looks like a key or a token all the same (somebody may have mixed arguments up), its length is told instead.
    #[must_use]
    pub fn with_value(mut self, value: &str) -> Self {
        if looks_secret(value) {
            self.value = None;
            self.problem = format!("{} (it has {} characters)", self.problem, value.chars().count()).into();
            return self;
        }
        let mut shown: String = value.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        if value.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        self.value = Some(shown.into());
        self
    }

    /// The service's name of the parameter, such as `RoleArn`.
    #[must_use]
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("{} `{value}` is not valid: {}", self.parameter, self.problem),
            None => format!("{} is not valid: {}", self.parameter, self.problem),
        }
    }
}

/// Access key secrets have 30 characters without a break, tokens and assertions many more; names that people give have
/// breaks, and no braces, which policies have.
fn looks_secret(value: &str) -> bool {
    let is_break = |b: &u8| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
    value.as_bytes().split(is_break).any(|run| run.len() >= 24) || value.contains('{')
}

/// Lets a setter take either a checked value or text to be checked.
impl From<Infallible> for InvalidInput {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::InvalidInput;

    #[test]
    fn one_line_and_cut_short() {
        let error =
            InvalidInput::new("RoleArn", "it is too odd").with_value(&format!("a\n{}", "é".repeat(100)));
        let text = error.to_string();
        assert!(text.starts_with("RoleArn `a\\né"), "{text}");
        assert!(text.ends_with("…` is not valid: it is too odd"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn what_looks_like_a_key_is_not_quoted() {
        for secret in [
            "7Q1fAkEStsSecretForVectors0002",
            "eyJhbGciOiJSUzI1NiJ9eyJzdWIi.eyJ.sig",
            "CAISfakeToken+/8J1q6Ft5B2yfSjIr==",
        ] {
            let text = InvalidInput::new("RoleArn", "it is too odd").with_value(secret).to_string();
            assert_eq!(
                text,
                format!("RoleArn is not valid: it is too odd (it has {} characters)", secret.len())
            );
        }
    }
}
