//! Credentials made ready to sign.

use super::Request;
use super::canonical::Canonical;
use super::form::{FORM, write_form};
use super::request::Common;
use super::stages::ALGORITHM;
use crate::Headers;
use crate::error::{InvalidText, SignError};
use crate::fields::Fields;
use crate::hex::Hex;
use crate::hmac::{Digest, Key, Sha256};
use crate::order::Sorted;
use crate::sink::written;
use crate::text::{checked, checked_id};
use std::fmt;
use sts_types::Credentials;

/// Credentials whose key is made ready, which saves two of the hash's steps for each request. Keep it as long as the
/// credentials are used; the key is overwritten when dropped.
pub struct Signer {
    key: Key<Sha256>,
    credentials: Credentials,
    /// What of the credentials no header can carry.
    problem: Option<InvalidText>,
}

impl Signer {
    /// Makes the key ready. Id and token are looked at here, and reported by what signs.
    #[must_use]
    pub fn new(credentials: &Credentials) -> Self {
        let token = credentials.security_token().map(|token| token.expose_secret()).unwrap_or_default();
        let problem =
            checked_id(credentials.access_key_id()).and_then(|_| checked("security token", token)).err();
        Self {
            key: Key::new(&[credentials.access_key_secret().expose_secret().as_bytes()]),
            credentials: credentials.clone(),
            problem,
        }
    }

    /// Signs a request. Add the headers to it, in place of any of the same name: `x-acs-action`, `x-acs-version`,
    /// `x-acs-date`, `x-acs-signature-nonce`, `x-acs-content-sha256`, for temporary credentials `x-acs-security-token`
    /// and `x-acs-accesskey-id`, and `authorization`. Asks for memory once (and for more than a dozen headers or two
    /// dozen parameters once more each).
    ///
    /// # Errors
    ///
    /// [`SignError`] for a nonce, host, action or version that is empty, a time beyond the year 9999, a name of the query that is empty
    /// or given twice, and what no header or request line can carry.
    pub fn sign(&self, request: &Request<'_>) -> Result<Headers, SignError> {
        self.sign_hashed(request, request.body_hash(), None)
    }

    /// Signs a request whose parameters are its body, which is written here: percent-encoded, sorted by name, appended
    /// to `body`. Send what was appended as the whole body. The headers are those of [`sign`](Self::sign) and
    /// `content-type`. This is how operations of RPC-style services are called without anything of them in the URL.
    ///
    /// A body that the request was given, and a content type among its headers, are left out of account. Asks for memory
    /// twice at most, once where `body` has room.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign), and [`SignError::EmptyName`] and [`SignError::DuplicateName`] for `params`; `body`
    /// is then as it was.
    pub fn sign_form(
        &self,
        request: &Request<'_>,
        params: &[(&str, &str)],
        body: &mut Vec<u8>,
    ) -> Result<Headers, SignError> {
        let start = body.len();
        let hash = write_form(params, body)?;
        self.sign_hashed(request, hash, Some(FORM)).inspect_err(|_| body.truncate(start))
    }

    /// The canonical request that [`sign`](Self::sign) signs, to be compared with the one that the service prints when
    /// the signature does not match. It holds the security token: do not log it.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign).
    pub fn canonical_request(&self, request: &Request<'_>) -> Result<String, SignError> {
        let hash = request.body_hash();
        let common = request.common()?;
        self.with_canonical(request, &common, &hash, None, |canonical| written(|text| canonical.write(text)))
    }

    fn sign_hashed(
        &self,
        request: &Request<'_>,
        body_hash: Hex,
        content_type: Option<&'static str>,
    ) -> Result<Headers, SignError> {
        let common = request.common()?;
        self.with_canonical(request, &common, &body_hash, content_type, |canonical| {
            let mut digest = Digest::<Sha256>::new();
            canonical.write(&mut digest);
            let mut message = self.key.begin();
            message.update(ALGORITHM.as_bytes());
            message.update(b"\n");
            message.update(Hex::new(&digest.finish()).as_str().as_bytes());
            let signature = Hex::new(&self.key.finish(message));
            self.headers(&common, &body_hash, content_type, canonical.fields, &signature)
        })
    }

