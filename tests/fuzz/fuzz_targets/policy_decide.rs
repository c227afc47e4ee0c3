//! Decisions: compiled and naive ones of policies and requests made of the bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/fuzz/choices.rs"]
mod choices;
#[path = "../../src/fuzz/naive.rs"]
mod naive;
#[path = "../../src/fuzz/policy_decide.rs"]
mod policy_decide;

fuzz_target!(|bytes: &[u8]| policy_decide::run(bytes));
