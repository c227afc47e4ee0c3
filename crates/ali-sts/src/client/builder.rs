//! How a client is put together.

use crate::client::signing::{SignatureScheme, Signing};
use crate::client::transport::{Custom, Transport};
use crate::client::{Client, Inner, check_usable};
use crate::clock::Clock;
use crate::endpoint::Choice;
use crate::error::Error;
use crate::os::{NotUnicode, Os};
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderMap, HeaderValue, Uri};
use std::sync::Arc;
use std::time::Duration;
use sts_http::{HttpClient, HttpClientBuilder, ProxySettings, RetryPolicy, SendRequest, SharedSender};
use sts_types::{InvalidInput, ProvideCredentials as _, SharedProvider};

/// The settings of a [`Client`]. Every one has a default; what is wrong with one is told by [`build`](Self::build).
#[derive(Debug, Clone, Default)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    endpoint: Choice,
    /// Set by [`credentials`](Self::credentials), which is where the cache is known.
    pub(crate) source: Option<Source>,
    scheme: SignatureScheme,
    api_version: Option<String>,
    timeouts: Timeouts,
    retry: RetryPolicy,
    clock: Clock,
    proxy: Option<ProxySettings>,
    user_agent: Option<String>,
    way_out: WayOut,
}

/// A provider, and how it is put into a cache that goes by the client's clock.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) provider: SharedProvider,
    /// Given the clock, and how long the provider may take.
    pub(crate) keep: fn(SharedProvider, &Clock, Duration) -> SharedProvider,
}

/// As good as for ever, and yet a time that can be added to now.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 86_400);

/// How long connecting may take unless chosen otherwise.
const CONNECT: Duration = Duration::from_secs(5);

#[derive(Debug, Clone)]
enum WayOut {
    Http(Box<HttpClientBuilder>),
    Custom(SharedSender),
}

impl Default for WayOut {
    fn default() -> Self {
        Self::Http(Box::new(HttpClient::builder()))
    }
}

/// How long connecting and one attempt may take.
///
/// One duration is for both, as is ali-oss's `timeout: number`; two are for connecting and for the whole attempt, as is
/// its `timeout: number[]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timeouts {
    connect: Option<Duration>,
    response: Option<Duration>,
}

impl From<Duration> for Timeouts {
    fn from(both: Duration) -> Self {
        Self { connect: Some(both), response: Some(both) }
    }
}

impl From<[Duration; 2]> for Timeouts {
    fn from([connect, response]: [Duration; 2]) -> Self {
        Self { connect: Some(connect), response: Some(response) }
    }
}

impl From<(Duration, Duration)> for Timeouts {
    fn from((connect, response): (Duration, Duration)) -> Self {
        [connect, response].into()
    }
}

