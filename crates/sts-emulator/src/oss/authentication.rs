//! Who asks: what a signature claims, and whether it is true.

use jiff::Timestamp;
use sts_sign::verify::{self, Mismatch, ReadError, Skew, TimeError, oss_post, oss_v1, oss_v4};

use crate::access::{Key, KeyRefusal};
use crate::clock::system_time;
use crate::cloud::Cloud;
use crate::oss::form::Form;
use crate::oss::refusal::Refusal;
use crate::oss::request::Request;
use crate::trail::{Check, What};

/// The product of the scope of V4.
const PRODUCT: &str = "oss";

/// What a request claims to be signed with.
pub(crate) enum Claim {
    V1(oss_v1::Claim),
    V4(oss_v4::Claim),
    Form(oss_post::Claim),
}

impl Claim {
    /// None where nobody claims anything: an anonymous request.
    pub(crate) fn of(request: &Request, form: Option<&Form>) -> Result<Option<Self>, Refusal> {
        if let Some(form) = form {
            return Self::of_form(form);
        }
        let authorization = request.text_header("authorization")?;
        let has = |names: [&str; 2]| names.into_iter().any(|name| request.has_parameter(name));
        let is_v4 = match authorization {
            Some(text) if text.starts_with("OSS4-HMAC-SHA256") => true,
            Some(text) if text.starts_with("OSS ") => false,
            Some(_) => return Err(Refusal::authorization("Unsupported authorization type.")),
            None if has(["x-oss-signature", "x-oss-signature-version"]) => true,
            None if has(["Signature", "OSSAccessKeyId"]) => false,
            None => return Ok(None),
        };
        let parts = &request.parts;
        let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let signed = verify::Request::new(parts.method.as_str(), parts.uri.path())
            .query(&request.query)
            .headers(headers);
        let bucket = request.target.signed_bucket();
        let claim = match is_v4 {
            true => oss_v4::Claim::read(&signed, bucket).map(Self::V4),
            false => oss_v1::Claim::read(&signed, bucket).map(Self::V1),
        };
        claim.map(Some).map_err(unread)
    }

    /// All three fields of a signature, or none of them (documented).
    fn of_form(form: &Form) -> Result<Option<Self>, Refusal> {
        let names = ["policy", "OSSAccessKeyId", "Signature", "x-oss-signature", "x-oss-signature-version"];
        if names.into_iter().all(|name| form.text(name).is_none_or(str::is_empty)) {
            return Ok(None);
        }
        oss_post::Claim::read(&form.fields()).map(|claim| Some(Self::Form(claim))).map_err(unread)
    }

    /// The policy of a form, which is signed: JSON.
    pub(crate) fn form_policy(&self) -> Option<&str> {
        match self {
            Self::Form(claim) => Some(claim.policy()),
            Self::V1(_) | Self::V4(_) => None,
        }
    }

    pub(crate) fn access_key_id(&self) -> &str {
        match self {
            Self::V1(claim) => claim.access_key_id(),
            Self::V4(claim) => claim.access_key_id(),
            Self::Form(claim) => claim.access_key_id(),
        }
    }

    fn security_token(&self) -> Option<&str> {
        match self {
            Self::V1(claim) => claim.security_token(),
            Self::V4(claim) => claim.security_token(),
            Self::Form(claim) => claim.security_token(),
        }
    }

    /// The key that it was signed with: key and token, then scope, time and signature are looked at.
    pub(crate) fn check(
        &self,
        cloud: &Cloud,
        region: &str,
        now: Timestamp,
        provided: &str,
        checks: &mut Vec<Check>,
    ) -> Result<Key, Refusal> {
        let (id, token) = (self.access_key_id(), self.security_token());
        let key = cloud.key(id, token, now).map_err(|refusal| {
            checks.push(Check::failed(What::Key, format!("{refusal:?}")));
            key_refused(refusal, id, token.is_some())
        })?;
        checks
            .push(Check::passed(What::Key, if token.is_some() { "a session's" } else { "a long-term one" }));
        self.check_scope(region).inspect_err(|refusal| {
            checks.push(Check::failed(What::Signature, refusal.message().to_owned()));
        })?;
        let system_now = system_time(now);
        let time = match self {
            Self::V1(claim) => claim.check_time(system_now, Skew::default()),
            Self::V4(claim) => claim.check_time(system_now, Skew::default()),
            Self::Form(claim) => claim.check_time(system_now),
        };
        if let Err(error) = time {
            checks.push(Check::failed(What::Time, error.to_string()));
            return Err(self.out_of_time(error, now));
        }
        checks.push(Check::passed(What::Time, "near enough"));
        let signature = match self {
            Self::V1(claim) => claim.check_signature(&key.secret),
            Self::V4(claim) => claim.check_signature(&key.secret),
            Self::Form(claim) => claim.check_signature(&key.secret),
        };
        if let Err(mismatch) = signature {
            checks.push(Check::failed(What::Signature, "it is not that of this request under this key"));
            return Err(mismatched(id, provided, &mismatch));
        }
        checks.push(Check::passed(What::Signature, self.scheme()));
        Ok(key)
    }

