//! The reader of worlds: any text, as TOML and as JSON.

use sts_emulator::{World, WorldError};

/// Reads the bytes as a world; panics where something does not hold that must hold for any text.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // It would be looked for where the fuzzer runs.
    if text.contains("file") {
        return;
    }
    let lines = text.matches('\n').count() + 1;
    for world in [World::from_toml(text), World::from_json(text)] {
        let Err(error) = world else { continue };
        assert!(matches!(error, WorldError::Faults(_)), "{error}");
        assert!(!error.to_string().contains(char::is_control), "{error:?}");
        assert!((1..=100).contains(&error.problems().len()));
        for problem in error.problems() {
            assert!((1..=lines).contains(&problem.line()) && problem.column() >= 1, "{problem}");
        }
        let places = error.problems().iter().map(|problem| (problem.line(), problem.column()));
        assert!(places.is_sorted(), "{:?}", error.problems());
    }
}
