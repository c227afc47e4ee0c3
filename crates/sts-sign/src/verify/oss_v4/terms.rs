//! The parts of a signature, from the header or from the query.

use super::ALGORITHM;
use crate::verify::fields::Fields;
use crate::verify::{Parameters, ReadError};

/// What the client says of its signature.
pub(super) struct Terms<'a> {
    pub(super) credential: &'a str,
    pub(super) additional_headers: &'a str,
    pub(super) signature: &'a str,
    pub(super) date: &'a str,
    /// Of a presigned URL.
    pub(super) expires: Option<&'a str>,
    pub(super) security_token: Option<&'a str>,
}

impl<'a> Terms<'a> {
    pub(super) fn read(fields: &Fields<'a>, parameters: &'a Parameters) -> Result<Self, ReadError> {
        let is_presigned = parameters.optional("x-oss-signature").is_some()
            || parameters.optional("x-oss-signature-version").is_some();
        match fields.one("authorization")? {
            Some(_) if is_presigned => Err(ReadError::contradiction("authorization", "x-oss-signature")),
            Some(authorization) => Self::of_header(fields, authorization),
            None if is_presigned => Self::of_query(fields, parameters),
            None => Err(ReadError::missing("authorization")),
        }
    }

    fn of_header(fields: &Fields<'a>, authorization: &'a str) -> Result<Self, ReadError> {
        let parts = authorization.strip_prefix(ALGORITHM).filter(|parts| parts.starts_with([' ', '\t']));
        let parts = parts.ok_or_else(|| ReadError::unsupported("authorization"))?;
        let malformed = || ReadError::malformed("authorization");
        let (mut credential, mut additional_headers, mut signature) = (None, None, None);
        for part in parts.split(',') {
            let (name, value) = part.trim().split_once('=').ok_or_else(malformed)?;
            let place = match name {
                "Credential" => &mut credential,
                "AdditionalHeaders" => &mut additional_headers,
                "Signature" => &mut signature,
                _ => return Err(malformed()),
            };
            if place.replace(value).is_some() {
                return Err(malformed());
            }
        }
        let (Some(credential), Some(signature)) = (credential, signature) else { return Err(malformed()) };
        let date = fields.required("x-oss-date")?;
        // A hash that nobody compares with the body would promise what is not kept.
        if fields.required("x-oss-content-sha256")? != "UNSIGNED-PAYLOAD" {
            return Err(ReadError::unsupported("x-oss-content-sha256"));
        }
        Ok(Self {
            credential,
            additional_headers: additional_headers.unwrap_or_default(),
            signature,
            date,
            expires: None,
            security_token: fields.one("x-oss-security-token")?.filter(|token| !token.is_empty()),
        })
    }

    fn of_query(fields: &Fields<'a>, parameters: &'a Parameters) -> Result<Self, ReadError> {
        if parameters.required("x-oss-signature-version")? != ALGORITHM {
            return Err(ReadError::unsupported("x-oss-signature-version"));
        }
        let token = parameters.optional("x-oss-security-token");
        let token_of_headers = fields.one("x-oss-security-token")?.filter(|token| !token.is_empty());
        if token.is_some() && token_of_headers.is_some() {
            return Err(ReadError::repeated("x-oss-security-token"));
        }
        if fields.one("x-oss-content-sha256")?.is_some_and(|hash| hash != "UNSIGNED-PAYLOAD") {
            return Err(ReadError::unsupported("x-oss-content-sha256"));
        }
        let date = parameters.required("x-oss-date")?;
        // A parameter may hold anything, also what would be a line of its own in the string to sign.
        if date.contains(char::is_control) {
            return Err(ReadError::malformed("x-oss-date"));
        }
        Ok(Self {
            credential: parameters.required("x-oss-credential")?,
            additional_headers: parameters.optional("x-oss-additional-headers").unwrap_or_default(),
            signature: parameters.required("x-oss-signature")?,
            date,
            expires: Some(parameters.required("x-oss-expires")?),
            security_token: token.or(token_of_headers),
        })
    }

    /// Where a part is: the parameter of this name, or the header.
    pub(super) fn place(&self, parameter: &'static str) -> &'static str {
        if self.expires.is_some() { parameter } else { "authorization" }
    }
}
