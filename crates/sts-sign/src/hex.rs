//! Hashes as text.

/// The lower-case hexadecimal form of a SHA-256 hash.
#[derive(Clone, Copy)]
pub(crate) struct Hex {
    /// INVARIANT: ASCII.
    text: [u8; 64],
}

impl Hex {
    pub(crate) fn new(hash: &[u8; 32]) -> Self {
        let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        let mut text = [0; 64];
        for (place, byte) in text.as_chunks_mut().0.iter_mut().zip(hash) {
            *place = [digit(byte >> 4), digit(byte & 15)];
        }
        Self { text }
    }

    pub(crate) fn as_str(&self) -> &str {
        // Never the empty default: digits and letters are UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Hex;

    #[test]
    fn same_as_std_writes_it() {
        let hash = std::array::from_fn(|index| (index * 37 + 200) as u8);
        let expected: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(Hex::new(&hash).as_str(), expected);
    }
}
