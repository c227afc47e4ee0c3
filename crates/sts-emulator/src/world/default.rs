//! The world without a file.

use super::World;

const TEXT: &str = include_str!("default.toml");

impl Default for World {
    #[expect(clippy::expect_used, reason = "a text of this crate; every start of an emulator reads it")]
    fn default() -> Self {
        Self::from_toml(TEXT).expect("the default world")
    }
}
