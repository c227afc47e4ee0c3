//! The server's side: whether what arrived was signed with the secret that the server knows.
//!
//! A module a scheme, each with a `Claim`. It is read from the raw bytes of the wire without a secret, so that the server can
//! look up the key, the token and the nonce it names; then the claim is checked.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use sts_sign::verify::{Request, Skew, rpc_v1};
//! use sts_types::Secret;
//!
//! // The example that the vendor publishes for STS, as it arrives.
//! let query = "AccessKeyId=testid&Action=AssumeRole&Format=JSON&RoleArn=acs%3Aram%3A%3A1234567890123%3Arole%2Ffirstrole\
//!              &RoleSessionName=client&SignatureMethod=HMAC-SHA1&SignatureNonce=571f8fb8-506e-11e5-8e12-b8e8563dc8d2\
//!              &SignatureVersion=1.0&Timestamp=2015-09-01T05%3A57%3A34Z&Version=2015-04-01\
//!              &Signature=gNI7b0AyKZHxDgjBGPDgJ1Ce3L4%3D";
//! let claim = rpc_v1::Claim::read(&Request::new("GET", "/").query(query))?;
//! assert_eq!((claim.access_key_id(), claim.security_token()), ("testid", None));
//!
//! claim.check_signature(&Secret::new("testsecret"))?;
//! let refused = claim.check_signature(&Secret::new("another")).unwrap_err();
//! assert!(refused.string_to_sign().starts_with("GET&%2F&AccessKeyId%3Dtestid%26"));
//!
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_441_087_054 + 14 * 60);
//! claim.check_time(now, Skew::default())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is left to the server
//!
//! The order of the checks; which key belongs to the id, and whether the token belongs to the key; that a nonce is used once
//! (keep it only after the signature was good, or anybody can use up the nonces of others); that region and product of an OSS
//! V4 scope are its own; bounds on the sizes of what it reads.
//!
//! # How it is written
//!
//! To be read beside the published rule, not to be fast, and without a line of the signers: encoders, orders, hashes and
//! calendars are its own or those of other crates, so that signer and verifier can disagree. Signatures are compared in
//! constant time. No bytes make it panic; time and memory grow with the size of the request (times its logarithm, for
//! sorting). More than 1,000 parameters or 256 headers are refused.
//!
//! Text must be UTF-8 where it is signed, and free of control characters in paths and headers: a line break there could pass
//! for another line of the string to sign. A name given twice in a query is refused in every scheme, since clients differ
//! on what they sign then. A `+` in a query is a space in RPC v1, ACS3 and ROA, whose official clients send it so (those of
//! Python and Go encode queries as forms, after signing `%20`); it is a plus in OSS.
//!
//! # Where official clients differ
//!
//! The verifier takes the side that `tests/vectors/disagreements.jsonl` recommends; what the others sign is a mismatch.
//!
//! | scheme | what is signed here |
//! | --- | --- |
//! | RPC v1 | empty parameters, as `Name=`; names by their UTF-8 bytes |
//! | ACS3 | query names as they are, as every official client does, and encoded too, as the vendor describes it (only so where one has `&`, `=`, `%` or a control character, which could pass for another); `/` for an empty path; the path as sent; values of a repeated header sorted and joined |
//! | ROA | `name=` for an empty value; an empty line for a missing `Accept`; header names in any case |
//! | OSS V1 | trimmed header values; every `x-oss-` parameter; a `security-token` *header* is refused, nothing covers it |
//! | OSS V4 | trimmed header values; the bytes of encoded names in order; a name alone for an empty value; additional headers that are there |

pub mod acs3;
mod error;
mod fields;
mod oss;
pub mod oss_post;
pub mod oss_v1;
pub mod oss_v4;
mod parameters;
mod request;
pub mod roa;
pub mod rpc_v1;
mod signed;
#[cfg(test)]
mod tests;
mod time;
mod wire;

pub use error::{
    Contradiction, MalformedField, MissingField, ReadError, RepeatedField, TooMany, UnsignedField,
    UnsupportedField,
};
pub use oss::Bucket;
pub use parameters::Parameters;
pub use request::Request;
pub use signed::Mismatch;
pub use time::{Skew, TimeError};
