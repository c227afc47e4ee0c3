//! A local Alibaba Cloud that says no when the real one would: STS, a small OSS, the metadata service of ECS, a credentials URI,
//! CloudSSO and OAuth. The repository's `docs/emulator.md` shows all of it, for programs in any language.
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
//! * A session policy may have 2,048 characters, not bytes. It is enforced: in OSS, and when the session assumes another role.
//! * Anonymous operations may leave `Timestamp` out; one that is sent is checked.
//! * A `SourceIdentity` that differs from the session's is `InvalidParameter.SourceIdentity`.
//! * An OIDC token is judged in this order: form, algorithm, keys, signature, issuer, audience, `exp`, `nbf`, `iat`. One that was issued
//!   longer ago than the provider's limit (12 hours, unless set) is `AuthenticationFail.OIDCToken.Expired`; one that is good, or
//!   issued, only more than a minute from now is `AuthenticationFail.OIDCToken.Invalid`. An expiration is not stretched.
//! * A SAML response must be successful and have one assertion, whose signature (RSA or P-256, SHA-256 or longer, exclusive
//!   canonicalization) covers all of it; a signature of the response is verified besides, if there is one. Comments, processing
//!   instructions, a DTD, an id used twice and encrypted assertions are refused. Certificates count as wrappers of keys: when they end
//!   is not looked at. An assertion ends with the first of `Conditions`, its confirmation and `SessionNotOnOrAfter`.
//! * Whatever [`sts_policy`](https://docs.rs/sts-policy) calls an error in a session policy is `InvalidParameter.PolicyGrammar`.
//! * Sessions that are revoked, or whose role is gone, are `InvalidSecurityToken.Expired`: clients know what to do about that.
//! * The newest 262,144 nonces and 65,536 revocations are remembered; older ones are forgotten. So are all but the newest 65,536
//!   sessions where they are [kept in memory](EmulatorBuilder::stateful_sessions).
//!
//! # OSS
//!
//! [`EmulatorBuilder::oss_listen`] starts a small OSS beside it, with the buckets of the world. Who may do what is decided as the
//! service decides it: by the caller's policies within his session policy, by the bucket's policy, and where those say nothing, by
//! the ACLs of object and bucket.
//!
//! ```
//! use sts_emulator::Emulator;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let emulator = Emulator::builder().oss_listen(([127, 0, 0, 1], 0).into()).start().await?;
//! let object = format!("{}/{}/hello.txt", emulator.oss_url().unwrap_or_default(), emulator.bucket());
//! assert!(object.starts_with("http://127.0.0.1:"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It takes signatures of versions 1 and 4 in a header, in a URL and of a form, and anonymous requests, and has these operations, each
//! with the action that the service's documentation gives to it:
//!
//! | of | operations |
//! | --- | --- |
//! | the account | `ListBuckets` |
//! | buckets | `PutBucket`, `DeleteBucket`, `GetBucketInfo`, `GetBucketLocation`, `PutBucketAcl`, `GetBucketAcl`, `ListObjects`, `ListObjectsV2`, `ListMultipartUploads` |
//! | objects | `PutObject`, `CopyObject`, `GetObject`, `HeadObject`, `GetObjectMeta`, `DeleteObject`, `DeleteMultipleObjects`, `PutObjectAcl`, `GetObjectAcl`, `PostObject` |
//! | parts | `InitiateMultipartUpload`, `UploadPart`, `CompleteMultipartUpload`, `AbortMultipartUpload`, `ListParts` |
//!
//! Everything else is `NotImplemented`, by the parameter that asks for it: versions, `x-oss-process`, `append`, callbacks and so on. Storage
//! classes and encryption are taken without a word, and do nothing.
//!
//! * Conditions may ask for `acs:SourceIp`, `acs:SecureTransport`, `acs:CurrentTime`, `acs:UserAgent`, `acs:AccessId`,
//!   `acs:PrincipalARN`, `oss:Prefix`, `oss:Delimiter`, `oss:x-oss-acl`, `oss:x-oss-object-acl`, `oss:RequestObjectTag/` and
//!   `oss:ExistingObjectTag/`. A parameter or header that is not sent is absent, not empty.
//! * A batch of deletions is done whole or not at all. What is open to everybody is not open to a session whose policy leaves it out.
//! * `<bucket>.<anything>` is a host that names its bucket. Addresses, names without a dot and `<anything>.aliyuncs.com` are not: there
//!   the path does.
//! * A `+` in a query is a blank: oss2 signs blanks and sends them so. In a path it is a plus.
//! * Pages of loopback origins may do everything that their signatures allow; those of other origins nothing.
//! * Everything is in memory: 512 MB and 200,000 objects and parts together, 100 buckets, 64 MB a request. Beyond that, requests are
//!   `ServiceUnavailable` or `EntityTooLarge`.
//!
//! # What it does not do
//!
//! OIDC tokens and SAML responses are accepted only when [`Emulator::issue_oidc_token`] or
//! [`Emulator::issue_saml_assertion`] made them. Both are signed with ES256 by a key made at the start, in the ways of JWS and
//! XML-DSig that other software verifies. Bearer tokens, RSA key pairs and the other hashes of ACS3 are refused
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
pub use identity::oidc::builder::OidcTokenBuilder;
pub use identity::saml::builder::SamlAssertionBuilder;
pub use trail::check::{Check, What};
pub use trail::{RequestRecord, Service};
pub use world::World;
pub use world::file::problems::{WorldError, WorldFaults, WorldFormat, WorldProblem, WorldUnreadable};
