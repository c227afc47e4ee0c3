//! Short-lived Alibaba Cloud credentials: a client of the Security Token Service (STS).
//!
//! ```
//! use ali_sts::{Client, Error, ErrorKind};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A local STS that checks signatures. For the real one: `Client::from_env()`.
//! let emulator = sts_emulator::Emulator::start().await?;
//! let sts = Client::builder().endpoint(emulator.base_url()).credentials(emulator.credentials()).build()?;
//!
//! let out = sts.assume_role(emulator.role_arn()).session_name("deploy-42").send().await?;
//! assert!(out.credentials.access_key_id().starts_with("STS."));
//! assert!(out.credentials.expiration().is_some());
//!
//! match sts.assume_role("acs:ram::123456789012:role/nobody").send().await {
//!     Err(Error::Service(error)) => assert_eq!(error.kind(), ErrorKind::NoSuchRole),
//!     other => panic!("{other:?}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The operations
//!
//! [`Client::assume_role`], [`Client::assume_role_with_oidc`], [`Client::assume_role_with_saml`] and
//! [`Client::get_caller_identity`], with all parameters of STS API 2015-04-01. Values are checked before anything is
//! sent; defaults are those of ali-oss (session `app`, 3,600 s). Everything travels in the body of a POST, nothing secret
//! in a URL. Credentials that STS issued sign the next call like any others, so roles chain.
//!
//! # Session policies
//!
//! [`AssumeRole::policy`] takes a [`Policy`], or a text. The module [`policy`] is all of the crate `sts-policy`: it builds policies,
//! fills in templates, checks, and tells what a policy allows, without asking anybody.
//!
//! ```
//! use ali_sts::policy::{Context, Decision, OssPreset, PolicyKind, Request};
//!
//! let policy = OssPreset::upload_only("my-bucket", "uploads/").build()?;
//! assert!(policy.check(PolicyKind::Session).findings().is_empty());
//!
//! let context = Context::new();
//! let request = Request::new("oss:PutObject", "acs:oss:cn-hangzhou:123456789012:my-bucket/secret.txt", &context);
//! assert_eq!(policy.compile().decide(&request).decision(), Decision::ImplicitDeny);
//! # Ok::<(), ali_sts::policy::PresetError>(())
//! ```
//!
//! # What is tried again
//!
//! Each attempt is signed anew, with a nonce and a time of its own. An AssumeRole has no side effect but one more
//! session, so it may be repeated.
//!
//! | what happened | what is done |
//! | --- | --- |
//! | no connection, a connection that broke, no answer within the attempt's time | back off, try again |
//! | `Throttling`, `Throttling.…`, `ServiceUnavailable`, `InternalError`, `UnknownError`; HTTP 429, 500, 502, 503, 504 | the same, after `x-acs-retry-after` or `Retry-After` where the answer has one, up to 20 s |
//! | `AuthenticationFail.OIDCToken.IssuerConfigurationBroken` | the same, once |
//! | `InvalidTimeStamp.Expired` | take over the time of the answer's `Date`, try again at once, once |
//! | `SignatureNonceUsed` | try again at once, once |
//! | `InvalidSecurityToken.Expired` | ask the credentials' provider again; if it gives others, try again at once, once |
//! | anything else | the error is returned |
//!
//! All of it within the [`RetryPolicy`]: 3 attempts of 10 s each within 60 s, and waits of full jitter from 100 ms up to
//! 5 s, unless chosen otherwise.
//!
//! # Errors
//!
//! One type, [`Error`]; [`Error::kind`] says what a failure amounts to, [`Error::code`] keeps the service's own word. A
//! refused signature is explained ([`ServiceError::mismatch`]), a missing permission too ([`ServiceError::denied_by`]).
//!
//! # Secrets
//!
//! Secrets, tokens, assertions, signatures and session policies are in no URL, error, `Debug` output or log; secrets are
//! overwritten in memory when the last clone goes. [`Secret::expose_secret`] is the one way out.
//!
//! # Logs
//!
//! Each call is a `tracing` span `sts` at debug level, with the operation and the endpoint; each retry is an event in it.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `ring` | yes | TLS with ring's cryptography: the smaller and quicker to build of the two |
//! | `aws-lc-rs` | no | TLS with aws-lc-rs's; it is the one used when both are on |
//! | `native-roots` | yes | the platform's root certificates |
//! | `webpki-roots` | no | Mozilla's root certificates inside the program, for containers without any |
//! | `rustls` | no | the module `tls`: a rustls configuration of your own, for [`ClientBuilder::http`] |
//! | `reqsign` | no | the module `reqsign`: any provider as one of reqsign, for OpenDAL and others |
//! | `coarse-clock` | no | [`provider::Cached`] goes by Linux's coarse clock, up to 20 ms behind and allowed for: a hit costs a quarter |
//! | `session-store` | no | [`provider::SessionStore`](provider): credentials of many role sessions, bounded, with a limit on calls of STS |
//! | `blocking` | no | the module `blocking`: the same client for programs without an async runtime |

#[cfg(feature = "blocking")]
pub mod blocking;
mod client;
mod clock;
mod credentials_json;
mod endpoint;
mod error;
mod nonce;
mod operation;
mod os;
pub mod provider;
mod reply;
#[cfg(all(feature = "reqsign-core", feature = "reqsign-aliyun-oss"))]
pub mod reqsign;
mod retry;
mod session_name;
mod timestamp;

pub use client::Client;
pub use client::builder::{ClientBuilder, Timeouts};
pub use client::signing::SignatureScheme;
pub use clock::Clock;
pub use credentials_json::CredentialsJson;
pub use error::denied::{AccessDeniedDetail, DeniedBy};
pub use error::mismatch::{Difference, SignatureMismatch};
pub use error::service::ServiceError;
pub use error::{CredentialsError, Error, LocalError, ResponseError, TransportError, UnusableCredentials};
pub use operation::assume_role::{AssumeRole, PreparedAssumeRole};
pub use operation::assume_role_with_oidc::AssumeRoleWithOidc;
pub use operation::assume_role_with_saml::AssumeRoleWithSaml;
pub use operation::get_caller_identity::GetCallerIdentity;
pub use operation::session_policy::IntoSessionPolicy;
pub use session_name::session_name_for;
#[cfg(feature = "rustls")]
pub use sts_http::tls;
pub use sts_http::{
    Backoff, BuildError as HttpBuildError, Error as HttpError, ErrorKind as HttpErrorKind, HttpClient,
    HttpClientBuilder, ProxySettings, RetryPolicy, SendRequest, SharedSender,
};
pub use sts_policy as policy;
pub use sts_policy::{BuildError as PolicyBuildError, Condition, ParseErrors, Policy, Principal, Statement};
pub use sts_types::{
    Arn, ArnKind, AssumeRoleOutput, AssumeRoleWithOidcOutput, AssumeRoleWithSamlOutput, AssumedRoleUser,
    Credentials, ErrorCode, ErrorKind, ExternalId, GetCallerIdentityOutput, IdentityType, InvalidCredentials,
    InvalidInput, OidcProviderArn, OidcToken, OidcTokenInfo, ProvideCredentials, ProviderError,
    ProviderErrorKind, RoleArn, SamlAssertion, SamlAssertionInfo, SamlProviderArn, Secret, SessionDuration,
    SessionName, SessionPolicy, SharedProvider, SourceIdentity,
};

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The emulator's page's too.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/emulator.md")]
struct EmulatorPage;
