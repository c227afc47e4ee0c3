//! The one door to the environment.

/// A variable's value; `None` when it is unset, empty, or not Unicode.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
