//! Credentials made ready to sign.

use super::Request;
use super::canonical::Canonical;
use super::stages::Base64;
use crate::Headers;
use crate::error::{InvalidHeader, InvalidText, ReservedName, SignError, TimeOutOfRange};
use crate::hmac::{Key, Sha1};
use crate::oss::{KeyId, no_token, write_encoded};
use crate::sink::{Sink, written};
use crate::time::HttpDate;
use std::fmt;
use std::time::{Duration, SystemTime};
use sts_types::Credentials;

/// Credentials whose key is made ready, which saves two of the hash's steps for each request. Keep it as long as the
/// credentials are used; the key is overwritten when dropped.
pub struct Signer {
    key: Key<Sha1>,
    key_id: KeyId,
}

impl Signer {
    /// Makes the key ready. Id and token are looked at here, and reported by what signs.
    #[must_use]
    pub fn new(credentials: &Credentials) -> Self {
        let secret = credentials.access_key_secret().expose_secret();
        Self { key: Key::new(&[secret.as_bytes()]), key_id: KeyId::new(credentials) }
    }

    /// Signs a request by a header. Add the headers to it, in place of any of the same name: `date`,
    /// `x-oss-security-token` for temporary credentials, and `authorization`.
    ///
    /// A `date` among the request's headers is kept instead of its time, as is an `x-oss-date`, which then comes back in
    /// place of `date`: take them out before a request is signed again. The service refuses a request whose time is more
    /// than 15 minutes off. Asks for memory once (and once more each for more than a dozen headers or sub-resources).
    ///
    /// # Errors
    ///
    /// [`SignError`] for a bucket that is none, a key without a bucket, a sub-resource that is given twice, a time beyond
    /// the year 9999, and what no header can carry.
    pub fn sign(&self, request: &Request<'_>) -> Result<Headers, SignError> {
        self.with_canonical(request, |canonical, (date_name, date)| {
            let (id, token) = self.key_id()?;
            let signature = self.signature(canonical, date);
            let token_length = token.map_or(0, str::len);
            let mut headers =
                Headers::with_capacity(date.len() + token_length + "OSS :".len() + id.len() + 28);
            headers.push(date_name, &[date]);
            if let Some(token) = token {
                headers.push("x-oss-security-token", &[token]);
            }
            headers.push("authorization", &["OSS ", id, ":", signature.as_str()]);
            Ok(headers)
        })
    }

    /// Signs a request in its URL, for whoever gets the URL: the whole query, percent-encoded, without `?`. It is the
    /// request's own parameters in their order, `OSSAccessKeyId`, `Expires`, `security-token` for temporary credentials,
    /// and `Signature`.
    ///
    /// `expires` is how long the URL is good for, counted from the request's time in whole seconds, at least one; a URL of
    /// temporary credentials ends with them. Those of the request's headers that are signed must be sent with it, but for
    /// `date`.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign); [`SignError::ReservedName`] for a parameter that is filled in here,
    /// [`SignError::InvalidText`] for a life of less than a second.
    pub fn presign(&self, request: &Request<'_>, expires: Duration) -> Result<String, SignError> {
        let signed = self.presigned(request, expires)?;
        Ok(written(|query| signed.write(request, query)))
    }

    /// The whole URL of a request that is signed as [`presign`](Self::presign) does it. For `base` see [`Request::url`].
    ///
    /// # Errors
    ///
    /// Those of [`presign`](Self::presign) and of [`Request::url`].
    pub fn presign_url(
        &self,
        request: &Request<'_>,
        expires: Duration,
        base: &str,
    ) -> Result<String, SignError> {
        let signed = self.presigned(request, expires)?;
        request.resource.url(base, |query| signed.write(request, query))
    }

    /// The string that [`sign`](Self::sign) signs, to be compared with the one that the service prints when the signature
    /// does not match. It holds the security token: do not log it.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign).
    pub fn string_to_sign(&self, request: &Request<'_>) -> Result<String, SignError> {
        self.with_canonical(request, |canonical, (_, date)| Ok(written(|text| canonical.write(date, text))))
    }

