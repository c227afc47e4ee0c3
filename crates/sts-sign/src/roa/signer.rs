//! Credentials made ready to sign.

use super::Request;
use super::request::{Checked, LINES};
use super::stages::Base64;
use crate::Headers;
use crate::error::{InvalidText, SignError};
use crate::fields::Fields;
use crate::hmac::{Key, Sha1};
use crate::sink::{Sink, written};
use crate::text::{checked, checked_id, has_prefix};
use std::fmt;
use sts_types::Credentials;

/// Credentials whose key is made ready, which saves two of the hash's steps for each request. Keep it as long as the
/// credentials are used; the key is overwritten when dropped.
pub struct Signer {
    key: Key<Sha1>,
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

    /// Signs a request. Add the headers to it, in place of any of the same name: `date`, `x-acs-signature-method`,
    /// `x-acs-signature-version`, `x-acs-signature-nonce`, `x-acs-version` where the request has one, for temporary
    /// credentials `x-acs-security-token` and `x-acs-accesskey-id`, and `authorization`. Asks for memory once (and for
    /// more than a dozen headers or two dozen parameters once more each).
    ///
    /// # Errors
    ///
    /// [`SignError`] for an empty nonce, a time beyond the year 9999, a name of the query that is empty or given twice,
    /// a signed header that is given twice, and what no header or request line can carry.
    pub fn sign(&self, request: &Request<'_>) -> Result<Headers, SignError> {
        let checked = request.checked()?;
        self.with_fields(request, &checked, |added, fields| {
            let mut message = self.key.begin();
            write(&checked, fields, &mut message);
            let signature = Base64::new(&self.key.finish(message));
            let authorization = ["acs ", self.id(), ":", signature.as_str()];
            let values = added.iter().flatten().map(|(_, value)| value.len());
            let length = values.chain(authorization.iter().map(|piece| piece.len())).sum();
            let mut headers = Headers::with_capacity(length);
            added.iter().flatten().for_each(|(name, value)| headers.push(name, &[value]));
            headers.push("authorization", &authorization);
            headers
        })
    }

    /// The string that [`sign`](Self::sign) signs, to be compared with the one that the service prints when the
    /// signature does not match. It holds the security token: do not log it.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign).
    pub fn string_to_sign(&self, request: &Request<'_>) -> Result<String, SignError> {
        let checked = request.checked()?;
        self.with_fields(request, &checked, |_, fields| written(|text| write(&checked, fields, text)))
    }

    /// Hands over what is added and the fields that are signed, checked and sorted.
    fn with_fields<'a, T>(
        &'a self,
        request: &Request<'a>,
        checked: &'a Checked<'a, '_>,
        then: impl FnOnce(&[Option<(&'static str, &'a str)>], &Fields<'a>) -> T,
    ) -> Result<T, SignError> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone().into());
        }
        let token = self.token();
        // In order, as `Fields` wants them.
        let added = [
            Some(("date", checked.date.as_str())),
            token.map(|_| ("x-acs-accesskey-id", self.id())),
            token.map(|token| ("x-acs-security-token", token)),
            Some(("x-acs-signature-method", "HMAC-SHA1")),
            Some(("x-acs-signature-nonce", checked.nonce)),
            Some(("x-acs-signature-version", "1.0")),
            checked.version.map(|version| ("x-acs-version", version)),
        ];
        let mut fields = Fields::new();
        added.iter().flatten().for_each(|(name, value)| fields.push(name, value));
        request.add_headers(&mut fields, |given| {
            added.iter().flatten().any(|(name, _)| given.eq_ignore_ascii_case(name))
        })?;
        fields.sort();
        Ok(then(&added, &fields))
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

