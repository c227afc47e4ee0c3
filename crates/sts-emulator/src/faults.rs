//! Faults that the emulator is told to have.

/// None yet.
#[derive(Debug, Default)]
pub(crate) struct Faults;
