//! JSON text as a tape: every token with its place in the text.
//!
//! `serde_json` tells neither places nor more than the first fault, and keeps one of two members of the same name.

mod problems;
mod reader;
mod string;
mod tape;

pub(crate) use problems::{Problem, Problems, advance};
pub(crate) use reader::{MOST_BYTES, MOST_DEEP, Read, read};
pub(crate) use tape::{Kind, Tape, Token};
