//! What a signed request claims, by either scheme, and which refusal answers a request that claims nothing.

use std::time::SystemTime;

use sts_sign::verify::{ReadError, Request, Skew, TimeError, acs3, rpc_v1};
use sts_types::Secret;

use crate::sts::parameters::{self, Parameters};
use crate::sts::refusal::Refusal;

/// Beyond this the server's string to sign is not sent back: an honest request is a few KB, and an echo of every
/// posted megabyte, encoded twice, would be a lever.
const MAX_ECHO: usize = 64 * 1024;

/// A signed request that says all it must.
pub(crate) enum Claim {
    RpcV1(Box<rpc_v1::Claim>),
    Acs3(Box<acs3::Claim>),
}

impl Claim {
    pub(crate) fn rpc_v1(method: &str, parameters: &Parameters) -> Result<Self, Refusal> {
        let claim = rpc_v1::Claim::of(method, parameters.as_read()).map_err(|error| match error {
            ReadError::Missing(field) => Refusal::missing(field.name()),
            ReadError::Unsupported(_) => Refusal::signature_method(),
            // The parameters could be read, so that it is the signature that is not written as one.
            _ => Refusal::incomplete_signature(),
        })?;
        Ok(Self::RpcV1(Box::new(claim)))
    }

    /// The tables have no codes of ACS3's own. What it puts into headers is refused as the parameters of RPC are, and what
    /// RPC does not have is `IncompleteSignature`, whose message speaks of the form of a signature.
    pub(crate) fn acs3(request: &Request<'_>) -> Result<Self, Refusal> {
        let claim = acs3::Claim::read(request).map_err(|error| match error {
            ReadError::Missing(field) => match field.name() {
                "authorization" => Refusal::missing("Authorization"),
                "x-acs-date" => Refusal::missing("Timestamp"),
                "x-acs-signature-nonce" => Refusal::missing("SignatureNonce"),
                _ => Refusal::incomplete_signature(),
            },
            ReadError::Unsupported(_) => Refusal::signature_method(),
            ReadError::TooMany(_) => parameters::refusal(&error),
            _ => Refusal::incomplete_signature(),
        })?;
        Ok(Self::Acs3(Box::new(claim)))
    }

    pub(super) fn access_key_id(&self) -> &str {
        match self {
            Self::RpcV1(claim) => claim.access_key_id(),
            Self::Acs3(claim) => claim.access_key_id(),
        }
    }

    pub(super) fn security_token(&self) -> Option<&str> {
        match self {
            Self::RpcV1(claim) => claim.security_token(),
            Self::Acs3(claim) => claim.security_token(),
        }
    }

    pub(super) fn nonce(&self) -> &str {
        match self {
            Self::RpcV1(claim) => claim.nonce(),
            Self::Acs3(claim) => claim.nonce(),
        }
    }

    pub(super) fn check_time(&self, now: SystemTime) -> Result<(), TimeError> {
        match self {
            Self::RpcV1(claim) => claim.check_time(now, Skew::default()),
            Self::Acs3(claim) => claim.check_time(now, Skew::default()),
        }
    }

    pub(super) fn check_signature(&self, secret: &Secret) -> Result<(), Refusal> {
        let checked = match self {
            Self::RpcV1(claim) => claim.check_signature(secret),
            Self::Acs3(claim) => claim.check_signature(secret),
        };
        checked.map_err(|mismatch| match mismatch.string_to_sign() {
            text if text.len() <= MAX_ECHO => Refusal::signature_mismatch(text),
            _ => Refusal::signature_mismatch("(too long to repeat)"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, MAX_ECHO, Parameters};
    use sts_types::Secret;

    #[test]
    fn huge_string_to_sign_is_not_sent_back() {
        let query =
            b"AccessKeyId=id&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SignatureNonce=n&Timestamp=t\
                      &Signature=gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D";
        let body = format!("A={}", "%20".repeat(MAX_ECHO));
        let parameters = Parameters::parse(query, body.as_bytes()).ok().unwrap();
        let claim = Claim::rpc_v1("GET", &parameters).ok().unwrap();
        let refusal = claim.check_signature(&Secret::new("secret")).err().unwrap();
        assert!(refusal.message().ends_with("server string to sign is:(too long to repeat)"));
    }
}
