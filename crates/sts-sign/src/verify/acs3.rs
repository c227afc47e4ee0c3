//! ACS3 (`ACS3-HMAC-SHA256`, "signature version 3"), of RPC-style and ROA-style services.

use super::fields::Fields;
use super::signed::{Key, Signed, from_digits};
use super::time::from_iso_seconds;
use super::wire::{encode, to_hex};
use super::{Mismatch, Parameters, ReadError, Request, Skew, TimeError, request};
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::SystemTime;
use sts_types::Secret;

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What a request without them would leave open: where it goes, what it asks for, when, and once.
const ALWAYS_SIGNED: [&str; 6] =
    ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/// What must be signed where it is sent.
const SIGNED_WHERE_SENT: [&str; 2] = ["x-acs-accesskey-id", "x-acs-security-token"];

/// What a request signed by ACS3 claims.
#[derive(Clone)]
pub struct Claim {
    access_key_id: String,
    security_token: Option<String>,
    nonce: String,
    date: String,
    action: String,
    version: String,
    signed_headers: String,
    /// Whether `x-acs-content-sha256` is the hash of the body.
    body_is_claimed: bool,
    signed: Signed,
    /// The same with the names of parameters encoded, where that makes a difference.
    with_encoded_names: Option<Box<Signed>>,
}

impl Claim {
    /// Reads the `Authorization` header, strictly:
    /// `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`, and the headers and the query that it covers.
    ///
    /// # Errors
    ///
    /// [`ReadError::Missing`] for `authorization`, `host`, `x-acs-action`, `x-acs-content-sha256`, `x-acs-date`,
    /// `x-acs-signature-nonce`, `x-acs-version`; [`ReadError::Unsigned`] for one of these that `SignedHeaders` does not name,
    /// and for `x-acs-accesskey-id` and `x-acs-security-token` where they are sent; [`ReadError::Unsupported`] for another
    /// algorithm (SM3, RSA); [`ReadError::Contradiction`] for an `x-acs-accesskey-id` that is not the id of the credential;
    /// [`ReadError::Malformed`], [`ReadError::Repeated`] and [`ReadError::TooMany`] for the rest.
    pub fn read(request: &Request<'_>) -> Result<Self, ReadError> {
        let fields = Fields::read(request)?;
        let authorization = Authorization::parse(fields.required("authorization")?)?;
        let signed_headers: Vec<&str> = authorization.signed_headers.split(';').collect();
        let [_, action, _, date, nonce, version] = ALWAYS_SIGNED.map(|name| fields.required(name));
        let (action, date, nonce, version) = (action?, date?, nonce?, version?);
        let (_, claimed_hash) = (fields.required("host")?, fields.required("x-acs-content-sha256")?);
        for name in ALWAYS_SIGNED {
            must_be_signed(name, &signed_headers)?;
        }
        for name in SIGNED_WHERE_SENT {
            if fields.one(name)?.is_some() {
                must_be_signed(name, &signed_headers)?;
            }
        }
        if fields.one("x-acs-accesskey-id")?.is_some_and(|id| id != authorization.access_key_id) {
            return Err(ReadError::contradiction("x-acs-accesskey-id", "authorization"));
        }

        let body_hash = to_hex(&Sha256::digest(request.body));
        let signature = from_digits("authorization", authorization.signature)?;
        let (method, path) = (request::checked_method(request)?, request::checked_path(request)?);
        let lines = canonical_headers(&fields, &signed_headers)?;
        let signed = |query: &str| {
            let parts = [method, path, query, &lines, authorization.signed_headers, &body_hash];
            let canonical_request = parts.join("\n");
            let hash = to_hex(&Sha256::digest(canonical_request.as_bytes()));
            Signed {
                key: Key::Sha256(""),
                signature: signature.clone(),
                string_to_sign: format!("{ALGORITHM}\n{hash}"),
                canonical_request: Some(canonical_request),
            }
        };
        let parameters = Parameters::read(request.query, b"")?;
        let encoded = canonical_query(&parameters, encode);
        let (signed, with_encoded_names) = match bare_query(&parameters) {
            Some(bare) if bare != encoded => (signed(&bare), Some(Box::new(signed(&encoded)))),
            _ => (signed(&encoded), None),
        };
        Ok(Self {
            access_key_id: authorization.access_key_id.to_owned(),
            security_token: fields
                .one("x-acs-security-token")?
                .filter(|token| !token.is_empty())
                .map(str::to_owned),
            nonce: nonce.to_owned(),
            date: date.to_owned(),
            action: action.to_owned(),
            version: version.to_owned(),
            signed_headers: authorization.signed_headers.to_owned(),
            body_is_claimed: claimed_hash.eq_ignore_ascii_case(&body_hash),
            signed,
            with_encoded_names,
        })
    }

