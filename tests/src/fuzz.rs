//! What the fuzzers of `tests/fuzz` do with an input. It is here, and not there, so that the ordinary tests can replay the
//! seeds without libFuzzer (`tests/it/fuzz_seeds.rs`); the fuzzers take these files in by their paths.

pub mod choices;
pub mod emulator_world;
pub mod naive;
pub mod places;
pub mod policy_check;
pub mod policy_decide;
pub mod policy_parse;
pub mod policy_template;
