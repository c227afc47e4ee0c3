//! Public keys of identity providers, and what they can verify.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// How a signature was made. The name of an algorithm chooses the kind of key, never the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// PKCS #1 v1.5 with SHA-256: `RS256`.
    RsaSha256,
    /// PKCS #1 v1.5 with SHA-384.
    RsaSha384,
    /// PKCS #1 v1.5 with SHA-512.
    RsaSha512,
    /// P-256 with SHA-256, the signature being `r` and `s` of 32 bytes each: `ES256`.
    EcdsaP256Sha256,
}

/// A public key. What is not a point of the curve or not a good modulus verifies nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// Modulus and exponent, big-endian, without leading zeros, as a JWK has them.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The DER of `RSAPublicKey` (PKCS #1), as a certificate has it.
    RsaDer(Vec<u8>),
    /// A point of P-256: `04`, then `x` and `y` of 32 bytes each.
    P256(Vec<u8>),
}

impl PublicKey {
    pub(crate) fn verify(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match (self, rsa_parameters(algorithm)) {
            (Self::Rsa { modulus, exponent }, Some(parameters)) => {
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(parameters, message, signature)
                    .is_ok()
            }
            (Self::RsaDer(key), Some(parameters)) => {
                UnparsedPublicKey::new(parameters, key).verify(message, signature).is_ok()
            }
            (Self::P256(point), None) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::RsaSha256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        Algorithm::RsaSha384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        Algorithm::RsaSha512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        Algorithm::EcdsaP256Sha256 => None,
    }
}
