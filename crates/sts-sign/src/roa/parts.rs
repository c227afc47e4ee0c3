//! Requests of the `http` crate.

use super::request::LINES;
use super::{Request, Signer};
use crate::error::SignError;
use crate::http::{Plus, borrowed, header_pairs, insert, query_pairs};
use http::request::Parts;

/// What an attempt before may have left and this one not replace.
const STALE: [&str; 2] = ["x-acs-security-token", "x-acs-accesskey-id"];

impl Signer {
    /// Signs a request of the `http` crate in place: method, path, query and headers are those of `parts`, the rest is
    /// that of `request`. The query is decoded for the signature (`%XY` is a byte, `+` is a space). What an attempt before
    /// has put in is replaced; `authorization` and the token are marked sensitive. `parts` is as it was when this fails.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign), [`SignError::InvalidHeader`] for a signed header that is not UTF-8, and
    /// [`SignError::InvalidText`] for a query that does not decode.
    pub fn sign_parts(&self, parts: &mut Parts, request: &Request<'_>) -> Result<(), SignError> {
        let query = query_pairs(&parts.uri, Plus::Space)?;
        let headers = header_pairs(&parts.headers, |name| {
            (name.starts_with("x-acs-") || LINES.contains(&name)) && !STALE.contains(&name)
        })?;
        let added = self.sign(
            &request
                .method(parts.method.as_str())
                .path(parts.uri.path())
                .query(&borrowed(&query))
                .headers(&headers),
        )?;
        STALE.iter().for_each(|name| _ = parts.headers.remove(*name));
        insert(&mut parts.headers, &added)
    }
}

#[cfg(test)]
mod tests {
    use crate::roa::{Request, Signer};
    use http::{HeaderName, HeaderValue, Method};
    use proptest::collection::btree_map;
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

    #[test]
    fn a_second_attempt_and_other_credentials_leave_nothing_of_the_first() {
        let mut parts = parts("/a?b=c");
        session().sign_parts(&mut parts, &Request::new(TIME, "n").version("v")).unwrap();
        assert!(parts.headers["x-acs-security-token"].is_sensitive());
        let later = Request::new(TIME + Duration::from_secs(1), "m").version("v");
        let signer = Signer::new(&Credentials::new("id", "secret"));
        signer.sign_parts(&mut parts, &later).unwrap();
        let mut fresh = self::parts("/a?b=c");
        signer.sign_parts(&mut fresh, &later).unwrap();
        assert_eq!(parts.headers, fresh.headers);
        let before = parts.headers.clone();
        signer.sign_parts(&mut parts, &Request::new(TIME, "")).unwrap_err();
        assert_eq!(parts.headers, before);
    }

    proptest! {
        #[test]
        fn same_as_the_plain_pairs(
            method in "(GET|POST|PUT|DELETE|PATCH)",
            path in "(/[a-z0-9._~%*+-]{1,6}){1,3}",
            query in btree_map("\\PC{1,8}", any::<String>(), 0..6),
            headers in btree_map(
                "(x-acs-[a-c]|x-other|content-type|content-md5|accept|date)",
                "[!-~é]([ -~é]{0,9}[!-~é])?",
                0..8,
            ),
        ) {
            let query: Vec<_> = query.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let request = Request::new(TIME, "n").version("v");
            let plain = request.method(&method).path(&path).query(&query).headers(&headers);
            let expected = session().sign(&plain).unwrap();

            let encode = crate::percent_encode;
            let sent: Vec<_> = query.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
            let mut parts = parts(&format!("{path}?{}", sent.join("&")));
            parts.method = Method::from_bytes(method.as_bytes()).unwrap();
            for (name, value) in &headers {
                let name: HeaderName = name.parse().unwrap();
                parts.headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            session().sign_parts(&mut parts, &request).unwrap();
            for (name, value) in expected.iter() {
                prop_assert_eq!(parts.headers[name].as_bytes(), value.as_bytes());
            }
        }
    }
}
