//! Tests of the crate as its users see it.

pub(crate) mod documents;
mod parse;
mod presets;
mod recover;
mod template;
