//! ROA v1 (`acs id:signature`, HMAC-SHA1): the older REST-style services. Those of today take [`acs3`](crate::acs3) too; STS
//! takes only that.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use sts_sign::roa::{self, Request, Signer};
//! use sts_types::Credentials;
//!
//! let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_465_845); // Thu, 15 Jan 2026 08:30:45 GMT
//! let headers = [("Accept", "application/json"), ("Content-MD5", roa::EMPTY_BODY_MD5)];
//! let request = Request::new(time, "a nonce of 128 random bits").path("/clusters").headers(&headers).version("2015-12-15");
//!
//! let session = Credentials::new("STS.id", "secret").with_security_token("token");
//! let signed = Signer::new(&session).sign(&request)?;
//! assert!(signed.get("authorization").is_some_and(|value| value.starts_with("acs STS.id:")));
//! assert_eq!(signed.get("date"), Some("Thu, 15 Jan 2026 08:30:45 GMT"));
//! assert_eq!(signed.get("x-acs-security-token"), Some("token"));
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! The query is signed unencoded, so that `q=a&b=c` may mean one parameter or two: it is the rule of the scheme. It is
//! sent percent-encoded, as [`percent_encode`](crate::percent_encode) does it.
//!
//! # Where official clients differ
//!
//! Each row is one of the probes in `tests/vectors/disagreements.jsonl`; each decision has a test.
//!
//! | probe | decision | reason |
//! | --- | --- | --- |
//! | `roa-empty-value` | an empty value is signed as `name=` | all clients but one of Python's |
//! | `roa-null-value` | the caller leaves the parameter out | openapi-util (Python) does; the others sign `name` or the word `null` |
//! | `roa-padded-header` | white space around a value is neither signed nor sent, inside it stays; line breaks are refused | JavaScript trims, and HTTP does on its way; nobody can send a line break |
//! | `roa-no-accept` | a missing `Accept` is an empty line | Python does; JavaScript signs the word `undefined` |
//! | `roa-mixed-case-acs` | `x-acs-*` is told by its name in lower case | sdk-core and pop-core do; names of headers have no case |

#[cfg(feature = "http")]
mod parts;
mod request;
mod signer;
mod stages;

pub use request::Request;
pub use signer::Signer;
pub use stages::{EMPTY_BODY_MD5, signature};
