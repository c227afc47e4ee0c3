//! Bytes as a row of choices.

/// A row of choices, one a byte; after the last byte the first of everything is chosen.
#[derive(Debug)]
pub struct Choices<'b>(&'b [u8]);

impl<'b> Choices<'b> {
    /// The choices of these bytes.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Self(bytes)
    }

    /// A number below another, which is at least 1 and at most 256.
    pub fn below(&mut self, number: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % number
    }

    /// True once in so many times, and never at the end.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// One of these, the first of which is the plainest.
    pub fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        #[expect(clippy::indexing_slicing, reason = "a list of options is never empty")]
        options[self.below(options.len())]
    }
}
