//! Requests of the `http` crate.

use super::{Request, Signer};
use crate::SignError;
use crate::http::{Plus, borrowed, header_pairs, host, insert, path, query_pairs};
use http::request::Parts;

/// What an attempt before may have left and this one not replace.
const STALE: &str = "x-oss-security-token";

impl Signer {
    /// Signs a request of the `http` crate in place: method, query and headers are those of `parts`, the time and the
    /// names of additional headers those of `request`. The additional header `host` is the one that will be sent, whether
    /// it is among the headers or only in the URI.
    ///
    /// Where `request` has a bucket, that is what the host stands for, and the path is the object's key; where it has none,
    /// the path is `/bucket/key`. A key of `request` is taken instead of any path. Path and query are decoded for the
    /// signature (`%XY` is a byte, `+` is a plus).
    ///
    /// What an attempt before has put in is replaced; `authorization` and the token are marked sensitive. `parts` is as it
    /// was when this fails.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::SystemTime;
    /// use sts_sign::oss_v4::{Request, Signer};
    /// use sts_types::Credentials;
    ///
    /// let request = http::Request::get("https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a%20b.txt?acl").body(())?;
    /// let (mut parts, body) = request.into_parts();
    /// let now = SystemTime::now();
    /// let signer = Signer::new(&Credentials::new("id", "secret"), "cn-hangzhou", now)?;
    /// signer.sign_parts(&mut parts, &Request::new("", now).bucket("examplebucket"))?;
    /// assert!(parts.headers["authorization"].is_sensitive());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign), [`SignError::InvalidHeader`] for a signed header that is not UTF-8, and
    /// [`SignError::InvalidText`] for a path or query that does not decode and where the host is to be signed and not known.
    pub fn sign_parts(&self, parts: &mut Parts, request: &Request<'_>) -> Result<(), SignError> {
        let (path, query) = (path(&parts.uri)?, query_pairs(&parts.uri, Plus::Itself)?);
        let is_named =
            |name: &str| request.additional_headers.iter().any(|wanted| name.eq_ignore_ascii_case(wanted));
        let mut headers = header_pairs(&parts.headers, |name| {
            let is_signed = name.starts_with("x-oss-") || matches!(name, "content-md5" | "content-type");
            (is_signed || is_named(name)) && name != "host" && name != STALE
        })?;
        let host = if is_named("host") { Some(host(parts)?) } else { None };
        headers.extend(host.as_deref().map(|host| ("host", host)));
        let query = borrowed(&query);
        let mut whole = *request;
        whole.method = parts.method.as_str();
        whole.resource = request.resource.at(&path);
        let added = self.sign(&whole.query(&query).headers(&headers))?;
        parts.headers.remove(STALE);
        insert(&mut parts.headers, &added)
    }
}

#[cfg(test)]
mod tests {
    use crate::oss_v4::{Request, Signer};
    use http::request::Parts;
    use http::{HeaderName, HeaderValue, Method};
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;

    fn key() -> Credentials {
        Credentials::new("id", "secret")
    }

    fn session() -> Credentials {
        key().with_security_token("token")
    }

    fn signer(credentials: &Credentials) -> Signer {
        Signer::new(credentials, "cn-hangzhou", TIME).unwrap()
    }

    fn parts(uri: &str) -> Parts {
        http::Request::get(uri).body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_second_attempt_and_other_credentials_leave_nothing_of_the_first() {
        let mut signed = parts("https://b.h/k?acl");
        let request = |seconds| Request::new("", TIME + Duration::from_secs(seconds)).bucket("b");
        signer(&session()).sign_parts(&mut signed, &request(0)).unwrap();
        signer(&key()).sign_parts(&mut signed, &request(1)).unwrap();
        let mut fresh = parts("https://b.h/k?acl");
        signer(&key()).sign_parts(&mut fresh, &request(1)).unwrap();
        assert_eq!(signed.headers, fresh.headers);
    }

    #[test]
    fn secrets_are_marked_and_a_failure_changes_nothing() {
        let mut signed = parts("https://b.h/k?a=%zz");
        signed.headers.insert("authorization", HeaderValue::from_static("old"));
        let before = signed.headers.clone();
        let request = Request::new("", TIME).bucket("b");
        for uri in ["https://b.h/k?a=%zz", "https://b.h/%ff"] {
            signed.uri = uri.parse().unwrap();
            let error = signer(&session()).sign_parts(&mut signed, &request).unwrap_err().to_string();
            assert!(error.contains("of the uri does not decode"), "{error}");
        }
        assert_eq!(signed.headers, before);
        signed.uri = "https://b.h/k".parse().unwrap();
        signer(&session()).sign_parts(&mut signed, &request).unwrap();
        let mut sensitive: Vec<_> = signed.headers.iter().filter(|(_, value)| value.is_sensitive()).collect();
        sensitive.sort_by_key(|(name, _)| name.as_str());
        let names: Vec<_> = sensitive.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["authorization", "x-oss-security-token"]);
    }

    proptest! {
        #[test]
        fn same_as_the_plain_pairs(
            method in "(GET|PUT|DELETE|HEAD)",
            key in "\\PC{1,12}",
            in_path in any::<bool>(),
            query in btree_map("(acl|versionId|x-oss-process|prefix|\\PC{1,4})", any::<String>(), 0..6),
            headers in vec(("(x-oss-[a-c]|x-other|range)", "[!-~é]([ -~é]{0,9}[!-~é])?"), 0..8),
        ) {
            let query: Vec<_> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let plain = Request::new(&method, TIME).bucket("b").key(&key).query(&query).headers(&headers).additional_headers(&["Range"]);
            let expected = signer(&session()).sign(&plain).unwrap();

            let (base, request) = match in_path {
                true => ("https://h/b", Request::new("", TIME)),
                false => ("https://b.h", Request::new("", TIME).bucket("b")),
            };
            let mut parts = parts(&plain.url(base).unwrap());
            parts.method = Method::from_bytes(method.as_bytes()).unwrap();
            for (name, value) in &headers {
                let name: HeaderName = name.parse().unwrap();
                parts.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            let before = parts.headers.len();
            signer(&session()).sign_parts(&mut parts, &request.additional_headers(&["Range"])).unwrap();
            for (name, value) in expected.iter() {
                prop_assert_eq!(parts.headers[name].as_bytes(), value.as_bytes());
            }
            prop_assert_eq!(parts.headers.len(), before + expected.iter().count());
        }
    }

    #[test]
    fn the_host_that_will_be_sent_is_signed_when_named() {
        let mut with = parts("https://b.h:444/k");
        let request = Request::new("", TIME).bucket("b").additional_headers(&["host"]);
        for expected in ["b.h:444", "other"] {
            signer(&key()).sign_parts(&mut with, &request).unwrap();
            let headers = [("host", expected)];
            let plain = Request::new("GET", TIME).bucket("b").key("k").headers(&headers);
            let added = signer(&key()).sign(&plain.additional_headers(&["host"])).unwrap();
            assert_eq!(with.headers["authorization"], added.get("authorization").unwrap());
            with.headers.insert("host", HeaderValue::from_static("other"));
        }
        assert!(signer(&key()).sign_parts(&mut parts("/k"), &request).is_err());
    }

    #[test]
    fn a_hash_of_the_body_is_kept() {
        let mut parts = parts("https://b.h/k");
        parts.headers.insert("x-oss-content-sha256", HeaderValue::from_static("abc"));
        signer(&key()).sign_parts(&mut parts, &Request::new("", TIME).bucket("b")).unwrap();
        assert_eq!(parts.headers["x-oss-content-sha256"], "abc");
    }
}
