//! The only place of this crate that asks the operating system: for randomness, and for files.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ring::rand::{SecureRandom as _, SystemRandom};

use crate::seed::Seed;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The operating system would not give random bytes.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub(crate) struct NoRandomness;

/// The operating system's generator, or a made-up sequence for tests that compare what comes out.
#[derive(Clone)]
pub(crate) struct Random {
    system: SystemRandom,
    sequence: Option<Arc<Sequence>>,
}

/// Every number of it follows from the seed and its place.
struct Sequence {
    seed: Seed,
    place: AtomicU64,
}

impl Random {
    pub(crate) fn new() -> Self {
        Self { system: SystemRandom::new(), sequence: None }
    }

    /// The same bytes in the same order, every time.
    pub(crate) fn seeded(seed: Seed) -> Self {
        Self { sequence: Some(Arc::new(Sequence { seed, place: AtomicU64::new(0) })), ..Self::new() }
    }

    /// The operating system's, whatever else there is: for keys that cannot be made of anything else.
    pub(crate) fn source(&self) -> &SystemRandom {
        &self.system
    }

    pub(crate) fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let Some(sequence) = &self.sequence else {
            return self.system.fill(bytes).map_err(|_unspecified| NoRandomness);
        };
        let place = sequence.place.fetch_add(1, Ordering::Relaxed);
        let place = format!("random {place}");
        bytes.iter_mut().zip(sequence.seed.bytes(&place)).for_each(|(to, from)| *to = from);
        Ok(())
    }

    /// `length` characters of `[A-Za-z0-9]`, all equally likely.
    pub(crate) fn alphanumeric(&self, length: usize) -> Result<String, NoRandomness> {
        let mut text = String::with_capacity(length);
        let mut bytes = [0_u8; 64];
        while text.len() < length {
            self.fill(&mut bytes)?;
            text.push_str(&alphanumeric(bytes.into_iter(), length - text.len()));
        }
        Ok(text)
    }

    /// A request id, of zeros when there are no random bytes.
    pub(crate) fn request_id_or_nil(&self) -> String {
        self.request_id().unwrap_or_else(|_| "00000000-0000-0000-0000-000000000000".to_owned())
    }

    /// A version 4 UUID in upper case, as the service prints its request ids.
    pub(crate) fn request_id(&self) -> Result<String, NoRandomness> {
        let mut bytes = [0_u8; 16];
        self.fill(&mut bytes)?;
        let mut value = u128::from_be_bytes(bytes);
        value = (value & !(0xF << 76)) | (0x4 << 76);
        value = (value & !(0x3 << 62)) | (0x2 << 62);
        Ok(format!(
            "{:08X}-{:04X}-{:04X}-{:04X}-{:012X}",
            value >> 96,
            (value >> 80) & 0xFFFF,
            (value >> 64) & 0xFFFF,
            (value >> 48) & 0xFFFF,
            value & 0xFFFF_FFFF_FFFF
        ))
    }
}

/// A whole file that is not larger than this many bytes.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub(crate) fn read_file(path: &Path, max: usize) -> io::Result<Vec<u8>> {
    let max = u64::try_from(max).unwrap_or(u64::MAX);
    let file = std::fs::File::open(path)?;
    // A named pipe would be waited for, for ever.
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let mut content = Vec::new();
    let read = file.take(max.saturating_add(1)).read_to_end(&mut content)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is too large"));
    }
    Ok(content)
}

/// At most `length` characters of `[A-Za-z0-9]`, all equally likely if the bytes are.
pub(crate) fn alphanumeric(bytes: impl Iterator<Item = u8>, length: usize) -> String {
    // Six bits a character; the two values past the alphabet are thrown away, so none is favoured.
    let drawn = bytes.filter_map(|byte| ALPHANUMERIC.get(usize::from(byte & 63)));
    drawn.take(length).map(|&byte| char::from(byte)).collect()
}

/// `length` decimal digits, the first not zero.
pub(crate) fn digits(bytes: impl Iterator<Item = u8>, length: usize) -> String {
    let digit = |(index, byte): (usize, u8)| {
        let value = if index == 0 { 1 + byte % 9 } else { byte % 10 };
        char::from(b'0' + value)
    };
    bytes.take(length).enumerate().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_text_has_its_shape() {
        let random = Random::new();
        let text = random.alphanumeric(200).unwrap();
        assert_eq!(text.len(), 200);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let digits = digits(0..=255, 18);
        assert!(digits.len() == 18 && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit()));
        let id = random.request_id().unwrap();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(b"89AB".contains(&id.as_bytes()[19]));
        assert_eq!(id, id.to_uppercase());
        assert_ne!(id, random.request_id().unwrap());
    }
}
