//! Pages of browsers. Buckets have no rules of their own here: pages of loopback origins may do everything, others nothing.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use http::{Response, Uri};

use crate::oss::refusal::Refusal;

/// What ali-oss in a browser reads.
const EXPOSED: &str = "ETag, Date, Content-Length, Content-Range, x-oss-request-id, x-oss-hash-crc64ecma, x-oss-object-type, \
                       x-oss-server-time, x-oss-ec, x-oss-err, x-oss-version-id, x-oss-next-append-position";

/// The origin of the page, if it may read the answer.
pub(crate) fn allowed_origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers.get(ORIGIN).filter(|origin| origin.to_str().is_ok_and(is_loopback))
}

/// The answer to `OPTIONS`.
pub(crate) fn preflight(headers: &HeaderMap) -> Result<Response<Bytes>, Refusal> {
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD);
    let (Some(_), Some(method)) = (allowed_origin(headers), method) else {
        return Err(Refusal::cross_origin());
    };
    let mut response = Response::new(Bytes::new());
    let answer = response.headers_mut();
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
    let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned();
    answer.extend(asked.map(|asked| (ACCESS_CONTROL_ALLOW_HEADERS, asked)));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Ok(response)
}

/// Lets the page read an answer.
pub(crate) fn allow(origin: HeaderValue, answer: &mut HeaderMap) {
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    answer.insert(VARY, HeaderValue::from_static("Origin"));
}

fn is_loopback(origin: &str) -> bool {
    let Ok(uri) = origin.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
    let is_address = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    is_web && (is_address || host == "localhost" || host.ends_with(".localhost"))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_pages_of_this_machine() {
        for origin in
            ["http://localhost:5173", "https://127.0.0.1", "http://[::1]:80", "http://app.localhost:3000"]
        {
            assert!(is_loopback(origin), "{origin}");
        }
        for origin in
            ["https://example.com", "null", "", "file://", "http://localhost.example.com", "http://10.0.0.1"]
        {
            assert!(!is_loopback(origin), "{origin}");
        }
    }
}
