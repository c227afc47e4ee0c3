//! OSS V4 (`OSS4-HMAC-SHA256`): in the `Authorization` header, or in the query of a presigned URL.
//!
//! It covers the resource, all parameters, `x-oss-` headers, `content-type`, `content-md5` and the headers it names besides, never
//! the body itself: a server that receives one checks it against `content-md5`.

use super::fields::Fields;
use super::signed::{Signed, from_digits};
use super::time::from_basic;
use super::wire::{encode, to_hex};
use super::{Bucket, Mismatch, Parameters, ReadError, Request, Skew, TimeError, oss, request};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, SystemTime};
use sts_types::Secret;

mod scope;
mod terms;

pub(super) use scope::Scope;
use terms::Terms;

const ALGORITHM: &str = "OSS4-HMAC-SHA256";

/// The longest that a presigned URL may be good for, in seconds: seven days.
const MOST_SECONDS: u64 = 604_800;

/// What a request signed by OSS V4 claims.
#[derive(Clone)]
pub struct Claim {
    scope: Scope,
    security_token: Option<String>,
    date: String,
    /// `x-oss-expires` of a presigned URL.
    expires: Option<String>,
    signed: Signed,
}

impl Claim {
    /// Reads the `Authorization` header (its parts in any order, with blanks around the commas) or, where there is none, the
    /// `x-oss-` parameters of a presigned URL, and what they cover.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `authorization` where neither is there, and for the parts of either; [`ReadError::Unsupported`]
    /// for an `Authorization` or an `x-oss-signature-version` of another scheme, and for an `x-oss-content-sha256` that is
    /// not `UNSIGNED-PAYLOAD`; [`ReadError::Contradiction`] where both are there, for an `x-oss-date` that is not of the
    /// scope's day; [`ReadError::Malformed`],
    /// [`ReadError::Repeated`] and [`ReadError::TooMany`] for the rest.
    pub fn read(request: &Request<'_>, bucket: Bucket<'_>) -> Result<Self, ReadError> {
        let fields = Fields::read(request)?;
        let parameters = Parameters::with_plain_plus(request.query)?;
        let terms = Terms::read(&fields, &parameters)?;
        let scope = Scope::parse(terms.credential)
            .ok_or_else(|| ReadError::malformed(terms.place("x-oss-credential")))?;
        if !terms.date.starts_with(&scope.date) {
            return Err(ReadError::contradiction("x-oss-date", terms.place("x-oss-credential")));
        }
        let additional = additional_headers(&fields, terms.additional_headers);
        let canonical_request = [
            request::checked_method(request)?,
            &encode(&oss::resource(request, bucket)?).replace("%2F", "/"),
            &canonical_query(&parameters),
            &canonical_headers(&fields, &additional)?,
            &additional.into_iter().collect::<Vec<_>>().join(";"),
            "UNSIGNED-PAYLOAD",
        ]
        .join("\n");
        let hash = to_hex(&Sha256::digest(canonical_request.as_bytes()));
        let string_to_sign = [ALGORITHM, terms.date, &scope.to_text(), &hash].join("\n");
        Ok(Self {
            security_token: terms.security_token.map(str::to_owned),
            date: terms.date.to_owned(),
            expires: terms.expires.map(str::to_owned),
            signed: Signed {
                key: scope.key(),
                signature: from_digits(terms.place("x-oss-signature"), terms.signature)?,
                string_to_sign,
                canonical_request: Some(canonical_request),
            },
            scope,
        })
    }

    /// The id in the credential.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.scope.access_key_id
    }

    /// `x-oss-security-token`, header or parameter, where it is there and not empty. Both are signed.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// The region of the scope, without the prefix `oss-`. It takes part in the key, so compare it with the server's own.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.scope.region
    }

    /// The product of the scope: `oss`, or `oss-cloudbox`.
    #[must_use]
    pub fn product(&self) -> &str {
        &self.scope.product
    }

    /// `x-oss-date`, unchecked but for its day, which is the scope's.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Whether it is a presigned URL.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        self.expires.is_some()
    }

    /// The server's string to sign.
    #[must_use]
    pub fn string_to_sign(&self) -> &str {
        &self.signed.string_to_sign
    }

    /// What the hash in the string to sign is of. It holds the security token.
    #[must_use]
    pub fn canonical_request(&self) -> &str {
        self.signed.canonical_request.as_deref().unwrap_or_default()
    }

    /// Whether the request was signed with this secret.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with the server's string to sign and canonical request.
    pub fn check_signature(&self, secret: &Secret) -> Result<(), Mismatch> {
        self.signed.check(secret)
    }

    /// Whether `x-oss-date` is near the server's clock. Of a presigned URL, whether it has begun (within the skew) and
    /// `x-oss-expires` seconds, 1 to 604,800, are not over.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`], [`TimeError::Skewed`], [`TimeError::Expired`], [`TimeError::OutOfRange`].
    pub fn check_time(&self, now: SystemTime, skew: Skew) -> Result<(), TimeError> {
        let begin = from_basic(&self.date);
        let Some(expires) = &self.expires else { return skew.check(begin, now) };
        let is_number = expires.bytes().all(|byte| byte.is_ascii_digit());
        let begin = begin.filter(|_| is_number).ok_or(TimeError::Malformed)?;
        // What is too long for a number is too long.
        let seconds: u64 = expires.parse().map_err(|_| TimeError::OutOfRange)?;
        if !(1..=MOST_SECONDS).contains(&seconds) {
            return Err(TimeError::OutOfRange);
        }
        skew.check_begun(Some(begin), now)?;
        if now <= begin + Duration::from_secs(seconds) { Ok(()) } else { Err(TimeError::Expired) }
    }
}

/// The key's id and the scope.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.scope.access_key_id)
            .field("region", &self.scope.region)
            .field("product", &self.scope.product)
            .field("is_presigned", &self.is_presigned())
            .finish_non_exhaustive()
    }
}

/// The names that are signed besides, in lower case, sorted, each once; without those that are not on the request or are signed
/// anyway.
fn additional_headers<'a>(fields: &'a Fields<'_>, listed: &str) -> BTreeSet<&'a str> {
    let listed: BTreeSet<String> = listed.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    fields.names().filter(|name| listed.contains(*name) && !is_always_signed(name)).collect()
}

fn is_always_signed(name: &str) -> bool {
    matches!(name, "content-type" | "content-md5") || name.starts_with("x-oss-")
}

/// All parameters but the signature, encoded, by encoded name; `name` alone for an empty value.
fn canonical_query(parameters: &Parameters) -> String {
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .filter(|(name, _)| *name != "x-oss-signature")
        .map(|(name, value)| (encode(name), encode(value)))
        .collect();
    pairs.sort_unstable();
    let joined = pairs
        .into_iter()
        .map(|(name, value)| if value.is_empty() { name } else { format!("{name}={value}") });
    joined.collect::<Vec<_>>().join("&")
}

/// `name:value` by name, each ended by a line break.
fn canonical_headers(fields: &Fields<'_>, additional: &BTreeSet<&str>) -> Result<String, ReadError> {
    let mut lines = String::new();
    for name in fields.names().filter(|name| is_always_signed(name) || additional.contains(name)) {
        lines.push_str(&format!("{name}:{}\n", fields.all(name)?.unwrap_or_default().join(",")));
    }
    Ok(lines)
}