    /// The id in `Credential=`.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// `x-acs-security-token`, where it is there and not empty.
    #[must_use]
    pub fn security_token(&self) -> Option<&str> {
        self.security_token.as_deref()
    }

    /// `x-acs-signature-nonce`.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// `x-acs-date`, unchecked.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// `x-acs-action`.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// `x-acs-version`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names in `SignedHeaders=`, in lower case and in order.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.split(';')
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

    /// Whether the request, its body included, was signed with this secret. The body's hash is the server's own; one in
    /// `x-acs-content-sha256` that differs from it is a mismatch too.
    ///
    /// # Errors
    ///
    /// [`Mismatch`], with the server's string to sign and canonical request.
    pub fn check_signature(&self, secret: &Secret) -> Result<(), Mismatch> {
        if let Err(mismatch) = self.signed.check(secret) {
            self.with_encoded_names
                .as_ref()
                .ok_or(mismatch)?
                .check(secret)
                .map_err(|_| self.signed.mismatch())?;
        }
        if self.body_is_claimed { Ok(()) } else { Err(self.signed.mismatch()) }
    }

    /// Whether `x-acs-date` is near the server's clock.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`] for anything but `YYYY-MM-DDThh:mm:ssZ`, and [`TimeError::Skewed`].
    pub fn check_time(&self, now: SystemTime, skew: Skew) -> Result<(), TimeError> {
        skew.check(from_iso_seconds(&self.date), now)
    }
}

/// The key's id and what is asked for.
impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("access_key_id", &self.access_key_id)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

struct Authorization<'a> {
    access_key_id: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Result<Self, ReadError> {
        let (algorithm, parts) = text.split_once(' ').unwrap_or((text, ""));
        if algorithm != ALGORITHM {
            return Err(ReadError::unsupported("authorization"));
        }
        let mut parts = parts.split(',');
        let mut part = |name: &str| parts.next().and_then(|part| part.strip_prefix(name)?.strip_prefix('='));
        let parsed = (part("Credential"), part("SignedHeaders"), part("Signature"), parts.next());
        match parsed {
            (Some(access_key_id), Some(signed_headers), Some(signature), None)
                if !access_key_id.is_empty() && is_list_of_names(signed_headers) =>
            {
                Ok(Self { access_key_id, signed_headers, signature })
            }
            _ => Err(ReadError::malformed("authorization")),
        }
    }
}

/// Names in lower case, sorted, each once. Another list could name one header as two.
fn is_list_of_names(text: &str) -> bool {
    let names = || text.split(';');
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase())
    };
    names().all(is_name) && names().zip(names().skip(1)).all(|(left, right)| left < right)
}

/// `signed` is sorted.
fn must_be_signed(name: &'static str, signed: &[&str]) -> Result<(), ReadError> {
    signed.binary_search(&name).map(|_| ()).map_err(|_| ReadError::unsigned(name))
}

/// `name=value` by name, values encoded.
fn canonical_query(parameters: &Parameters, write_name: impl Fn(&str) -> String) -> String {
    let pairs = parameters.iter().map(|(name, value)| format!("{}={}", write_name(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// The same with names as they are. None where that could make one parameter look like two, like a header, or like one whose
/// name is encoded.
fn bare_query(parameters: &Parameters) -> Option<String> {
    let is_plain = |name: &str| !name.contains(|c: char| "&=%".contains(c) || c.is_control());
    let all = parameters.iter().all(|(name, _)| is_plain(name));
    all.then(|| canonical_query(parameters, str::to_owned))
}

/// `name:value`, each ended by a line break.
fn canonical_headers(fields: &Fields<'_>, signed_headers: &[&str]) -> Result<String, ReadError> {
    let mut lines = String::new();
    for name in signed_headers {
        // A header that is named and not there was lost on the way, or never sent.
        let mut values = fields.all(name)?.ok_or_else(|| ReadError::malformed("authorization"))?;
        values.sort_unstable();
        lines.push_str(&format!("{name}:{}\n", values.join(",")));
    }
    Ok(lines)
}
