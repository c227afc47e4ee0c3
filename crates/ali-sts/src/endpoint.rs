//! Where requests go.

use http::Uri;
use http::uri::{Authority, Scheme};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use sts_types::InvalidInput;

/// The unified endpoint, used when no region is chosen.
const UNIFIED: &str = "sts.aliyuncs.com";

/// Regions without a public endpoint of their own. Source: vendor's endpoint list of 2026-04-21 and the fixed map of
/// the official STS client 1.2.0, with one region that only the older SDKs' map has; all others follow the rule `sts.<region>.aliyuncs.com`.
const SERVED_BY_UNIFIED: [&str; 35] = [
    "ap-northeast-2-pop",
    "ap-south-1",
    "ap-southeast-2",
    "cn-beijing-finance-pop",
    "cn-beijing-gov-1",
    "cn-beijing-nu16-b01",
    "cn-edge-1",
    "cn-fujian",
    "cn-haidian-cm12-c01",
    "cn-hangzhou-bj-b01",
    "cn-hangzhou-finance",
    "cn-hangzhou-internal-prod-1",
    "cn-hangzhou-internal-test-1",
    "cn-hangzhou-internal-test-2",
    "cn-hangzhou-internal-test-3",
    "cn-hangzhou-test-306",
    "cn-hongkong-finance-pop",
    "cn-huhehaote-nebula-1",
    "cn-qingdao-nebula",
    "cn-shanghai-et15-b01",
    "cn-shanghai-et2-b01",
    "cn-shanghai-inner",
    "cn-shanghai-internal-test-1",
    SHENZHEN_FINANCE,
    "cn-shenzhen-inner",
    "cn-shenzhen-st4-d01",
    "cn-shenzhen-su18-b01",
    "cn-wuhan",
    "cn-yushanfang",
    "cn-zhangbei",
    "cn-zhangbei-na61-b01",
    "cn-zhangjiakou-na62-a01",
    "cn-zhengzhou-nebula-1",
    "eu-west-1-oxs",
    "rus-west-1-pop",
];
/// Public at the unified endpoint, and yet with a VPC endpoint of its own.
const SHENZHEN_FINANCE: &str = "cn-shenzhen-finance-1";
/// Reached through its VPC endpoint alone. Source: fixed map of the Go and Python core SDKs.
const VPC_ONLY: &str = "cn-north-2-gov-1";

/// The endpoint as the user described it.
#[derive(Clone, Default)]
pub(crate) struct Choice {
    pub(crate) region: Option<String>,
    pub(crate) vpc: bool,
    pub(crate) url: Option<String>,
    pub(crate) plain_http: bool,
}

impl Choice {
    /// An explicit URL wins over a region; neither means the unified endpoint.
    pub(crate) fn resolve(&self) -> Result<Uri, InvalidInput> {
        // A bad region is an error even where the URL wins: it was meant for something.
        if let Some(region) = &self.region {
            check_region(region)?;
        }
        match (&self.url, &self.region) {
            (Some(url), _) => from_url(url, self.plain_http),
            (None, Some(region)) => https(&host(region, self.vpc)?),
            (None, None) if self.vpc => {
                Err(InvalidInput::new("region", "it is missing, and a VPC endpoint is one of a region"))
            }
            (None, None) => https(UNIFIED),
        }
    }
}

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It is not checked yet: what stands before an `@` may be a password.
        let url = self.url.as_deref().map(|url| if url.contains('@') { ".." } else { url });
        f.debug_struct("Choice")
            .field("region", &self.region)
            .field("vpc", &self.vpc)
            .field("url", &url)
            .finish()
    }
}

fn host(region: &str, vpc: bool) -> Result<String, InvalidInput> {
    let unified = SERVED_BY_UNIFIED.contains(&region);
    Ok(if vpc && unified && region != SHENZHEN_FINANCE {
        return Err(
            InvalidInput::new("region", "it has no VPC endpoint; use its public one").with_value(region)
        );
    } else if vpc || region == VPC_ONLY {
        format!("sts-vpc.{region}.aliyuncs.com")
    } else if unified {
        UNIFIED.to_owned()
    } else {
        format!("sts.{region}.aliyuncs.com")
    })
}

