//! The emulator from outside, over its socket: every operation, every refusal, hostile bytes.

mod acs3;
mod call;
mod faults;
mod federation;
mod hostile;
mod hostile_lent;
mod lent;
mod oss;
mod plain;
mod providers;
mod refusals;
mod refused;
mod sessions;
mod signing;
mod start_and_stop;
mod tokens;
mod trail;
mod world;
