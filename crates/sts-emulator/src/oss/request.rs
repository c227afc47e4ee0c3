//! One request to OSS, read as far as every operation needs it.

use std::net::IpAddr;

use bytes::Bytes;
use http::request::Parts;
use jiff::Timestamp;

use crate::oss::refusal::Refusal;
use crate::oss::target::{Target, decoded};

/// More than any honest request has.
const MOST_PARAMETERS: usize = 1000;

/// A request whose body has arrived.
pub(crate) struct Request {
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
    pub(crate) time: Timestamp,
    pub(crate) target: Target,
    /// Encoded, with `%20` for blanks: oss2 sends them as `+`, after having signed them as blanks.
    pub(crate) query: String,
    /// Decoded, by name.
    parameters: Vec<(String, String)>,
}

impl Request {
    pub(crate) fn read(parts: Parts, body: Bytes, peer: IpAddr, time: Timestamp) -> Result<Self, Refusal> {
        let target = Target::read(&host(&parts), parts.uri.path())?;
        let query = parts.uri.query().unwrap_or_default().replace('+', "%20");
        let parameters = parameters(&query)?;
        Ok(Self { parts, body, peer, time, target, query, parameters })
    }

    /// A parameter, which may be empty.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let index = self.parameters.binary_search_by(|(candidate, _)| candidate.as_str().cmp(name)).ok()?;
        self.parameters.get(index).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.parameter(name).is_some()
    }

    pub(crate) fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(|(name, _)| name.as_str())
    }

    /// A header of text. Not there where it is no text, or sent twice: nothing that matters is decided by such a one.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => str::from_utf8(value.as_bytes()).ok().map(str::trim),
            _ => None,
        }
    }

    /// The bucket's name, of a request about a bucket.
    pub(crate) fn bucket(&self) -> Result<&str, Refusal> {
        self.target.bucket.as_deref().ok_or_else(|| Refusal::bucket_name(""))
    }

    /// The object's name, of a request about an object.
    pub(crate) fn key(&self) -> Result<&str, Refusal> {
        self.target.key.as_deref().ok_or_else(|| Refusal::object_name(""))
    }

    /// A header or, in its absence, nothing; a header that is there and is no text is an error.
    pub(crate) fn text_header(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        match (self.parts.headers.contains_key(name), self.header(name)) {
            (true, None) => Err(Refusal::invalid_argument("The header is not one line of text.", name, "")),
            (_, value) => Ok(value),
        }
    }
}

/// What the client has called the emulator.
pub(crate) fn host(parts: &Parts) -> String {
    let header = parts.headers.get(http::header::HOST).map(|host| String::from_utf8_lossy(host.as_bytes()));
    let authority = || parts.uri.authority().map(|authority| authority.as_str().into());
    header.or_else(authority).unwrap_or_default().into_owned()
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let mut parameters = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let pair = decoded(name).zip(decoded(value));
        let Some(pair) = pair.filter(|_| parameters.len() < MOST_PARAMETERS) else {
            return Err(Refusal::invalid_argument(
                "The query is not percent-encoded UTF-8, or too long.",
                "query",
                "",
            ));
        };
        parameters.push(pair);
    }
    parameters.sort_unstable();
    match parameters.iter().zip(parameters.iter().skip(1)).find(|(left, right)| left.0 == right.0) {
        Some(((name, _), _)) => {
            Err(Refusal::invalid_argument("The parameter is given more than once.", name, ""))
        }
        None => Ok(parameters),
    }
}
