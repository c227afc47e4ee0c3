//! Alibaba Cloud RAM policy documents, offline: no I/O, no network, no account.
//!
//! ```
//! use sts_policy::Policy;
//!
//! let policy: Policy = r#"{
//!     "Version": "1",
//!     "Statement": [{ "Effect": "Allow", "Action": "oss:GetObject", "Resource": "acs:oss:*:*:my-bucket/*" }]
//! }"#
//! .parse()?;
//! assert_eq!(
//!     policy.as_json(),
//!     r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:my-bucket/*"}]}"#
//! );
//! # Ok::<(), sts_policy::ParseErrors>(())
//! ```
//!
//! [`decide`] says what a policy, or several together, answer to a request.

pub mod decide;

mod builder;
mod condition;
#[cfg(feature = "serde")]
mod config;
mod date;
mod document;
mod finding;
mod grammar;
mod json;
mod minify;
mod one_or_many;
mod oss_preset;
mod parse_errors;
mod pattern;
mod policy;
mod principal;
mod print;
mod rules;
#[cfg(feature = "schema")]
mod schema;
mod session_fit;
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use builder::{BuildError, PolicyBuilder, StatementBuilder};
pub use condition::{Comparison, Condition, Operator, SetPrefix, ValueType};
pub use date::DateValue;
pub use decide::{Compiled, Context, Decision, Request};
pub use document::{Document, Location};
pub use finding::{Edit, Finding, Fix, Place, Rule, Severity};
pub use minify::{NotJson, minify};
pub use one_or_many::OneOrMany;
pub use oss_preset::{OssPreset, PresetError};
pub use parse_errors::ParseErrors;
pub use pattern::Pattern;
pub use policy::Policy;
pub use principal::{Principal, PrincipalKind, TypedPrincipal};
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use session_fit::{Cost, Saving, SavingKind, SessionFit};
pub use statement::{ActionElement, Effect, ResourceElement, Statement};
pub use template::{FillError, HoleError, HoleKind, Refusal, RefusalReason, Template, TemplateError};
