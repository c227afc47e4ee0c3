//! A local Alibaba Cloud Security Token Service (STS) that says no when the real one would.
//!
//! ```
//! use sts_emulator::Emulator;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let emulator = Emulator::start().await?;
//! assert!(emulator.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(emulator.role_arn(), format!("acs:ram::{}:role/app", emulator.account_id()));
//!
//! // Point any STS client at `base_url()`, signing with `credentials()`; then look at what arrived:
//! assert!(emulator.requests().is_empty());
//! emulator.stop().await; // dropping it stops it as well
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It serves AssumeRole, AssumeRoleWithOIDC, AssumeRoleWithSAML and GetCallerIdentity by GET and POST, with the
//! parameters in the query, in a form body, or in both, and answers in the service's JSON or XML with its error codes.
//! It checks signatures of RPC 1.0 (HMAC-SHA1, HMAC-SHA256) and of ACS3 (`ACS3-HMAC-SHA256`, what current SDKs send), access
//! keys, session tokens, the time (15 minutes either way), reused nonces, and the published rules of every parameter.
//! Session keys it has issued sign further requests, so roles chain.
//!
//! # Where it decides what is not documented
//!
//! * A parameter given twice, a broken percent-encoding, text that is not UTF-8, and more than 1,000 parameters are
//!   `InvalidParameter`. An empty value is signed, but counts as absent otherwise.
//! * A request is of ACS3 by its `Authorization`, since RPC clients send `x-acs-action` too. Without one, a call of an anonymous
//!   operation may name action and version in headers; any other that does is `MissingAuthorization`.
//! * A request without `Format` is answered in XML, as the RPC gateway does, and in JSON where ACS3 is spoken. An `application/json` body is allowed
//!   and holds no parameters.
//! * A GET beyond 4 KB is refused with status 414, a POST beyond 10 MB with 413, both `InvalidParameter`.
//! * A nonce counts as used only after the signature was good, for 31 minutes, per access key.
//! * A session policy may have 2,048 characters, not bytes. Its outline is checked; what it allows is not enforced
//!   here, so a chained AssumeRole looks at the trust policy only.
//! * Anonymous operations may leave `Timestamp` out; one that is sent is checked.
//! * A `SourceIdentity` that differs from the session's is `InvalidParameter.SourceIdentity`.
//! * The newest 65,536 sessions and 262,144 nonces are remembered; older ones are forgotten.
//!
//! # What it does not do
//!
//! OIDC tokens (ES256) and SAML responses are accepted only when [`Emulator::issue_oidc_token`] or
//! [`Emulator::issue_saml_assertion`] made them. The signature in those SAML responses is not XML-DSig, so responses
//! of real identity providers are refused. Bearer tokens, RSA key pairs and the other hashes of ACS3 are refused
//! (`InvalidSignatureMethod`). There is no TLS and no throttling.

mod access;
mod builder;
mod caller;
mod clock;
mod cloud;
mod control;
mod credentials_uri;
mod emulator;
mod exchange;
mod faults;
mod identity;
mod lender;
mod lent_role;
mod lock;
mod metadata;
mod nonces;
mod os;
mod oss;
mod seed;
mod server;
mod sessions;
mod sts;
#[cfg(test)]
mod tests;
mod token;
mod trail;
mod visit;
mod world;

pub use builder::{EmulatorBuilder, Listen, MaxSessionDuration, NotLoopback, Randomness, StartError};
pub use clock::ClockOffset;
pub use emulator::Emulator;
pub use faults::Fault;
pub use identity::IssueError;
pub use identity::oidc::OidcTokenBuilder;
pub use identity::saml::SamlAssertionBuilder;
pub use trail::{Check, RequestRecord, Service, What};
pub use world::{World, WorldError, WorldFaults, WorldFormat, WorldProblem, WorldUnreadable};
