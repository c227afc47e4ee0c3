//! Bearer tokens: a request that carries one is not signed. Who reads the request can use the token until it expires, so
//! send it over https only.
//!
//! ```
//! use std::time::SystemTime;
//! use sts_sign::bearer::BearerToken;
//! use sts_sign::roa::Request;
//!
//! let token = BearerToken::new("a token");
//! let headers = token.roa_headers(&Request::new(SystemTime::UNIX_EPOCH, "a nonce").version("2015-12-15"))?;
//! assert_eq!(headers.get("x-acs-bearer-token"), Some("a token"));
//! assert_eq!(headers.get("x-acs-signature-type"), Some("BEARERTOKEN"));
//! assert_eq!(headers.get("authorization"), None);
//! # Ok::<(), sts_sign::SignError>(())
//! ```
//!
//! The fields are those that the vendor's current OpenAPI clients (of the tea-openapi family) send; none was tried against
//! the service. Those clients put the parameters of RPC-style operations into the URL, the token among them for RPC v1;
//! here they are a form body, which the services take too and proxies do not log. Older clients (sdk-core) send empty
//! signature parameters besides, which are left out here.

#[cfg(feature = "sha256")]
use crate::acs3;
use crate::error::{InvalidText, ReservedName, SignError};
use crate::text::checked;
use crate::{Headers, roa, rpc_v1};
use std::fmt;
use std::time::SystemTime;
use sts_types::Secret;

/// How the scheme is named.
const TYPE: &str = "BEARERTOKEN";

/// A bearer token. It is overwritten when dropped, and `Debug` does not show it.
#[derive(Clone)]
pub struct BearerToken(Secret);

impl BearerToken {
    /// Takes the token over. White space around it is not sent; a token that no header can carry is reported when it is
    /// used.
    #[must_use]
    pub fn new(token: impl Into<Secret>) -> Self {
        Self(token.into())
    }

    /// The headers of an ACS3 request in ROA style: those that [`acs3::Signer::sign`] adds for a long-term key, with
    /// `x-acs-bearer-token` and `x-acs-signature-type` in place of `authorization`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a token that is empty or has control characters, and those of
    /// [`acs3::Request::anonymous_headers`].
    #[cfg(feature = "sha256")]
    pub fn acs3_headers(&self, request: &acs3::Request<'_>) -> Result<Headers, SignError> {
        request.unsigned_headers(&[("x-acs-bearer-token", self.text()?), ("x-acs-signature-type", TYPE)])
    }

    /// The headers and the body of an ACS3 request in RPC style: `params` and `SignatureType` are appended to `body` as a
    /// form, as [`acs3::Signer::sign_form`] does it; the token travels in `x-acs-bearer-token`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a token that is empty or has control characters, [`SignError::ReservedName`] for
    /// `SignatureType` among `params`, and those of [`acs3::Request::write_anonymous_form`]; `body` is then as it was.
    #[cfg(feature = "sha256")]
    pub fn acs3_form(
        &self,
        request: &acs3::Request<'_>,
        params: &[(&str, &str)],
        body: &mut Vec<u8>,
    ) -> Result<Headers, SignError> {
        let all = with(params, &[("SignatureType", TYPE)])?;
        request.unsigned_form(&all, body, &[("x-acs-bearer-token", self.text()?)])
    }

    /// The headers of a ROA v1 request: those that [`roa::Signer::sign`] adds for a long-term key, with
    /// `x-acs-bearer-token` and `x-acs-signature-type` in place of `authorization`.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a token that is empty or has control characters, and those of
    /// [`roa::Signer::sign`] that are not about headers of the caller's.
    pub fn roa_headers(&self, request: &roa::Request<'_>) -> Result<Headers, SignError> {
        request.unsigned_headers(&[("x-acs-bearer-token", self.text()?), ("x-acs-signature-type", TYPE)])
    }

    /// Appends the form of an RPC v1 request: `params` (`Action`, `Version` and so on), `BearerToken`, `SignatureNonce`,
    /// `SignatureType` and `Timestamp`, nothing of any key. The form holds the token: send it as the body of a POST.
    ///
    /// # Errors
    ///
    /// [`SignError::InvalidText`] for a token that is empty or has control characters, [`SignError::ReservedName`] for
    /// `BearerToken` or `SignatureType` among `params`, and those of [`rpc_v1::Request::write_anonymous`]; `out` is then
    /// as it was.
    pub fn write_rpc_v1(
        &self,
        params: &[(&str, &str)],
        time: SystemTime,
        nonce: &str,
        out: &mut Vec<u8>,
    ) -> Result<(), SignError> {
        let all = with(params, &[("BearerToken", self.text()?), ("SignatureType", TYPE)])?;
        rpc_v1::Request::new(&all, time, nonce).write_anonymous(out)
    }

