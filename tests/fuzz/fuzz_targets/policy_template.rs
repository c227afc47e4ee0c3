//! Templates of policies: what is filled in means no more than itself.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/fuzz/policy_template.rs"]
mod policy_template;

fuzz_target!(|bytes: &[u8]| policy_template::run(bytes));
