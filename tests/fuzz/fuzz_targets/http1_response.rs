//! The reader of HTTP/1.1 responses: no panic, no unbounded reading, no connection used again in doubt.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| sts_http::check_response(bytes));
