//! Operations on objects.

use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};

use super::Run;
use crate::oss::call::Call;
use crate::oss::partial;
use crate::oss::refusal::Refusal;
use crate::oss::reply::{self, Reply};
use crate::oss::request::Request;
use crate::oss::store::{Meta, Object, ObjectAcl};

/// Documented: what `x-oss-meta-` may take together.
const MOST_META_BYTES: usize = 8 * 1024;

/// Kept with an object besides `x-oss-meta-`.
const KEPT: [&str; 6] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "expires",
];

/// Parameters of a signed request that change headers of the reply.
const OVERRIDES: [(&str, &str); 6] = [
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-content-type", "content-type"),
    ("response-expires", "expires"),
];

impl Run<'_> {
    pub(super) fn put_object(self) -> Result<Reply, Refusal> {
        let (request, now) = (&self.call.request, self.now());
        let meta = meta_of_headers(self.call, &request.parts.headers)?;
        let object = Object::new(&request.body, &self.call.checksums, meta, now);
        self.check_overwrite(request)?;
        let object = self.store.put(request.bucket()?, request.key()?, object)?;
        let mut reply = reply::empty(StatusCode::OK);
        stored(&mut reply, &object);
        Ok(reply)
    }

    /// `x-oss-forbid-overwrite`.
    pub(super) fn check_overwrite(&self, request: &Request) -> Result<(), Refusal> {
        let is_forbidden = request.header("x-oss-forbid-overwrite").is_some_and(|value| value == "true");
        let is_there = self.store.bucket(request.bucket()?)?.find(request.key()?).is_some();
        if is_forbidden && is_there { Err(Refusal::object_exists()) } else { Ok(()) }
    }

    pub(super) fn copy_object(self) -> Result<Reply, Refusal> {
        let (call, request, now) = (self.call, &self.call.request, self.now());
        let source = call.source.as_ref().ok_or_else(Refusal::internal)?;
        let from = self.store.bucket(&source.bucket)?.object(&source.key)?;
        partial::preconditions(from, |name| match name {
            "if-match" => request.header("x-oss-copy-source-if-match"),
            "if-none-match" => request.header("x-oss-copy-source-if-none-match"),
            "if-modified-since" => request.header("x-oss-copy-source-if-modified-since"),
            _ => request.header("x-oss-copy-source-if-unmodified-since"),
        })?;
        let replaces = |name| match request.header(name) {
            None => Ok(false),
            Some(directive) if directive.eq_ignore_ascii_case("copy") => Ok(false),
            Some(directive) if directive.eq_ignore_ascii_case("replace") => Ok(true),
            Some(other) => Err(Refusal::invalid_argument("The directive is COPY or REPLACE.", name, other)),
        };
        let sent = meta_of_headers(call, &request.parts.headers)?;
        let headers =
            if replaces("x-oss-metadata-directive")? { sent.headers } else { from.meta.headers.clone() };
        let tags = if replaces("x-oss-tagging-directive")? { sent.tags } else { from.meta.tags.clone() };
        let object = Object {
            content: from.content.clone(),
            etag: from.etag.clone(),
            md5: from.md5.clone(),
            crc64: from.crc64,
            modified: now,
            kind: from.kind,
            meta: Meta { acl: sent.acl, headers, tags },
        };
        self.check_overwrite(request)?;
        let object = self.store.put(request.bucket()?, request.key()?, object)?;
        let mut reply = reply::xml("CopyObjectResult", |xml| {
            xml.text("LastModified", reply::iso_date(object.modified));
            xml.text("ETag", reply::quoted(&object.etag));
        });
        stored(&mut reply, &object);
        Ok(reply)
    }

    pub(super) fn get_object(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let object = self.store.bucket(request.bucket()?)?.object(request.key()?)?;
        partial::preconditions(object, |name| request.header(name))?;
        let is_standard = request.header("x-oss-range-behavior") == Some("standard");
        let range = partial::range(request.header("range"), is_standard, object.content.len())?;
        let mut reply = self.described(object)?;
        *reply.body_mut() = match range {
            None => object.content.clone(),
            Some(range) => {
                *reply.status_mut() = StatusCode::PARTIAL_CONTENT;
                let (last, size) = (range.end.saturating_sub(1), object.content.len());
                reply::set(&mut reply, "content-range", &format!("bytes {}-{last}/{size}", range.start));
                reply.headers_mut().remove("content-md5");
                // The range lies within.
                object.content.slice(range)
            }
        };
        Ok(reply)
    }

    pub(super) fn head_object(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let object = self.store.bucket(request.bucket()?)?.object(request.key()?)?;
        partial::preconditions(object, |name| request.header(name))?;
        let mut reply = self.described(object)?;
        reply::set(&mut reply, "content-length", &object.content.len().to_string());
        Ok(reply)
    }

    pub(super) fn get_object_meta(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let object = self.store.bucket(request.bucket()?)?.object(request.key()?)?;
        let mut reply = reply::empty(StatusCode::OK);
        stored(&mut reply, object);
        reply.headers_mut().remove("content-md5");
        reply::set(&mut reply, "last-modified", &reply::http_date(object.modified));
        if request.parts.method == Method::HEAD {
            reply::set(&mut reply, "content-length", &object.content.len().to_string());
        }
        Ok(reply)
    }

    /// All headers of an object, those included that the request wants to be others.
    fn described(&self, object: &Object) -> Result<Reply, Refusal> {
        let mut reply = reply::empty(StatusCode::OK);
        reply.headers_mut().extend(object.meta.headers.iter().cloned());
        if !reply.headers().contains_key(CONTENT_TYPE) {
            reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        }
        for (parameter, header) in OVERRIDES {
            let Some(value) = self.call.request.parameter(parameter) else { continue };
            if self.is_anonymous {
                let message = "Can not override response header on Anonymous user access.";
                return Err(Refusal::invalid_request(message));
            }
            let value = HeaderValue::from_str(value);
            let value =
                value.map_err(|_| Refusal::invalid_argument("No header can say this.", parameter, ""))?;
            reply.headers_mut().insert(HeaderName::from_static(header), value);
        }
        stored(&mut reply, object);
        reply::set(&mut reply, "last-modified", &reply::http_date(object.modified));
        reply::set(&mut reply, "accept-ranges", "bytes");
        reply::set(&mut reply, "x-oss-object-type", object.kind.name());
        reply::set(&mut reply, "x-oss-storage-class", "Standard");
        if !object.meta.tags.is_empty() {
            reply::set(&mut reply, "x-oss-tagging-count", &object.meta.tags.len().to_string());
        }
        Ok(reply)
    }

    pub(super) fn delete_object(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        self.store.delete(request.bucket()?, request.key()?)?;
        Ok(reply::empty(StatusCode::NO_CONTENT))
    }

    pub(super) fn delete_multiple_objects(self) -> Result<Reply, Refusal> {
        let encoding = self.encoding()?;
        let deletion = self.call.deletion.as_ref().ok_or_else(Refusal::internal)?;
        let bucket = self.call.request.bucket()?;
        deletion.keys.iter().try_for_each(|key| self.store.delete(bucket, key))?;
        // Nothing failed, and so there is nothing to tell to who wants to hear of failures only.
        if deletion.quiet {
            return Ok(reply::empty(StatusCode::OK));
        }
        Ok(reply::xml("DeleteResult", |xml| {
            encoding.tell(xml);
            for key in &deletion.keys {
                xml.group("Deleted", |xml| xml.text("Key", encoding.apply(key)));
            }
        }))
    }

    pub(super) fn put_object_acl(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let sent = request.text_header("x-oss-object-acl")?.filter(|acl| !acl.is_empty());
        let acl = object_acl(Some(sent.ok_or_else(|| Refusal::missing_argument("x-oss-object-acl"))?))?;
        let (bucket, key) = (request.bucket()?, request.key()?);
        let there = self.store.bucket(bucket)?.object(key)?;
        let object = Object {
            content: there.content.clone(),
            etag: there.etag.clone(),
            md5: there.md5.clone(),
            crc64: there.crc64,
            modified: there.modified,
            kind: there.kind,
            meta: Meta { acl, ..there.meta.clone() },
        };
        self.store.put(bucket, key, object)?;
        Ok(reply::empty(StatusCode::OK))
    }

    pub(super) fn get_object_acl(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let bucket = self.store.bucket(request.bucket()?)?;
        let object = bucket.object(request.key()?)?;
        Ok(reply::acl(&bucket.owner, object.meta.acl.name()))
    }
}

