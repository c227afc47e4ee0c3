//! Text and numbers that follow from a secret and a place, and look random without the secret.

use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::os::{NoRandomness, Random};

/// What ids, secrets and keys are made of.
///
/// Each depends on its place and on nothing else, so that a world that is loaded again with other policies keeps its keys.
#[derive(Clone)]
pub(crate) struct Seed(Key);

impl Seed {
    /// Another each time.
    pub(crate) fn random(random: &Random) -> Result<Self, NoRandomness> {
        let mut bytes = [0_u8; 32];
        random.fill(&mut bytes)?;
        Ok(Self::of(&bytes))
    }

    /// The same for the same bytes, whatever their number.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(Key::new(HMAC_SHA256, bytes))
    }

    /// 32 bytes.
    pub(crate) fn block(&self, place: &[u8]) -> [u8; 32] {
        let mut block = [0_u8; 32];
        block.iter_mut().zip(sign(&self.0, place).as_ref()).for_each(|(to, from)| *to = *from);
        block
    }

    /// Bytes without end.
    pub(crate) fn bytes(&self, place: &str) -> impl Iterator<Item = u8> {
        (0_u32..).flat_map(move |number| self.block(format!("{number} {place}").as_bytes()))
    }
}
