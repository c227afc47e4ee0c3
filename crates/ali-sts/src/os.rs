//! The one door to the environment.

/// A variable's value; `None` when it is unset or empty. What is not Unicode comes with U+FFFD in it, which no value that is
/// looked for here has.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}
