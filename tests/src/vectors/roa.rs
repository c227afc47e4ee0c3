//! Vectors of ROA.

use super::vector::{Broken, compare, object, optional_text, pairs, text};
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};
use sts_sign::roa::{self, Request, Signer};
use sts_types::Credentials;

pub(super) struct Vector<'a> {
    method: &'a str,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
    /// All that were sent.
    headers: Vec<(&'a str, &'a str)>,
    time: SystemTime,
    credentials: Credentials,
    string_to_sign: &'a str,
    signature: &'a str,
    authorization: &'a str,
}

impl<'a> Vector<'a> {
    pub(super) fn read(line: &'a Map<String, Value>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        let headers = object(inputs, "headers")?;
        let mut credentials =
            Credentials::new(text(inputs, "access_key_id")?, text(inputs, "access_key_secret")?);
        if let Some(token) = optional_text(inputs, "security_token")? {
            credentials = credentials.with_security_token(token);
        }
        Ok(Self {
            method: text(inputs, "method")?,
            path: text(inputs, "pathname")?,
            query: pairs(object(inputs, "query")?)?,
            headers: pairs(headers)?,
            time: http_date(text(headers, "date")?)?,
            credentials,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
            authorization: text(line, "authorization")?,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        let header = |wanted: &str| {
            let found = self.headers.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| *value).ok_or_else(|| ("line", format!("no header `{wanted}`")))
        };
        let mut request = Request::new(self.time, header("x-acs-signature-nonce")?);
        request = request.method(self.method).path(self.path).query(&self.query).headers(&self.headers);
        if let Ok(version) = header("x-acs-version") {
            request = request.version(version);
        }
        let signer = Signer::new(&self.credentials);
        let failed = |error: sts_sign::SignError| ("request", error.to_string());
        compare("string to sign", self.string_to_sign, &signer.string_to_sign(&request).map_err(failed)?)?;
        let secret = self.credentials.access_key_secret().expose_secret();
        compare("signature", self.signature, &roa::signature(secret, self.string_to_sign))?;

        let added = signer.sign(&request).map_err(failed)?;
        compare("request", self.authorization, added.get("authorization").unwrap_or_default())?;
        for (name, value) in added.iter().filter(|(name, _)| *name != "authorization") {
            compare("request", header(name)?, value)?;
        }
        Ok(())
    }
}

fn http_date(text: &str) -> Result<SystemTime, String> {
    let time = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text);
    let seconds = time.map_err(|error| format!("`{text}`: {error}"))?.as_second();
    let seconds = u64::try_from(seconds).map_err(|error| format!("`{text}`: {error}"))?;
    Ok(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}
