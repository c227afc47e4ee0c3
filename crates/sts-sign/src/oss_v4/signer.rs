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
use crate::oss::KeyId;
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
        self.scope = Scope::new(self.scope.region(), product)?;
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
