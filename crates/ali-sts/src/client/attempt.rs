//! One attempt: what is signed and sent, and what is told of it when it fails.

use crate::client::Client;
use crate::client::call::Operation;
use crate::client::signing::{Signed, Signing, Stamp, anonymous};
use crate::error::mismatch::SignatureMismatch;
use crate::error::scrub::Scrubber;
use crate::error::{Error, LocalError};
use crate::nonce::Nonce;
use std::borrow::Cow;
use std::time::{Duration, SystemTime};

/// One attempt, with a time and a nonce of its own.
pub(crate) struct Attempt<'a> {
    client: &'a Client,
    operation: &'a Operation<'a>,
    signing: Option<&'a Signing>,
    time: SystemTime,
    nonce: Nonce,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        client: &'a Client,
        operation: &'a Operation<'a>,
        signing: Option<&'a Signing>,
    ) -> Result<Self, Error> {
        let time = client.clock().now();
        let nonce = Nonce::new(time).map_err(|_| {
            LocalError::new("the operating system gives no random numbers; is `getrandom` blocked?")
        })?;
        Ok(Self { client, operation, signing, time, nonce })
    }

    /// What is sent: the same each time, since time and nonce are this attempt's. Nothing secret goes into the URL.
    pub(crate) fn signed(&self) -> Result<Signed<'_>, LocalError> {
        match self.signing {
            Some(signing) => signing.sign(self.operation, self.stamp(), &self.client.0.headers),
            None => anonymous(self.operation, self.stamp(), &self.client.0.headers),
        }
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
        if let Some(signing) = self.signing {
            let credentials = signing.credentials();
            let secrets =
                Some(credentials.access_key_secret()).into_iter().chain(credentials.security_token());
            confidential.extend(secrets.map(|secret| Cow::Borrowed(secret.expose_secret())));
            // Signed again, so that a good call need not keep what it sent.
            confidential.extend(signing.signature(self.operation, self.stamp()).map(Cow::Owned));
        }
        Scrubber::new(confidential, open.iter().map(|(_, value)| *value).collect())
    }

    /// Compares what the service says it signed with what was signed here.
    pub(crate) fn diagnose(&self, message: &str) -> Option<SignatureMismatch> {
        self.signing?.diagnose(self.operation, self.stamp(), message)
    }

    fn stamp(&self) -> Stamp<'_> {
        Stamp { host: self.client.endpoint(), time: self.time, nonce: self.nonce.as_str() }
    }
}

fn is_confidential(name: &str) -> bool {
    matches!(name, "Policy" | "OIDCToken" | "SAMLAssertion")
}
