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
//! * [`acs3`]: ACS3-HMAC-SHA256, of every current OpenAPI service, RPC and ROA style.
//! * [`bearer`]: requests with a bearer token in place of a signature.
//! * [`oss_post`]: uploads to OSS by a form, of both versions.
//! * [`oss_v1`]: OSS signature version 1, by a header and in a URL.
//! * [`oss_v4`]: OSS signature version 4, by a header and in a URL.
//! * [`roa`]: ROA v1, of the older REST-style services.
//! * [`rpc_v1`]: `SignatureVersion=1.0`, of STS, RAM, ECS and the other RPC-style services.
//!
//! What to do for which service, with programs to copy, is in the repository's `docs/signing-other-apis.md`.
//!
//! # Features
//!
//! * `http` (off by default): requests made of the `http` crate's types can be signed in place, and verified.
//! * `sha256` (on by default): ACS3, OSS V4, and `HMAC-SHA256` as an algorithm of RPC v1. Without it the crate has no
//!   SHA-2.
//! * `verify` (off by default): the module [`verify`](https://docs.rs/sts-sign/latest/sts_sign/verify/), the server's side
//!   of every scheme: what an emulator or a gateway checks. It shares no code with the signers. Takes in `sha256`, MD5 and
//!   `serde_json`.
//!
//! # What it brings in
//!
//! `base64`, `sha1` and `sha2` (with `digest`, `block-buffer`, `crypto-common`, `generic-array`, `typenum`, `cpufeatures`,
//! `cfg-if`), `thiserror`, `zeroize` and `sts-types`: 13 crates besides this one, and those that build `thiserror`'s derive.
//! No async runtime, no HTTP client, no serde, no generator of random numbers, no date library. `http` adds three (`http`, `bytes`,
//! `itoa`); `verify` adds `hmac`, `subtle`, `md-5` and what `serde_json` needs.
//!
//! # Secrets
//!
//! What a signer keeps of the secret (two hash states a key, which sign as well as the secret does) is overwritten when it is
//! dropped, as is the buffer in which the key is put together, and what [`Headers`], prepared requests and
//! [`FormFields`](oss_post::FormFields) hold of the token. Not overwritten are hash states on the stack while a function runs, and
//! texts that the caller gets: a form, a presigned query, the stages of a signature. No error and no `Debug` shows a
//! parameter's value, and none shows anything of the credentials but the access key id.

#[cfg(feature = "sha256")]
pub mod acs3;
pub mod bearer;
mod encode;
mod error;
mod fields;
mod headers;
#[cfg(feature = "sha256")]
mod hex;
mod hmac;
#[cfg(feature = "http")]
mod http;
mod order;
mod oss;
pub mod oss_post;
pub mod oss_v1;
#[cfg(feature = "sha256")]
pub mod oss_v4;
pub mod roa;
pub mod rpc_v1;
mod sink;
mod text;
mod time;
#[cfg(feature = "verify")]
pub mod verify;

pub use encode::percent_encode;
pub use error::{
    DuplicateName, EmptyName, EmptyNonce, InvalidHeader, InvalidText, ReservedName, SignError, TimeOutOfRange,
};
pub use headers::Headers;
pub use time::Timestamp;

/// The programs of the guide to other services run.
#[cfg(doctest)]
#[cfg(all(feature = "http", feature = "sha256"))]
#[doc = include_str!("../../../docs/signing-other-apis.md")]
struct SigningOtherApis;
