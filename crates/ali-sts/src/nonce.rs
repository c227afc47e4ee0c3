//! The one door to randomness: the operating system's generator, safe across fork.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

/// 128 random bits as 32 hexadecimal digits.
pub(crate) struct Nonce([u8; 32]);

impl Nonce {
    /// A nonce for a request that is made at `time`.
    ///
    /// The time's nanoseconds are mixed in, which takes nothing away from the randomness: should a copy of this process go
    /// on with the same random bytes (a fork that [`POOL`] did not notice, a snapshot of a virtual machine), its nonces
    /// still are others.
    pub(crate) fn new(time: SystemTime) -> Result<Self, NoRandomness> {
        let nanoseconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let mixed = u128::from_le_bytes(random()?) ^ nanoseconds;
        let mut digits = [0; 32];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(mixed.to_le_bytes()) {
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

/// Bytes fetched at a time: a system call costs as much as signing a short request, and hardly more for many bytes.
const FETCHED: usize = 32;

/// Random bytes of the operating system's, fetched beforehand for one thread of one process.
#[derive(Clone)]
struct Pool {
    process: u32,
    bytes: [[u8; 16]; FETCHED],
    left: usize,
}

thread_local! {
    /// A forked process has another id, and so fetches its own.
    static POOL: Cell<Option<Box<Pool>>> = const { Cell::new(None) };
}

/// Bytes that nobody else gets.
fn random() -> Result<[u8; 16], NoRandomness> {
    let process = std::process::id();
    // A thread that ends has none any more.
    let kept = POOL.try_with(Cell::take).unwrap_or_default();
    let mut pool = kept.unwrap_or_else(|| Box::new(Pool { process, bytes: [[0; 16]; FETCHED], left: 0 }));
    if pool.left == 0 || pool.process != process {
        getrandom::getrandom(pool.bytes.as_flattened_mut()).map_err(|_| NoRandomness)?;
        (pool.process, pool.left) = (process, FETCHED);
    }
    pool.left -= 1;
    let bytes = pool.bytes.get(pool.left).copied().unwrap_or_default();
    POOL.try_with(|place| place.set(Some(pool))).unwrap_or_default();
    Ok(bytes)
}

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
    use super::{FETCHED, Nonce, POOL};
    use std::collections::HashSet;
    use std::time::{Duration, UNIX_EPOCH};

    fn nonce(nanoseconds: u64) -> String {
        Nonce::new(UNIX_EPOCH + Duration::from_nanos(nanoseconds)).ok().unwrap().as_str().to_owned()
    }

    #[test]
    fn hexadecimal_and_never_the_same() {
        let threads =
            [(); 4].map(|()| std::thread::spawn(|| (0..1000).map(|_| nonce(0)).collect::<Vec<_>>()));
        let nonces: HashSet<String> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(nonces.len(), 4000);
        assert!(nonces.iter().all(|n| n.len() == 32 && n.bytes().all(|b| b.is_ascii_hexdigit())));
    }

    /// What a child sees after a fork: the parent's bytes, and another process id.
    #[test]
    fn another_process_fetches_its_own() {
        nonce(0);
        let mut pool = POOL.take().unwrap();
        pool.process = pool.process.wrapping_add(1);
        let inherited = pool.bytes;
        POOL.set(Some(pool));
        nonce(0);
        let pool = POOL.take().unwrap();
        assert_eq!((pool.process, pool.left), (std::process::id(), FETCHED - 1));
        assert!(pool.bytes.iter().all(|bytes| !inherited.contains(bytes)));
    }

    #[test]
    fn the_same_bytes_at_another_time_are_another_nonce() {
        nonce(0);
        let pool = POOL.take().unwrap();
        let copy = pool.clone();
        POOL.set(Some(pool));
        let first = nonce(1);
        POOL.set(Some(copy));
        assert_ne!(first, nonce(2));
    }
}