impl ClientBuilder {
    /// The region whose endpoint is called, such as `cn-hangzhou`; default the unified `sts.aliyuncs.com`. Credentials
    /// are good in all regions, whichever endpoint issued them.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.endpoint.region = Some(region.into());
        self
    }

    /// Calls the region's endpoint inside its VPCs, `sts-vpc.<region>.aliyuncs.com`; default the public one.
    pub fn vpc_endpoint(mut self) -> Self {
        self.endpoint.vpc = true;
        self
    }

    /// An endpoint of your own choice, such as `https://sts.example.com`; wins over the region. Plain `http` is for this
    /// machine (`127.0.0.0/8`, `::1`, `localhost`) only, unless [`allow_plain_http`](Self::allow_plain_http) is set.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint.url = Some(url.into());
        self
    }

    /// Lets [`endpoint`](Self::endpoint) be plain `http` to anywhere. Whoever sees the traffic then sees the security
    /// token and the credentials that are issued.
    pub fn allow_plain_http(mut self) -> Self {
        self.endpoint.plain_http = true;
        self
    }

    /// By which scheme requests are signed; default [`SignatureScheme::RpcV1`]. Anonymous operations are not signed.
    pub fn signature(mut self, scheme: SignatureScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// The version of the API; default `2015-04-01`, the only one there is.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = Some(version.into());
        self
    }

    /// How long connecting and one attempt may take: one duration for both, or `(connect, response)`; default 5 s to
    /// connect and the [`RetryPolicy`]'s 10 s an attempt. A shorter attempt cuts connecting as well; an attempt longer
    /// than the policy's overall time makes that as long.
    pub fn timeout(mut self, timeouts: impl Into<Timeouts>) -> Self {
        self.timeouts = timeouts.into();
        self
    }

    /// How often and how long to try; default 3 attempts of 10 s within 60 s. What is tried again is documented at the
    /// [crate's root](crate#what-is-tried-again).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// The clock to sign by; default the system's. Clients that share a clock share what it learns.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The proxy; default what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` (in upper or lower case) say.
    pub fn proxy(mut self, settings: ProxySettings) -> Self {
        self.proxy = Some(settings);
        self
    }

    /// What to append to the `User-Agent`, such as `my-tool/2.1`; default nothing. It always begins with `ali-sts/` and
    /// the version.
    pub fn user_agent(mut self, extension: impl Into<String>) -> Self {
        self.user_agent = Some(extension.into());
        self
    }

    /// Further settings of the HTTP client: certificate authorities, pool, size bound; default
    /// [`HttpClient::builder`]'s. Its timeouts and proxy are set from here all the same, by
    /// [`timeout`](Self::timeout), [`retry`](Self::retry) and [`proxy`](Self::proxy).
    pub fn http(mut self, settings: HttpClientBuilder) -> Self {
        self.way_out = WayOut::Http(Box::new(settings));
        self
    }

    /// Another way to send requests: your own client, a recorder, a stub. An attempt is bounded all the same, by a timer
    /// of tokio's.
    ///
    /// ```
    /// use ali_sts::{Client, Credentials, ErrorKind, HttpError, SendRequest};
    /// use bytes::Bytes;
    ///
    /// struct OutOfOrder;
    ///
    /// impl SendRequest for OutOfOrder {
    ///     async fn send_request(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
    ///         let mut response = http::Response::new(Bytes::from_static(b"{\"Code\":\"Throttling\"}"));
    ///         *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    ///         Ok(response)
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), ali_sts::Error> {
    /// let sts = Client::builder().credentials(Credentials::new("id", "secret")).transport(OutOfOrder).build()?;
    /// let error = sts.get_caller_identity().send().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Throttled); // after three attempts
    /// # Ok(())
    /// # }
    /// ```
    pub fn transport(mut self, sender: impl SendRequest) -> Self {
        self.way_out = WayOut::Custom(SharedSender::new(sender));
        self
    }

    /// What a provider that calls STS by these settings judges expiry by.
    pub(crate) fn clock_handle(&self) -> &Clock {
        &self.clock
    }

    /// Makes the client. Reads the proxy variables at most; sends and starts nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] for a region, URL, version, timeout, proxy or user agent that cannot be used;
    /// [`Error::Credentials`] for fixed credentials that cannot.
    pub fn build(self) -> Result<Client, Error> {
        let endpoint = self.endpoint.resolve()?;
        let call = self.retry.overall().max(self.timeouts.response.unwrap_or_default()).min(LONGEST);
        let provider = self.source.map(|source| (source.keep)(source.provider, &self.clock, call));
        let fixed = provider.as_ref().and_then(|provider| provider.fixed_credentials());
        fixed.map_or(Ok(()), check_usable)?;
        let fixed = fixed.map(|fixed| Signing::new(self.scheme, fixed.clone()));
        let api_version = self.api_version.unwrap_or_else(|| "2015-04-01".to_owned());
        if api_version.is_empty() || !api_version.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            let error = InvalidInput::new("api_version", "a version looks like `2015-04-01`");
            return Err(error.with_value(&api_version).into());
        }
        let retry = self.retry;
        let retry = retry
            .attempt_timeout(self.timeouts.response.unwrap_or(retry.attempt()).min(LONGEST))
            .overall_timeout(retry.overall().min(LONGEST));
        let retry = retry.overall_timeout(match self.timeouts.response {
            Some(_) => retry.overall().max(retry.attempt()),
            None => retry.overall(),
        });
        if retry.attempt().is_zero() || retry.overall().is_zero() {
            return Err(InvalidInput::new("timeout", "a timeout of zero lets no call succeed").into());
        }
        let transport = match self.way_out {
            WayOut::Custom(sender) => Transport::Custom(Custom { sender, attempt: retry.attempt() }),
            WayOut::Http(builder) => {
                let proxy = match self.proxy {
                    Some(proxy) => proxy,
                    None => proxy_of_environment(&Os::process())
                        .map_err(|error| InvalidInput::new("proxy", error.to_string()))?,
                };
                let connect = self.timeouts.connect.unwrap_or(CONNECT);
                let builder = builder.connect_timeout(connect).read_timeout(retry.attempt()).proxy(proxy);
                Transport::BuiltIn(
                    builder.build().map_err(|error| InvalidInput::new("client", error.to_string()))?,
                )
            }
        };
        Ok(Client(Arc::new(Inner {
            headers: headers(&endpoint, self.user_agent.as_deref())?,
            endpoint,
            api_version,
            provider,
            scheme: self.scheme,
            fixed,
            retry,
            clock: self.clock,
            transport,
        })))
    }
}

