//! The derived key.

use super::scope::{Scope, TERMINATOR};
use crate::hmac::{Key, Sha256};
use zeroize::Zeroizing;

/// The secret's key, from which that of every day is derived.
pub(super) fn secret_key(access_key_secret: &str) -> Key<Sha256> {
    Key::new(&[b"aliyun_v4", access_key_secret.as_bytes()])
}

/// The key of a day (`YYYYMMDD`), a region and a product: four hashes, each the key of the next.
pub(super) fn day_key(secret_key: &Key<Sha256>, date: &str, scope: &Scope) -> Key<Sha256> {
    let mut hash = Zeroizing::new(secret_key.sign(date.as_bytes()));
    for piece in [scope.region(), scope.product(), TERMINATOR] {
        hash = Zeroizing::new(Key::<Sha256>::new(&[hash.as_slice()]).sign(piece.as_bytes()));
    }
    Key::new(&[hash.as_slice()])
}
