//! Security tokens that hold their session: sealed, so that whoever has the key can open them and nobody else can make them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use sts_types::Secret;

use crate::os::{NoRandomness, Random, alphanumeric};
use crate::seed::Seed;

/// First bytes of every token: the three that real tokens begin with (`CAIS` in Base64), then three that make `+/`.
pub(crate) const PREFIX: [u8; 6] = [0x08, 0x02, 0x12, 0xFB, 0xFF, 0xBF];

/// About the length of real tokens once encoded; one more than a multiple of three, so that the text ends in `==`.
pub(crate) const MIN_BYTES: usize = 304;

/// What a token may be long: the largest session policy, in the longest characters, and all else at its longest.
const MAX_TEXT: usize = 16 * 1024;

const KEY_ID_PREFIX: &str = "STS.N";
const KEY_ID_RANDOM: usize = 18;
const KEY_ID_CHECK: usize = 6;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) access_key_id: String,
    pub(crate) account_id: String,
    pub(crate) role_name: String,
    pub(crate) session_name: String,
    /// Empty for none, as is the policy.
    pub(crate) source_identity: String,
    /// JSON.
    pub(crate) policy: String,
    pub(crate) expiration: Timestamp,
}

/// Makes and opens the keys and tokens of sessions.
pub(crate) struct TokenKey {
    seed: Seed,
    aead: LessSafeKey,
}

impl TokenKey {
    /// The same for the same seed.
    pub(crate) fn new(seed: &Seed) -> Result<Self, NoRandomness> {
        // The one thing that can be wrong with a key is its length.
        let key = UnboundKey::new(&AES_256_GCM, &seed.block(b"token key")).map_err(|_| NoRandomness)?;
        Ok(Self { seed: seed.clone(), aead: LessSafeKey::new(key) })
    }

    /// A new id for a key. Some of it follows from the rest, so that made-up ids are known for what they are.
    pub(crate) fn new_key_id(&self, random: &Random) -> Result<String, NoRandomness> {
        let body = random.alphanumeric(KEY_ID_RANDOM)?;
        Ok(format!("{KEY_ID_PREFIX}{body}{}", self.check_of(&body)))
    }

    /// Whether the id was made with this key.
    pub(crate) fn has_made(&self, access_key_id: &str) -> bool {
        let Some(rest) = access_key_id.strip_prefix(KEY_ID_PREFIX) else { return false };
        let parts = rest.split_at_checked(KEY_ID_RANDOM);
        parts.is_some_and(|(body, check)| check.len() == KEY_ID_CHECK && check == self.check_of(body))
    }

    fn check_of(&self, body: &str) -> String {
        alphanumeric(self.seed.bytes(&format!("key id {body}")), KEY_ID_CHECK)
    }

    /// The secret of a key: 44 characters, as real ones have.
    pub(crate) fn secret_of(&self, access_key_id: &str) -> Secret {
        Secret::new(alphanumeric(self.seed.bytes(&format!("secret {access_key_id}")), 44))
    }

    pub(crate) fn seal(&self, claims: &Claims) -> Result<Secret, NoRandomness> {
        let mut bytes = claims.to_bytes();
        // Two claims that differ get two nonces, and equal ones the same token, whatever the source of randomness.
        let nonce = self.nonce_of(&bytes);
        let aad = Aad::from(PREFIX);
        // The one thing that can be wrong here is a length of gigabytes.
        self.aead
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes)
            .map_err(|_| NoRandomness)?;
        let token: Vec<u8> = PREFIX.into_iter().chain(nonce).chain(bytes).collect();
        Ok(Secret::new(STANDARD.encode(token)))
    }

    /// What a token says; `None` if it is none of this key's.
    pub(crate) fn open(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TEXT {
            return None;
        }
        let token = STANDARD.decode(token).ok()?;
        let (nonce, sealed) = token.strip_prefix(&PREFIX)?.split_first_chunk::<12>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let bytes = self.aead.open_in_place(nonce, Aad::from(PREFIX), &mut sealed).ok()?;
        Claims::read(bytes)
    }

    fn nonce_of(&self, bytes: &[u8]) -> [u8; 12] {
        let place = [b"nonce ".as_slice(), bytes].concat();
        let mut nonce = [0; 12];
        nonce.iter_mut().zip(self.seed.block(&place)).for_each(|(to, from)| *to = from);
        nonce
    }
}

