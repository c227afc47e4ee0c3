//! OIDC providers: whose tokens are good, and why the others are not.
//!
//! Checks go in this order: form of the token, its algorithm, the provider's keys, signature, issuer, audience, `exp`, `nbf`,
//! `iat`. Nothing in a token is believed before its signature is.

pub(crate) mod builder;
pub(crate) mod keys;
pub(crate) mod remote;
mod token;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use keys::KeySet;
use remote::RemoteKeys;
pub(crate) use token::Claims;
use token::{Token, unrecognized};

use super::IdentityProvider;
use crate::sts::refusal::Refusal;
use crate::world::OidcProvider;

/// A registered provider, as far as its tokens are concerned.
pub(crate) struct Verifier {
    /// The issuer URL, compared byte by byte.
    pub(crate) issuer: String,
    /// The client ids; a token must be for one of them.
    pub(crate) client_ids: Vec<String>,
    /// How many hours ago a token may have been issued: 1 to 168 are documented, 12 is the default there.
    pub(crate) issuance_limit_hours: u32,
    /// The registered fingerprints of the issuer's certificate authority, in hexadecimal. None: not compared.
    pub(crate) fingerprints: Vec<String>,
    /// The fingerprint the issuer shows. There is no TLS here to see it, so the world says it; unknown is not compared.
    pub(crate) shown_fingerprint: Option<String>,
    pub(crate) keys: Keys,
}

/// Where the keys of a provider come from.
pub(crate) enum Keys {
    Given(Arc<KeySet>),
    Remote(RemoteKeys),
}

/// How far the clocks of an issuer and of the emulator may differ: what is issued, or good, only from a later moment than this
/// is refused. An expiration is not stretched.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

impl Verifier {
    /// Judges a token; fetches the keys where they are elsewhere.
    pub(crate) async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let token = Token::parse(token)?;
        let keys = self.keys_of(&token).await?;
        self.judge(&token, &keys, now)
    }

    /// Judges a token by these keys.
    pub(crate) fn verify_with(&self, token: &str, keys: &KeySet, now: Timestamp) -> Result<Claims, Refusal> {
        self.judge(&Token::parse(token)?, keys, now)
    }

    async fn keys_of(&self, token: &Token<'_>) -> Result<Arc<KeySet>, Refusal> {
        match &self.keys {
            Keys::Given(keys) => Ok(Arc::clone(keys)),
            Keys::Remote(remote) => remote
                .keys(&self.issuer, token.key_id.as_deref())
                .await
                .ok_or_else(|| Refusal::oidc_keys(&self.issuer)),
        }
    }

    fn judge(&self, token: &Token<'_>, keys: &KeySet, now: Timestamp) -> Result<Claims, Refusal> {
        if let Some(shown) = &self.shown_fingerprint
            && !self.fingerprints.is_empty()
            && !self.fingerprints.iter().any(|registered| registered.eq_ignore_ascii_case(shown))
        {
            return Err(Refusal::oidc_fingerprint());
        }
        let signed = token.signed.as_bytes();
        if !keys.verify(token.key_id.as_deref(), token.algorithm, signed, &token.signature) {
            return Err(Refusal::oidc_signature());
        }
        let claims = token.claims()?;
        if claims.issuer != self.issuer {
            return Err(Refusal::oidc_issuer());
        }
        if !claims.audiences.iter().any(|audience| self.client_ids.contains(audience)) {
            return Err(Refusal::oidc_audience());
        }
        if now >= claims.expiration {
            return Err(Refusal::oidc_expired());
        }
        let soon = now.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
        if claims.issuance > soon || claims.not_before.is_some_and(|time| time > soon) {
            return Err(unrecognized());
        }
        // The rule is documented, the code for it is not.
        if now.duration_since(claims.issuance)
            > SignedDuration::from_hours(i64::from(self.issuance_limit_hours))
        {
            return Err(Refusal::oidc_expired());
        }
        Ok(claims)
    }
}

/// The documented default of a provider's issuance limit.
pub(crate) const DEFAULT_ISSUANCE_LIMIT_HOURS: u32 = 12;

/// Judges a token of a registered provider: by its keys or, where it has none, by the emulator's own.
pub(crate) async fn judge(
    token: &str,
    provider: &IdentityProvider,
    registered: &OidcProvider,
    now: Timestamp,
) -> Result<Claims, Refusal> {
    match &registered.verifier {
        Some(verifier) => verifier.verify(token, now).await,
        None => verify(token, provider, registered, now),
    }
}

/// Judges a token by the emulator's own provider.
fn verify(
    token: &str,
    provider: &IdentityProvider,
    registered: &OidcProvider,
    now: Timestamp,
) -> Result<Claims, Refusal> {
    let keys = provider.oidc_keys();
    let verifier = Verifier {
        issuer: registered.issuer.clone(),
        client_ids: registered.client_ids.clone(),
        issuance_limit_hours: registered.issuance_limit_hours,
        fingerprints: Vec::new(),
        shown_fingerprint: None,
        keys: Keys::Given(Arc::clone(&keys)),
    };
    verifier.verify_with(token, &keys, now)
}
