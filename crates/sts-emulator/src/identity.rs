//! Identity providers: the emulator's own, which issues, and the registered ones, whose word is judged.

mod key;
pub(crate) mod oidc;
pub(crate) mod saml;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use crate::os::{NoRandomness, Random};
use key::PublicKey;
use oidc::keys::KeySet;

/// The `kid` of the one key.
const KEY_ID: &str = "sts-emulator";

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
    random: Random,
    oidc_keys: Arc<KeySet>,
}

impl IdentityProvider {
    pub(crate) fn new(random: &Random) -> Result<Self, NoRandomness> {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let source = random.source();
        // Key generation can fail for want of random bytes only, and what it made can be read.
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, source).map_err(|_| NoRandomness)?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), source).map_err(|_| NoRandomness)?;
        let public = PublicKey::P256(key.public_key().as_ref().to_vec());
        Ok(Self { key, random: random.clone(), oidc_keys: Arc::new(KeySet::single(KEY_ID, public)) })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, IssueError> {
        let signature =
            self.key.sign(self.random.source(), message).map_err(|_| IssueError { source: NoRandomness })?;
        Ok(signature.as_ref().to_vec())
    }

    /// A random id for an element.
    fn xml_id(&self) -> Result<String, IssueError> {
        let id = self.random.request_id().map_err(|source| IssueError { source })?;
        Ok(format!("_{id}"))
    }

    fn public_key(&self) -> PublicKey {
        PublicKey::P256(self.key.public_key().as_ref().to_vec())
    }

    /// The public key, for [`oidc::Keys::Given`].
    pub(crate) fn oidc_keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.oidc_keys)
    }

    /// The key set to serve at `/jwks`, so that other programs can take the emulator for their issuer.
    pub(crate) fn jwks(&self) -> String {
        // A point: one byte that says it is not compressed, then both coordinates.
        let coordinates = self.key.public_key().as_ref().get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at_checked(32).unwrap_or_default();
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        json!({
            "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": x, "y": y }]
        })
        .to_string()
    }

    /// The document to serve at `/.well-known/openid-configuration` below `issuer`. `jwks_uri` says where [`jwks`](Self::jwks) is
    /// served.
    pub(crate) fn discovery_document(issuer: &str, jwks_uri: &str) -> String {
        json!({
            "issuer": issuer,
            "jwks_uri": jwks_uri,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        })
        .to_string()
    }
}
