//! One integration binary for the workspace.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test that cannot go on may panic, and goes by the machine's clock and files"
)]

mod cache;
mod canary;
mod child;
mod client;
mod emulator_page;
mod faults;
mod fixtures;
mod fuzz_seeds;
mod leak;
mod policy;
mod session_store;
mod sign_and_verify;
mod sources;
mod transport;
mod vectors;
mod wire;
