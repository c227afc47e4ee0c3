//! Tests of the crate as its users see it.

mod documents;
mod parse;
mod recover;
