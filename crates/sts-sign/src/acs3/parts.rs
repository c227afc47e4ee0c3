//! Requests of the `http` crate.

use super::{Request, Signer};
use crate::error::SignError;
use crate::http::{Plus, borrowed, header_pairs, host, insert, query_pairs};
use http::request::Parts;

/// What an attempt before may have left and this one not replace.
const STALE: [&str; 2] = ["x-acs-security-token", "x-acs-accesskey-id"];

impl Signer {
    /// Signs a request of the `http` crate in place: method, path, query and headers are those of `parts`, the rest is
    /// that of `request`. An empty host of `request` stands for the `Host` header of `parts`, or else the host of its
    /// URI. The query is decoded for the signature (`%XY` is a byte, `+` is a space). What an attempt before has put in is
    /// replaced; `authorization` and the token are marked sensitive. `parts` is as it was when this fails.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use sts_sign::acs3::{Request, Signer};
    /// use sts_types::Credentials;
    ///
    /// let request = http::Request::get("https://ecs.aliyuncs.com/?RegionId=cn-hangzhou").body(())?;
    /// let (mut parts, body) = request.into_parts();
    /// let of_this_attempt = Request::new("", "DescribeZones", "2014-05-26", std::time::SystemTime::now(), "a nonce");
    /// Signer::new(&Credentials::new("id", "secret")).sign_parts(&mut parts, &of_this_attempt)?;
    /// assert!(parts.headers["authorization"].is_sensitive());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign), [`SignError::InvalidHeader`] for a signed header that is not UTF-8, and
    /// [`SignError::InvalidText`] for a query that does not decode and where no host is known.
    pub fn sign_parts(&self, parts: &mut Parts, request: &Request<'_>) -> Result<(), SignError> {
        let query = query_pairs(&parts.uri, Plus::Space)?;
        let headers = header_pairs(&parts.headers, |name| request.is_signed(name) && !STALE.contains(&name))?;
        let host = if request.host.is_empty() { host(parts)? } else { request.host.into() };
        let query = borrowed(&query);
        let mut request = *request;
        request.host = &host;
        let request = request.method(parts.method.as_str()).path(parts.uri.path());
        let added = self.sign(&request.query(&query).headers(&headers))?;
        STALE.iter().for_each(|name| _ = parts.headers.remove(*name));
        insert(&mut parts.headers, &added)
    }
}

#[cfg(test)]
mod tests {
    use crate::acs3::{Request, Signer, canonical_query};
    use http::{HeaderMap, HeaderValue, Method};
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;

    fn session() -> Signer {
        Signer::new(&Credentials::new("STS.id", "secret").with_security_token("token"))
    }

    fn parts(uri: &str) -> http::request::Parts {
        http::Request::get(uri).body(()).unwrap().into_parts().0
    }

    fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
        str::from_utf8(headers[name].as_bytes()).unwrap()
    }

    #[test]
    fn a_second_attempt_and_other_credentials_leave_nothing_of_the_first() {
        let mut parts = parts("https://h/a?b=c");
        session().sign_parts(&mut parts, &Request::new("", "A", "V", TIME, "n")).unwrap();
        let later = Request::new("", "A", "V", TIME + Duration::from_secs(1), "m");
        let signer = Signer::new(&Credentials::new("id", "secret"));
        signer.sign_parts(&mut parts, &later).unwrap();
        let mut fresh = self::parts("https://h/a?b=c");
        signer.sign_parts(&mut fresh, &later).unwrap();
        assert_eq!(parts.headers, fresh.headers);
    }

    #[test]
    fn secrets_are_marked_and_a_failure_changes_nothing() {
        let mut parts = parts("https://h/?a=%zz");
        parts.headers.insert("authorization", HeaderValue::from_static("old"));
        let before = parts.headers.clone();
        session().sign_parts(&mut parts, &Request::new("", "A", "V", TIME, "n")).unwrap_err();
        session().sign_parts(&mut parts, &Request::new("", "A", "V", TIME, "")).unwrap_err();
        assert_eq!(parts.headers, before);
        parts.uri = "https://h/".parse().unwrap();
        session().sign_parts(&mut parts, &Request::new("", "A", "V", TIME, "n")).unwrap();
        let sensitive: Vec<_> = parts
            .headers
            .iter()
            .filter(|(_, value)| value.is_sensitive())
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(sensitive.len(), 2, "{sensitive:?}");
        assert!(sensitive.contains(&"authorization") && sensitive.contains(&"x-acs-security-token"));
    }

    #[test]
    fn the_host_of_the_request_comes_first() {
        let mut with = parts("https://uri/");
        with.headers.insert("host", HeaderValue::from_static("header"));
        for (parts, given, expected) in
            [(parts("https://uri/"), "", "uri"), (with.clone(), "", "header"), (with, "given", "given")]
        {
            let mut parts = parts;
            session().sign_parts(&mut parts, &Request::new(given, "A", "V", TIME, "n")).unwrap();
            let plain = Request::new(expected, "A", "V", TIME, "n").method("GET");
            let added = session().sign(&plain).unwrap();
            assert_eq!(text(&parts.headers, "authorization"), added.get("authorization").unwrap());
        }
        assert!(
            session().sign_parts(&mut parts("/relative"), &Request::new("", "A", "V", TIME, "n")).is_err()
        );
    }

    proptest! {
        #[test]
        fn same_as_the_plain_pairs(
            method in "(GET|POST|PUT|DELETE|PATCH)",
            path in "(/[a-z0-9._~%*+-]{1,6}){1,3}",
            query in btree_map("\\PC{1,8}", any::<String>(), 0..6),
            headers in vec(("(x-acs-[a-c]|x-other|content-type|accept)", "[!-~é]([ -~é]{0,9}[!-~é])?"), 0..8),
            body in any::<Vec<u8>>(),
        ) {
            let query: Vec<_> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let request = Request::new("h:8080", "A", "V", TIME, "n").sign_also(&["accept"]).body(&body);
            let plain = request.method(&method).path(&path).query(&query).headers(&headers);
            let expected = session().sign(&plain).unwrap();

            let mut parts = parts(&format!("https://h:8080{path}?{}", canonical_query(&query)));
            parts.method = Method::from_bytes(method.as_bytes()).unwrap();
            for (name, value) in &headers {
                let name: http::HeaderName = name.parse().unwrap();
                parts.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            let before = parts.headers.len();
            session().sign_parts(&mut parts, &request).unwrap();
            for (name, value) in expected.iter() {
                prop_assert_eq!(text(&parts.headers, name), value);
            }
            prop_assert_eq!(parts.headers.len(), before + expected.iter().count());
        }
    }
}
