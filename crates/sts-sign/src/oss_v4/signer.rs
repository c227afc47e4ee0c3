//! Credentials made ready to sign.

use super::Request;
use super::canonical::{CONTENT_SHA256, Canonical, payload_hash};
use super::day_key::{day_key, secret_key};
use super::scope::{OSS, Scope};
use super::stages::{ALGORITHM, write_string_to_sign};
use crate::Headers;
use crate::error::{InvalidText, ReservedName, SignError};
use crate::hex::Hex;
use crate::hmac::{Digest, Key, Sha256};
use crate::oss::{KeyId, no_token};
use crate::sink::{Sink, written};
use crate::time::BasicTimestamp;
use std::fmt;
use std::time::{Duration, SystemTime};
use sts_types::Credentials;

/// The longest life of a URL, in seconds: seven days.
const LONGEST: u64 = 604_800;

/// Credentials whose key is made ready for a region and a day. Keep it as long as the credentials are used: requests of
/// another day are signed rightly too, each with a key derived for it (eight of the hash's steps more), so that a new one
/// a day is enough. All keys are overwritten when dropped.
pub struct Signer {
    secret_key: Key<Sha256>,
    scope: Scope,
    day: BasicTimestamp,
    /// Of `day` and `scope`.
    day_key: Key<Sha256>,
    key_id: KeyId,
}

impl Signer {
    /// Makes the key ready for a region and the day of a time (UTC). The region is that of the bucket, `cn-hangzhou`; the
    /// `oss-` of `oss-cn-hangzhou` is taken off. For a cloud box it is the box's id, see [`product`](Self::product).
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a region that is no name, [`SignError::TimeOutOfRange`]. Id and token are looked at
    /// here, and reported by what signs.
    pub fn new(credentials: &Credentials, region: &str, time: SystemTime) -> Result<Self, SignError> {
        let (day, scope) = (BasicTimestamp::new(time)?, Scope::new(region, OSS)?);
        let secret_key = secret_key(credentials.access_key_secret().expose_secret());
        let day_key = day_key(&secret_key, day.date(), &scope);
        Ok(Self { secret_key, scope, day, day_key, key_id: KeyId::new(credentials) })
    }

    /// The product; default `oss`. For a cloud box: `oss-cloudbox`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for one that is no name.
    pub fn product(mut self, product: &str) -> Result<Self, SignError> {
        self.scope = self.scope.with_product(product)?;
        self.day_key = day_key(&self.secret_key, self.day.date(), &self.scope);
        Ok(self)
    }

    /// Signs a request by a header. Add the headers to it, in place of any of the same name: `x-oss-date`,
    /// `x-oss-content-sha256`, `x-oss-security-token` for temporary credentials, and `authorization`.
    ///
    /// The service refuses a request whose time is more than 15 minutes off. Asks for memory once (and once more each for
    /// more than a dozen headers or parameters).
    ///
    /// # Errors
    ///
    /// [`SignError`] for a bucket that is none, a key without a bucket, a parameter that has no name or is given twice, a
    /// time beyond the year 9999, and what no header can carry.
    pub fn sign(&self, request: &Request<'_>) -> Result<Headers, SignError> {
        self.with_canonical(request, |canonical, time, payload_hash| {
            let (id, token) = (self.key_id.id()?, self.key_id.token());
            let signature = self.signature(canonical, time);
            let mut additional = 0;
            canonical.write_additional(|piece| additional += piece.len());
            let start = [ALGORITHM, " Credential=", id, "/", time.date(), self.scope.after_date()];
            let (list, end) = (",AdditionalHeaders=", [",Signature=", signature.as_str()]);
            let length = length(&start) + list.len() + additional + length(&end);
            let values = time.as_str().len() + payload_hash.len() + token.map_or(0, str::len);
            let mut headers = Headers::with_capacity(values + length);
            headers.push("x-oss-date", &[time.as_str()]);
            headers.push(CONTENT_SHA256, &[payload_hash]);
            if let Some(token) = token {
                headers.push("x-oss-security-token", &[token]);
            }
            headers.push_with("authorization", |text| {
                start.iter().for_each(|piece| text.push_str(piece));
                if additional > 0 {
                    text.push_str(list);
                    canonical.write_additional(|piece| text.push_str(piece));
                }
                end.iter().for_each(|piece| text.push_str(piece));
            });
            Ok(headers)
        })
    }

