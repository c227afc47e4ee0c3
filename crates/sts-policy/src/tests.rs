//! Tests of the crate as its users see it.

mod check;
pub(crate) mod documents;
mod parse;
mod presets;
mod recover;
#[cfg(feature = "report")]
mod report;
mod template;
