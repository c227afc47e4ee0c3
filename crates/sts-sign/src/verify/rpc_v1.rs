//! RPC v1 (`SignatureVersion=1.0`): every parameter but `Signature`, of query and form body, as one map.

use super::signed::{Key, Signed, from_base64};
use super::wire::encode;
use super::{Mismatch, Parameters, ReadError, Request, Skew, TimeError};
use crate::rpc_v1::Algorithm;
use std::fmt;
use std::time::SystemTime;
use sts_types::Secret;

/// What a request signed by RPC v1 claims.
#[derive(Clone)]
pub struct Claim {
    access_key_id: String,
    security_token: Option<String>,
    nonce: String,
    timestamp: String,
    algorithm: Algorithm,
    signed: Signed,
}

impl Claim {
    /// Reads query and body. The body counts where its `content-type` is `application/x-www-form-urlencoded`; any other is
    /// not signed by this scheme and holds no parameters.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of) and [`Parameters::read`]; [`ReadError::Malformed`] for a path that is not `/`, since it is not
    /// signed.
    pub fn read(request: &Request<'_>) -> Result<Self, ReadError> {
        if request.path != b"/" {
            return Err(ReadError::malformed("path"));
        }
        let content_type = super::fields::Fields::read(request)?.one("content-type")?.unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let form = if is_form { request.body } else { &[] };
        Self::of(request.method, &Parameters::read(request.query, form)?)
    }

    /// From parameters that are read already. `method` as sent.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `AccessKeyId`, `SignatureMethod`, `SignatureVersion`, `SignatureNonce`, `Timestamp`,
    /// `Signature`, in this order; [`ReadError::Unsupported`] for a `SignatureMethod` that is neither `HMAC-SHA1` nor
    /// `HMAC-SHA256`, a `SignatureVersion` that is not `1.0`, a `SignatureType` that is not empty (bearer tokens, RSA);
    /// [`ReadError::Malformed`] for a `Signature` that is not Base64, or of another length than the method's.
    pub fn of(method: &str, parameters: &Parameters) -> Result<Self, ReadError> {
        let access_key_id = parameters.required("AccessKeyId")?;
        let (algorithm, key, length) = match parameters.required("SignatureMethod")? {
            "HMAC-SHA1" => (Algorithm::HmacSha1, Key::Sha1("&"), 20),
            "HMAC-SHA256" => (Algorithm::HmacSha256, Key::Sha256("&"), 32),
            _ => return Err(ReadError::unsupported("SignatureMethod")),
        };
        let version = parameters.required("SignatureVersion")?;
        let nonce = parameters.required("SignatureNonce")?;
        let timestamp = parameters.required("Timestamp")?;
        let signature = parameters.required("Signature")?;
        if version != "1.0" {
            return Err(ReadError::unsupported("SignatureVersion"));
        }
        if parameters.optional("SignatureType").is_some() {
            return Err(ReadError::unsupported("SignatureType"));
        }
        let signature = from_base64("Signature", signature, length)?;
        let string_to_sign = string_to_sign(method, parameters);
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            security_token: parameters.optional("SecurityToken").map(str::to_owned),
            nonce: nonce.to_owned(),
            timestamp: timestamp.to_owned(),
            algorithm,
            signed: Signed { key, signature, string_to_sign, canonical_request: None },
        })
    }

    /// `AccessKeyId`.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// `SecurityToken`, where it is there and not empty. Signed as every parameter is.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// `SignatureNonce`.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// `Timestamp`, unchecked.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        &self.timestamp
    }

    /// `SignatureMethod`.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The server's string to sign. It holds the security token in encoded form.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.signed.string_to_sign
    }

    /// Whether the request was signed with this secret.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with the server's string to sign.
    pub fn check_signature(&self, secret: &Secret) -> Result<(), Mismatch> {
        self.signed.check(secret)
    }

    /// Whether the `Timestamp` is near the server's clock.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`] and [`TimeError::Skewed`].
    pub fn check_time(&self, now: SystemTime, skew: Skew) -> Result<(), TimeError> {
        skew.check_timestamp(&self.timestamp, now)
    }
}

/// The key's id only.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

fn string_to_sign(method: &str, parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(name, _)| *name != "Signature")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    format!("{method}&{}&{}", encode("/"), encode(&pairs.join("&")))
}
