//! What the vectors of OSS share.

use super::wire::{Encoding, Wire, path};
use super::{Broken, object, pairs, text};
use serde_json::{Map, Value};
use sts_sign::verify::Bucket;

/// A request, and where the server finds its bucket.
#[derive(Clone)]
pub(super) struct Addressed<'a> {
    pub(super) bucket: Bucket<'a>,
    pub(super) wire: Wire,
}

/// Method, query and headers of the caller. The path is the key's.
pub(super) fn request_of(inputs: &Map<String, Value>) -> Result<Wire, Broken> {
    Ok(Wire {
        method: text(inputs, "method")?.to_owned(),
        path: path(inputs.get("key").and_then(Value::as_str).unwrap_or_default()),
        query: pairs(object(inputs, "query")?)?,
        encoding: Encoding::Percent,
        headers: pairs(object(inputs, "headers")?)?,
        body: String::new(),
    })
}

fn bucket_of(inputs: &Map<String, Value>) -> Option<&str> {
    inputs.get("bucket").and_then(Value::as_str)
}

/// With the bucket in the host, and with the bucket in the path.
pub(super) fn both_ways<'a>(inputs: &'a Map<String, Value>, wire: &Wire) -> Vec<Addressed<'a>> {
    let Some(name) = bucket_of(inputs) else {
        return vec![Addressed { bucket: Bucket::InPath, wire: wire.clone() }];
    };
    let in_path = Wire { path: format!("/{name}{}", wire.path), ..wire.clone() };
    vec![
        Addressed { bucket: Bucket::InHost(name), wire: wire.clone() },
        Addressed { bucket: Bucket::InPath, wire: in_path },
    ]
}

/// The URLs that official clients made, path and query as they wrote them, with the headers of the request.
pub(super) fn official_urls<'a>(
    line: &Map<String, Value>,
    inputs: &'a Map<String, Value>,
    wire: &Wire,
) -> Result<Vec<Addressed<'a>>, Broken> {
    let urls = ["signed_url", "signed_url_oss2"]
        .into_iter()
        .filter_map(|name| line.get(name).and_then(Value::as_str));
    urls.map(|url| {
        let target =
            url.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|start| rest.get(start..)));
        let target = target.ok_or_else(|| ("line", format!("no path in `{url}`")))?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let wire = Wire {
            path: path.to_owned(),
            encoding: Encoding::Raw,
            query: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            ..wire.clone()
        };
        Ok(Addressed { bucket: bucket_of(inputs).map_or(Bucket::InPath, Bucket::InHost), wire })
    })
    .collect()
}
