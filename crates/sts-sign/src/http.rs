//! What the adapters for the `http` crate share: reading a request's head as plain pairs, putting signed fields into it.

use crate::Headers;
use crate::error::{InvalidHeader, InvalidText, SignError};
use ::http::uri::Uri;
use ::http::{HeaderMap, HeaderName, HeaderValue};
use std::borrow::Cow;

/// Fields whose values are worth something to a thief. `http` leaves sensitive values out of `Debug`, and HTTP/2 out of
/// its compression tables.
const SENSITIVE: [&str; 5] = [
    "authorization",
    "x-acs-bearer-token",
    "x-acs-security-token",
    "x-oss-security-token",
    "x-oss-signature",
];

/// Names and values.
pub(crate) type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// What a `+` in a query stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    /// As in forms. The gateways of the OpenAPI services must read it so: Python's and Go's official clients sign `%20` and
    /// send `+`.
    Space,
    /// OSS reads queries so.
    Itself,
}

/// Names and values of a URI's query, decoded: `%XY` is a byte, a name without `=` has an empty value.
pub(crate) fn query_pairs(uri: &Uri, plus: Plus) -> Result<Pairs<'_>, SignError> {
    let decoded = |text| decode("query of the uri", text, plus);
    let parts = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

/// The pairs as the signers take them.
pub(crate) fn borrowed<'a>(pairs: &'a Pairs<'_>) -> Vec<(&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (&**name, &**value)).collect()
}

/// The fields whose lower-case name is wanted, as the signers take them. A name that is there several times comes so
/// many times.
pub(crate) fn header_pairs(
    headers: &HeaderMap,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<Vec<(&str, &str)>, SignError> {
    let wanted = headers.iter().filter(|(name, _)| is_wanted(name.as_str()));
    wanted
        .map(|(name, value)| match str::from_utf8(value.as_bytes()) {
            Ok(text) => Ok((name.as_str(), text)),
            Err(_) => Err(InvalidHeader::new(name.as_str(), "is not UTF-8: encode its value").into()),
        })
        .collect()
}

/// The host that will be sent: the `Host` header, else the one of the URI, without the port that its scheme implies.
#[cfg(feature = "sha256")]
pub(crate) fn host(parts: &::http::request::Parts) -> Result<Cow<'_, str>, SignError> {
    use ::http::uri::Scheme;
    if let Some(host) = header_pairs(&parts.headers, |name| name == "host")?.first() {
        return Ok(Cow::Borrowed(host.1));
    }
    let authority = parts
        .uri
        .authority()
        .ok_or(InvalidText::new("host", "is missing: add a host header, or make the uri absolute"))?;
    let implied = match parts.uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        _ => None,
    };
    Ok(match authority.port_u16().filter(|port| Some(*port) != implied) {
        Some(port) => Cow::Owned(format!("{}:{port}", authority.host())),
        None => Cow::Borrowed(authority.host()),
    })
}

/// Puts fields in, in place of any of the same name, and marks the secret ones.
pub(crate) fn insert(headers: &mut HeaderMap, added: &Headers) -> Result<(), SignError> {
    for (name, value) in added.iter() {
        let value = HeaderValue::from_bytes(value.as_bytes());
        let mut value =
            value.map_err(|_| InvalidHeader::new(name, "has a control character: take it out"))?;
        value.set_sensitive(SENSITIVE.contains(&name));
        headers.insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

/// The path of a URI, decoded: `%XY` is a byte, `+` is a plus.
pub(crate) fn path(uri: &Uri) -> Result<Cow<'_, str>, SignError> {
    decode("path of the uri", uri.path(), Plus::Itself)
}

/// Undoes percent-encoding. `what` is the piece, for the error.
fn decode<'a>(what: &'static str, text: &'a str, plus: Plus) -> Result<Cow<'a, str>, SignError> {
    let text = match plus {
        Plus::Space if text.contains('+') => Cow::Owned(text.replace('+', " ")),
        _ => Cow::Borrowed(text),
    };
    if !text.contains('%') {
        return Ok(text);
    }
    let wrong = || InvalidText::new(what, "does not decode: percent-encode it as UTF-8");
    let mut pieces = text.split('%');
    let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.as_bytes().split_first_chunk().ok_or_else(wrong)?;
        out.push(byte(*digits).ok_or_else(wrong)?);
        out.extend_from_slice(rest);
    }
    String::from_utf8(out).map(Cow::Owned).map_err(|_| wrong().into())
}

