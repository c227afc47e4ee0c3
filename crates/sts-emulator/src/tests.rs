//! The emulator from outside, over its socket: every operation, every refusal, hostile bytes.

mod acs3;
mod call;
mod federation;
mod hostile;
mod oss;
mod refusals;
mod sessions;
mod signing;
mod start_and_stop;
mod tokens;
mod world;
