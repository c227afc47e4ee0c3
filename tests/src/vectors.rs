//! Signature vectors: checks files of them, whichever schemes they hold.

mod acs3;
mod files;
mod oss;
mod oss_post;
mod oss_v1;
mod oss_v4;
mod roa;
mod rpc_v1;
mod vector;

pub use files::{Tally, check_paths};
pub use vector::{Failure, Outcome, check_line};
