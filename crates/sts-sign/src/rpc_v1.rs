//! RPC v1 (`SignatureVersion=1.0`): every parameter but `Signature` is signed as one map, wherever it travels.
//!
//! [`Signer`] and [`Request`] are the paved path; [`Prepared`] is for the same request again and again. The stages can be
//! had one by one, to test or to diagnose: [`canonical_query`], [`string_to_sign`], [`signature`]; [`sign_form`] goes from
//! a complete set of parameters to the signed form in one pass.
//!
//! ```
//! use sts_sign::rpc_v1::{self, Algorithm};
//!
//! let canonical = rpc_v1::canonical_query(&[("Version", "2015-04-01"), ("Action", "GetCallerIdentity")]);
//! assert_eq!(canonical, "Action=GetCallerIdentity&Version=2015-04-01");
//! let text = rpc_v1::string_to_sign("POST", &canonical);
//! assert_eq!(text, "POST&%2F&Action%3DGetCallerIdentity%26Version%3D2015-04-01");
//! assert_eq!(rpc_v1::signature(Algorithm::HmacSha1, "testsecret", &text).len(), 28);
//! ```
//!
//! # Where official clients differ
//!
//! The signer takes flat pairs of text and never rewrites a name or a value. STS has no structured parameters; for a
//! service that has, the caller flattens and formats by this table before signing. Each row is one of the probes in
//! `tests/vectors/disagreements.jsonl`, on which the clients of the vendor give different signatures, and each decision
//! is tested against the signature of a client that decides the same.
//!
//! | probe | decision | reason |
//! | --- | --- | --- |
//! | `rpc-empty` | an empty value is signed and sent as `Name=` | all clients but PHP's do, and some really send an empty `SignatureType=`; a value that is sent but not signed is lost to the check |
//! | `rpc-bool` | the caller writes `true` or `false` | Go, JavaScript and PHP do; Python's `True` comes of its own formatting, not of the service |
//! | `rpc-null` | the caller leaves the parameter out | openapi-util and PHP do; the others sign the words `null` or `None`, which a service would take for a value |
//! | `rpc-astral-sort` | names sort by UTF-8 bytes | Python and PHP do; JavaScript's UTF-16 order differs only beyond U+FFFF, where no name of a service lies |
//! | `rpc-php-numeric-keys` | names of digits sort by bytes too: `10`, `1a`, `9` | all clients but PHP's, whose sort compares numbers |
//! | `rpc-nested-object` | the caller flattens a map to `Name.Key` | openapi-util does, the base of today's SDKs; the others sign a printed object, which no service reads |
//! | `rpc-number` | the caller's text is signed as it is; write integers in decimal, avoid fractions and exponents | clients agree on integers and differ on `1.0`; no parameter of STS is a fraction |
//! | `rpc-lowercase-key` | names are not rewritten | only pop-core capitalises them |
//! | `rpc-list` | the caller flattens a list to `Name.1`, `Name.2` and so on by position, skips nulls but counts them, keeps empty texts | openapi-util does; pop-core differs only in sending nulls as text |

mod algorithm;
mod form;
mod mac;
mod order;
mod prepared;
mod request;
mod signer;
mod stages;
mod sweep;

pub use algorithm::Algorithm;
pub use form::sign_form;
pub use prepared::Prepared;
pub use request::Request;
pub use signer::Signer;
pub use stages::{canonical_query, signature, string_to_sign};
