//! Proxy settings, which are values, and what they mean for one destination.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::uri::Authority;
use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::BuildError;

/// Which proxy a call goes through. The environment is not read here; pass its values to [`from_vars`](Self::from_vars).
///
/// A proxy URL is `http://`, `https://` or `socks5://` (`socks5h://`), with `user:password@` (percent-encoded) where the proxy wants it; without a
/// scheme it is `http://`, without a port 80, 443 or 1080. Anything else is [`BuildError::InvalidProxy`] when the client is built.
/// https goes through an HTTP proxy by CONNECT, plain http is handed to it in absolute form. A SOCKS proxy always looks the name up
/// itself.
///
/// Link-local addresses and the metadata service (`169.254.0.0/16`, `fe80::/10`, `100.100.100.200`) never go through any proxy: they mean this
/// very machine's surroundings, and what they answer with is secret. Loopback (`127.0.0.0/8`, `::1`, `localhost`) never goes
/// through a proxy that the environment names, as the environment is meant for the network; it does go through an explicit one, as with
/// `curl --proxy`, unless [`no_proxy`](Self::no_proxy) exempts it.
///
/// `Debug` shows neither the proxy's address nor its credentials.
#[derive(Clone, Default)]
pub struct ProxySettings {
    origin: Origin,
    https: String,
    http: String,
    all: String,
    no: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Origin {
    #[default]
    Nobody,
    Caller,
    Environment,
}

impl ProxySettings {
    /// No proxy, the default.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One proxy for every destination, http and https: `http://user:password@proxy.example:3128`.
    #[must_use]
    pub fn explicit(url: impl Into<String>) -> Self {
        Self { origin: Origin::Caller, all: url.into(), ..Self::default() }
    }

    /// The values of the environment's variables, each `None` or empty when it is not set: `https_proxy` for https, `http_proxy` for plain
    /// http, `all_proxy` for what has none of its own, `no_proxy` for the exceptions (see [`no_proxy`](Self::no_proxy)).
    ///
    /// A program that runs as CGI must leave `http_proxy` out: there the variable is a request's header.
    #[must_use]
    pub fn from_vars(
        https_proxy: Option<&str>,
        http_proxy: Option<&str>,
        all_proxy: Option<&str>,
        no_proxy: Option<&str>,
    ) -> Self {
        let owned = |value: Option<&str>| value.unwrap_or_default().trim().to_owned();
        Self {
            origin: Origin::Environment,
            https: owned(https_proxy),
            http: owned(http_proxy),
            all: owned(all_proxy),
            no: owned(no_proxy),
        }
    }

    /// The destinations that are reached directly, separated by commas: a domain with all below it, an IP address, a network such as
    /// `10.0.0.0/8`, or `*` for all. Default: none.
    #[must_use]
    pub fn no_proxy(self, exceptions: impl Into<String>) -> Self {
        Self { no: exceptions.into(), ..self }
    }

    pub(crate) fn build(self) -> Result<Proxy, BuildError> {
        let urls = [&self.https, &self.http, &self.all];
        if self.origin == Origin::Caller && self.all.is_empty() {
            return Err(BuildError::InvalidProxy);
        }
        // The matcher drops what it cannot read, and the call would silently go without a proxy.
        if !urls.iter().all(|url| url.is_empty() || is_usable(url)) {
            return Err(BuildError::InvalidProxy);
        }
        // The matcher takes `*` for all names but no address; everybody else takes it for everything.
        let none_at_all = self.no.split(',').any(|exception| exception.trim() == "*");
        if none_at_all || urls.iter().all(|url| url.is_empty()) {
            return Ok(Proxy { matcher: None, spares_loopback: true });
        }
        let matcher = Matcher::builder().https(self.https).http(self.http).all(self.all).no(self.no).build();
        Ok(Proxy { matcher: Some(matcher), spares_loopback: self.origin == Origin::Environment })
    }
}

impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.origin {
            Origin::Nobody => "ProxySettings(none)",
            Origin::Caller => "ProxySettings(explicit)",
            Origin::Environment => "ProxySettings(from variables)",
        })
    }
}

/// The settings, checked and ready to be asked.
pub(crate) struct Proxy {
    matcher: Option<Matcher>,
    spares_loopback: bool,
}

/// The way to one destination.
pub(crate) enum Route {
    Direct,
    /// Plain http through an HTTP proxy: the request itself goes to it.
    Forward(Intercept),
    /// https through an HTTP proxy: CONNECT.
    Tunnel(Intercept),
    Socks(Intercept),
}

impl Proxy {
    pub(crate) fn route(&self, destination: &Uri) -> Route {
        let Some(proxy) = self.intercept(destination) else { return Route::Direct };
        match proxy.uri().scheme_str() {
            Some("socks5" | "socks5h") => Route::Socks(proxy),
            _ if destination.scheme_str() == Some("https") => Route::Tunnel(proxy),
            _ => Route::Forward(proxy),
        }
    }

    /// The header that a request which is itself handed to the proxy carries. Without a proxy this is one comparison.
    pub(crate) fn authorization(&self, destination: &Uri) -> Option<HeaderValue> {
        self.matcher.as_ref()?;
        match self.route(destination) {
            Route::Forward(proxy) => proxy.basic_auth().cloned(),
            Route::Direct | Route::Tunnel(_) | Route::Socks(_) => None,
        }
    }

    fn intercept(&self, destination: &Uri) -> Option<Intercept> {
        let matcher = self.matcher.as_ref()?;
        let host = destination.host()?;
        if is_link_local(host) || (self.spares_loopback && is_loopback(host)) {
            return None;
        }
        matcher.intercept(destination)
    }
}

