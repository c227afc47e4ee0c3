//! OSS signature version 1 (HMAC-SHA1): the method, three header fields, every `x-oss-*` field and the resource are
//! signed, by a header or in the URL.
//!
//! New programs take `oss_v4`, which signs all of the query. It needs the bucket's region, and this does not.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use sts_sign::oss_v1::{Request, Signer};
//! use sts_types::Credentials;
//!
//! // The example that the vendor publishes.
//! let headers = [
//!     ("Content-MD5", "ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM="),
//!     ("Content-Type", "text/html"),
//!     ("X-OSS-Meta-Author", "foo@bar.com"),
//!     ("X-OSS-Magic", "abracadabra"),
//! ];
//! let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_132_253_398); // Thu, 17 Nov 2005 18:49:58 GMT
//! let request = Request::new("PUT", time).bucket("oss-example").key("nelson").headers(&headers);
//!
//! let signer = Signer::new(&Credentials::new("44CF9590006BF252F707", "OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV"));
//! let added = signer.sign(&request)?;
//! assert_eq!(added.get("date"), Some("Thu, 17 Nov 2005 18:49:58 GMT"));
//! assert_eq!(added.get("authorization"), Some("OSS 44CF9590006BF252F707:26NBxoKdsyly4EDv6inkoDft/yA="));
//!
//! // A link to an object for ten minutes.
//! let request = Request::new("GET", time).bucket("oss-example").key("a b.txt");
//! let url = signer.presign_url(&request, Duration::from_secs(600), "https://oss-example.oss-cn-hangzhou.aliyuncs.com")?;
//! assert!(url.starts_with(
//!     "https://oss-example.oss-cn-hangzhou.aliyuncs.com/a%20b.txt?OSSAccessKeyId=44CF9590006BF252F707&Expires=1132253998&"
//! ));
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! # Sub-resources
//!
//! Of the query only what OSS calls sub-resources is signed: the names that its clients list (`acl`, `uploadId`,
//! `response-content-type` and so on), every name that begins with `x-oss-`, and those that
//! [`Request::sub_resources`] adds. All else (`prefix`, `max-keys`) anybody on the way can change.
//!
//! # Where official clients differ
//!
//! Each row is one of the probes in `tests/vectors/disagreements.jsonl`; each decision has a test.
//!
//! | probe | decision | reason |
//! | --- | --- | --- |
//! | `ossv1-padded-header` | blanks around a header's value are not signed | the vendor's description, ali-oss and Go trim; HTTP takes them off on the way, so that the service never sees those that oss2 and Python's oss-v2 sign |
//! | `ossv1-token-header` | the token travels as `x-oss-security-token` and is signed | all but Python's oss-v2, whose `security-token` header is not signed: whoever is on the way could take it out |
//! | `ossv1-x-oss-process` | it is signed | all but Python's oss-v2, which signs it only when told to |
//! | `ossv1-x-oss-unknown-param` | every parameter whose name begins with `x-oss-` is signed | Go, gateway-oss and ali-oss do; oss2 has a list, which a new parameter of the service is not on |

mod canonical;
#[cfg(feature = "http")]
mod parts;
mod request;
mod signer;
mod stages;
mod sub_resources;

pub use request::Request;
pub use signer::Signer;
pub use stages::{canonical_resource, signature, string_to_sign};