    /// Signs a request in its URL, for whoever gets the URL: the whole query, percent-encoded, without `?`. It is the
    /// request's own parameters, those of the scheme (`x-oss-signature-version`, `x-oss-credential`, `x-oss-date`,
    /// `x-oss-expires`, `x-oss-security-token` for temporary credentials, `x-oss-additional-headers` where there are any),
    /// sorted, and `x-oss-signature`.
    ///
    /// `expires` is how long the URL is good for, counted from the request's time in whole seconds: one second to seven
    /// days; a URL of temporary credentials ends with them. Those of the request's headers that are signed must be sent
    /// with it, and no `x-oss-date` besides. The body is not signed, unless its hash is among the headers.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign); [`SignError::ReservedName`] for a parameter that is filled in here,
    /// [`SignError::InvalidText`] for a life that is too short or too long.
    pub fn presign(&self, request: &Request<'_>, expires: Duration) -> Result<String, SignError> {
        self.with_presigned(request, expires, |write| Ok(written(write)))
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
        self.with_presigned(request, expires, |write| request.resource.url(base, write))
    }

    /// The canonical request that [`sign`](Self::sign) signs, to be compared with the one that the service prints when
    /// the signature does not match. It holds the security token: do not log it.
    ///
    /// # Errors
    ///
    /// Those of [`sign`](Self::sign).
    pub fn canonical_request(&self, request: &Request<'_>) -> Result<String, SignError> {
        self.with_canonical(request, |canonical, _, _| Ok(written(|text| canonical.write(text))))
    }

    /// Hands over what is signed by a header, the time and the hash of the body.
    fn with_canonical<T>(
        &self,
        request: &Request<'_>,
        then: impl FnOnce(&Canonical<'_>, &BasicTimestamp, &str) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        let time = BasicTimestamp::new(request.time)?;
        let payload_hash = payload_hash(request)?;
        let token = self.key_id.token().map(|token| ("x-oss-security-token", token));
        let own = [(CONTENT_SHA256, payload_hash), ("x-oss-date", time.as_str()), token.unwrap_or_default()];
        let own = if token.is_some() { own.as_slice() } else { own.get(..2).unwrap_or_default() };
        let mut canonical = Canonical::new(request, payload_hash, own)?;
        canonical.sort()?;
        then(&canonical, &time, payload_hash)
    }

    /// Hands over what writes the presigned query.
    fn with_presigned<T>(
        &self,
        request: &Request<'_>,
        expires: Duration,
        then: impl FnOnce(&dyn Fn(&mut Vec<u8>)) -> Result<T, SignError>,
    ) -> Result<T, SignError> {
        let is_reserved = |name: &str| RESERVED.contains(&name);
        if let Some((name, _)) = request.query.iter().find(|(name, _)| is_reserved(name)) {
            return Err(ReservedName::new(name).into());
        }
        let expires = expires.as_secs();
        if !(1..=LONGEST).contains(&expires) {
            let problem = "is not between one second and seven days: choose one that is";
            return Err(InvalidText::new("life of the url", problem).into());
        }
        if self.key_id.token().is_some() {
            no_token(request.headers)?;
        }
        let time = BasicTimestamp::new(request.time)?;
        let (credential, expires) = (self.credential(&time)?, expires.to_string());
        let mut canonical = Canonical::new(request, payload_hash(request)?, &[])?;
        let mut additional = String::new();
        canonical.write_additional(|piece| additional.push_str(piece));
        let [
            version_name,
            credential_name,
            date_name,
            expires_name,
            token_name,
            additional_name,
            signature_name,
        ] = RESERVED;
        canonical.push_param(version_name, ALGORITHM);
        canonical.push_param(credential_name, &credential);
        canonical.push_param(date_name, time.as_str());
        canonical.push_param(expires_name, &expires);
        if let Some(token) = self.key_id.token() {
            canonical.push_param(token_name, token);
        }
        if !additional.is_empty() {
            canonical.push_param(additional_name, &additional);
        }
        canonical.sort()?;
        let signature = self.signature(&canonical, &time);
        then(&|query| {
            canonical.write_query(query);
            for piece in ["&", signature_name, "=", signature.as_str()] {
                query.put(piece.as_bytes());
            }
        })
    }

    /// `id/20260115/cn-hangzhou/oss/aliyun_v4_request`.
    pub(crate) fn credential(&self, time: &BasicTimestamp) -> Result<String, SignError> {
        Ok([self.key_id.id()?, "/", time.date(), self.scope.after_date()].concat())
    }

    pub(crate) fn token(&self) -> Option<&str> {
        self.key_id.token()
    }

    fn signature(&self, canonical: &Canonical<'_>, time: &BasicTimestamp) -> Hex {
        let mut digest = Digest::<Sha256>::new();
        canonical.write(&mut digest);
        let hash = Hex::new(&digest.finish());
        self.with_key(time, |key| {
            let mut message = key.begin();
            write_string_to_sign(time, &self.scope, &hash, &mut message);
            Hex::new(&key.finish(message))
        })
    }

    /// Hands over the key of the day of a time.
    pub(crate) fn with_key<T>(&self, time: &BasicTimestamp, then: impl FnOnce(&Key<Sha256>) -> T) -> T {
        if time.date() == self.day.date() {
            then(&self.day_key)
        } else {
            then(&day_key(&self.secret_key, time.date(), &self.scope))
        }
    }
}

/// Access key id and scope only.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("credentials", self.key_id.credentials())
            .field("region", &self.scope.region())
            .field("product", &self.scope.product())
            .finish_non_exhaustive()
    }
}