/// A region becomes part of a host name, so nothing else may hide in it.
fn check_region(region: &str) -> Result<(), InvalidInput> {
    let problem = if region.starts_with("oss-") {
        "leave `oss-` out; that prefix is for OSS endpoints"
    } else if region.is_empty()
        || region.len() > 40
        || region.starts_with('-')
        || region.ends_with('-')
        || !region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        "a region looks like `cn-hangzhou`"
    } else {
        return Ok(());
    };
    Err(InvalidInput::new("region", problem).with_value(region))
}

fn https(host: &str) -> Result<Uri, InvalidInput> {
    from_url(&format!("https://{host}"), false)
}

fn from_url(url: &str, plain_http: bool) -> Result<Uri, InvalidInput> {
    let with_scheme = if url.contains("://") { url.to_owned() } else { format!("https://{url}") };
    let uri: Uri = with_scheme
        .parse()
        .map_err(|_| refused(url, "it is not a URL such as `https://sts.aliyuncs.com`"))?;
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    let authority = authority.ok_or_else(|| refused(url, "it names no host"))?;
    // hyper takes a port that is none for no port, and would go elsewhere.
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    let problem = if authority.as_str().contains('@') {
        "leave user and password out; give credentials to the client"
    } else if !port.is_empty() && matches!(authority.port_u16(), None | Some(0)) {
        "its port must be 1 to 65535"
    } else if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        "leave path and query out; STS answers at `/` only"
    } else if uri.scheme() == Some(&Scheme::HTTPS) {
        return root(Scheme::HTTPS, authority.clone());
    } else if uri.scheme() != Some(&Scheme::HTTP) {
        "its scheme must be `https` (or `http` to this machine)"
    } else if plain_http || is_loopback(authority.host()) {
        return root(Scheme::HTTP, authority.clone());
    } else {
        "plain http would show the security token to the network; use `https`, or allow it by name with \
         `allow_plain_http`"
    };
    Err(refused(url, problem))
}

/// Without a port that the scheme has anyway: the host is signed, and HTTP leaves such a port out of it.
fn root(scheme: Scheme, authority: Authority) -> Result<Uri, InvalidInput> {
    let usual = if scheme == Scheme::HTTPS { 443 } else { 80 };
    let host = authority.host().to_owned();
    let authority = if authority.port_u16() == Some(usual) { host } else { authority.to_string() };
    let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query("/").build();
    uri.map_err(|_| InvalidInput::new("endpoint", "it is not a URL"))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || literal(host).is_some_and(|ip| ip.is_loopback())
}

/// Whether a host is an address, not a name, that never leaves this machine and its surroundings: loopback, link-local, or the
/// metadata service of ECS.
pub(crate) fn is_local_address(host: &str) -> bool {
    const METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
    literal(host).is_some_and(|ip| match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_link_local() || ip == METADATA,
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unicast_link_local(),
    })
}

fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn refused(url: &str, problem: &'static str) -> InvalidInput {
    let error = InvalidInput::new("endpoint", problem);
    // What stands before an `@` may be a password, what stands behind a `?` a token.
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    if url.contains('@') { error } else { error.with_value(shown) }
}

#[cfg(test)]
mod tests {
    use super::Choice;
    use proptest::prelude::*;