    fn text(&self) -> Result<&str, SignError> {
        match checked("bearer token", self.0.expose_secret())? {
            "" => Err(InvalidText::new("bearer token", "is empty: fetch one").into()),
            text => Ok(text),
        }
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// The caller's parameters and those of the scheme.
fn with<'a>(
    params: &[(&'a str, &'a str)],
    added: &[(&'static str, &'a str)],
) -> Result<Vec<(&'a str, &'a str)>, SignError> {
    match params.iter().find(|(name, _)| added.iter().any(|(reserved, _)| reserved == name)) {
        Some((name, _)) => Err(ReservedName::new(name).into()),
        None => Ok(params.iter().chain(added).copied().collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::BearerToken;
    use crate::{Headers, SignError, roa};
    use std::time::SystemTime;

    const TIME: SystemTime = SystemTime::UNIX_EPOCH;

    fn token() -> BearerToken {
        BearerToken::new(" t0ken/+\n")
    }

    fn all(headers: &Headers) -> Vec<(&str, &str)> {
        headers.iter().collect()
    }

    #[cfg(feature = "sha256")]
    #[test]
    fn acs3_in_both_styles() {
        use crate::acs3;
        const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let request = acs3::Request::new("h", "A", "V", TIME, "n");
        assert_eq!(
            all(&token().acs3_headers(&request).unwrap()),
            [
                ("x-acs-action", "A"),
                ("x-acs-version", "V"),
                ("x-acs-date", "1970-01-01T00:00:00Z"),
                ("x-acs-signature-nonce", "n"),
                ("x-acs-content-sha256", EMPTY),
                ("x-acs-bearer-token", "t0ken/+"),
                ("x-acs-signature-type", "BEARERTOKEN"),
            ]
        );
        let mut body = b"before".to_vec();
        let headers = token().acs3_form(&request, &[("B", "/"), ("T", "")], &mut body).unwrap();
        assert_eq!(str::from_utf8(&body).unwrap(), "beforeB=%2F&SignatureType=BEARERTOKEN&T=");
        let names: Vec<_> = headers.iter().map(|(name, _)| name).collect();
        assert_eq!(names.last(), Some(&"content-type"));
        assert_eq!(headers.get("x-acs-bearer-token"), Some("t0ken/+"));
        assert_eq!(headers.get("x-acs-signature-type"), None);
        // printf 'B=%%2F&SignatureType=BEARERTOKEN&T=' | sha256sum
        assert_eq!(
            headers.get("x-acs-content-sha256"),
            Some("7eea75d43b4b3e167fac0ca4678777feaa7552e7a346f0bed8abc2d15aa82a95")
        );

        let error = token().acs3_form(&request, &[("SignatureType", "x")], &mut Vec::new()).unwrap_err();
        assert!(matches!(error, SignError::ReservedName(_)));
        assert!(matches!(BearerToken::new("").acs3_headers(&request), Err(SignError::InvalidText(_))));
    }

    #[test]
    fn roa() {
        let headers = token().roa_headers(&roa::Request::new(TIME, "n").version("V")).unwrap();
        assert_eq!(
            all(&headers),
            [
                ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
                ("x-acs-signature-method", "HMAC-SHA1"),
                ("x-acs-signature-nonce", "n"),
                ("x-acs-signature-version", "1.0"),
                ("x-acs-version", "V"),
                ("x-acs-bearer-token", "t0ken/+"),
                ("x-acs-signature-type", "BEARERTOKEN"),
            ]
        );
    }

    #[test]
    fn rpc_v1() {
        let mut form = b"before".to_vec();
        let params = [("Version", "2014-05-26"), ("Action", "DescribeRegions")];
        token().write_rpc_v1(&params, TIME, "n", &mut form).unwrap();
        let expected = "beforeAction=DescribeRegions&BearerToken=t0ken%2F%2B&SignatureNonce=n&\
                        SignatureType=BEARERTOKEN&Timestamp=1970-01-01T00%3A00%3A00Z&Version=2014-05-26";
        assert_eq!(str::from_utf8(&form).unwrap(), expected);
        for name in ["BearerToken", "SignatureType"] {
            let error = token().write_rpc_v1(&[(name, "x")], TIME, "n", &mut form).unwrap_err();
            assert!(matches!(error, SignError::ReservedName(e) if e.name() == name));
        }
        assert_eq!(str::from_utf8(&form).unwrap(), expected);
    }

    #[test]
    fn tokens_that_cannot_be_sent_are_refused_and_none_is_shown() {
        let request = roa::Request::new(TIME, "n");
        let refused = |token: &str| BearerToken::new(token).roa_headers(&request).unwrap_err().to_string();
        assert_eq!(refused("a\nb"), "the bearer token has a control character: take it out");
        assert_eq!(refused("\n"), "the bearer token is empty: fetch one");
        assert_eq!(format!("{:?}", token()), "BearerToken(..)");
    }
}
