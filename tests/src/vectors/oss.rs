//! What the vectors of the OSS schemes have in common.

use super::vector::{Broken, compare, object, optional_text, pairs, text};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};
use sts_types::Credentials;

/// What a request is made of.
pub(super) struct Inputs<'a> {
    pub(super) credentials: Credentials,
    pub(super) method: &'a str,
    pub(super) time: SystemTime,
    pub(super) bucket: Option<&'a str>,
    pub(super) key: Option<&'a str>,
    pub(super) query: Vec<(&'a str, &'a str)>,
    pub(super) headers: Vec<(&'a str, &'a str)>,
    url: &'a str,
}

impl<'a> Inputs<'a> {
    pub(super) fn read(inputs: &'a Map<String, Value>) -> Result<Self, String> {
        Ok(Self {
            credentials: credentials(inputs)?,
            method: text(inputs, "method")?,
            time: SystemTime::UNIX_EPOCH + Duration::from_secs(number(inputs, "unix_time")?),
            bucket: optional_text(inputs, "bucket")?,
            key: optional_text(inputs, "key")?,
            query: pairs(object(inputs, "query")?)?,
            headers: pairs(object(inputs, "headers")?)?,
            url: text(inputs, "url")?,
        })
    }

    /// Scheme and host, by which the bucket is reached.
    pub(super) fn base(&self) -> &'a str {
        let slash = self.url.match_indices('/').nth(2).map_or(self.url.len(), |(at, _)| at);
        self.url.get(..slash).unwrap_or_default()
    }

    pub(super) fn secret(&self) -> &str {
        self.credentials.access_key_secret().expose_secret()
    }

    /// A whole URL leads to the object, whichever characters of its key are encoded, and has the query.
    pub(super) fn check_url(&self, stage: &'static str, url: &str, query: &str) -> Result<(), Broken> {
        let (path, found) = url.split_once('?').unwrap_or((url, ""));
        compare(stage, query, found)?;
        let path = path.strip_prefix(self.base()).ok_or((stage, format!("`{url}` leads to another host")))?;
        compare(stage, &format!("/{}", self.key.unwrap_or_default()), &decoded(path)?)
    }
}

/// The key that a line was made with.
pub(super) fn credentials(inputs: &Map<String, Value>) -> Result<Credentials, String> {
    let credentials = Credentials::new(text(inputs, "access_key_id")?, text(inputs, "access_key_secret")?);
    Ok(match optional_text(inputs, "security_token")? {
        Some(token) => credentials.with_security_token(token),
        None => credentials,
    })
}

pub(super) fn number(object: &Map<String, Value>, name: &str) -> Result<u64, String> {
    object.get(name).and_then(Value::as_u64).ok_or_else(|| format!("`{name}` is missing or no number"))
}

/// The members of a list, all of them text.
pub(super) fn texts<'a>(object: &'a Map<String, Value>, name: &str) -> Result<Vec<&'a str>, String> {
    let wrong = || format!("`{name}` is missing or no list of texts");
    let list = object.get(name).and_then(Value::as_array).ok_or_else(wrong)?;
    list.iter().map(|member| member.as_str().ok_or_else(wrong)).collect()
}

/// A query says what the official client's says, whatever its order and its encoding.
pub(super) fn check_query(stage: &'static str, expected: &[(&str, &str)], query: &str) -> Result<(), Broken> {
    let mut found = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        found.push((decoded(name)?, decoded(value)?));
    }
    let mut expected: Vec<(String, String)> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    found.sort();
    expected.sort();
    if found == expected {
        Ok(())
    } else {
        Err((stage, format!("expected {expected:?}\n  got      {found:?}")))
    }
}

fn decoded(text: &str) -> Result<String, Broken> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(error) => Err(("line", format!("`{text}` does not decode: {error}"))),
    }
}

/// An error of the signer.
pub(super) fn failed(error: sts_sign::SignError) -> Broken {
    ("request", error.to_string())
}
