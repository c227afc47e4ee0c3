//! The parser of policies: places, fixes and round trips of any bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/fuzz/places.rs"]
mod places;
#[path = "../../src/fuzz/policy_parse.rs"]
mod policy_parse;

fuzz_target!(|bytes: &[u8]| policy_parse::run(bytes));