/// Writes the string to sign. A field that is not there leaves its line empty.
fn write(checked: &Checked<'_, '_>, fields: &Fields<'_>, sink: &mut impl Sink) {
    sink.put_upper(checked.method);
    sink.put(b"\n");
    for line in LINES.iter().map(|name| fields.get(name).unwrap_or_default()).chain([checked.date.as_str()]) {
        sink.put(line.as_bytes());
        sink.put(b"\n");
    }
    fields.write_lines(|name| has_prefix(name, "x-acs-"), sink);
    sink.put(checked.path.as_bytes());
    for (index, (name, value)) in checked.query.as_slice().iter().enumerate() {
        sink.put(if index == 0 { b"?" } else { b"&" });
        sink.put(name.as_bytes());
        sink.put(b"=");
        sink.put(value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::SignError;
    use crate::roa::{Request, signature};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;

    fn session() -> Signer {
        Signer::new(&Credentials::new("STS.id", "secret").with_security_token(" token\n"))
    }

    #[test]
    fn what_is_added_is_what_is_signed() {
        let headers = [
            ("X-Acs-Foo", " b "),
            ("Content-Type", "text/plain"),
            ("date", "yesterday"),
            ("x-acs-signature-nonce", "an attempt before"),
            ("x-acs", "no prefix"),
            ("x-other", "a\nb"),
        ];
        let request = Request::new(TIME, "n").method("put").path("/a b").query(&[("q", "a&b"), ("B", "")]);
        let request = request.headers(&headers).version("V");
        let added = session().sign(&request).unwrap();
        let expected = [
            ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("x-acs-accesskey-id", "STS.id"),
            ("x-acs-security-token", "token"),
            ("x-acs-signature-method", "HMAC-SHA1"),
            ("x-acs-signature-nonce", "n"),
            ("x-acs-signature-version", "1.0"),
            ("x-acs-version", "V"),
        ];
        assert_eq!(added.iter().take(7).collect::<Vec<_>>(), expected);
        let text = session().string_to_sign(&request).unwrap();
        assert_eq!(
            text,
            "PUT\n\n\ntext/plain\nThu, 01 Jan 1970 00:00:00 GMT\nx-acs-accesskey-id:STS.id\nx-acs-foo:b\n\
             x-acs-security-token:token\nx-acs-signature-method:HMAC-SHA1\nx-acs-signature-nonce:n\n\
             x-acs-signature-version:1.0\nx-acs-version:V\n/a b?B=&q=a&b"
        );
    }

    #[test]
    fn ids_that_no_header_can_carry_say_so() {
        for (id, problem) in [
            ("", "is empty: fill it in"),
            (" \n", "is empty: fill it in"),
            ("a,b", "has a character that none has: give the id alone"),
            ("a b", "has a character that none has: give the id alone"),
            ("a\nb", "has a control character: take it out"),
        ] {
            let error =
                Signer::new(&Credentials::new(id, "secret")).sign(&Request::new(TIME, "n")).unwrap_err();
            assert_eq!(error.to_string(), format!("the access key id {problem}"));
        }
    }

    #[test]
    fn what_cannot_be_signed_says_so() {
        let refused = |request: Request<'_>| {
            let error = session().sign(&request).unwrap_err();
            assert_eq!(session().string_to_sign(&request).unwrap_err(), error);
            error.to_string()
        };
        let request = Request::new(TIME, "n");
        let control = "has a control character: take it out";
        assert_eq!(
            refused(Request::new(TIME, "")),
            "the nonce is empty: give every request a random one of its own"
        );
        assert_eq!(refused(Request::new(TIME, "a\nb")), format!("the nonce {control}"));
        assert_eq!(refused(request.method("a\nb")), "the method is none like `GET`: name one");
        assert_eq!(refused(request.path("a")), "the path does not begin with a slash: put one there");
        assert_eq!(refused(request.path("/a\nb")), format!("the path {control}"));
        assert_eq!(refused(request.version("")), "the version is empty: name the version of the API");
        assert_eq!(refused(request.version("a\nb")), format!("the version {control}"));
        assert_eq!(
            refused(request.path("/?a")),
            "the path has a query or a fragment: give the query as pairs"
        );
        assert_eq!(
            refused(request.query(&[("a", "1"), ("a", "2")])),
            "parameter `a` is given twice: leave one out"
        );
        for headers in [[("accept", "a"), ("Accept", "b")], [("x-acs-a", "a"), ("X-Acs-A", "b")]] {
            let name = headers[1].0;
            assert_eq!(
                refused(request.headers(&headers)),
                format!("header `{name}` is given twice: leave one out")
            );
        }
        let late = Request::new(TIME + Duration::from_secs(300_000_000_000), "n");
        assert!(matches!(session().sign(&late), Err(SignError::TimeOutOfRange(_))));
        let broken = Credentials::new("id", "s").with_security_token("t\no");
        let error = Signer::new(&broken).sign(&request).unwrap_err();
        assert_eq!(error.to_string(), format!("the security token {control}"));
    }

    #[test]
    fn debug_shows_names_and_the_id() {
        let request = Request::new(TIME, "n").query(&[("q", "s3cret")]).headers(&[("x-acs-a", "s3cret")]);
        let shown = format!("{request:?} {:?}", session());
        assert!(shown.contains("x-acs-a") && shown.contains("STS.id"), "{shown}");
        assert!(
            !shown.contains("s3cret") && !shown.contains("token") && !shown.contains("secret"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn what_is_hashed_as_it_is_written_is_the_text(
            query in proptest::collection::btree_map("\\PC{1,8}", any::<String>(), 0..40),
            headers in proptest::collection::btree_map("[xX]-[aA]cs-y[a-c]{0,2}", "[ -~é]{0,20}", 0..30),
        ) {
            let query: Vec<_> = query.iter().rev().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let mut seen = std::collections::BTreeSet::new();
            let headers: Vec<_> = headers.iter().rev().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let headers: Vec<_> = headers.into_iter().filter(|(n, _)| seen.insert(n.to_lowercase())).collect();
            let request = Request::new(TIME, "n").query(&query).headers(&headers);
            let text = session().string_to_sign(&request).unwrap();
            let expected = format!("acs STS.id:{}", signature("secret", &text));
            let added = session().sign(&request).unwrap();
            prop_assert_eq!(added.get("authorization"), Some(expected.as_str()));
        }
    }
}
