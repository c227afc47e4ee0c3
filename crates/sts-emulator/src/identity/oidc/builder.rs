//! OIDC tokens of the emulator's own provider: JSON Web Tokens signed with ES256.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sts_types::OidcToken;

use crate::identity::{IdentityProvider, IssueError, KEY_ID};
use crate::world::OidcProvider;

const DEFAULT_LIFETIME: Duration = Duration::from_secs(3600);

/// An OIDC token to be issued: a good one unless told otherwise.
///
/// Made by [`Emulator::oidc_token`](crate::Emulator::oidc_token).
#[must_use = "nothing is issued before `issue`"]
pub struct OidcTokenBuilder<'a> {
    provider: &'a IdentityProvider,
    now: Timestamp,
    subject: String,
    issuer: String,
    audience: String,
    lifetime: Duration,
    expired: bool,
    tampered: bool,
}

impl<'a> OidcTokenBuilder<'a> {
    pub(crate) fn new(
        provider: &'a IdentityProvider,
        registered: &OidcProvider,
        subject: String,
        now: Timestamp,
    ) -> Self {
        Self {
            provider,
            now,
            subject,
            issuer: registered.issuer.clone(),
            audience: registered.client_ids.first().cloned().unwrap_or_default(),
            lifetime: DEFAULT_LIFETIME,
            expired: false,
            tampered: false,
        }
    }

    /// Sets the claim `aud`. Any but the default is refused with `AuthenticationFail.OIDCToken.AudienceNotMatch`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// Sets the claim `iss`. Any but the default is refused with `AuthenticationFail.OIDCToken.IssuerNotMatch`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// How long the token is good, in whole seconds from the emulator's now. Default: one hour.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Makes the token end one second before it is issued: `AuthenticationFail.OIDCToken.Expired`.
    pub fn expired(mut self) -> Self {
        self.expired = true;
        self
    }

    /// Changes the subject after signing: `AuthenticationFail.OIDCToken.InvalidSignature`.
    pub fn tampered(mut self) -> Self {
        self.tampered = true;
        self
    }

    /// Signs the token.
    ///
    /// # Errors
    ///
    /// [`IssueError`] when the operating system gives no random bytes.
    pub fn issue(self) -> Result<OidcToken, IssueError> {
        let issuance = self.now.as_second();
        let lifetime = i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX);
        let expiration = if self.expired { issuance - 1 } else { issuance.saturating_add(lifetime) };
        let claims = |subject: &str| {
            encode(&json!({
                "iss": self.issuer, "sub": subject, "aud": self.audience, "iat": issuance, "exp": expiration,
            }))
        };
        let header = encode(&json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID }));
        let honest = claims(&self.subject);
        let signature = self.provider.sign(format!("{header}.{honest}").as_bytes())?;
        let shown = if self.tampered { claims(&format!("{}-tampered", self.subject)) } else { honest };
        Ok(OidcToken::unchecked(format!("{header}.{shown}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
