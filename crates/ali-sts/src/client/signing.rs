//! By which scheme requests are signed, and the keys made ready for it.

use crate::client::call::Operation;
use crate::error::LocalError;
use crate::error::mismatch::{SignatureMismatch, decode, diagnose, diagnose_hash};
use crate::operation::MOST;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;
use sts_sign::{acs3, rpc_v1};
use sts_types::Credentials;

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
}

enum Signer {
    RpcV1(rpc_v1::Signer),
    Acs3(acs3::Signer),
}

/// The one that a client keeps, or one that was made for a call.
#[expect(clippy::large_enum_variant, reason = "a call has one, and a box would be asked for by each")]
pub(crate) enum Held<'a> {
    Kept(&'a Signing),
    Made(Signing),
}

impl Deref for Held<'_> {
    type Target = Signing;

    fn deref(&self) -> &Signing {
        match self {
            Self::Kept(signing) => signing,
            Self::Made(signing) => signing,
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

impl Signing {
    pub(crate) fn new(scheme: SignatureScheme, credentials: Credentials) -> Self {
        let signer = match scheme {
            SignatureScheme::RpcV1 => Signer::RpcV1(rpc_v1::Signer::new(&credentials)),
            SignatureScheme::Acs3 => Signer::Acs3(acs3::Signer::new(&credentials)),
        };
        Self { credentials, signer }
    }

    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The signed body; what the scheme adds to the headers goes into `headers`.
    pub(crate) fn sign(
        &self,
        operation: &Operation<'_>,
        stamp: Stamp<'_>,
        headers: &mut HeaderMap,
    ) -> Result<Bytes, LocalError> {
        let mut body = Vec::new();
        match &self.signer {
            Signer::RpcV1(signer) => signer.sign(&rpc_request(operation, stamp), &mut body)?,
            Signer::Acs3(signer) => {
                let form = Form::of(operation);
                let signed = signer.sign_form(&form.request(stamp), form.params(), &mut body)?;
                headers.reserve(signed.iter().count() + 1);
                for (name, value) in signed.iter() {
                    let mut value = HeaderValue::from_str(value)
                        .map_err(|_| LocalError::new("a header of the signature cannot be sent"))?;
                    let name = HeaderName::from_static(name);
                    value.set_sensitive(name == AUTHORIZATION || name == "x-acs-security-token");
                    headers.insert(name, value);
                }
                // What `Format` is to the other scheme.
                headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            }
        }
        Ok(body.into())
    }

    /// The signature of what [`sign`](Self::sign) gave, so that no error repeats it.
    pub(crate) fn signature(&self, operation: &Operation<'_>, stamp: Stamp<'_>) -> Option<String> {
        let mut headers = HeaderMap::new();
        let body = self.sign(operation, stamp, &mut headers).ok()?;
        let (text, before) = match &self.signer {
            Signer::RpcV1(_) => (std::str::from_utf8(&body).ok()?, "&Signature="),
            Signer::Acs3(_) => (headers.get(AUTHORIZATION)?.to_str().ok()?, ",Signature="),
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
                let mut body = Vec::new();
                let added = signer.sign_form(&form.request(stamp), form.params(), &mut body).ok()?;
                let content_type = [("content-type", added.get("content-type")?)];
                let request = form.request(stamp).headers(&content_type).body(&body);
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

/// The access key id only.
impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signing").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

/// The body of an anonymous operation, of which nothing is signed: the same whatever the scheme.
pub(crate) fn anonymous(operation: &Operation<'_>, stamp: Stamp<'_>) -> Result<Bytes, LocalError> {
    let mut body = Vec::new();
    rpc_request(operation, stamp).write_anonymous(&mut body)?;
    Ok(body.into())
}

fn rpc_request<'a>(operation: &'a Operation<'_>, stamp: Stamp<'a>) -> rpc_v1::Request<'a> {
    rpc_v1::Request::new(operation.params, stamp.time, stamp.nonce)
}

fn owned((first, second): (&str, &str)) -> (String, String) {
    (first.to_owned(), second.to_owned())
}