impl Claims {
    fn texts(&self) -> [&str; 6] {
        let Self { access_key_id, account_id, role_name, session_name, source_identity, policy, .. } = self;
        [access_key_id, account_id, role_name, session_name, source_identity, policy]
    }

    /// The expiration, then each text after its length, then zeros.
    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.expiration.as_second().to_be_bytes().to_vec();
        for text in self.texts() {
            // Every text was checked to be far shorter.
            let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
            bytes.extend(length.to_be_bytes());
            bytes.extend(text.bytes().take(length.into()));
        }
        let around = PREFIX.len() + 12 + AES_256_GCM.tag_len();
        let padded = ((bytes.len() + around).max(MIN_BYTES) - 1).next_multiple_of(3) + 1;
        bytes.resize(padded - around, 0);
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (expiration, mut rest) = bytes.split_first_chunk::<8>()?;
        let mut text = || {
            let (length, after) = rest.split_first_chunk::<2>()?;
            let (text, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
            rest = after;
            String::from_utf8(text.to_vec()).ok()
        };
        Some(Self {
            access_key_id: text()?,
            account_id: text()?,
            role_name: text()?,
            session_name: text()?,
            source_identity: text()?,
            policy: text()?,
            expiration: Timestamp::from_second(i64::from_be_bytes(*expiration)).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(policy: &str) -> Claims {
        Claims {
            access_key_id: "STS.Nabc".to_owned(),
            account_id: "1234567890123456".to_owned(),
            role_name: "app".to_owned(),
            session_name: "session".to_owned(),
            source_identity: String::new(),
            policy: policy.to_owned(),
            expiration: Timestamp::from_second(1_800_000_000).unwrap(),
        }
    }

    fn key(seed: &[u8]) -> TokenKey {
        TokenKey::new(&Seed::of(seed)).unwrap()
    }

    #[test]
    fn tokens_look_real_and_open_with_the_key_they_were_sealed_with() {
        for length in 0..400 {
            let claims = claims(&"x".repeat(length));
            let token = key(b"one").seal(&claims).unwrap();
            let text = token.expose_secret();
            assert!(text.starts_with("CAIS+/") && text.ends_with("==") && text.len() >= 408, "{text}");
            let bytes = STANDARD.decode(text).unwrap();
            assert!(!bytes.windows(16).any(|window| window == b"1234567890123456"));
            assert_eq!(key(b"one").open(text), Some(claims));
            assert_eq!(key(b"two").open(text), None);
        }
    }

    #[test]
    fn longest_token_is_bounded() {
        let token = key(b"one").seal(&claims(&"\u{10FFFF}".repeat(2048))).unwrap();
        assert!(token.expose_secret().len() < MAX_TEXT && key(b"one").open(token.expose_secret()).is_some());
        assert_eq!(key(b"one").open(&"A".repeat(MAX_TEXT + 4)), None);
    }

    #[test]
    fn no_bit_of_a_token_may_change() {
        let key = key(b"one");
        let token = key.seal(&claims("")).unwrap();
        let bytes = STANDARD.decode(token.expose_secret()).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(key.open(&STANDARD.encode(changed)), None, "bit {at}");
        }
        for length in 0..bytes.len() {
            assert_eq!(key.open(&STANDARD.encode(&bytes[..length])), None, "{length} bytes");
        }
    }

    #[test]
    fn ids_and_secrets_belong_to_their_key() {
        let (one, two) = (key(b"one"), key(b"two"));
        let id = one.new_key_id(&Random::new()).unwrap();
        assert!(id.starts_with("STS.N") && id.len() == 29 && one.has_made(&id) && !two.has_made(&id));
        assert_eq!(one.secret_of(&id).expose_secret().len(), 44);
        assert_ne!(one.secret_of(&id).expose_secret(), two.secret_of(&id).expose_secret());
        for bad in ["", "STS.N", "STS.Unknown", "STS.Nää", &format!("{id}x"), id.get(..28).unwrap()] {
            assert!(!one.has_made(bad), "{bad}");
        }
    }
}
