//! Credentials made ready to sign.

use super::Request;
use super::canonical::Canonical;
use super::stages::Base64;
use crate::Headers;
use crate::error::{InvalidText, ReservedName, SignError, TimeOutOfRange};
use crate::hmac::{Key, Sha1};
use crate::oss::{KeyId, write_encoded};
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
    Ok(since.as_secs().checked_add(expires.as_secs()).ok_or(TimeOutOfRange::new())?)
}