    /// Hands over everything that is signed, checked and sorted.
    fn with_canonical<'a, T>(
        &'a self,
        request: &Request<'a>,
        common: &'a Common<'a>,
        body_hash: &'a Hex,
        content_type: Option<&'static str>,
        then: impl FnOnce(&Canonical<'a, '_>) -> T,
    ) -> Result<T, SignError> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone().into());
        }
        let query = Sorted::new(request.query)?;
        let token = self.token();
        // In the order of the signature, which spares the sorting where the caller has no headers.
        let own = [
            content_type.map(|value| ("content-type", value)),
            Some(("host", common.host)),
            token.map(|_| ("x-acs-accesskey-id", self.id())),
            Some(("x-acs-action", common.action)),
            Some(("x-acs-content-sha256", body_hash.as_str())),
            Some(("x-acs-date", common.date.as_str())),
            token.map(|token| ("x-acs-security-token", token)),
            Some(("x-acs-signature-nonce", common.nonce)),
            Some(("x-acs-version", common.version)),
        ];
        let mut fields = Fields::new();
        own.into_iter().flatten().for_each(|(name, value)| fields.push(name, value));
        request.add_headers(&mut fields, |given| {
            own.iter().flatten().any(|(name, _)| given.eq_ignore_ascii_case(name))
        })?;
        fields.sort();
        Ok(then(&Canonical {
            method: common.method,
            path: common.path,
            query: query.as_slice(),
            fields: &fields,
            body_hash: body_hash.as_str(),
        }))
    }

    fn headers(
        &self,
        common: &Common<'_>,
        body_hash: &Hex,
        content_type: Option<&'static str>,
        fields: &Fields<'_>,
        signature: &Hex,
    ) -> Headers {
        let names: usize = fields.groups().filter_map(|group| Some(group.first()?.0.len() + 1)).sum();
        let pieces =
            [ALGORITHM, " Credential=", self.id(), ",SignedHeaders=", ",Signature=", signature.as_str()];
        let length = pieces.iter().map(|piece| piece.len()).sum::<usize>() + names;
        let temporary =
            self.token().map(|token| [("x-acs-security-token", token), ("x-acs-accesskey-id", self.id())]);
        let more = temporary.as_ref().map(<[_; 2]>::as_slice).unwrap_or_default();
        let mut headers = common.headers(body_hash, content_type, more, length);
        let [algorithm, credential, id, signed, signature, value] = pieces;
        headers.push_with("authorization", |text| {
            [algorithm, credential, id, signed].iter().for_each(|piece| text.push_str(piece));
            fields.write_names(|_| true, |piece| text.push_str(piece));
            [signature, value].iter().for_each(|piece| text.push_str(piece));
        });
        headers
    }

    fn id(&self) -> &str {
        self.credentials.access_key_id().trim_ascii()
    }

    /// An empty token is none.
    fn token(&self) -> Option<&str> {
        let token = self.credentials.security_token()?.expose_secret().trim_ascii();
        (!token.is_empty()).then_some(token)
    }
}

