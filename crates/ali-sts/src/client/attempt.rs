//! One attempt: what is signed and sent, and what is told of it when it fails.

use crate::client::Client;
use crate::client::call::Operation;
use crate::error::mismatch::{SignatureMismatch, decode, diagnose};
use crate::error::scrub::Scrubber;
use crate::error::{Error, LocalError};
use crate::nonce::Nonce;
use std::borrow::Cow;
use std::time::{Duration, SystemTime};
use sts_sign::rpc_v1;
use sts_types::Credentials;

/// One attempt, with a time and a nonce of its own.
pub(crate) struct Attempt<'a> {
    operation: &'a Operation<'a>,
    credentials: Option<&'a Credentials>,
    time: SystemTime,
    nonce: Nonce,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        client: &Client,
        operation: &'a Operation<'a>,
        credentials: Option<&'a Credentials>,
    ) -> Result<Self, Error> {
        let nonce = Nonce::new().map_err(|_| {
            LocalError::new("the operating system gives no random numbers; is `getrandom` blocked?")
        })?;
        Ok(Self { operation, credentials, time: client.clock().now(), nonce })
    }

    /// The body of the request, which has everything in it: nothing secret is in the URL. The same each time, since time and nonce are this
    /// attempt's.
    pub(crate) fn signed_form(&self) -> Result<Vec<u8>, LocalError> {
        let mut form = Vec::new();
        match self.credentials {
            Some(credentials) => self.form().sign(credentials, &mut form),
            None => self.form().write_anonymous(&mut form),
        }?;
        Ok(form)
    }

    /// Whether this attempt was signed with a time that is further from `date` than that.
    pub(crate) fn is_off(&self, date: SystemTime, tolerated: Duration) -> bool {
        let apart = date.duration_since(self.time).unwrap_or_else(|before| before.duration());
        apart > tolerated
    }

    /// Knows what no error about this attempt may repeat.
    pub(crate) fn scrubber(&self) -> Scrubber<'_> {
        let (secret, open): (Vec<_>, Vec<_>) =
            self.operation.params.iter().partition(|(name, _)| is_confidential(name));
        let mut confidential: Vec<Cow<'_, str>> =
            secret.iter().map(|(_, value)| Cow::Borrowed(*value)).collect();
        if let Some(credentials) = self.credentials {
            let secrets =
                Some(credentials.access_key_secret()).into_iter().chain(credentials.security_token());
            confidential.extend(secrets.map(|secret| Cow::Borrowed(secret.expose_secret())));
        }
        // Signed again, so that a good call need not keep what it sent.
        confidential.extend(self.signed_form().ok().and_then(|form| signature_of(&form)).map(Cow::Owned));
        Scrubber::new(confidential, open.iter().map(|(_, value)| *value).collect())
    }

    /// Compares what the service says it signed with what was signed here.
    pub(crate) fn diagnose(&self, message: &str) -> Option<SignatureMismatch> {
        let ours = self.form().string_to_sign(self.credentials?).ok()?;
        diagnose(message, &ours)
    }

    fn form(&self) -> rpc_v1::Request<'_> {
        rpc_v1::Request::new(self.operation.params, self.time, self.nonce.as_str())
    }
}

/// The signature at the end of a signed form, decoded.
fn signature_of(form: &[u8]) -> Option<String> {
    let (_, signature) = std::str::from_utf8(form).ok()?.rsplit_once("&Signature=")?;
    Some(decode(signature).into_owned())
}

fn is_confidential(name: &str) -> bool {
    matches!(name, "Policy" | "OIDCToken" | "SAMLAssertion")
}
