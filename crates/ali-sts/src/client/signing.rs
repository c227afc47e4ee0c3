//! By which scheme requests are signed, and the keys made ready for it.

use crate::client::call::{MOST, Operation};
use crate::error::LocalError;
use crate::error::mismatch::{SignatureMismatch, decode, diagnose, diagnose_hash};
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use sts_sign::{Headers, acs3, rpc_v1};
use sts_types::{Credentials, Secret};

/// A signature scheme of the service: how a request says who sends it. Both put everything that is confidential into the
/// body or the headers of a POST, never into its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RPC v1 with HMAC-SHA1: the signature is one of the form's parameters. The default: every endpoint speaks it, and
    /// when a signature does not match, the service's answer tells which parameter was altered on its way.
    #[default]
    RpcV1,
    /// ACS3-HMAC-SHA256, the scheme of the vendor's current SDKs: the signature is a header over a hash of the body.
    Acs3,
}

/// Credentials, with their key made ready for a scheme.
pub(crate) struct Signing {
    credentials: Credentials,
    signer: Signer,
    prepared: Option<Prepared>,
}

enum Signer {
    RpcV1(rpc_v1::Signer),
    Acs3(acs3::Signer),
}

/// What all calls of an operation have in common, done beforehand.
enum Prepared {
    /// The form up to the nonce, encoded and hashed.
    RpcV1(rpc_v1::Prepared),
    /// The body and its hash.
    Acs3(String, [u8; 32]),
}

/// The one that a client keeps, one that was made for a call, or one that was prepared for an operation.
pub(crate) enum Held<'a> {
    Kept(&'a Signing),
    Made(Signing),
    Shared(Arc<Signing>),
}

impl Deref for Held<'_> {
    type Target = Signing;

    fn deref(&self) -> &Signing {
        match self {
            Self::Kept(signing) => signing,
            Self::Made(signing) => signing,
            Self::Shared(signing) => signing,
        }
    }
}

/// What one attempt adds to an operation.
#[derive(Clone, Copy)]
pub(crate) struct Stamp<'a> {
    pub(crate) host: &'a str,
    pub(crate) time: SystemTime,
    pub(crate) nonce: &'a str,
}

/// What is sent to the endpoint.
pub(crate) struct Signed<'a> {
    pub(crate) body: Cow<'a, [u8]>,
    pub(crate) headers: Cow<'a, HeaderMap>,
}

impl Signing {
    pub(crate) fn new(scheme: SignatureScheme, credentials: Credentials) -> Self {
        let signer = match scheme {
            SignatureScheme::RpcV1 => Signer::RpcV1(rpc_v1::Signer::new(&credentials)),
            SignatureScheme::Acs3 => Signer::Acs3(acs3::Signer::new(&credentials)),
        };
        Self { credentials, signer, prepared: None }
    }

    /// For this operation alone.
    fn prepare(
        scheme: SignatureScheme,
        credentials: Credentials,
        operation: &Operation<'_>,
    ) -> Result<Self, LocalError> {
        let mut signing = Self::new(scheme, credentials);
        signing.prepared = Some(match &signing.signer {
            Signer::RpcV1(signer) => Prepared::RpcV1(signer.prepare("POST", operation.params)?),
            Signer::Acs3(_) => {
                let body = acs3::canonical_query(Form::of(operation).params());
                let hash = Sha256::digest(&body).into();
                Prepared::Acs3(body, hash)
            }
        });
        Ok(signing)
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Body and headers; `headers` are those that every request has.
    pub(crate) fn sign<'a>(
        &'a self,
        operation: &Operation<'_>,
        stamp: Stamp<'_>,
        headers: &'a HeaderMap,
    ) -> Result<Signed<'a>, LocalError> {
        let mut body = Vec::new();
        match (&self.signer, &self.prepared) {
            (_, Some(Prepared::RpcV1(prepared))) => prepared.sign(stamp.time, stamp.nonce, &mut body)?,
            (Signer::RpcV1(signer), _) => signer.sign(&rpc_request(operation, stamp), &mut body)?,
            (Signer::Acs3(signer), Some(Prepared::Acs3(body, hash))) => {
                let request = Form::of(operation).request(stamp).headers(&[FORM]).body_sha256(*hash);
                let headers = Cow::Owned(with(headers, &signer.sign(&request)?)?);
                return Ok(Signed { body: Cow::Borrowed(body.as_bytes()), headers });
            }
            (Signer::Acs3(signer), _) => {
                let form = Form::of(operation);
                let added = signer.sign_form(&form.request(stamp), form.params(), &mut body)?;
                return Ok(Signed { body: Cow::Owned(body), headers: Cow::Owned(with(headers, &added)?) });
            }
        }
        Ok(Signed { body: Cow::Owned(body), headers: Cow::Borrowed(headers) })
    }

    /// The signature of what [`sign`](Self::sign) gave, so that no error repeats it.
    pub(crate) fn signature(&self, operation: &Operation<'_>, stamp: Stamp<'_>) -> Option<String> {
        let headers = HeaderMap::new();
        let signed = self.sign(operation, stamp, &headers).ok()?;
        let (text, before) = match &self.signer {
            Signer::RpcV1(_) => (std::str::from_utf8(&signed.body).ok()?, "&Signature="),
            Signer::Acs3(_) => (signed.headers.get(AUTHORIZATION)?.to_str().ok()?, ",Signature="),
        };
        let (_, signature) = text.rsplit_once(before)?;
        Some(decode(signature).into_owned())
    }

    /// Compares what the service says it signed with what was signed here.
    pub(crate) fn diagnose(
        &self,
        operation: &Operation<'_>,
        stamp: Stamp<'_>,
        message: &str,
    ) -> Option<SignatureMismatch> {
        match &self.signer {
            Signer::RpcV1(signer) => {
                diagnose(message, &signer.string_to_sign(&rpc_request(operation, stamp)).ok()?)
            }
            Signer::Acs3(signer) => {
                let form = Form::of(operation);
                let body = acs3::canonical_query(form.params());
                let request = form.request(stamp).headers(&[FORM]).body(body.as_bytes());
                let canonical = signer.canonical_request(&request).ok()?;
                let (_, hash) = acs3::string_to_sign(&canonical).split_once('\n').map(owned)?;
                diagnose_hash(message, &hash)
            }
        }
    }
}

