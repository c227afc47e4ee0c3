//! The nonces that were used lately.

use std::collections::{HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use ring::digest::{Context, SHA256};

/// How long a nonce stays used: the window a vendor answer states. A `Timestamp` is good for at most 30 minutes, so
/// a captured request is stale before its nonce is forgotten.
const WINDOW: SignedDuration = SignedDuration::from_mins(31);

/// Beyond this many the oldest are forgotten early, so that memory stays flat under load.
const MAX_NONCES: usize = 1 << 18;

/// Key id and nonce, hashed: a nonce may be of any length, what is kept of it may not.
type Fingerprint = [u8; 16];

/// One set for all keys; a nonce used with one key is free for another.
#[derive(Default)]
pub(crate) struct Nonces {
    used: HashSet<Fingerprint>,
    // INVARIANT: the same fingerprints as in `used`, oldest first.
    order: VecDeque<(Timestamp, Fingerprint)>,
}

impl Nonces {
    pub(crate) fn contains(&self, access_key_id: &str, nonce: &str) -> bool {
        self.used.contains(&fingerprint(access_key_id, nonce))
    }

    /// Whether the nonce was free; it is used from now on.
    pub(crate) fn insert(&mut self, access_key_id: &str, nonce: &str, now: Timestamp) -> bool {
        self.forget(now);
        let fingerprint = fingerprint(access_key_id, nonce);
        let free = self.used.insert(fingerprint);
        if free {
            self.order.push_back((now, fingerprint));
        }
        free
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((used_at, oldest)) = self.order.front() {
            if now.duration_since(*used_at) <= WINDOW && self.order.len() < MAX_NONCES {
                return;
            }
            self.used.remove(oldest);
            self.order.pop_front();
        }
    }
}

fn fingerprint(access_key_id: &str, nonce: &str) -> Fingerprint {
    let mut context = Context::new(&SHA256);
    // The length keeps `a` + `bc` and `ab` + `c` apart.
    context.update(&access_key_id.len().to_be_bytes());
    context.update(access_key_id.as_bytes());
    context.update(nonce.as_bytes());
    let mut fingerprint = Fingerprint::default();
    for (to, from) in fingerprint.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    fingerprint
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn used_once_per_key_within_the_window() {
        let mut nonces = Nonces::default();
        assert!(nonces.insert("a", "bc", at(0)));
        assert!(nonces.contains("a", "bc") && !nonces.insert("a", "bc", at(31 * 60)));
        assert!(nonces.insert("ab", "c", at(0)) && nonces.insert("b", "bc", at(0)));
        assert!(nonces.insert("a", "bc", at(31 * 60 + 1)));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut nonces = Nonces::default();
        for n in 0..MAX_NONCES + 10 {
            assert!(nonces.insert("key", &n.to_string(), at(0)));
        }
        assert_eq!((nonces.used.len(), nonces.order.len()), (MAX_NONCES, MAX_NONCES));
        assert!(!nonces.contains("key", "9") && nonces.contains("key", "10"));
    }
}
