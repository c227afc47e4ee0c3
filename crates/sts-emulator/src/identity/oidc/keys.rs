//! The keys of an OIDC provider: a JSON Web Key Set (RFC 7517).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::identity::key::{Algorithm, PublicKey};

/// Longest set that is read, in bytes. Sets of large providers have about 10 KB.
pub(crate) const MAX_BYTES: usize = 64 * 1024;
/// Most keys a set may have, so that a token without `kid` costs no more than this many verifications.
const MAX_KEYS: usize = 32;
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// Why a key set cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeySetError {
    #[error("the key set is no JSON object with a list `keys`")]
    Json(#[source] serde_json::Error),
    #[error("the key set has more than {MAX_BYTES} bytes or more than {MAX_KEYS} keys")]
    TooLarge,
    #[error("key {index} of the key set: {why}")]
    Key { index: usize, why: &'static str },
    #[error("the key set has no key for RS256 or ES256")]
    Empty,
}

/// The keys that verify RS256 and ES256; others of the set are passed over.
#[derive(Debug)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    key: PublicKey,
}

impl KeySet {
    pub(crate) fn single(id: &str, key: PublicKey) -> Self {
        Self { keys: vec![Key { id: Some(id.to_owned()), key }] }
    }

    /// Reads the text of a set.
    ///
    /// Keys of other kinds, curves, uses and algorithms are passed over, as RFC 7517 asks; a key that claims to be of a kind used
    /// here and is malformed is an error.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        if text.len() > MAX_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let set: WireSet = serde_json::from_slice(text).map_err(KeySetError::Json)?;
        if set.keys.len() > MAX_KEYS {
            return Err(KeySetError::TooLarge);
        }
        let mut keys = Vec::new();
        for (index, wire) in set.keys.into_iter().enumerate() {
            keys.extend(wire.read().map_err(|why| KeySetError::Key { index, why })?);
        }
        if keys.is_empty() { Err(KeySetError::Empty) } else { Ok(Self { keys }) }
    }

    /// Whether a token with this `kid` may find its key here.
    pub(crate) fn may_have(&self, id: Option<&str>) -> bool {
        self.candidates(id).next().is_some()
    }

    /// Whether one of the keys that `id` points to has made the signature.
    pub(crate) fn verify(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        self.candidates(id).any(|key| key.verify(algorithm, message, signature))
    }

    /// A key without id, and a token without one, say nothing against each other.
    fn candidates(&self, id: Option<&str>) -> impl Iterator<Item = &PublicKey> {
        let agrees = move |key: &&Key| match (key.id.as_deref(), id) {
            (Some(key), Some(token)) => key == token,
            _ => true,
        };
        self.keys.iter().filter(agrees).map(|key| &key.key)
    }
}

#[derive(Deserialize)]
struct WireSet {
    keys: Vec<WireKey>,
}

#[derive(Deserialize)]
struct WireKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl WireKey {
    fn read(self) -> Result<Option<Key>, &'static str> {
        let is_for = |algorithm: &str| self.alg.as_deref().is_none_or(|alg| alg == algorithm);
        if self.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Ok(None);
        }
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) if is_for("RS256") => {
                let modulus = field(self.n.as_deref(), "`n` is no base64url")?;
                let exponent = field(self.e.as_deref(), "`e` is no base64url")?;
                if !RSA_BITS.contains(&bits(&modulus)) {
                    return Err("take an RSA key of 2048 to 4096 bits");
                }
                PublicKey::Rsa { modulus, exponent }
            }
            ("EC", Some("P-256")) if is_for("ES256") => {
                let x = field(self.x.as_deref(), "`x` is no base64url")?;
                let y = field(self.y.as_deref(), "`y` is no base64url")?;
                if x.len() != 32 || y.len() != 32 {
                    return Err("`x` and `y` of P-256 have 32 bytes each");
                }
                PublicKey::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            _ => return Ok(None),
        };
        Ok(Some(Key { id: self.kid, key }))
    }
}

fn field(text: Option<&str>, why: &'static str) -> Result<Vec<u8>, &'static str> {
    text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).filter(|bytes| !bytes.is_empty()).ok_or(why)
}

/// The length of a big-endian number; one with leading zeros is not written as RFC 7518 §6.3.1 asks and counts as too short.
fn bits(number: &[u8]) -> usize {
    match number.first() {
        Some(&first) if first != 0 => {
            number.len() * 8 - usize::try_from(first.leading_zeros()).unwrap_or_default()
        }
        _ => 0,
    }
}
