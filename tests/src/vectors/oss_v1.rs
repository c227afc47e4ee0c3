//! Vectors of OSS V1.

use super::oss::{Inputs, check_query, failed, number, texts};
use super::vector::{Broken, compare, object, pairs, text};
use serde_json::{Map, Value};
use std::time::Duration;
use sts_sign::oss_v1::{self, Request, Signer};

pub(super) struct Vector<'a> {
    inputs: Inputs<'a>,
    sub_resources: Vec<&'a str>,
    mode: Mode<'a>,
    string_to_sign: &'a str,
    signature: &'a str,
}

enum Mode<'a> {
    Header {
        /// The caller's, and what was added.
        sent: Vec<(&'a str, &'a str)>,
        date_name: String,
        date: &'a str,
        authorization: &'a str,
    },
    Query {
        expires: Duration,
        expires_unix: u64,
        signed: Vec<(&'a str, &'a str)>,
    },
}

impl<'a> Vector<'a> {
    pub(super) fn read(line: &'a Map<String, Value>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        let mode = match text(line, "mode")? {
            "header" => Mode::Header {
                sent: pairs(object(inputs, "sent_headers")?)?,
                date_name: text(inputs, "date_header_used")?.to_ascii_lowercase(),
                date: text(inputs, "date")?,
                authorization: text(line, "authorization")?,
            },
            "query" => Mode::Query {
                expires: Duration::from_secs(number(inputs, "expires_seconds")?),
                expires_unix: number(inputs, "expires_unix")?,
                signed: pairs(object(line, "signed_query")?)?,
            },
            other => return Err(format!("`{other}` is no mode")),
        };
        Ok(Self {
            inputs: Inputs::read(inputs)?,
            sub_resources: texts(inputs, "extra_sub_resources")?,
            mode,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        let signer = Signer::new(&self.inputs.credentials);
        match &self.mode {
            Mode::Header { sent, date_name, date, authorization } => {
                self.check_stages(&self.request().headers(sent), date)?;
                let mut headers = self.inputs.headers.clone();
                if date_name == "x-oss-date" && !headers.iter().any(|(name, _)| name == date_name) {
                    headers.push((date_name, date));
                }
                let request = self.request().headers(&headers);
                let added = signer.sign(&request).map_err(failed)?;
                compare("request", authorization, added.get("authorization").unwrap_or_default())?;
                compare("request", date, added.get(date_name).unwrap_or_default())?;
                let token = sent.iter().find(|(name, _)| *name == "x-oss-security-token");
                compare(
                    "request",
                    token.map_or("", |(_, value)| value),
                    added.get("x-oss-security-token").unwrap_or_default(),
                )?;
                compare("request", self.string_to_sign, &signer.string_to_sign(&request).map_err(failed)?)
            }
            Mode::Query { expires, expires_unix, signed } => {
                let mut query = self.inputs.query.clone();
                query.extend(signed.iter().filter(|(name, _)| *name == "security-token"));
                self.check_stages(&self.request().query(&query), &expires_unix.to_string())?;
                let query = signer.presign(&self.request(), *expires).map_err(failed)?;
                check_query("request", signed, &query)?;
                let url =
                    signer.presign_url(&self.request(), *expires, self.inputs.base()).map_err(failed)?;
                self.inputs.check_url("url", &url, &query)
            }
        }
    }

    fn check_stages(&self, complete: &Request<'_>, date: &str) -> Result<(), Broken> {
        let resource = oss_v1::canonical_resource(complete).map_err(failed)?;
        compare("canonical resource", self.resource(), &resource)?;
        let text = oss_v1::string_to_sign(complete, date).map_err(failed)?;
        compare("string to sign", self.string_to_sign, &text)?;
        let signature = oss_v1::signature(self.inputs.secret(), self.string_to_sign);
        compare("signature", self.signature, &signature)
    }

    /// The official client's: what follows the four lines that are always there and those of header fields.
    fn resource(&self) -> &'a str {
        let mut rest = self.string_to_sign.splitn(5, '\n').nth(4).unwrap_or_default();
        while let Some((line, after)) = rest.split_once('\n').filter(|(line, _)| line.starts_with("x-oss-")) {
            debug_assert!(line.contains(':'), "a field");
            rest = after;
        }
        rest
    }

    fn request(&self) -> Request<'_> {
        let inputs = &self.inputs;
        let mut request =
            Request::new(inputs.method, inputs.time).query(&inputs.query).headers(&inputs.headers);
        if let Some(bucket) = inputs.bucket {
            request = request.bucket(bucket);
        }
        if let Some(key) = inputs.key {
            request = request.key(key);
        }
        request.sub_resources(&self.sub_resources)
    }
}
