//! The form of a JSON Web Token (RFC 7515, RFC 7519), before anything in it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Number;

use crate::identity::key::Algorithm;
use crate::sts::refusal::Refusal;

/// Documented for the parameter `OIDCToken`.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=20_000;

/// A token whose parts can be read. Its signature has not been verified.
pub(crate) struct Token<'a> {
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Algorithm,
    /// What is signed: header and payload with the dot between them.
    pub(super) signed: &'a str,
    pub(super) signature: Vec<u8>,
    payload: Vec<u8>,
}

impl<'a> Token<'a> {
    pub(crate) fn parse(token: &'a str) -> Result<Self, Refusal> {
        if token.is_empty() {
            return Err(Refusal::oidc_invalid("The OIDCToken can not empty."));
        }
        if !LENGTH.contains(&token.len()) {
            return Err(unrecognized());
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::oidc_invalid(
                "The number of Jwt field should be divided into 3 parts with '.' .",
            ));
        };
        let header: Header = object(&decode(header)?).ok_or_else(unrecognized)?;
        let algorithm = algorithm(&header.alg)?;
        // An extension that must be understood (RFC 7515 §4.1.11): none is.
        if header.crit.is_some() {
            return Err(unrecognized());
        }
        let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
        let (payload, signature) = (decode(payload)?, decode(signature)?);
        Ok(Self { key_id: header.kid, algorithm, signed, signature, payload })
    }

    /// The claims, whose form is judged here and whose contents elsewhere.
    pub(super) fn claims(&self) -> Result<Claims, Refusal> {
        object::<WireClaims>(&self.payload).and_then(WireClaims::read).ok_or_else(unrecognized)
    }
}

/// What a token says.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) audiences: Vec<String>,
    pub(crate) issuance: Timestamp,
    pub(crate) expiration: Timestamp,
    pub(super) not_before: Option<Timestamp>,
}

pub(super) fn unrecognized() -> Refusal {
    Refusal::oidc_invalid("The Jwt content is invalid that cannot be recognized.")
}

/// A symmetric or absent algorithm must never be believed on the header's word.
fn algorithm(name: &str) -> Result<Algorithm, Refusal> {
    match name {
        "RS256" => Ok(Algorithm::RsaSha256),
        "ES256" => Ok(Algorithm::EcdsaP256Sha256),
        other => {
            let is_plain = other.len() <= 16 && other.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let shown = if is_plain { other } else { "given" };
            Err(Refusal::oidc_invalid(format!(
                "The algorithm {shown} that be specified in Jwt header is unknown."
            )))
        }
    }
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Refusal::oidc_invalid("Cannot decode base64 encoded response(format invalided)."))
}

/// Reads an object, and only that: serde would take a list of the members as well.
fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    if !json.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    serde_json::from_slice(json).ok()
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct WireClaims {
    iss: String,
    sub: String,
    aud: Audiences,
    exp: Number,
    iat: Number,
    nbf: Option<Number>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

impl WireClaims {
    fn read(self) -> Option<Claims> {
        let audiences = match self.aud {
            Audiences::One(audience) => vec![audience],
            Audiences::Several(audiences) => audiences,
        };
        Some(Claims {
            subject: self.sub,
            issuer: self.iss,
            audiences,
            issuance: time(&self.iat)?,
            expiration: time(&self.exp)?,
            not_before: match &self.nbf {
                Some(nbf) => Some(time(nbf)?),
                None => None,
            },
        })
    }
}

/// A `NumericDate`: seconds, which may have a fraction. One outside the calendar is malformed.
fn time(number: &Number) -> Option<Timestamp> {
    if let Some(seconds) = number.as_i64() {
        return Timestamp::from_second(seconds).ok();
    }
    let seconds = number.as_f64()?;
    // The cast of a float that is too large or not a number stays inside `i64` and outside the calendar, or is zero for NaN,
    // which JSON cannot say.
    Timestamp::from_second(seconds.floor() as i64).ok()
}
