//! OIDC tokens: JSON Web Tokens signed with ES256.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};
use sts_types::OidcToken;

use super::{IdentityProvider, IssueError};
use crate::sts::refusal::Refusal;
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
        let header = encode(&json!({ "alg": "ES256", "typ": "JWT", "kid": "sts-emulator" }));
        let honest = claims(&self.subject);
        let signature = self.provider.sign(format!("{header}.{honest}").as_bytes())?;
        let shown = if self.tampered { claims(&format!("{}-tampered", self.subject)) } else { honest };
        Ok(OidcToken::unchecked(format!("{header}.{shown}.{}", URL_SAFE_NO_PAD.encode(signature))))
    }
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// What a good token says.
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) issuance: Timestamp,
    pub(crate) expiration: Timestamp,
}

pub(crate) fn verify(
    token: &str,
    provider: &IdentityProvider,
    registered: &OidcProvider,
    now: Timestamp,
) -> Result<Claims, Refusal> {
    if token.is_empty() {
        return Err(Refusal::oidc_invalid("The OIDCToken can not empty."));
    }
    let unrecognized = || Refusal::oidc_invalid("The Jwt content is invalid that cannot be recognized.");
    if !(4..=20_000).contains(&token.len()) {
        return Err(unrecognized());
    }
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, payload, signature] = parts.as_slice() else {
        return Err(Refusal::oidc_invalid(
            "The number of Jwt field should be divided into 3 parts with '.' .",
        ));
    };
    let decode = |part: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| Refusal::oidc_invalid("Cannot decode base64 encoded response(format invalided)."))
    };
    let parsed_header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| unrecognized())?;
    let algorithm = parsed_header.get("alg").and_then(Value::as_str).ok_or_else(unrecognized)?;
    // A symmetric or absent algorithm must never be believed on the header's word.
    if algorithm != "ES256" {
        let is_plain = algorithm.len() <= 16 && algorithm.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let shown = if is_plain { algorithm } else { "given" };
        return Err(Refusal::oidc_invalid(format!(
            "The algorithm {shown} that be specified in Jwt header is unknown."
        )));
    }
    let signature = decode(signature)?;
    let signed = format!("{header}.{payload}");
    if !provider.has_signed(signed.as_bytes(), &signature) {
        return Err(Refusal::oidc_signature());
    }

    let claims: Value = serde_json::from_slice(&decode(payload)?).map_err(|_| unrecognized())?;
    let claims = read_claims(&claims).ok_or_else(unrecognized)?;
    if claims.issuer != registered.issuer {
        return Err(Refusal::oidc_issuer());
    }
    if !registered.client_ids.iter().any(|client| claims.audiences.contains(client)) {
        return Err(Refusal::oidc_audience());
    }
    if now >= claims.expiration { Err(Refusal::oidc_expired()) } else { Ok(claims) }
}

fn read_claims(claims: &Value) -> Option<Claims> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let time = |name: &str| Timestamp::from_second(claims.get(name)?.as_i64()?).ok();
    let audiences = match claims.get("aud")? {
        Value::Array(several) => several.iter().map(text).collect::<Option<_>>()?,
        one => vec![text(one)?],
    };
    Some(Claims {
        subject: text(claims.get("sub")?)?,
        issuer: text(claims.get("iss")?)?,
        audiences,
        issuance: time("iat")?,
        expiration: time("exp")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::Random;
    use crate::world::World;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn only_own_tokens_are_accepted() {
        let random = Random::new();
        let registered = World::default().accounts[0].oidc_providers[0].clone();
        let (mine, stranger) =
            (IdentityProvider::new(&random).unwrap(), IdentityProvider::new(&random).unwrap());
        let token = |provider| OidcTokenBuilder::new(provider, &registered, "alice".to_owned(), at(1000));
        let judge = |token: &str, second: i64| {
            verify(token, &mine, &registered, at(second)).map_err(|refusal| refusal.code().to_owned())
        };

        let good = token(&mine).issue().unwrap();
        let claims = judge(good.expose_secret(), 1000).unwrap();
        assert_eq!((claims.subject.as_str(), claims.audiences), ("alice", registered.client_ids.clone()));
        assert_eq!((claims.issuance, claims.expiration), (at(1000), at(4600)));

        let code = |suffix: &str| Some(format!("AuthenticationFail.OIDCToken.{suffix}"));
        assert_eq!(judge(good.expose_secret(), 4600).err(), code("Expired"));
        for (bad, suffix) in [
            (token(&mine).expired(), "Expired"),
            (token(&mine).tampered(), "InvalidSignature"),
            (token(&stranger), "InvalidSignature"),
            (token(&mine).audience("somebody"), "AudienceNotMatch"),
            (token(&mine).issuer("https://example.com"), "IssuerNotMatch"),
        ] {
            assert_eq!(judge(bad.issue().unwrap().expose_secret(), 1000).err(), code(suffix));
        }
    }

    #[test]
    fn malformed_tokens_and_other_algorithms_are_refused_by_message() {
        let random = Random::new();
        let registered = World::default().accounts[0].oidc_providers[0].clone();
        let provider = IdentityProvider::new(&random).unwrap();
        let message = |token: &str| {
            let refusal = verify(token, &provider, &registered, at(0)).err().unwrap();
            assert_eq!((refusal.status(), refusal.code()), (401, "AuthenticationFail.OIDCToken.Invalid"));
            refusal.message().to_owned()
        };
        let with_algorithm = |name: &str| format!("{}.e30.QUJD", encode(&json!({ "alg": name })));
        assert!(message("").contains("can not empty"));
        assert!(message("abc").contains("cannot be recognized"));
        assert!(message(&"a".repeat(20_001)).contains("cannot be recognized"));
        assert!(message("e30.e30").contains("3 parts"));
        assert!(message("e30.e30.e30.e30").contains("3 parts"));
        assert!(message("!!!.e30.QUJD").contains("Cannot decode base64"));
        assert!(message("e30.e30.QUJD").contains("cannot be recognized"));
        assert!(message(&with_algorithm("HS256")).contains("The algorithm HS256 that"));
        assert!(message(&with_algorithm("none")).contains("The algorithm none that"));
        assert!(message(&with_algorithm("<b>")).contains("The algorithm given that"));
    }
}
