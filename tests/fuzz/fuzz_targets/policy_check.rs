//! The checker of policies: places, fixes and reports of any text, as a policy of every kind.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/fuzz/places.rs"]
mod places;
#[path = "../../src/fuzz/policy_check.rs"]
mod policy_check;

fuzz_target!(|bytes: &[u8]| policy_check::run(bytes));
