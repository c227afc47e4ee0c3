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
//! This is the crate's first storey: it holds a document as compact JSON, in the order and spelling it was written in.
//! Building, checking and deciding come next; see the changelog.

pub mod decide;

mod builder;
mod catalogue;
mod check;
mod condition;
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
mod statement;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use builder::{BuildError, PolicyBuilder, StatementBuilder};
pub use check::{PolicyKind, Report};
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
pub use statement::{ActionElement, Effect, ResourceElement, Statement};
pub use template::{FillError, HoleError, HoleKind, Refusal, RefusalReason, Template, TemplateError};
