//! OSS form uploads (`PostObject`): a browser sends the object, and a policy document is signed instead of a request.
//!
//! A policy is JSON: when it expires, and what the form's fields must be. This crate takes it as text and signs exactly
//! that text; what it says is the caller's affair. [`oss_v1::Signer::sign_post`](crate::oss_v1::Signer::sign_post) signs it
//! by version 1; version 4, which new programs take, has `sign_post` too and `post_conditions`, what the policy itself must
//! ask for:
//!
//! ```
//! # #[cfg(feature = "sha256")] {
//! use std::time::{Duration, SystemTime};
//! use sts_sign::oss_v4::Signer;
//! use sts_types::Credentials;
//!
//! let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // 2026-01-15T08:30:45Z
//! let signer = Signer::new(&Credentials::new("LTAI5tExample", "secret"), "cn-hangzhou", time)?;
//!
//! let mut conditions = vec![
//!     r#"{"bucket":"examplebucket"}"#.to_owned(),
//!     r#"["starts-with","$key","user/eric/"]"#.to_owned(),
//!     r#"["content-length-range",1,10485760]"#.to_owned(),
//! ];
//! // What the service issues has no letter that JSON escapes.
//! conditions.extend(signer.post_conditions(time)?.iter().map(|(name, value)| format!(r#"{{"{name}":"{value}"}}"#)));
//! let policy =
//!     format!(r#"{{"expiration":"2026-01-15T09:30:45.000Z","conditions":[{}]}}"#, conditions.join(","));
//!
//! let fields = signer.sign_post(&policy, time)?;
//! let names: Vec<&str> = fields.iter().map(|(name, _)| name).collect();
//! assert_eq!(
//!     names,
//!     ["policy", "x-oss-signature-version", "x-oss-credential", "x-oss-date", "x-oss-signature"]
//! );
//! # }
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! The form is `multipart/form-data`: these fields, `key`, what else the policy asks for, and `file` as the last one.

mod fields;
mod v1;
#[cfg(feature = "sha256")]
mod v4;

pub use fields::FormFields;
