//! ROA v1 (`acs id:signature`, HMAC-SHA1), of older REST-style services.
//!
//! The scheme joins query names and values without encoding them, so a value that holds `&b=c` is signed as a parameter of its
//! own would be. And it covers the body by its `content-md5` only.

use super::fields::Fields;
use super::signed::{Key, Signed, from_base64};
use super::time::from_http_date;
use super::{Mismatch, Parameters, ReadError, Request, Skew, TimeError, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use std::fmt;
use std::time::SystemTime;
use sts_types::Secret;

/// What a request signed by ROA v1 claims.
#[derive(Clone)]
pub struct Claim {
    access_key_id: String,
    security_token: Option<String>,
    nonce: String,
    date: String,
    version: String,
    body_is_signed: bool,
    signed: Signed,
}

impl Claim {
    /// Reads the `Authorization` header and what it covers.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `authorization`, `date`, `x-acs-signature-method`, `x-acs-signature-version`,
    /// `x-acs-signature-nonce`, `x-acs-version`; [`ReadError::Unsupported`] for methods other than `HMAC-SHA1`, versions other
    /// than `1.0`, and an `Authorization` of another scheme; [`ReadError::Contradiction`] for a `content-md5` that is not
    /// the body's, and for an `x-acs-accesskey-id` that is not the id of the `Authorization`; [`ReadError::Malformed`],
    /// [`ReadError::Repeated`] and [`ReadError::TooMany`] for the rest.
    pub fn read(request: &Request<'_>) -> Result<Self, ReadError> {
        let fields = Fields::read(request)?;
        let authorization = fields.required("authorization")?;
        let credential =
            authorization.strip_prefix("acs ").ok_or_else(|| ReadError::unsupported("authorization"))?;
        let parts = credential.rsplit_once(':').filter(|(id, _)| !id.is_empty());
        let (id, signature) = parts.ok_or_else(|| ReadError::malformed("authorization"))?;
        let date = fields.required("date")?;
        let method = fields.required("x-acs-signature-method")?;
        let signature_version = fields.required("x-acs-signature-version")?;
        let nonce = fields.required("x-acs-signature-nonce")?;
        let version = fields.required("x-acs-version")?;
        if method != "HMAC-SHA1" {
            return Err(ReadError::unsupported("x-acs-signature-method"));
        }
        if signature_version != "1.0" {
            return Err(ReadError::unsupported("x-acs-signature-version"));
        }
        if fields.one("x-acs-accesskey-id")?.is_some_and(|other| other != id) {
            return Err(ReadError::contradiction("x-acs-accesskey-id", "authorization"));
        }
        let content_md5 = fields.one("content-md5")?.unwrap_or_default();
        if !content_md5.is_empty() && content_md5 != STANDARD.encode(Md5::digest(request.body)) {
            return Err(ReadError::contradiction("content-md5", "body"));
        }
        let or_empty = |name| Ok::<_, ReadError>(fields.one(name)?.unwrap_or_default());
        let string_to_sign = [
            request::checked_method(request)?,
            or_empty("accept")?,
            content_md5,
            or_empty("content-type")?,
            date,
            &format!("{}{}", canonical_headers(&fields)?, canonical_resource(request)?),
        ]
        .join("\n");
        Ok(Self {
            access_key_id: id.to_owned(),
            security_token: fields
                .one("x-acs-security-token")?
                .filter(|token| !token.is_empty())
                .map(str::to_owned),
            nonce: nonce.to_owned(),
            date: date.to_owned(),
            version: version.to_owned(),
            body_is_signed: !content_md5.is_empty(),
            signed: Signed {
                key: Key::Sha1(""),
                signature: from_base64("authorization", signature, 20)?,
                string_to_sign,
                canonical_request: None,
            },
        })
    }

    /// The id in `Authorization`.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// `x-acs-security-token`, where it is there and not empty. Signed as every `x-acs-` header is.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// `x-acs-signature-nonce`.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// `Date`, unchecked.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// `x-acs-version`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Whether the request has a `content-md5`. Without it, anybody on the way may have changed the body.
    #[must_use]
    pub fn body_is_signed(&self) -> bool {
        self.body_is_signed
    }

    /// The server's string to sign. It holds the security token.
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

    /// Whether `Date` is near the server's clock.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`] for anything but `EEE, dd MMM yyyy hh:mm:ss GMT`, and [`TimeError::Skewed`].
    pub fn check_time(&self, now: SystemTime, skew: Skew) -> Result<(), TimeError> {
        skew.check(from_http_date(&self.date), now)
    }
}

/// The key's id only.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// `name:value` of every `x-acs-` header by name, each ended by a line break.
fn canonical_headers(fields: &Fields<'_>) -> Result<String, ReadError> {
    let mut lines = String::new();
    for name in fields.names().filter(|name| name.starts_with("x-acs-")) {
        lines.push_str(&format!("{name}:{}\n", fields.all(name)?.unwrap_or_default().join(",")));
    }
    Ok(lines)
}

/// The path as sent, and `name=value` by name, neither of them encoded.
fn canonical_resource(request: &Request<'_>) -> Result<String, ReadError> {
    let path = request::checked_path(request)?;
    let pairs: Vec<String> =
        Parameters::read(request.query, b"")?.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Ok(if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) })
}
