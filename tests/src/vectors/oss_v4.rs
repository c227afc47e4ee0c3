//! Vectors of OSS V4.

use super::oss::{Inputs, check_query, failed, number, texts};
use super::vector::{Broken, compare, object, pairs, text};
use serde_json::{Map, Value};
use std::time::Duration;
use sts_sign::oss_v4::{self, Request, Signer};

pub(super) struct Vector<'a> {
    inputs: Inputs<'a>,
    region: &'a str,
    product: &'a str,
    additional_headers: Vec<&'a str>,
    mode: Mode<'a>,
    canonical_request: &'a str,
    string_to_sign: &'a str,
    signature: &'a str,
}

enum Mode<'a> {
    Header {
        /// The caller's, and what was added.
        sent: Vec<(&'a str, &'a str)>,
        authorization: &'a str,
    },
    Query {
        expires: Duration,
        signed: Vec<(&'a str, &'a str)>,
    },
}

impl<'a> Vector<'a> {
    pub(super) fn read_header(line: &'a Map<String, Value>) -> Result<Self, String> {
        let sent = pairs(object(object(line, "inputs")?, "sent_headers")?)?;
        Self::read(line, Mode::Header { sent, authorization: text(line, "authorization")? })
    }

    pub(super) fn read_presign(line: &'a Map<String, Value>) -> Result<Self, String> {
        let expires = Duration::from_secs(number(object(line, "inputs")?, "expires_seconds")?);
        Self::read(line, Mode::Query { expires, signed: pairs(object(line, "signed_query")?)? })
    }

    fn read(line: &'a Map<String, Value>, mode: Mode<'a>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        Ok(Self {
            inputs: Inputs::read(inputs)?,
            region: text(inputs, "region")?,
            product: text(inputs, "product")?,
            additional_headers: texts(inputs, "additional_headers")?,
            mode,
            canonical_request: text(line, "canonical_request")?,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        let request = self.request();
        match &self.mode {
            Mode::Header { sent, authorization } => {
                self.check_stages(&request.headers(sent))?;
                let signer = self.signer()?;
                let added = signer.sign(&request).map_err(failed)?;
                compare("request", authorization, added.get("authorization").unwrap_or_default())?;
                for (name, value) in added.iter().filter(|(name, _)| *name != "authorization") {
                    let expected = sent.iter().find(|(sent, _)| *sent == name);
                    compare("request", expected.map_or("", |(_, value)| value), value)?;
                }
                let canonical = signer.canonical_request(&request).map_err(failed)?;
                compare("request", self.canonical_request, &canonical)
            }
            Mode::Query { expires, signed } => {
                self.check_stages(&request.query(signed))?;
                let signer = self.signer()?;
                let query = signer.presign(&request, *expires).map_err(failed)?;
                check_query("request", signed, &query)?;
                let url = signer.presign_url(&request, *expires, self.inputs.base()).map_err(failed)?;
                self.inputs.check_url("url", &url, &query)
            }
        }
    }

    fn check_stages(&self, complete: &Request<'_>) -> Result<(), Broken> {
        let canonical = oss_v4::canonical_request(complete).map_err(failed)?;
        compare("canonical request", self.canonical_request, &canonical)?;
        let (time, region, product) = (self.inputs.time, self.region, self.product);
        let text = oss_v4::string_to_sign(time, region, product, self.canonical_request).map_err(failed)?;
        compare("string to sign", self.string_to_sign, &text)?;
        let secret = self.inputs.secret();
        let signature =
            oss_v4::signature(secret, time, region, product, self.string_to_sign).map_err(failed)?;
        compare("signature", self.signature, &signature)
    }

    fn signer(&self) -> Result<Signer, Broken> {
        let signer = Signer::new(&self.inputs.credentials, self.region, self.inputs.time);
        signer.and_then(|signer| signer.product(self.product)).map_err(failed)
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
        request.additional_headers(&self.additional_headers)
    }
}
