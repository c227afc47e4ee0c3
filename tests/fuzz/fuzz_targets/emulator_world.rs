//! The reader of worlds: no panic, and problems that have their places.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../src/fuzz/emulator_world.rs"]
mod emulator_world;

fuzz_target!(|bytes: &[u8]| emulator_world::run(bytes));