    /// Access key id and token.
    pub(crate) fn key_id(&self) -> Result<(&str, Option<&str>), SignError> {
        Ok((self.key_id.id()?, self.key_id.token()))
    }

    pub(crate) fn sign_text(&self, text: &str) -> Base64 {
        Base64::new(&self.key.sign(text.as_bytes()))
    }

    /// Hands over what is signed by a header, and the name and value of the field with the time.
    fn with_canonical<T>(
        &self,
        request: &Request<'_>,
        then: impl FnOnce(&Canonical<'_>, (&'static str, &str)) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        let mut canonical = Canonical::new(request, self.key_id.token())?;
        canonical.sort()?;
        match canonical.date() {
            Some((name, "")) => {
                Err(InvalidHeader::new(name, "is empty: give it a time or leave it out").into())
            }
            Some(date) => then(&canonical, date),
            None => then(&canonical, ("date", HttpDate::new(request.time)?.as_str())),
        }
    }

    fn signature(&self, canonical: &Canonical<'_>, date: &str) -> Base64 {
        let mut message = self.key.begin();
        canonical.write(date, &mut message);
        Base64::new(&self.key.finish(message))
    }

    fn presigned(&self, request: &Request<'_>, expires: Duration) -> Result<Presigned<'_>, SignError> {
        let is_reserved = |name: &str| RESERVED.contains(&name);
        if let Some((name, _)) = request.query.iter().find(|(name, _)| is_reserved(name)) {
            return Err(ReservedName::new(name).into());
        }
        let (id, token) = self.key_id()?;
        if token.is_some() {
            no_token(request.headers)?;
        }
        let expires = end(request.time, expires)?.to_string();
        let mut canonical = Canonical::new(request, None)?;
        if let Some(token) = token {
            canonical.push_sub_resource("security-token", token);
        }
        canonical.sort()?;
        let signature = self.signature(&canonical, &expires);
        Ok(Presigned { id, token, expires, signature })
    }
}

/// The access key id only.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("credentials", self.key_id.credentials()).finish_non_exhaustive()
    }
}

/// Parameters that a presigned URL gets.
const RESERVED: [&str; 4] = ["OSSAccessKeyId", "Expires", "security-token", "Signature"];

/// What a presigned URL gets.
struct Presigned<'a> {
    id: &'a str,
    token: Option<&'a str>,
    expires: String,
    signature: Base64,
}

impl Presigned<'_> {
    fn write(&self, request: &Request<'_>, sink: &mut Vec<u8>) {
        write_encoded(request.query, sink);
        if !request.query.is_empty() {
            sink.put(b"&");
        }
        let [id, expires, token, signature] = RESERVED;
        write_encoded(&[(id, self.id), (expires, &self.expires)], sink);
        if let Some(value) = self.token {
            sink.put(b"&");
            write_encoded(&[(token, value)], sink);
        }
        sink.put(b"&");
        write_encoded(&[(signature, self.signature.as_str())], sink);
    }
}

/// The Unix time at which a life ends that begins at a time.
fn end(time: SystemTime, expires: Duration) -> Result<u64, SignError> {
    if expires.as_secs() == 0 {
        return Err(InvalidText::new("life of the url", "is less than a second: give it time").into());
    }
    let since = time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| TimeOutOfRange::new())?;
    let end = since.as_secs().checked_add(expires.as_secs());
    Ok(end.filter(|end| *end <= END_OF_9999).ok_or(TimeOutOfRange::new())?)
}

