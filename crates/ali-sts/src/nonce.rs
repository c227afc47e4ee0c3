//! The one door to randomness: the operating system's generator, safe across fork.

/// 128 random bits as 32 hexadecimal digits.
pub(crate) struct Nonce([u8; 32]);

impl Nonce {
    pub(crate) fn new() -> Result<Self, NoRandomness> {
        let mut random = [0; 16];
        getrandom::getrandom(&mut random).map_err(|_| NoRandomness)?;
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(random) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        Ok(Self(digits))
    }

    pub(crate) fn as_str(&self) -> &str {
        // INVARIANT: `digit` yields ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The operating system's generator failed.
pub(crate) struct NoRandomness;

/// A random number for jitter; zero when there is no randomness, which means no wait.
pub(crate) fn jitter() -> u64 {
    let mut random = [0; 8];
    match getrandom::getrandom(&mut random) {
        Ok(()) => u64::from_le_bytes(random),
        Err(_) => 0,
    }
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::Nonce;
    use std::collections::HashSet;

    #[test]
    fn hexadecimal_and_never_the_same() {
        let nonces: HashSet<String> =
            (0..1000).filter_map(|_| Nonce::new().ok()).map(|nonce| nonce.as_str().to_owned()).collect();
        assert_eq!(nonces.len(), 1000);
        assert!(nonces.iter().all(|n| n.len() == 32 && n.bytes().all(|b| b.is_ascii_hexdigit())));
    }
}
