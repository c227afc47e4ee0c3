//! One HTTP request out, one bounded response in.
//!
//! [`HttpClient`] sends a request whose body is ready and gives back a response whose body is read: a keep-alive pool, HTTP/1.1 and
//! HTTP/2 by ALPN, TLS by rustls, proxies, timeouts and a bound on the reply's size. It never follows a redirect and never
//! asks twice on its own ([`RetryPolicy`] and [`Backoff`] are plain values for the caller's loop). It knows nothing of the service
//! behind it; a client of your own takes its place through [`SendRequest`].
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use sts_http::{ErrorKind, HttpClient, SendRequest};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = HttpClient::builder().connect_timeout(Duration::from_secs(2)).build()?;
//!
//! // Nobody listens on port 1 of this machine.
//! let request = http::Request::post("http://127.0.0.1:1/").body(Bytes::from_static(b"a=1"))?;
//! let error = client.send_request(request).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Connect);
//! assert!(error.is_retryable());
//! # Ok(())
//! # }
//! ```
//!
//! # What is set up when
//!
//! Building a client reads nothing and spawns nothing. The first call over https reads the platform's root certificates, off the
//! runtime's threads; plain http never pays for that. The environment is not read here: proxy variables come in as values
//! ([`ProxySettings::from_vars`]). The one exception sits in `rustls-native-certs`, which honours `SSL_CERT_FILE` and
//! `SSL_CERT_DIR` when it looks for the roots.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! | --- | --- | --- |
//! | `ring` | yes | TLS with ring's cryptography |
//! | `aws-lc-rs` | no | TLS with aws-lc-rs's; it is the one used when both are on |
//! | `native-roots` | yes | the platform's root certificates |
//! | `webpki-roots` | no | Mozilla's root certificates inside the program, used where the platform has none |
//! | `rustls` | no | the module `tls`: a rustls configuration of your own |
//!
//! With neither `ring` nor `aws-lc-rs` (and no configuration of your own) https ends in [`ErrorKind::TlsUnavailable`].
//!
//! # Secrets
//!
//! No error, `Debug` or `Display` of this crate holds a URL, a host, an address, a header or a body, whatever the layers
//! below say: their errors are taken apart and only the kind and the operating system's code are kept.

mod body;
mod builder;
mod client;
mod clock;
mod connect;
mod date;
mod error;
mod h1;
mod h2;
mod pool;
mod proxy;
mod retry;
mod send;
mod stream;
#[cfg(feature = "rustls")]
pub mod tls;
#[cfg(feature = "_tls")]
mod trust;
mod user_agent;

pub use builder::{BuildError, HttpClientBuilder};
pub use client::HttpClient;
pub use date::http_date;
pub use error::{Error, ErrorKind};
#[cfg(all(fuzzing, feature = "_tls"))]
#[doc(hidden)]
pub use h1::scripted::check_input as check_response;
pub use proxy::ProxySettings;
pub use retry::{Backoff, RetryPolicy, retry_after};
pub use send::{SendRequest, SharedSender};
pub use user_agent::{InvalidUserAgent, user_agent};
