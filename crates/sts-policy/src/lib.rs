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
//! # Ok::<(), sts_policy::NotJson>(())
//! ```
//!
//! This is the crate's first storey: it holds a document as compact JSON, in the order and spelling it was written in.
//! Building, checking and deciding come next; see the changelog.

mod minify;
#[expect(dead_code, reason = "decisions, which come next, read them")]
mod pattern;
mod policy;
#[expect(dead_code, reason = "decisions, which come next, read them")]
mod value;

pub use minify::{NotJson, minify};
pub use pattern::Pattern;
pub use policy::Policy;