/// An operation's parameters as a body of ACS3, where action and version are headers and JSON is asked for by one.
struct Form<'a> {
    action: &'a str,
    version: &'a str,
    params: [(&'a str, &'a str); MOST],
    length: usize,
}

impl<'a> Form<'a> {
    fn of(operation: &'a Operation<'_>) -> Self {
        let mut form = Self { action: "", version: "", params: [("", ""); MOST], length: 0 };
        for &(name, value) in operation.params {
            match name {
                "Action" => form.action = value,
                "Version" => form.version = value,
                "Format" => {}
                _ => {
                    if let Some(place) = form.params.get_mut(form.length) {
                        *place = (name, value);
                        form.length += 1;
                    }
                }
            }
        }
        form
    }

    fn params(&self) -> &[(&'a str, &'a str)] {
        self.params.get(..self.length).unwrap_or_default()
    }

    fn request(&self, stamp: Stamp<'a>) -> acs3::Request<'a> {
        acs3::Request::new(stamp.host, self.action, self.version, stamp.time, stamp.nonce)
    }
}

/// What every body is declared as.
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A request's headers with what ACS3 adds to them.
fn with(headers: &HeaderMap, signed: &Headers) -> Result<HeaderMap, LocalError> {
    let mut headers = headers.clone();
    headers.reserve(signed.iter().count() + 1);
    for (name, value) in signed.iter() {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| LocalError::new("a header of the signature cannot be sent"))?;
        value.set_sensitive(matches!(name, "authorization" | "x-acs-security-token"));
        headers.insert(HeaderName::from_static(name), value);
    }
    // What `Format` is to the other scheme.
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(headers)
}

/// What was prepared for an operation, from call to call.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<Arc<Signing>>>);

impl Kept {
    /// What there is for these credentials, or what is made now.
    pub(crate) fn get(
        &self,
        scheme: SignatureScheme,
        credentials: Credentials,
        operation: &Operation<'_>,
    ) -> Result<Arc<Signing>, LocalError> {
        // Nobody panics while it is held, and it would be whole all the same.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(signing) = kept.as_ref().filter(|signing| are_same(&signing.credentials, &credentials)) {
            return Ok(Arc::clone(signing));
        }
        let signing = Arc::new(Signing::prepare(scheme, credentials, operation)?);
        *kept = Some(Arc::clone(&signing));
        Ok(signing)
    }
}

/// Whether two credentials sign alike.
pub(crate) fn are_same(a: &Credentials, b: &Credentials) -> bool {
    fn parts(credentials: &Credentials) -> [Option<&str>; 3] {
        let token = credentials.security_token().map(Secret::expose_secret);
        [Some(credentials.access_key_id()), token, Some(credentials.access_key_secret().expose_secret())]
    }
    parts(a) == parts(b)
}

/// The access key id only.
impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

/// The body of an anonymous operation, of which nothing is signed: the same whatever the scheme.
pub(crate) fn anonymous<'a>(
    operation: &Operation<'_>,
    stamp: Stamp<'_>,
    headers: &'a HeaderMap,
) -> Result<Signed<'a>, LocalError> {
    let mut body = Vec::new();
    rpc_request(operation, stamp).write_anonymous(&mut body)?;
    Ok(Signed { body: Cow::Owned(body), headers: Cow::Borrowed(headers) })
}

fn rpc_request<'a>(operation: &'a Operation<'_>, stamp: Stamp<'a>) -> rpc_v1::Request<'a> {
    rpc_v1::Request::new(operation.params, stamp.time, stamp.nonce)
}

fn owned((first, second): (&str, &str)) -> (String, String) {
    (first.to_owned(), second.to_owned())
}
