//! Decisions of `sts-policy`, against cases and against a second, naive evaluator.

mod cases;
mod layers;
mod random;
mod trace;