fn is_usable(url: &str) -> bool {
    let probe = Uri::from_static("http://proxy.invalid/");
    let proxy = Matcher::builder().all(url).build().intercept(&probe);
    // hyper-util also takes SOCKS 4, which cannot carry a name; nobody has asked for it.
    proxy.is_some_and(|proxy| {
        let scheme = matches!(proxy.uri().scheme_str(), Some("http" | "https" | "socks5" | "socks5h"));
        scheme && proxy.uri().authority().is_some_and(|authority| !authority.host().is_empty())
    })
}

/// The proxy's own address with the port that its scheme implies.
pub(crate) fn address(proxy: &Intercept) -> Uri {
    let uri = proxy.uri();
    let implied = match uri.scheme_str() {
        Some("https") => 443,
        Some("socks5" | "socks5h") => 1080,
        _ => 80,
    };
    with_port(uri, implied)
}

/// `uri` with a port, `implied` when it has none: hyper-util's tunnels take a missing one for 443.
pub(crate) fn with_port(uri: &Uri, implied: u16) -> Uri {
    if uri.port().is_some() {
        return uri.clone();
    }
    let with_port = uri
        .host()
        .and_then(|host| Authority::try_from(format!("{host}:{implied}")).ok())
        .and_then(|authority| {
            let mut parts = uri.clone().into_parts();
            parts.authority = Some(authority);
            Uri::from_parts(parts).ok()
        });
    with_port.unwrap_or_else(|| uri.clone())
}

fn ip(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn is_loopback(host: &str) -> bool {
    host.trim_end_matches('.').eq_ignore_ascii_case("localhost")
        || ip(host).is_some_and(|ip| match ip {
            IpAddr::V4(ip) => ip.is_loopback(),
            IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
        })
}

/// Link-local, and the one address that is the metadata service of every ECS instance.
fn is_link_local(host: &str) -> bool {
    ip(host).is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip == Ipv4Addr::new(100, 100, 100, 200),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(settings: &ProxySettings, destination: &str, expect: &str) {
        let proxy = settings.clone().build().unwrap();
        let got = match proxy.route(&destination.parse().unwrap()) {
            Route::Direct => "direct".to_owned(),
            Route::Forward(p) => format!("forward {}", address(&p)),
            Route::Tunnel(p) => format!("tunnel {}", address(&p)),
            Route::Socks(p) => format!("socks {}", address(&p)),
        };
        assert_eq!(got, expect, "{destination}");
    }

    #[test]
    fn routes_of_the_environment() {
        let vars =
            ProxySettings::from_vars(Some("http://a:1"), Some("b"), None, Some("aliyuncs.com, 10.0.0.0/8"));
        check(&vars, "https://example.com/", "tunnel http://a:1/");
        check(&vars, "http://example.com/", "forward http://b:80/");
        check(&vars, "https://sts.aliyuncs.com/", "direct");
        check(&vars, "http://10.1.2.3/", "direct");
        let all = ProxySettings::from_vars(Some(""), None, Some("socks5h://c"), None);
        check(&all, "https://example.com/", "socks socks5h://c:1080/");
        check(&ProxySettings::from_vars(None, None, None, Some("*")), "http://example.com/", "direct");
        check(&ProxySettings::none(), "https://example.com/", "direct");
    }

    #[test]
    fn the_machine_itself_is_never_behind_the_environments_proxy() {
        let vars = ProxySettings::from_vars(None, None, Some("http://a:1"), None);
        let explicit = ProxySettings::explicit("http://a:1");
        for host in
            ["127.0.0.1", "127.9.9.9:80", "localhost", "LOCALHOST:8080", "[::1]", "[::ffff:127.0.0.1]"]
        {
            let url = format!("http://{host}/");
            check(&vars, &url, "direct");
            check(&explicit, &url, "forward http://a:1/");
            check(&explicit.clone().no_proxy("*"), &url, "direct");
        }
        for host in ["169.254.169.254", "100.100.100.200", "[fe80::1]", "[::ffff:100.100.100.200]"] {
            let url = format!("http://{host}/");
            check(&vars, &url, "direct");
            check(&explicit, &url, "direct");
        }
        for host in ["localhost.example", "128.0.0.1", "100.100.100.201", "[2001:db8::1]"] {
            check(&vars, &format!("http://{host}/"), "forward http://a:1/");
        }
    }

    #[test]
    fn what_is_not_a_proxy_is_an_error_and_not_a_direct_call() {
        for url in ["", "ftp://a", "socks4://a", "http://", "http://a b", "/path"] {
            assert_eq!(ProxySettings::explicit(url).build().err(), Some(BuildError::InvalidProxy), "{url}");
        }
        let vars = ProxySettings::from_vars(Some("gopher://a"), None, None, None);
        assert_eq!(vars.build().err(), Some(BuildError::InvalidProxy));
    }

    #[test]
    fn only_a_request_handed_to_the_proxy_carries_its_credentials() {
        let proxy = ProxySettings::explicit("http://user:p%40ss@a:1").build().unwrap();
        let auth = proxy.authorization(&Uri::from_static("http://example.com/")).unwrap();
        assert_eq!(auth, "Basic dXNlcjpwQHNz"); // printf 'user:p@ss' | base64
        assert!(auth.is_sensitive());
        assert_eq!(proxy.authorization(&Uri::from_static("https://example.com/")), None);
    }

    #[test]
    fn debug_shows_no_address() {
        let text = format!("{:?}", ProxySettings::explicit("http://user:pass@proxy.example:1"));
        assert_eq!(text, "ProxySettings(explicit)");
    }
}