/// The access key id only.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::acs3::{Request, canonical_query, signature, string_to_sign};
    use crate::{Headers, SignError};
    use proptest::prelude::*;
    use sha2::digest::Digest as _;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn request() -> Request<'static> {
        Request::new("h", "A", "V", TIME, "n")
    }

    fn session() -> Signer {
        Signer::new(&Credentials::new("STS.id", "secret").with_security_token(" token\n"))
    }

    fn names(headers: &Headers) -> Vec<&str> {
        headers.iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_is_added_is_what_is_signed() {
        let headers =
            [("Content-Type", "text/plain"), ("accept", "*/*"), ("X-Acs-Foo", " b "), ("Host", "other")];
        let request = request().headers(&headers).body(b"x");
        let added = session().sign(&request).unwrap();
        let hash = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        assert_eq!(
            added.iter().filter(|(name, _)| *name != "authorization").collect::<Vec<_>>(),
            [
                ("x-acs-action", "A"),
                ("x-acs-version", "V"),
                ("x-acs-date", "1970-01-01T00:00:00Z"),
                ("x-acs-signature-nonce", "n"),
                ("x-acs-content-sha256", hash),
                ("x-acs-security-token", "token"),
                ("x-acs-accesskey-id", "STS.id"),
            ]
        );
        let expected = format!(
            "POST\n/\n\ncontent-type:text/plain\nhost:h\nx-acs-accesskey-id:STS.id\nx-acs-action:A\n\
             x-acs-content-sha256:{hash}\nx-acs-date:1970-01-01T00:00:00Z\nx-acs-foo:b\nx-acs-security-token:token\n\
             x-acs-signature-nonce:n\nx-acs-version:V\n\ncontent-type;host;x-acs-accesskey-id;x-acs-action;\
             x-acs-content-sha256;x-acs-date;x-acs-foo;x-acs-security-token;x-acs-signature-nonce;x-acs-version\n{hash}"
        );
        assert_eq!(session().canonical_request(&request).unwrap(), expected);
    }

    #[test]
    fn what_the_signer_fills_in_may_be_there_from_an_attempt_before() {
        let first = session().sign(&request()).unwrap();
        let again: Vec<(&str, &str)> = first.iter().collect();
        let later = Request::new("h", "A", "V", TIME + Duration::from_secs(1), "m");
        let expected = session().canonical_request(&later).unwrap();
        assert_eq!(session().canonical_request(&later.headers(&again)).unwrap(), expected);
    }

    #[test]
    fn a_long_term_key_and_an_empty_token_have_no_token() {
        let credentials = Credentials::new("id", "secret");
        for credentials in [credentials.clone(), credentials.with_security_token("\n")] {
            let added = Signer::new(&credentials).sign(&request()).unwrap();
            assert_eq!(
                names(&added),
                [
                    "x-acs-action",
                    "x-acs-version",
                    "x-acs-date",
                    "x-acs-signature-nonce",
                    "x-acs-content-sha256",
                    "authorization"
                ]
            );
        }
    }

    #[test]
    fn anonymous_headers_have_nothing_of_a_key() {
        let added = request().anonymous_headers().unwrap();
        assert_eq!(
            added.iter().collect::<Vec<_>>(),
            [
                ("x-acs-action", "A"),
                ("x-acs-version", "V"),
                ("x-acs-date", "1970-01-01T00:00:00Z"),
                ("x-acs-signature-nonce", "n"),
                ("x-acs-content-sha256", EMPTY),
            ]
        );
        let mut body = b"before".to_vec();
        let added = request().write_anonymous_form(&[("B", "/"), ("A", "")], &mut body).unwrap();
        assert_eq!(body, b"beforeA=&B=%2F");
        // sha256sum of `A=&B=%2F`.
        let hash = "9a4ec6f5b7298c9615dbb0b561286215e0a724c5c8592bb177802c37eb54f4b1";
        assert_eq!(added.get("x-acs-content-sha256"), Some(hash));
        assert_eq!(added.get("content-type"), Some("application/x-www-form-urlencoded"));
    }

    #[test]
    fn what_cannot_be_signed_says_so() {
        let refused = |request: Request<'_>| {
            let error = session().sign(&request).unwrap_err();
            assert_eq!(session().canonical_request(&request).unwrap_err(), error);
            let mut body = b"before".to_vec();
            assert_eq!(session().sign_form(&request, &[("A", "1")], &mut body).unwrap_err(), error);
            assert_eq!(body, b"before");
            let text = error.to_string();
            assert_eq!(text.lines().count(), 1);
            text
        };
        let control = "has a control character: take it out";
        let text = |host, action, version, nonce| refused(Request::new(host, action, version, TIME, nonce));
        assert_eq!(text("a\r\nb", "A", "V", "n"), format!("the host {control}"));
        assert_eq!(text("h", " ", "V", "n"), "the action is empty: name the operation");
        assert_eq!(text("h", "A", "", "n"), "the version is empty: name the version of the API");
        assert_eq!(text("h", "a\nb", "V", "n"), format!("the action {control}"));
        assert_eq!(text("h", "A", "a\nb", "n"), format!("the version {control}"));
        assert_eq!(text("h", "A", "V", "a\nb"), format!("the nonce {control}"));
        assert_eq!(
            text("h", "A", "V", " "),
            "the nonce is empty: give every request a random one of its own"
        );
        assert_eq!(
            text(" ", "A", "V", "n"),
            "the host is missing: name the host that the request is sent to"
        );
        for method in ["", "GET\n/", "GET /x", " GET"] {
            assert_eq!(refused(request().method(method)), "the method is none like `GET`: name one");
        }
        assert_eq!(refused(request().path("a")), "the path does not begin with a slash: put one there");
        assert_eq!(refused(request().path("/a\nb")), format!("the path {control}"));
        assert_eq!(
            refused(request().path("/a?b=c")),
            "the path has a query or a fragment: give the query as pairs"
        );
        assert_eq!(
            refused(request().query(&[("", "x")])),
            "a parameter has an empty name: give it one or leave it out"
        );
        assert_eq!(
            refused(request().query(&[("a", "1"), ("a", "2")])),
            "parameter `a` is given twice: leave one out"
        );
        assert_eq!(
            refused(request().headers(&[("x-acs-a", "b\nx-acs-c: d")])),
            "header `x-acs-a` has a control character in its value: take it out"
        );
        assert_eq!(
            refused(request().headers(&[("x-acs-a", "b\r\n")])),
            "header `x-acs-a` has a control character in its value: take it out"
        );
        assert_eq!(
            refused(request().headers(&[("x-acs-a\n", "b")])),
            "header `x-acs-a\\n` has a name that HTTP does not allow: correct or remove it"
        );
        let late = Request::new("h", "A", "V", TIME + Duration::from_secs(300_000_000_000), "n");
        assert!(matches!(session().sign(&late), Err(SignError::TimeOutOfRange(_))));

        for (credentials, what) in [
            (Credentials::new("i\nd", "s"), "access key id"),
            (Credentials::new("id", "s").with_security_token("t\no"), "security token"),
        ] {
            let error = Signer::new(&credentials).sign(&request()).unwrap_err();
            assert_eq!(error.to_string(), format!("the {what} {control}"));
        }
    }

    #[test]
    fn headers_that_are_not_signed_may_be_anything() {
        let headers = [("x-other", "a\nb"), ("", "x"), ("x-acs", "no prefix")];
        let plain = session().canonical_request(&request()).unwrap();
        assert_eq!(session().canonical_request(&request().headers(&headers)).unwrap(), plain);
    }

    #[test]
    fn debug_shows_names_and_the_id() {
        let request =
            request().query(&[("Policy", "s3cret")]).headers(&[("x-acs-a", "s3cret")]).body(b"s3cret");
        let shown = format!("{request:?} {:?}", session());
        assert!(shown.contains("Policy") && shown.contains("x-acs-a") && shown.contains("STS.id"), "{shown}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("token") && !shown.contains("secret"),
            "{shown}"
        );
    }

    /// The canonical request by the vendor's description, the plain way.
    fn reference(query: &[(&str, &str)], headers: &[(&str, &str)], body_hash: &str) -> String {
        let mut lines: Vec<(String, String)> = [
            ("host", "h"),
            ("x-acs-action", "A"),
            ("x-acs-content-sha256", body_hash),
            ("x-acs-date", "1970-01-01T00:00:00Z"),
            ("x-acs-security-token", "token"),
            ("x-acs-accesskey-id", "STS.id"),
            ("x-acs-signature-nonce", "n"),
            ("x-acs-version", "V"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        lines.extend(headers.iter().map(|(n, v)| (n.to_lowercase(), v.trim().to_owned())));
        lines.sort();
        let mut names: Vec<String> = lines.iter().map(|(name, _)| name.clone()).collect();
        names.dedup();
        let values = |name: &str| {
            let of_name = lines.iter().filter(|(other, _)| other == name);
            of_name.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",")
        };
        let block: String = names.iter().map(|name| format!("{name}:{}\n", values(name))).collect();
        format!("POST\n/\n{}\n{block}\n{}\n{body_hash}", canonical_query(query), names.join(";"))
    }

    proptest! {
        #[test]
        fn same_as_the_plain_way(
            query in proptest::collection::btree_map("\\PC{1,8}", any::<String>(), 0..40),
            headers in proptest::collection::vec(("[xX]-[aA]cs-y[a-cA-C]{0,2}", "[ -~é]{0,20}"), 0..30),
            body in any::<Vec<u8>>(),
        ) {
            let query: Vec<_> = query.iter().rev().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let hash = sha2::Sha256::digest(&body);
            let expected = reference(&query, &headers, &format!("{hash:x}"));
            let request = request().query(&query).headers(&headers);
            for request in [request.body(&body), request.body_sha256(hash.into())] {
                prop_assert_eq!(&session().canonical_request(&request).unwrap(), &expected);
                // What is hashed as it is written, against the text.
                let signature = signature("secret", &string_to_sign(&expected));
                let added = session().sign(&request).unwrap();
                let authorization = added.get("authorization").unwrap();
                let names = expected.rsplit('\n').nth(1).unwrap();
                prop_assert_eq!(
                    authorization,
                    format!("ACS3-HMAC-SHA256 Credential=STS.id,SignedHeaders={names},Signature={signature}")
                );
            }
        }

        #[test]
        fn a_form_is_its_canonical_query_signed_as_a_body(
            params in proptest::collection::btree_map("\\PC{1,8}", any::<String>(), 0..30),
        ) {
            let params: Vec<_> = params.iter().rev().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let mut body = Vec::new();
            let added = session().sign_form(&request(), &params, &mut body).unwrap();
            prop_assert_eq!(str::from_utf8(&body).unwrap(), canonical_query(&params));
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            let expected = session().sign(&request().headers(&headers).body(&body)).unwrap();
            prop_assert_eq!(added.get("authorization"), expected.get("authorization"));
        }
    }
}
