//! Plain data of the Alibaba Cloud Security Token Service (STS): credentials, ARNs, session names, the inputs and
//! outputs of the four operations, error codes, and the trait through which credentials are provided.
//!
//! ```
//! use sts_types::{Arn, ArnKind, Credentials, RoleArn, SessionName};
//!
//! let role: RoleArn = "acs:ram::123456789012:role/app".parse()?;
//! assert_eq!((role.account_id(), role.role_name()), ("123456789012", "app"));
//!
//! let session: Arn = "acs:ram::123456789012:assumed-role/app/deploy-42".parse()?;
//! assert_eq!(session.kind(), ArnKind::AssumedRole { role_name: "app", session_name: "deploy-42" });
//!
//! assert!("deploy 42".parse::<SessionName>().is_err()); // a space is not allowed
//!
//! let credentials = Credentials::new("LTAI5tExample", "a secret");
//! assert!(!format!("{credentials:?}").contains("a secret"));
//! # Ok::<(), sts_types::InvalidInput>(())
//! ```
//!
//! Nothing here does I/O, reads a clock, or needs an async runtime. Values are checked when they are made: a
//! [`SessionName`] that exists is a valid one. Limits are those the service documents today; each type that has one
//! offers an `unchecked` constructor, so that a limit raised by the service never locks anybody out.
//!
//! # Features
//!
//! * `serde` (off by default): `Serialize` and `Deserialize` for ARNs, session names, external ids, source identities,
//!   durations and error codes. What holds a secret never implements `Serialize`.

mod arn;
mod credentials;
mod duration;
mod error_code;
mod identity_token;
mod invalid;
mod operation;
mod provider;
mod secret;
mod session;
mod text;
mod validate;

pub use arn::{Arn, ArnKind, OidcProviderArn, RoleArn, SamlProviderArn};
pub use credentials::Credentials;
pub use duration::SessionDuration;
pub use error_code::{ErrorCode, ErrorKind};
pub use identity_token::{OidcToken, SamlAssertion};
pub use invalid::InvalidInput;
pub use operation::assume_role::{AssumeRoleInput, AssumeRoleOutput, AssumedRoleUser};
pub use operation::assume_role_with_oidc::{
    AssumeRoleWithOidcInput, AssumeRoleWithOidcOutput, OidcTokenInfo,
};
pub use operation::assume_role_with_saml::{
    AssumeRoleWithSamlInput, AssumeRoleWithSamlOutput, SamlAssertionInfo,
};
pub use operation::get_caller_identity::{GetCallerIdentityInput, GetCallerIdentityOutput, IdentityType};
pub use provider::{ProvideCredentials, ProviderError, ProviderErrorKind, SharedProvider};
pub use secret::Secret;
pub use session::{ExternalId, SessionName, SessionPolicy, SourceIdentity};
pub use validate::InvalidCredentials;