    fn scheme(&self) -> &'static str {
        match self {
            Self::V1(claim) if claim.is_presigned() => "OSS V1, presigned",
            Self::V1(_) => "OSS V1",
            Self::V4(claim) if claim.is_presigned() => "OSS V4, presigned",
            Self::V4(_) => "OSS V4",
            Self::Form(_) => "PostObject",
        }
    }

    /// Region and product take part in the key of V4: a server knows its own.
    fn check_scope(&self, own_region: &str) -> Result<(), Refusal> {
        let (region, product) = match self {
            Self::V1(_) => return Ok(()),
            Self::V4(claim) => (claim.region(), claim.product()),
            Self::Form(claim) => match (claim.region(), claim.product()) {
                (Some(region), Some(product)) => (region, product),
                _ => return Ok(()),
            },
        };
        match (region == own_region, product == PRODUCT) {
            (true, true) => Ok(()),
            (false, _) => Err(Refusal::signing_region()),
            (true, false) => Err(Refusal::signing_product()),
        }
    }

    fn out_of_time(&self, error: TimeError, now: Timestamp) -> Refusal {
        let server_time = now.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
        match error {
            TimeError::Expired if self.form_policy().is_some() => {
                Refusal::form_policy("Policy expired.".to_owned())
            }
            TimeError::Expired => Refusal::expired_url(&server_time),
            TimeError::Skewed => Refusal::skewed_time(&server_time),
            TimeError::OutOfRange => Refusal::expires_out_of_range(),
            _ => Refusal::invalid_date(),
        }
    }
}

/// The signature as the client has sent it, for `SignatureProvided`.
pub(crate) fn provided_signature<'a>(request: &'a Request, form: Option<&'a Form>) -> &'a str {
    if let Some(form) = form {
        return form.text("x-oss-signature").or_else(|| form.text("Signature")).unwrap_or_default();
    }
    if let Some(authorization) = request.header("authorization") {
        let of_v4 = authorization.split("Signature=").nth(1).and_then(|rest| rest.split(',').next());
        return of_v4.or_else(|| authorization.rsplit(':').next()).unwrap_or_default().trim();
    }
    request.parameter("x-oss-signature").or_else(|| request.parameter("Signature")).unwrap_or_default()
}

fn mismatched(id: &str, provided: &str, mismatch: &Mismatch) -> Refusal {
    Refusal::signature_mismatch(id, provided, mismatch.string_to_sign(), mismatch.canonical_request())
}

fn key_refused(refusal: KeyRefusal, id: &str, has_token: bool) -> Refusal {
    match refusal {
        KeyRefusal::Unknown if has_token => Refusal::unknown_session_key(id),
        // The service does not know the key of a session by its id alone.
        KeyRefusal::Unknown | KeyRefusal::TokenMissing => Refusal::unknown_access_key(id),
        KeyRefusal::Inactive => Refusal::inactive_access_key(id),
        // A long-term key with a token: the service looks for a session of that key.
        KeyRefusal::TokenMismatch if !id.starts_with("STS.") => Refusal::unknown_session_key(id),
        KeyRefusal::TokenMalformed | KeyRefusal::TokenMismatch => Refusal::invalid_token(),
        // Clients know what to do about an expired one.
        KeyRefusal::TokenExpired | KeyRefusal::SessionRevoked => Refusal::expired_token(),
    }
}

/// Not signed as its scheme wants it. The message tells names of headers and parameters, never a value.
fn unread(error: ReadError) -> Refusal {
    match &error {
        ReadError::Missing(missing) if missing.name() == "date" => Refusal::invalid_date(),
        ReadError::Malformed(malformed) if malformed.name() == "policy" => Refusal::malformed_form(
            "The policy is not Base64 of a JSON object with expiration and conditions.",
        ),
        _ => Refusal::authorization(format!("Authorization is invalid: {error}.")),
    }
}
