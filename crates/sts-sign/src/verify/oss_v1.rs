//! OSS V1 (HMAC-SHA1): in the `Authorization` header (`OSS id:signature`), or in the query of a presigned URL.
//!
//! It covers the resource, some parameters, `x-oss-` headers, `content-type` and `content-md5`, never the body itself: a server
//! that receives one checks it against `content-md5`.
//!
//! The scheme writes keys and parameters without encoding them, so that a key `a?acl` is signed as the parameter `acl` of
//! the key `a` would be, and a value that holds `&b=c` as a parameter of its own. Who signed the one has signed the other.

use super::fields::Fields;
use super::signed::{Key, Signed, from_base64};
use super::time::from_http_date;
use super::{Bucket, Mismatch, Parameters, ReadError, Request, Skew, TimeError, oss, request};
use std::fmt;
use std::time::{Duration, SystemTime};
use sts_types::Secret;

mod sub_resources;

/// What a request signed by OSS V1 claims.
#[derive(Clone)]
pub struct Claim {
    access_key_id: String,
    security_token: Option<String>,
    time: Time,
    signed: Signed,
}

#[derive(Clone)]
enum Time {
    /// `x-oss-date`, or else `Date`.
    Date(String),
    /// `Expires`, in seconds since 1970.
    Expires(String),
}

impl Claim {
    /// Reads the `Authorization` header or, where there is none, the parameters of a presigned URL (`OSSAccessKeyId`,
    /// `Expires`, `Signature`), and what they cover.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `authorization` where neither is there, and for the parts of either; [`ReadError::Unsupported`]
    /// for an `Authorization` of another scheme; [`ReadError::Contradiction`] where both are there, and for a token both in
    /// the query and in a header of a presigned request; [`ReadError::Unsigned`] for the header `security-token` of
    /// some clients, which nothing covers; [`ReadError::Malformed`], [`ReadError::Repeated`] and [`ReadError::TooMany`]
    /// for the rest.
    pub fn read(request: &Request<'_>, bucket: Bucket<'_>) -> Result<Self, ReadError> {
        let fields = Fields::read(request)?;
        let parameters = Parameters::with_plain_plus(request.query)?;
        if fields.one("security-token")?.is_some() {
            return Err(ReadError::unsigned("security-token"));
        }
        let token_of_headers = fields.one("x-oss-security-token")?.filter(|token| !token.is_empty());
        let (id, signature, security_token, time) = match fields.one("authorization")? {
            Some(_) if parameters.optional("Signature").is_some() => {
                return Err(ReadError::contradiction("authorization", "Signature"));
            }
            Some(authorization) => {
                let credential = authorization
                    .strip_prefix("OSS ")
                    .ok_or_else(|| ReadError::unsupported("authorization"))?;
                let parts = credential.rsplit_once(':').filter(|(id, _)| !id.is_empty());
                let (id, signature) = parts.ok_or_else(|| ReadError::malformed("authorization"))?;
                let signature = from_base64("authorization", signature, 20)?;
                let date = match fields.one("x-oss-date")? {
                    Some(date) => date,
                    None => fields.required("date")?,
                };
                (id, signature, token_of_headers, Time::Date(date.to_owned()))
            }
            None => {
                if parameters.optional("Signature").is_none()
                    && parameters.optional("OSSAccessKeyId").is_none()
                {
                    return Err(ReadError::missing("authorization"));
                }
                let token_of_query = parameters.optional("security-token");
                if token_of_query.is_some() && token_of_headers.is_some() {
                    return Err(ReadError::contradiction("security-token", "x-oss-security-token"));
                }
                let signature = from_base64("Signature", parameters.required("Signature")?, 20)?;
                let expires = parameters.required("Expires")?.to_owned();
                // The one line that is a parameter's, and so may hold anything.
                if expires.contains(char::is_control) {
                    return Err(ReadError::malformed("Expires"));
                }
                let id = parameters.required("OSSAccessKeyId")?;
                (id, signature, token_of_query.or(token_of_headers), Time::Expires(expires))
            }
        };
        let or_empty = |name| Ok::<_, ReadError>(fields.one(name)?.unwrap_or_default());
        let (Time::Date(date_line) | Time::Expires(date_line)) = &time;
        let resource = format!("{}{}", oss::resource(request, bucket)?, sub_resources::signed(&parameters));
        let string_to_sign = [
            request::checked_method(request)?,
            or_empty("content-md5")?,
            or_empty("content-type")?,
            date_line,
            &format!("{}{resource}", canonical_headers(&fields)?),
        ]
        .join("\n");
        Ok(Self {
            access_key_id: id.to_owned(),
            security_token: security_token.map(str::to_owned),
            time,
            signed: Signed { key: Key::Sha1(""), signature, string_to_sign, canonical_request: None },
        })
    }

    /// The id in `Authorization`, or `OSSAccessKeyId`.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The header `x-oss-security-token` or, in a presigned URL, the parameter `security-token`; both are signed.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// Whether it is a presigned URL.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        matches!(self.time, Time::Expires(_))
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

    /// Whether `x-oss-date` or else `Date` is near the server's clock; of a presigned URL, whether `Expires` is not past. A
    /// presigned URL has no latest `Expires` that is documented.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`], [`TimeError::Skewed`], [`TimeError::Expired`].
    pub fn check_time(&self, now: SystemTime, skew: Skew) -> Result<(), TimeError> {
        match &self.time {
            Time::Date(date) => skew.check(from_http_date(date), now),
            Time::Expires(seconds) => {
                let is_number = seconds.bytes().all(|byte| byte.is_ascii_digit());
                let seconds: Option<u64> = seconds.parse().ok().filter(|_| is_number);
                let expires = seconds
                    .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
                if now <= expires.ok_or(TimeError::Malformed)? { Ok(()) } else { Err(TimeError::Expired) }
            }
        }
    }
}

/// The key's id only.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.access_key_id)
            .field("is_presigned", &self.is_presigned())
            .finish_non_exhaustive()
    }
}

/// `name:value` of every `x-oss-` header by name, each ended by a line break.
fn canonical_headers(fields: &Fields<'_>) -> Result<String, ReadError> {
    let mut lines = String::new();
    for name in fields.names().filter(|name| name.starts_with("x-oss-")) {
        lines.push_str(&format!("{name}:{}\n", fields.all(name)?.unwrap_or_default().join(",")));
    }
    Ok(lines)
}
