//! Vectors of RPC v1.

use super::vector::{Broken, compare, object, pairs, text, whole_seconds};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use sts_sign::rpc_v1::{self, Algorithm, Request, Signer};
use sts_types::Credentials;

pub(super) struct Vector<'a> {
    algorithm: Algorithm,
    method: &'a str,
    access_key_id: &'a str,
    access_key_secret: &'a str,
    params: Vec<(&'a str, &'a str)>,
    string_to_sign: &'a str,
    signature: &'a str,
}

impl<'a> Vector<'a> {
    pub(super) fn read(algorithm: Algorithm, line: &'a Map<String, Value>) -> Result<Self, String> {
        let inputs = object(line, "inputs")?;
        Ok(Self {
            algorithm,
            method: text(inputs, "method")?,
            access_key_id: text(inputs, "access_key_id")?,
            access_key_secret: text(inputs, "access_key_secret")?,
            params: pairs(object(inputs, "params")?)?,
            string_to_sign: text(line, "string_to_sign")?,
            signature: text(line, "signature")?,
        })
    }

    /// Every stage against what the official clients gave for it, never against another stage of ours.
    pub(super) fn check(&self) -> Result<(), Broken> {
        let expected = self.canonical_query()?;
        compare("canonical query", &expected, &rpc_v1::canonical_query(&self.params))?;
        compare("string to sign", self.string_to_sign, &rpc_v1::string_to_sign(self.method, &expected))?;
        let signature = rpc_v1::signature(self.algorithm, self.access_key_secret, self.string_to_sign);
        compare("signature", self.signature, &signature)?;

        let mut form = Vec::new();
        rpc_v1::sign_form(self.algorithm, self.method, self.access_key_secret, &self.params, &mut form)
            .map_err(|error| ("form", error.to_string()))?;
        self.check_form("form", &form)?;
        self.check_request()
    }

    /// The canonical query of the official client: its string to sign, decoded once.
    fn canonical_query(&self) -> Result<String, Broken> {
        let (_, encoded) = self.string_to_sign.split_once("&%2F&").ok_or_else(|| {
            ("line", "`string_to_sign` does not begin with a method and `&%2F&`".to_owned())
        })?;
        decoded(encoded)
    }

    /// A form carries the parameters given and the official signature, whatever its encoding.
    fn check_form(&self, stage: &'static str, form: &[u8]) -> Result<(), Broken> {
        let form = str::from_utf8(form).map_err(|error| (stage, error.to_string()))?;
        let mut sent = Vec::new();
        for pair in form.split('&') {
            let (name, value) = pair.split_once('=').ok_or_else(|| (stage, format!("no `=` in `{pair}`")))?;
            sent.push((decoded(name)?, decoded(value)?));
        }
        let mut expected: Vec<(String, String)> = self.params.iter().map(owned).collect();
        expected.push(("Signature".to_owned(), self.signature.to_owned()));
        sent.sort();
        expected.sort();
        if sent == expected {
            Ok(())
        } else {
            Err((stage, format!("expected {expected:?}\n  got      {sent:?}")))
        }
    }

    /// The paved path, for the lines whose common parameters are what it adds itself.
    fn check_request(&self) -> Result<(), Broken> {
        let param = |wanted| self.params.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
        let (Some(time), Some(nonce)) = (param("Timestamp").and_then(whole_seconds), param("SignatureNonce"))
        else {
            return Ok(());
        };
        if param("AccessKeyId") != Some(self.access_key_id)
            || param("SignatureMethod") != Some(self.algorithm.name())
            || param("SignatureVersion") != Some("1.0")
            || nonce.is_empty()
        {
            return Ok(());
        }
        let mut credentials = Credentials::new(self.access_key_id, self.access_key_secret);
        if let Some(token) = param("SecurityToken") {
            credentials = credentials.with_security_token(token);
        }
        const ADDED: [&str; 6] = [
            "AccessKeyId",
            "SecurityToken",
            "SignatureMethod",
            "SignatureNonce",
            "SignatureVersion",
            "Timestamp",
        ];
        let own: Vec<_> = self.params.iter().copied().filter(|(name, _)| !ADDED.contains(name)).collect();
        let request = Request::new(&own, time, nonce).method(self.method);
        let signer = Signer::with_algorithm(&credentials, self.algorithm);
        let failed = |error: sts_sign::SignError| ("request", error.to_string());
        compare("request", self.string_to_sign, &signer.string_to_sign(&request).map_err(failed)?)?;
        let mut form = Vec::new();
        signer.sign(&request, &mut form).map_err(failed)?;
        self.check_form("request", &form)
    }
}

fn decoded(text: &str) -> Result<String, Broken> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(error) => Err(("line", format!("`{text}` does not decode: {error}"))),
    }
}

fn owned((name, value): &(&str, &str)) -> (String, String) {
    ((*name).to_owned(), (*value).to_owned())
}