/// Parameters that a presigned URL gets.
const RESERVED: [&str; 7] = [
    "x-oss-signature-version",
    "x-oss-credential",
    "x-oss-date",
    "x-oss-expires",
    "x-oss-security-token",
    "x-oss-additional-headers",
    "x-oss-signature",
];

fn length(pieces: &[&str]) -> usize {
    pieces.iter().map(|piece| piece.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::SignError;
    use crate::oss_v4::{Request, signature, string_to_sign};
    use std::time::{Duration, SystemTime};
    use sts_types::Credentials;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;
    const MINUTE: Duration = Duration::from_secs(60);
    const DAY: Duration = Duration::from_secs(86_400);

    fn key() -> Signer {
        Signer::new(&Credentials::new("id", "secret"), "cn-hangzhou", TIME).unwrap()
    }

    fn session() -> Signer {
        let session = Credentials::new("STS.id", "secret").with_security_token("token");
        Signer::new(&session, "oss-cn-hangzhou", TIME).unwrap()
    }

    fn object() -> Request<'static> {
        Request::new("put", TIME).bucket("b").key("a b/+")
    }

    fn signature_of(canonical: &str, time: SystemTime) -> String {
        let text = string_to_sign(time, "cn-hangzhou", "oss", canonical).unwrap();
        signature("secret", time, "cn-hangzhou", "oss", &text).unwrap()
    }

    #[test]
    fn fields_are_chosen_lowered_trimmed_joined_and_sorted() {
        let headers = [
            ("Z-Named", " z "),
            ("X-Oss-Meta-B", " 2 "),
            ("Range", "bytes=0-1"),
            ("content-TYPE", "\ttext/plain "),
            ("X-OSS-META-B", "1"),
            ("A-Named", "a"),
            ("empty", " "),
            ("Authorization", "old"),
            ("x-oss-date", "yesterday"),
            ("x-oss-security-token", "of another session"),
        ];
        let named = [
            "z-named",
            "A-NAMED",
            "a-named",
            "not-sent",
            "empty",
            "authorization",
            "content-type",
            "x-oss-date",
        ];
        let request =
            object().headers(&headers).additional_headers(&named).query(&[("a-b", "1"), ("a/b", "")]);
        let expected = "PUT\n/b/a%20b/%2B\na%2Fb&a-b=1\n\
            a-named:a\ncontent-type:text/plain\nx-oss-content-sha256:UNSIGNED-PAYLOAD\n\
            x-oss-date:19700101T000000Z\nx-oss-meta-b:2,1\nx-oss-security-token:token\nz-named:z\n\n\
            a-named;z-named\nUNSIGNED-PAYLOAD";
        assert_eq!(session().canonical_request(&request).unwrap(), expected);
        let added = session().sign(&request).unwrap();
        let names: Vec<_> = added.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["x-oss-date", "x-oss-content-sha256", "x-oss-security-token", "authorization"]);
        let expected = format!(
            "OSS4-HMAC-SHA256 Credential=STS.id/19700101/cn-hangzhou/oss/aliyun_v4_request,\
             AdditionalHeaders=a-named;z-named,Signature={}",
            signature_of(expected, TIME)
        );
        assert_eq!(added.get("authorization"), Some(expected.as_str()));
    }

    #[test]
    fn an_additional_header_is_signed_with_all_its_values_when_one_says_something() {
        for (values, expected) in [(["", "1"], ",1"), (["1", " "], "1,")] {
            let headers = values.map(|value| ("abc", value));
            let request = object().headers(&headers).additional_headers(&["abc"]);
            let canonical = key().canonical_request(&request).unwrap();
            assert!(canonical.contains(&format!("\nabc:{expected}\n")), "{canonical}");
        }
    }

    #[test]
    fn many_header_fields_and_parameters() {
        let names: Vec<String> = (0..40).rev().map(|n| format!("X-Oss-Meta-{n:02}")).collect();
        let headers: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
        let params: Vec<String> = (0..40).rev().map(|n| format!("q{n:02}")).collect();
        let query: Vec<_> = params.iter().map(|name| (name.as_str(), "")).collect();
        let canonical = key().canonical_request(&object().headers(&headers).query(&query)).unwrap();
        let lines: String = (0..40).map(|n| format!("x-oss-meta-{n:02}:v\n")).collect();
        let expected: Vec<String> = (0..40).map(|n| format!("q{n:02}")).collect();
        assert!(canonical.contains(&format!("\n{}\n", expected.join("&"))) && canonical.contains(&lines));
    }

    #[test]
    fn a_hash_of_the_body_is_signed_and_sent() {
        let headers = [("X-Oss-Content-Sha256", " abc ")];
        let request = object().headers(&headers);
        let canonical = key().canonical_request(&request).unwrap();
        assert!(
            canonical.contains("\nx-oss-content-sha256:abc\n") && canonical.ends_with("\nabc"),
            "{canonical}"
        );
        assert_eq!(key().sign(&request).unwrap().get("x-oss-content-sha256"), Some("abc"));
        let twice = [headers[0], headers[0]];
        assert!(matches!(key().sign(&object().headers(&twice)), Err(SignError::InvalidHeader(_))));
    }

    #[test]
    fn requests_of_other_days_are_signed_with_the_keys_of_those_days() {
        let signer = Signer::new(&Credentials::new("id", "secret"), "cn-hangzhou", TIME + MINUTE).unwrap();
        for time in [TIME, TIME + DAY - MINUTE, TIME + DAY, TIME - MINUTE, TIME + 400 * DAY] {
            let request = Request::new("GET", time);
            let canonical = signer.canonical_request(&request).unwrap();
            let authorization = signer.sign(&request).unwrap();
            let expected = format!("Signature={}", signature_of(&canonical, time));
            assert!(authorization.get("authorization").unwrap().ends_with(&expected), "{time:?}");
        }
    }

    #[test]
    fn presigned_queries_are_sorted_and_end_with_the_signature() {
        let headers = [("host", "h"), ("x-oss-meta-a", "1"), ("date", "yesterday")];
        let query = [("versionId", "1"), ("acl", ""), ("y", "z")];
        let request = object().query(&query).headers(&headers).additional_headers(&["host"]);
        let signed = "acl&versionId=1&x-oss-additional-headers=host&\
            x-oss-credential=STS.id%2F19700101%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&\
            x-oss-date=19700101T000000Z&x-oss-expires=60&x-oss-security-token=token&\
            x-oss-signature-version=OSS4-HMAC-SHA256&y=z";
        let canonical =
            format!("PUT\n/b/a%20b/%2B\n{signed}\nhost:h\nx-oss-meta-a:1\n\nhost\nUNSIGNED-PAYLOAD");
        let expected = format!("{signed}&x-oss-signature={}", signature_of(&canonical, TIME));
        assert_eq!(session().presign(&request, MINUTE).unwrap(), expected);
        let url = session().presign_url(&request, MINUTE, "https://h").unwrap();
        assert_eq!(url, format!("https://h/a%20b/%2B?{expected}"));
        assert_eq!(request.url("https://h").unwrap(), "https://h/a%20b/%2B?versionId=1&acl&y=z");
    }

    #[test]
    fn what_cannot_be_signed_says_so() {
        let message = |error: SignError| {
            let text = error.to_string();
            assert_eq!(text.lines().count(), 1, "{text}");
            text
        };
        let refused = |request: Request<'_>| {
            let error = key().sign(&request).unwrap_err();
            assert_eq!(key().presign(&request, MINUTE).unwrap_err(), error);
            message(error)
        };
        assert_eq!(
            refused(object().headers(&[("x-oss-meta-a", "v\r\nx: y")])),
            "header `x-oss-meta-a` has a control character in its value: take it out"
        );
        assert_eq!(
            refused(object().headers(&[("content-md5", "a"), ("Content-MD5", "a")])),
            "header `Content-MD5` is given twice: leave one out"
        );
        assert_eq!(
            refused(object().query(&[("q", "1"), ("q", "1")])),
            "parameter `q` is given twice: leave one out"
        );
        assert!(matches!(key().sign(&object().query(&[("", "")])), Err(SignError::EmptyName(_))));
        assert!(matches!(key().sign(&Request::new("GET", TIME).key("k")), Err(SignError::InvalidText(_))));
        for name in super::RESERVED {
            let query = [(name, "x")];
            let error = key().presign(&object().query(&query), MINUTE).unwrap_err();
            assert!(matches!(error, SignError::ReservedName(error) if error.name() == name));
        }
        let seconds = Duration::from_secs;
        for expires in [Duration::from_millis(999), seconds(604_801), Duration::MAX] {
            let error = message(key().presign(&object(), expires).unwrap_err());
            assert_eq!(
                error,
                "the life of the url is not between one second and seven days: choose one that is"
            );
        }
        for expires in [seconds(1), seconds(604_800), Duration::from_millis(604_800_999)] {
            key().presign(&object(), expires).unwrap();
        }
        let headers = [("x-oss-security-token", "of another session")];
        let error = message(session().presign(&object().headers(&headers), MINUTE).unwrap_err());
        assert_eq!(
            error,
            "header `x-oss-security-token` does not go with the token in the url: leave it out"
        );
        key().presign(&object().headers(&headers), MINUTE).unwrap();
        let late = TIME + seconds(300_000_000_000);
        assert!(matches!(key().sign(&Request::new("GET", late)), Err(SignError::TimeOutOfRange(_))));
        let credentials = Credentials::new("id", "secret").with_security_token("to\nken");
        assert!(matches!(Signer::new(&credentials, "cn", late), Err(SignError::TimeOutOfRange(_))));
        let signer = Signer::new(&credentials, "cn", TIME).unwrap();
        let expected = "the security token has a control character: take it out";
        assert_eq!(message(signer.sign(&object()).unwrap_err()), expected);
        assert_eq!(message(signer.presign(&object(), MINUTE).unwrap_err()), expected);
        assert_eq!(message(signer.sign_post("{}", TIME).unwrap_err()), expected);
        assert_eq!(message(signer.post_conditions(TIME).unwrap_err()), expected);
        assert!(key().product("oss/x").is_err());
    }

    #[test]
    fn debug_shows_names_the_id_and_the_scope() {
        let shown =
            format!("{:?} {:?}", session(), object().query(&[("q", "v4lue")]).headers(&[("h", "v4lue")]));
        let all = ["STS.id", "cn-hangzhou", "\"oss\"", "\"q\"", "\"h\""];
        assert!(all.iter().all(|word| shown.contains(word)), "{shown}");
        assert!(!["v4lue", "secret\"", "token"].iter().any(|word| shown.contains(word)), "{shown}");
    }
}
