//! One thing that was looked at.

use std::borrow::Cow;
use std::fmt;

/// One thing that was looked at before a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    what: What,
    passed: bool,
    detail: Cow<'static, str>,
}

/// What can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// Whether the access key exists, is active, and came with its session's token.
    Key,
    /// Whether the request's time is near enough.
    Time,
    /// Whether the nonce is new.
    Nonce,
    /// Whether the signature is what the emulator computes.
    Signature,
    /// Whether what an identity provider is said to have issued is good: an OIDC token, a SAML response.
    Identity,
    /// Whether the parameters follow the published rules.
    Parameters,
    /// Whether policies allow it: all layers that have a say.
    Policies,
    /// A fault that was asked for. Never passed.
    Fault,
}

impl What {
    /// Its name in the trail: `key`, `time`, `nonce`, `signature`, `identity`, `parameters`, `policies`, `fault`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Time => "time",
            Self::Nonce => "nonce",
            Self::Signature => "signature",
            Self::Identity => "identity",
            Self::Parameters => "parameters",
            Self::Policies => "policies",
            Self::Fault => "fault",
        }
    }
}

impl Check {
    pub(crate) fn passed(what: What, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { what, passed: true, detail: detail.into() }
    }

    pub(crate) fn failed(what: What, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { what, passed: false, detail: detail.into() }
    }

    /// What was looked at.
    #[must_use]
    pub fn what(&self) -> What {
        self.what
    }

    /// Whether it was as it should be.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.passed
    }

    /// For a person who wants to know why. Nothing confidential.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.passed { "ok" } else { "NO" };
        write!(f, "{outcome:<5} {}: {}", self.what.name(), self.detail)
    }
}
