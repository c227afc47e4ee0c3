//! Vectors of ACS3.

use super::vector::{Broken, compare, object, optional_text, pairs, text, whole_seconds};
use serde_json::{Map, Value};
use std::time::SystemTime;
use sts_sign::acs3::{self, Request, Signer};
use sts_types::Credentials;

pub(super) struct Vector<'a> {
    method: &'a str,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
    /// All that are signed, as they were sent.
    headers: Vec<(&'a str, &'a str)>,
    time: SystemTime,
    body: &'a str,
    credentials: Credentials,
    body_hash: &'a str,
    canonical_request: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
    authorization: &'a str,
}

impl<'a> Vector<'a> {
    pub(super) fn read(line: &'a Map<String, Value>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        let headers = object(inputs, "headers")?;
        let date = text(headers, "x-acs-date")?;
        let time = whole_seconds(date).ok_or_else(|| format!("`{date}` is no time in whole seconds"))?;
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
            time,
            body: optional_text(inputs, "body")?.unwrap_or_default(),
            credentials,
            body_hash: text(line, "hashed_payload")?,
            canonical_request: text(line, "canonical_request")?,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
            authorization: text(line, "authorization")?,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        let query = self.canonical_request.split('\n').nth(2).unwrap_or_default();
        compare("canonical query", query, &acs3::canonical_query(&self.query))?;

        let header = |wanted: &str| {
            let found = self.headers.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| *value).ok_or_else(|| ("line", format!("no header `{wanted}`")))
        };
        let request = Request::new(
            header("host")?,
            header("x-acs-action")?,
            header("x-acs-version")?,
            self.time,
            header("x-acs-signature-nonce")?,
        );
        // Every header is signed; what the scheme signs anyway need not be named.
        let names = self.headers.iter().map(|(name, _)| *name);
        let also: Vec<&str> =
            names.filter(|name| !name.starts_with("x-acs-") && *name != "content-type").collect();
        let request = request.method(self.method).path(self.path).query(&self.query);
        let request = request.headers(&self.headers).sign_also(&also).body(self.body.as_bytes());
        let signer = Signer::new(&self.credentials);
        let failed = |error: sts_sign::SignError| ("request", error.to_string());
        let canonical = signer.canonical_request(&request).map_err(failed)?;
        let body_hash = canonical.rsplit('\n').next().unwrap_or_default();
        compare("body hash", self.body_hash, body_hash)?;
        compare("canonical request", self.canonical_request, &canonical)?;

        compare("string to sign", self.string_to_sign, &acs3::string_to_sign(self.canonical_request))?;
        let secret = self.credentials.access_key_secret().expose_secret();
        compare("signature", self.signature, &acs3::signature(secret, self.string_to_sign))?;

        let added = signer.sign(&request).map_err(failed)?;
        compare("request", self.authorization, added.get("authorization").unwrap_or_default())?;
        for (name, value) in added.iter().filter(|(name, _)| *name != "authorization") {
            compare("request", header(name)?.trim(), value)?;
        }
        Ok(())
    }
}