/// What every reply about content says of it.
pub(super) fn stored(reply: &mut Reply, object: &Object) {
    reply::set(reply, "etag", &reply::quoted(&object.etag));
    reply::set(reply, "x-oss-hash-crc64ecma", &object.crc64.to_string());
    if let Some(md5) = &object.md5 {
        reply::set(reply, "content-md5", md5);
    }
}

/// What is kept of the headers of a request that makes an object.
pub(super) fn meta_of_headers(call: &Call, sent: &HeaderMap) -> Result<Meta, Refusal> {
    let is_kept = |name: &str| KEPT.contains(&name) || name.starts_with("x-oss-meta-");
    let headers: Vec<(HeaderName, HeaderValue)> = sent
        .iter()
        .filter(|(name, _)| is_kept(name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    checked(Meta { acl: object_acl(call.object_acl_as_sent())?, headers, tags: call.tags.clone() })
}

/// What is kept of the fields of a form.
pub(super) fn meta_of_form(call: &Call) -> Result<Meta, Refusal> {
    let form = call.form.as_ref().ok_or_else(Refusal::internal)?;
    let mut headers = HeaderMap::new();
    for (name, value) in form.fields() {
        let name = name.to_ascii_lowercase();
        if !KEPT.contains(&name.as_str()) && !name.starts_with("x-oss-meta-") {
            continue;
        }
        let pair = HeaderName::try_from(&name).ok().zip(HeaderValue::from_bytes(value).ok());
        let invalid = || Refusal::invalid_argument("No header can say this.", &name, "");
        let (name, value) = pair.ok_or_else(invalid)?;
        headers.insert(name, value);
    }
    let content_type = form.content_type().and_then(|value| HeaderValue::from_str(value).ok());
    headers.extend(content_type.map(|value| (CONTENT_TYPE, value)));
    meta_of_headers(call, &headers)
}

fn checked(meta: Meta) -> Result<Meta, Refusal> {
    let own = meta.headers.iter().filter(|(name, _)| name.as_str().starts_with("x-oss-meta-"));
    let bytes: usize = own.map(|(name, value)| name.as_str().len() + value.len()).sum();
    match bytes <= MOST_META_BYTES {
        true => Ok(meta),
        false => Err(Refusal::invalid_argument("The metadata is larger than 8 KB.", "x-oss-meta-", "")),
    }
}

fn object_acl(name: Option<&str>) -> Result<ObjectAcl, Refusal> {
    match name {
        None => Ok(ObjectAcl::Default),
        Some(name) => ObjectAcl::named(name).ok_or_else(|| {
            Refusal::invalid_argument("no such object access control exists", "x-oss-object-acl", name)
        }),
    }
}