    fn of(region: Option<&str>, vpc: bool, url: Option<&str>) -> Result<String, String> {
        let choice =
            Choice { region: region.map(str::to_owned), vpc, url: url.map(str::to_owned), plain_http: false };
        choice.resolve().map(|uri| uri.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn regions() {
        for (region, vpc, host) in [
            (None, false, "sts.aliyuncs.com"),
            (Some("cn-hangzhou"), false, "sts.cn-hangzhou.aliyuncs.com"),
            (Some("cn-hangzhou"), true, "sts-vpc.cn-hangzhou.aliyuncs.com"),
            (Some("us-east-1"), false, "sts.us-east-1.aliyuncs.com"),
            (Some("cn-hangzhou-finance"), false, "sts.aliyuncs.com"),
            (Some("cn-shenzhen-finance-1"), false, "sts.aliyuncs.com"),
            (Some("cn-shenzhen-finance-1"), true, "sts-vpc.cn-shenzhen-finance-1.aliyuncs.com"),
            (Some("cn-beijing-finance-1"), false, "sts.cn-beijing-finance-1.aliyuncs.com"),
            (Some("cn-north-2-gov-1"), false, "sts-vpc.cn-north-2-gov-1.aliyuncs.com"),
            (Some("ap-south-1"), false, "sts.aliyuncs.com"),
            (Some("xx-new-9"), false, "sts.xx-new-9.aliyuncs.com"),
        ] {
            assert_eq!(of(region, vpc, None), Ok(format!("https://{host}/")), "{region:?} {vpc}");
        }
        for (region, vpc, said) in [
            (Some("cn-hangzhou-finance"), true, "no VPC endpoint"),
            (None, true, "it is missing"),
            (Some("oss-cn-hangzhou"), false, "leave `oss-` out"),
            (Some(""), false, "looks like"),
            (Some("evil.example/?"), false, "looks like"),
            (Some("cn-hangzhou\r\n"), false, "looks like"),
            (Some("CN-Hangzhou"), false, "looks like"),
        ] {
            let error = of(region, vpc, None).unwrap_err();
            assert!(error.contains(said), "{region:?}: {error}");
        }
        assert!(of(Some("bad region"), false, Some("https://sts.aliyuncs.com")).is_err());
    }

    #[test]
    fn urls() {
        for (url, uri) in [
            ("https://sts.aliyuncs.com", "https://sts.aliyuncs.com/"),
            ("sts.aliyuncs.com", "https://sts.aliyuncs.com/"),
            ("https://sts.example.com:8443/", "https://sts.example.com:8443/"),
            ("https://sts.example.com:443", "https://sts.example.com/"),
            ("http://127.0.0.1:80", "http://127.0.0.1/"),
            ("https://[::1]:443", "https://[::1]/"),
            ("https://sts.example.com:80", "https://sts.example.com:80/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://127.9.9.9/", "http://127.9.9.9/"),
            ("http://localhost:1", "http://localhost:1/"),
            ("http://[::1]:1", "http://[::1]:1/"),
        ] {
            assert_eq!(of(None, false, Some(url)), Ok(uri.to_owned()));
        }
        for (url, said) in [
            ("", "not a URL"),
            ("https://", "not a URL"),
            ("http://sts.aliyuncs.com", "plain http"),
            ("http://127.0.0.1.example.com", "plain http"),
            ("http://localhost.example.com", "plain http"),
            ("http://127.0.0.1:70000", "port"),
            ("http://127.0.0.1:0", "port"),
            ("http://127.0.0.1:", "port"),
            ("ftp://sts.aliyuncs.com", "scheme"),
            ("https://sts.aliyuncs.com/x", "path"),
            ("https://sts.aliyuncs.com/?a=b", "path"),
            ("https://user:hunter2@sts.aliyuncs.com", "password"),
        ] {
            let error = of(None, false, Some(url)).unwrap_err();
            assert!(error.contains(said) && !error.contains("hunter2"), "{url}: {error}");
        }
        let allowed =
            Choice { url: Some("http://sts.internal".to_owned()), plain_http: true, ..Choice::default() };
        assert_eq!(allowed.resolve().unwrap().to_string(), "http://sts.internal/");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = of(Some(&text), false, None);
            let _ = of(None, false, Some(&text));
        }
    }
}
