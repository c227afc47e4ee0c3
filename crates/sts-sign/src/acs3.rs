//! ACS3-HMAC-SHA256 (signature version 3): the request's line, query, chosen headers and body are signed; what the scheme
//! adds travels in headers. Every current OpenAPI service takes it, in RPC style (path `/`, the operation in
//! `x-acs-action`) and in ROA style (paths).
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use sts_sign::acs3::{self, Request, Signer};
//! use sts_types::Credentials;
//!
//! // The example that the vendor publishes.
//! let query = [("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), ("RegionId", "cn-shanghai")];
//! let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_698_315_752); // 2023-10-26T10:22:32Z
//! let nonce = "3156853299f313e23d1673dc12e1703d";
//! let request =
//!     Request::new("ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", time, nonce).query(&query);
//!
//! let signer = Signer::new(&Credentials::new("YourAccessKeyId", "YourAccessKeySecret"));
//! let headers = signer.sign(&request)?;
//! let authorization = headers.get("authorization").unwrap_or_default();
//! assert!(authorization.starts_with("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"));
//! assert!(authorization.ends_with("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"));
//!
//! // Send `POST /?{query}` with these headers, and the query as the signer writes it.
//! let query = acs3::canonical_query(&query);
//! assert!(query.starts_with("ImageId=win2019_1809"));
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! Proxies and logs keep URLs, so parameters that nobody should see (a session policy) belong in the body: see
//! [`Signer::sign_form`].
//!
//! # Bodies
//!
//! A body is hashed ([`Request::body`]), or its hash is given ([`Request::body_sha256`]) for a body that is read elsewhere.
//! There is no unsigned body: the vendor's clients read a stream to its end and hash it, and none that we know sends
//! `UNSIGNED-PAYLOAD` with this scheme, so whether a gateway would take it is unknown.
//!
//! # Where official clients differ
//!
//! Each row is one of the probes in `tests/vectors/disagreements.jsonl`; each decision has a test.
//!
//! | probe | decision | reason |
//! | --- | --- | --- |
//! | `acs3-reserved-query-key` | names are percent-encoded like values | the vendor's description says so, and a URL could not carry them otherwise; its clients leave them as they are, which is the same for the names `A-Za-z0-9-_.~` that services have |
//! | `acs3-extra-headers` | `host`, `content-type` and every `x-acs-*` are signed, others when [named](Request::sign_also) | JavaScript and Go do; Python signs all it sends, and proxies rewrite `accept` and `user-agent`. The request says which are signed, so both are right |
//! | `acs3-empty-path` | an empty path is signed as `/` | Python and Go do, and `/` is what HTTP sends |
//! | `acs3-null-query` | the caller leaves the parameter out | Python does; JavaScript's `name=` is what an empty value is |
//! | `acs3-path-plus` | the path is signed as it is given and sent: the caller percent-encodes it, `+` and `*` too | Python signs it as it is; the others replace some or all of them, in the signature alone |
//! | `acs3-dup-case-header` | values of one name, however spelt, are trimmed, sorted and joined with `,` | all do |
//! | `acs3-int-query` | the caller writes numbers in decimal | JavaScript does; Python raises an error |

mod canonical;
mod form;
#[cfg(feature = "http")]
mod parts;
mod request;
mod signer;
mod stages;

pub use request::Request;
pub use signer::Signer;
pub use stages::{canonical_query, signature, string_to_sign};