/// What every request carries.
fn headers(endpoint: &Uri, extension: Option<&str>) -> Result<HeaderMap, InvalidInput> {
    let user_agent = sts_http::user_agent("ali-sts", env!("CARGO_PKG_VERSION"), extension);
    let user_agent = user_agent.map_err(|error| InvalidInput::new("user_agent", error.to_string()))?;
    let mut headers = HeaderMap::with_capacity(3);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(USER_AGENT, user_agent);
    // Else it is put together for each call. Over https the protocol is not known yet, and HTTP/2 has none.
    let plain = endpoint.scheme() == Some(&Scheme::HTTP);
    if let Some(authority) = endpoint.authority().filter(|authority| plain && authority.port().is_some()) {
        let host = HeaderValue::from_str(authority.as_str());
        headers.insert(HOST, host.map_err(|_| InvalidInput::new("endpoint", "it is not a URL"))?);
    }
    Ok(headers)
}

/// What the proxy variables say.
pub(crate) fn proxy_of_environment(os: &Os) -> Result<ProxySettings, NotUnicode> {
    let either = |upper: &str, lower: &str| match os.variable(lower)? {
        Some(value) => Ok(Some(value)),
        None => os.variable(upper),
    };
    // Under CGI, `HTTP_PROXY` is a header that anybody may send (CVE-2016-5385).
    let http = match os.variable("REQUEST_METHOD")? {
        Some(_) => os.variable("http_proxy")?,
        None => either("HTTP_PROXY", "http_proxy")?,
    };
    Ok(ProxySettings::from_vars(
        either("HTTPS_PROXY", "https_proxy")?.as_deref(),
        http.as_deref(),
        either("ALL_PROXY", "all_proxy")?.as_deref(),
        either("NO_PROXY", "no_proxy")?.as_deref(),
    ))
}

#[cfg(test)]
mod tests {
    use crate::{Client, Credentials, Error};
    use std::time::Duration;

    fn refusal(result: Result<Client, Error>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_told_when_built() {
        let base = || Client::builder();
        for (result, said) in [
            (base().region("nowhere at all").build(), "region"),
            (base().endpoint("http://sts.aliyuncs.com").build(), "plain http"),
            (base().api_version("").build(), "api_version"),
            (base().timeout(Duration::ZERO).build(), "zero"),
            (base().timeout([Duration::ZERO, Duration::from_secs(1)]).build(), "zero"),
            (base().user_agent("a\r\nb").build(), "user_agent"),
            (base().proxy(sts_http::ProxySettings::explicit("ftp://x")).build(), "proxy"),
            (base().credentials(Credentials::new("", "s")).build(), "access key id is empty"),
            (base().credentials(Credentials::new("id", "s\n")).build(), "access key secret has white space"),
            (
                base().credentials(Credentials::new("id", "s").with_security_token("")).build(),
                "token is empty",
            ),
        ] {
            let text = refusal(result);
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn the_smallest_client() {
        let client = Client::new(Credentials::new("id", "secret")).unwrap();
        assert_eq!(client.endpoint(), "sts.aliyuncs.com");
        assert_eq!(format!("{client:?}"), r#"Client { endpoint: "sts.aliyuncs.com", .. }"#);
    }
}
