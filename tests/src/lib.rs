//! Shared harness of the cross-crate tests.

pub mod fuzz;
pub mod policy_cases;
pub mod soak;
pub mod vectors;