/// The last second of the year 9999.
const END_OF_9999: u64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::SignError;
    use crate::oss_v1::{Request, canonical_resource, signature};
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;
    const DATE: &str = "Thu, 01 Jan 1970 00:00:00 GMT";
    const MINUTE: Duration = Duration::from_secs(60);

    fn key() -> Signer {
        Signer::new(&Credentials::new("id", "secret"))
    }

    fn session() -> Signer {
        Signer::new(&Credentials::new("STS.id", "secret").with_security_token("token"))
    }

    fn object() -> Request<'static> {
        Request::new("put", TIME).bucket("b").key("a b/+")
    }

    #[test]
    fn header_fields_are_lowered_trimmed_joined_and_sorted() {
        let headers = [
            ("X-Oss-Meta-B", " 2 "),
            ("x-oss-meta-a", "z"),
            ("Range", "bytes=0-1"),
            ("X-OSS-META-B", "1"),
            ("content-TYPE", "\ttext/plain "),
            ("Content-MD5", "md5=="),
            ("x-oss-security-token", "of another session"),
        ];
        let request = object().headers(&headers);
        let expected = format!(
            "PUT\nmd5==\ntext/plain\n{DATE}\nx-oss-meta-a:z\nx-oss-meta-b:2,1\nx-oss-security-token:token\n/b/a b/+"
        );
        assert_eq!(session().string_to_sign(&request).unwrap(), expected);
        let added = session().sign(&request).unwrap();
        let names: Vec<_> = added.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["date", "x-oss-security-token", "authorization"]);
        assert_eq!(added.get("x-oss-security-token"), Some("token"));
        let authorization = format!("OSS STS.id:{}", signature("secret", &expected));
        assert_eq!(added.get("authorization"), Some(authorization.as_str()));
    }

    #[test]
    fn many_header_fields_and_sub_resources() {
        let names: Vec<String> = (0..40).rev().map(|n| format!("X-Oss-Meta-{n:02}")).collect();
        let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
        let params: Vec<String> = (0..40).rev().map(|n| format!("x-oss-{n:02}")).collect();
        let query: Vec<_> = params.iter().map(|name| (name.as_str(), "")).collect();
        let request = object().headers(&headers).query(&query);
        let lines: String = (0..40).map(|n| format!("x-oss-meta-{n:02}:v\n")).collect();
        let expected: Vec<String> = (0..40).map(|n| format!("x-oss-{n:02}")).collect();
        let expected = format!("PUT\n\n\n{DATE}\n{lines}/b/a b/+?{}", expected.join("&"));
        assert_eq!(key().string_to_sign(&request).unwrap(), expected);
        let added = key().sign(&request).unwrap();
        let authorization = format!("OSS id:{}", signature("secret", &expected));
        assert_eq!(added.get("authorization"), Some(authorization.as_str()));
    }

    #[test]
    fn a_time_of_the_callers_is_kept() {
        let date = [("Date", " yesterday ")];
        let x_oss_date = [("DATE", "ignored"), ("X-Oss-Date", "today")];
        for (headers, name, value, lines) in [
            (date.as_slice(), "date", "yesterday", "yesterday\n"),
            (&x_oss_date, "x-oss-date", "today", "today\nx-oss-date:today\n"),
        ] {
            let request = object().headers(headers);
            let added = key().sign(&request).unwrap();
            assert_eq!(added.iter().next(), Some((name, value)));
            assert_eq!(added.iter().count(), 2);
            assert_eq!(key().string_to_sign(&request).unwrap(), format!("PUT\n\n\n{lines}/b/a b/+"));
        }
    }

    #[test]
    fn only_sub_resources_of_the_query_are_signed() {
        let query =
            [("uploadId", "a/+="), ("prefix", "p"), ("new", "1"), ("acl", ""), ("x-oss-process", "s t")];
        let request = object().query(&query);
        assert_eq!(canonical_resource(&request).unwrap(), "/b/a b/+?acl&uploadId=a/+=&x-oss-process=s t");
        let more = canonical_resource(&request.sub_resources(&["new", "newer"])).unwrap();
        assert_eq!(more, "/b/a b/+?acl&new=1&uploadId=a/+=&x-oss-process=s t");
    }

    #[test]
    fn presigned_queries_have_the_callers_parameters_first() {
        let query = [("prefix", "a b"), ("acl", "")];
        let request = object().query(&query);
        let text = "PUT\n\n\n60\n/b/a b/+?acl&security-token=token";
        let encoded = crate::percent_encode(&signature("secret", text));
        let expected = format!(
            "prefix=a%20b&acl&OSSAccessKeyId=STS.id&Expires=60&security-token=token&Signature={encoded}"
        );
        assert_eq!(session().presign(&request, MINUTE).unwrap(), expected);
        let url = session().presign_url(&request, MINUTE, "http://h:80/b/").unwrap();
        assert_eq!(url, format!("http://h:80/b/a%20b/%2B?{expected}"));
        assert_eq!(request.url("https://h").unwrap(), "https://h/a%20b/%2B?prefix=a%20b&acl");
        // The time that a header holds is of no account.
        let headers = [("date", "yesterday")];
        assert_eq!(session().presign(&request.headers(&headers), MINUTE).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_signed_says_so() {
        let message = |error: SignError| {
            let text = error.to_string();
            assert_eq!(text.lines().count(), 1, "{text}");
            text
        };
        let refused = |headers: &[(&str, &str)]| {
            let request = object().headers(headers);
            let error = key().sign(&request).unwrap_err();
            assert_eq!(key().presign(&request, MINUTE).unwrap_err(), error);
            message(error)
        };
        assert_eq!(
            refused(&[("x-oss-meta-a", "v\r\nx: y")]),
            "header `x-oss-meta-a` has a control character in its value: take it out"
        );
        assert_eq!(
            refused(&[("content-md5", "\0")]),
            "header `content-md5` has a control character in its value: take it out"
        );
        assert_eq!(
            refused(&[("x-oss-a b", "v")]),
            "header `x-oss-a b` has a name that HTTP does not allow: correct or remove it"
        );
        assert_eq!(
            refused(&[("content-type", "a"), ("Content-Type", "a")]),
            "header `Content-Type` is given twice: leave one out"
        );
        assert!(matches!(
            key().sign(&object().query(&[("acl", ""), ("acl", "1")])),
            Err(SignError::DuplicateName(_))
        ));
        assert!(matches!(key().sign(&object().query(&[("", "")])), Err(SignError::EmptyName(_))));
        for name in ["OSSAccessKeyId", "Expires", "Signature", "security-token"] {
            let query = [(name, "x")];
            let error = key().presign(&object().query(&query), MINUTE).unwrap_err();
            assert!(matches!(error, SignError::ReservedName(error) if error.name() == name));
        }
        let short = key().presign(&object(), Duration::from_millis(999)).unwrap_err();
        assert_eq!(message(short), "the life of the url is less than a second: give it time");
        assert!(matches!(key().presign(&object(), Duration::MAX), Err(SignError::TimeOutOfRange(_))));
        let late = Request::new("GET", TIME + Duration::from_secs(300_000_000_000));
        assert!(matches!(key().sign(&late), Err(SignError::TimeOutOfRange(_))));
        for (credentials, expected) in [
            (Credentials::new("i\nd", "secret"), "the access key id has a control character: take it out"),
            (
                Credentials::new("id", "secret").with_security_token("to\nken"),
                "the security token has a control character: take it out",
            ),
        ] {
            let signer = Signer::new(&credentials);
            assert_eq!(message(signer.sign(&object()).unwrap_err()), expected);
            assert_eq!(message(signer.presign(&object(), MINUTE).unwrap_err()), expected);
            assert_eq!(message(signer.sign_post("{}").unwrap_err()), expected);
        }
        assert!(key().sign(&Request::new("GET", TIME).key("k")).is_err());
        for name in ["date", "x-oss-date"] {
            let error = message(key().sign(&object().headers(&[(name, " ")])).unwrap_err());
            assert_eq!(error, format!("header `{name}` is empty: give it a time or leave it out"));
        }
        let headers = [("X-Oss-Security-Token", "of another session")];
        let error = message(session().presign(&object().headers(&headers), MINUTE).unwrap_err());
        assert_eq!(
            error,
            "header `X-Oss-Security-Token` does not go with the token in the url: leave it out"
        );
        key().presign(&object().headers(&headers), MINUTE).unwrap();
    }

    #[test]
    fn debug_shows_names_and_the_id() {
        let shown =
            format!("{:?} {:?}", session(), object().query(&[("q", "v4lue")]).headers(&[("h", "v4lue")]));
        assert!(shown.contains("STS.id") && shown.contains("\"q\"") && shown.contains("\"h\""), "{shown}");
        assert!(!["v4lue", "secret\"", "token"].iter().any(|word| shown.contains(word)), "{shown}");
    }
}
