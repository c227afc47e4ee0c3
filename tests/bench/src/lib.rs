//! What the contenders of the loopback benchmark and its driver share.

pub mod cache;
pub mod closed_loop;
pub mod contender;
pub mod emulator;
pub mod machine;
pub mod policy_workload;
pub mod server;
pub mod signing;
pub mod workload;

/// Why a benchmark cannot go on.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
pub type Result<T, E = Error> = std::result::Result<T, E>;
