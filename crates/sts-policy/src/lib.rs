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
//! # What is here
//!
//! | to | use |
//! | --- | --- |
//! | read a document | [`Policy::parse`]; [`Document`] for all that is wrong with it, where it is, and what would mend it |
//! | put one together | [`Policy::builder`], [`Statement::allow`], [`Condition`]; [`OssPreset`] for the usual ones |
//! | put text from outside into one | [`Template`], never `format!` |
//! | ask what is wrong with what it says | [`Document::check`] or [`Policy::check`], which know the [kinds](PolicyKind) of policies |
//! | ask what it allows | [`Policy::compile`] and the module [`decide`] |
//! | make it short enough for a session | [`Policy::as_json`], [`Policy::fits_session`], [`minify`] |
//!
//! Which kind a policy is of (identity, session, trust, bucket …) is a matter of where it is used, not part of the document:
//! parsing asks for what the grammar has in common, checking for the rest.
//!
//! # Built, and asked
//!
//! ```
//! use sts_policy::{Condition, Context, Decision, Policy, Request, Statement};
//!
//! let policy = Policy::builder()
//!     .statement(
//!         Statement::allow()
//!             .actions(["oss:GetObject"])
//!             .resources(["acs:oss:*:*:my-bucket/reports/*"])
//!             .condition(Condition::ip_address("acs:SourceIp", ["203.0.113.0/24"])),
//!     )
//!     .build()?;
//! assert!(policy.fits_session().fits());
//!
//! let compiled = policy.compile();
//! let context = Context::new().with("acs:SourceIp", "203.0.113.7");
//! let ask = |action, resource| compiled.decide(&Request::new(action, resource, &context)).decision();
//! let report = "acs:oss:cn-hangzhou:123456789012:my-bucket/reports/may.csv";
//! assert_eq!(ask("oss:GetObject", report), Decision::Allow);
//! assert_eq!(ask("oss:DeleteObject", report), Decision::ImplicitDeny);
//! # Ok::<(), sts_policy::BuildError>(())
//! ```
//!
//! # Texts with faults
//!
//! ```
//! use sts_policy::Document;
//!
//! let text = r#"{
//!     "Version": "2012-10-17",
//!     "Statement": [{ "Effect": "allow", "Action": "oss:GetObject", "Resource": "*" },]
//! }"#;
//! let document = Document::parse(text);
//! let findings: Vec<String> =
//!     document.findings().iter().map(|f| format!("{}:{}: {}", f.place().line(), f.code(), f.message())).collect();
//! assert_eq!(
//!     findings,
//!     [
//!         "2:version-value: this is a version of AWS IAM; here the only version is the string `1`",
//!         "3:effect-value: the effect is `Allow` or `Deny`, to the letter",
//!         "3:json-trailing-comma: nothing follows this comma; remove it",
//!     ]
//! );
//! assert_eq!(
//!     Document::parse(&document.fixed()).into_policy()?.as_json(),
//!     r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"*"}]}"#
//! );
//! # Ok::<(), sts_policy::ParseErrors>(())
//! ```
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `report` | what a check found in words for people, with the lines of the text, as JSON, and as SARIF for code scanning |
//! | `serde` | `Serialize` and `Deserialize` for [`Policy`], held against the same rules as text |
//! | `schema` | `json_schema()`, for editors; the text is in `schema/policy.schema.json` too |
//!
//! None is on by default.

pub mod decide;

mod builder;
mod catalogue;
mod check;
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
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use session_fit::{Cost, Saving, SavingKind, SessionFit};
pub use statement::{ActionElement, Effect, ResourceElement, Statement};
pub use template::{FillError, HoleError, HoleKind, Refusal, RefusalReason, Template, TemplateError};

/// The programs of the page of examples run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/policy-examples.md")]
struct PolicyExamples;
