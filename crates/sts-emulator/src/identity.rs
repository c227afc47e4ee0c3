//! The emulator's own identity provider: what it issues is accepted, all else is refused.

pub(crate) mod oidc;
pub(crate) mod saml;

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};

use crate::os::{NoRandomness, Random};

/// A token or assertion could not be signed.
///
/// The one cause is an operating system that gives no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the emulator's identity provider could not sign")]
pub struct IssueError {
    #[source]
    source: NoRandomness,
}

/// A P-256 key made when the emulator starts; it never leaves it.
pub(crate) struct IdentityProvider {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl IdentityProvider {
    pub(crate) fn new(random: &Random) -> Result<Self, NoRandomness> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let random = random.source().clone();
        // Key generation can fail for want of random bytes only, and what it made can be read.
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| NoRandomness)?;
        let key =
            EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).map_err(|_| NoRandomness)?;
        Ok(Self { key, random })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, IssueError> {
        let signature =
            self.key.sign(&self.random, message).map_err(|_| IssueError { source: NoRandomness })?;
        Ok(signature.as_ref().to_vec())
    }

    fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key())
            .verify(message, signature)
            .is_ok()
    }
}
