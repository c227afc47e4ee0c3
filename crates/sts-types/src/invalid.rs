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

    /// Quotes the refused value in the message, on one line and cut short. Only for values that are not secret.
    #[must_use]
    pub fn with_value(mut self, value: &str) -> Self {
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
}
