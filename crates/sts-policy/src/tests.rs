//! Tests of the crate as its users see it.

mod check;
mod documents;
mod parse;
mod presets;
mod recover;
#[cfg(feature = "report")]
mod report;
mod template;
