//! Alibaba Cloud request signatures as pure functions: credentials, time, nonce and parameters go in, what travels on
//! the wire comes out. No I/O, clock, randomness or environment.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use sts_sign::rpc_v1::Request;
//! use sts_types::Credentials;
//!
//! // The example that the vendor publishes for STS.
//! let params = [
//!     ("Action", "AssumeRole"),
//!     ("Format", "JSON"),
//!     ("RoleArn", "acs:ram::1234567890123:role/firstrole"),
//!     ("RoleSessionName", "client"),
//!     ("Version", "2015-04-01"),
//! ];
//! let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_441_087_054); // 2015-09-01T05:57:34Z
//! let request = Request::new(&params, time, "571f8fb8-506e-11e5-8e12-b8e8563dc8d2").method("GET");
//!
//! let mut form = Vec::new();
//! request.sign(&Credentials::new("testid", "testsecret"), &mut form)?;
//! assert!(form.starts_with(b"AccessKeyId=testid&Action=AssumeRole&Format=JSON&RoleArn=acs%3Aram%3A%3A1234567890123"));
//! assert!(form.ends_with(b"&Version=2015-04-01&Signature=gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D"));
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! Send such a form as the body of a POST (`Content-Type: application/x-www-form-urlencoded`), never in a URL: proxies
//! and logs keep those, and the form carries the security token and the session policy.
//!
//! # Schemes
//!
//! * [`rpc_v1`]: `SignatureVersion=1.0`, of STS, RAM, ECS and the other RPC-style services.
//!
//! # Features
//!
//! * `sha256` (on by default): `HMAC-SHA256` as an algorithm of RPC v1. Without it the crate has no SHA-2.
//!
//! # Secrets
//!
//! A key that was made ready, and what [`rpc_v1::Prepared`] keeps, are overwritten when they are dropped; the hash states
//! and encoded text on the stack while a function runs are not. No error and no `Debug` shows a parameter's value, and none shows
//! anything of the credentials.

mod encode;
mod error;
mod headers;
mod hmac;
pub mod rpc_v1;
mod time;

pub use encode::percent_encode;
pub use error::{DuplicateName, EmptyName, EmptyNonce, ReservedName, SignError, TimeOutOfRange};
pub use headers::Headers;
pub use time::Timestamp;