fn byte([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use super::{Plus, borrowed, header_pairs, insert, query_pairs};
    use crate::{Headers, SignError, percent_encode};
    use ::http::{HeaderMap, HeaderValue, Uri};
    use proptest::prelude::*;

    fn pairs(uri: &str) -> Result<Vec<(String, String)>, SignError> {
        let uri: Uri = uri.parse().unwrap();
        Ok(query_pairs(&uri, Plus::Itself)?
            .into_iter()
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect())
    }

    #[test]
    fn a_plus_is_what_the_scheme_says() {
        let uri: Uri = "/?a+b=%2B+%20".parse().unwrap();
        assert_eq!(query_pairs(&uri, Plus::Space).unwrap(), [("a b".into(), "+  ".into())]);
        assert_eq!(query_pairs(&uri, Plus::Itself).unwrap(), [("a+b".into(), "++ ".into())]);
    }

    #[test]
    fn what_has_no_value_has_an_empty_one() {
        let expected =
            [("a", "b+c d"), ("é", ""), ("x", "y=z"), ("", "e")].map(|(n, v)| (n.into(), v.into()));
        assert_eq!(pairs("/p?a=b+c%20d&%C3%A9&&x=y=z&=e").unwrap(), expected);
        assert_eq!(pairs("/p").unwrap(), []);
        assert_eq!(pairs("/p?").unwrap(), []);
    }

    #[test]
    fn what_does_not_decode_is_refused() {
        for query in ["a=%", "a=%4", "a=%zz", "a=%+1", "%ff=1", "a=%C3"] {
            let error = pairs(&format!("/?{query}")).unwrap_err();
            assert!(matches!(error, SignError::InvalidText(_)), "{query}");
            assert_eq!(error.to_string().lines().count(), 1);
        }
    }

    #[cfg(feature = "sha256")]
    #[test]
    fn the_host_is_the_one_that_clients_send() {
        use super::host;
        let parts = |uri| ::http::Request::get(uri).body(()).unwrap().into_parts().0;
        let of = |uri| host(&parts(uri)).unwrap().into_owned();
        assert_eq!(of("https://user:pw@sts.aliyuncs.com/x"), "sts.aliyuncs.com");
        assert_eq!(of("https://h:443/"), "h");
        assert_eq!(of("https://h:80/"), "h:80");
        assert_eq!(of("http://h:80/"), "h");
        assert_eq!(of("http://[::1]:8080/"), "[::1]:8080");
        let mut with_header = parts("https://h/");
        with_header.headers.insert("host", HeaderValue::from_static("other:1"));
        assert_eq!(host(&with_header).unwrap(), "other:1");
        let error = host(&parts("/x")).unwrap_err().to_string();
        assert_eq!(error, "the host is missing: add a host header, or make the uri absolute");
    }

    #[test]
    fn headers_are_read_as_utf8_and_only_those_wanted() {
        let mut headers = HeaderMap::new();
        headers.append("x-acs-a", HeaderValue::from_bytes("值".as_bytes()).unwrap());
        headers.append("x-acs-a", HeaderValue::from_static("2"));
        headers.append("x-other", HeaderValue::from_bytes(b"\xff").unwrap());
        let found = header_pairs(&headers, |name| name.starts_with("x-acs-")).unwrap();
        assert_eq!(found, [("x-acs-a", "值"), ("x-acs-a", "2")]);
        let error = header_pairs(&headers, |_| true).unwrap_err();
        assert_eq!(error.to_string(), "header `x-other` is not UTF-8: encode its value");
    }

    #[test]
    fn inserting_replaces_and_hides() {
        let mut headers = HeaderMap::new();
        headers.append("date", HeaderValue::from_static("old"));
        headers.append("date", HeaderValue::from_static("older"));
        let mut added = Headers::with_capacity(20);
        added.push("date", &["now"]);
        added.push("authorization", &["s3cret"]);
        added.push("x-acs-security-token", &["t0ken ü"]);
        insert(&mut headers, &added).unwrap();
        assert_eq!(headers.get_all("date").iter().collect::<Vec<_>>(), ["now"]);
        assert_eq!(headers["x-acs-security-token"].as_bytes(), "t0ken ü".as_bytes());
        let shown = format!("{headers:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");

        let mut broken = Headers::with_capacity(20);
        broken.push("date", &["a\nb"]);
        let error = insert(&mut headers, &broken).unwrap_err();
        assert_eq!(error.to_string(), "header `date` has a control character: take it out");
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(given in proptest::collection::vec((any::<String>(), any::<String>()), 1..5)) {
            let query: Vec<String> =
                given.iter().map(|(n, v)| format!("{}={}", percent_encode(n), percent_encode(v))).collect();
            let uri: Uri = format!("/?{}", query.join("&")).parse().unwrap();
            let expected: Vec<_> = given.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            for plus in [Plus::Space, Plus::Itself] {
                let found = query_pairs(&uri, plus).unwrap();
                prop_assert_eq!(&borrowed(&found), &expected);
            }
        }
    }
}
