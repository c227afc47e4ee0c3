//! Shared harness of the cross-crate tests.

pub mod policy_cases;
pub mod vectors;
