//! The canonical request.

use super::Request;
use crate::error::{InvalidHeader, SignError};
use crate::fields::{Fields, checked_value};
use crate::oss::{Query, Resource};
use crate::sink::Sink;
use crate::text::{checked_method, has_prefix};

/// What stands in place of the body's hash.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The field with the body's hash.
pub(super) const CONTENT_SHA256: &str = "x-oss-content-sha256";

/// What of a request is signed, all of it checked; `sort` before `write`.
pub(super) struct Canonical<'a> {
    method: &'a str,
    resource: Resource<'a>,
    query: Query<'a>,
    fields: Fields<'a>,
    /// Whether there are additional headers.
    has_additional: bool,
    payload_hash: &'a str,
}

impl<'a> Canonical<'a> {
    /// Takes what the caller gave, and the fields that the signer adds in place of the caller's (names in lower case).
    pub(super) fn new(
        request: &Request<'a>,
        payload_hash: &'a str,
        added: &[(&'static str, &'a str)],
    ) -> Result<Self, SignError> {
        request.resource.check()?;
        let mut query = Query::new();
        // A signature cannot sign itself.
        let params = request.query.iter().filter(|(name, _)| *name != "x-oss-signature");
        params.for_each(|(name, value)| query.push(name, value));
        let mut has_additional = false;
        let mut fields = Fields::new();
        added.iter().for_each(|(name, value)| fields.push(name, value));
        for (name, value) in request.headers {
            if is_always_signed(name) {
                if added.iter().any(|(added, _)| name.eq_ignore_ascii_case(added)) {
                    continue;
                }
                if is_content(name) && fields.get(name).is_some() {
                    return Err(InvalidHeader::given_twice(name).into());
                }
            } else if is_additional(request, name) {
                has_additional = true;
            } else {
                continue;
            }
            fields.push_given(name, value)?;
        }
        fields.sort_by_name();
        Ok(Self {
            method: checked_method(request.method)?,
            resource: request.resource,
            query,
            fields,
            has_additional,
            payload_hash,
        })
    }

    /// Adds a parameter.
    pub(super) fn push_param(&mut self, name: &'a str, value: &'a str) {
        self.query.push(name, value);
    }

    pub(super) fn sort(&mut self) -> Result<(), SignError> {
        self.query.sort_encoded()
    }

    pub(super) fn write(&self, sink: &mut impl Sink) {
        sink.put_upper(self.method);
        sink.put(b"\n");
        self.resource.write_encoded(sink);
        sink.put(b"\n");
        self.write_query(sink);
        sink.put(b"\n");
        self.fields.write_lines(|_| true, sink);
        sink.put(b"\n");
        self.write_additional(|piece| sink.put(piece.as_bytes()));
        sink.put(b"\n");
        sink.put(self.payload_hash.as_bytes());
    }

    pub(super) fn write_query(&self, sink: &mut impl Sink) {
        self.query.write_encoded(sink);
    }

    /// The names of the additional headers, in pieces, with semicolons between.
    pub(super) fn write_additional(&self, put: impl FnMut(&str)) {
        if self.has_additional {
            self.fields.write_names(|name| !is_always_signed(name), put);
        }
    }
}

/// What stands for the body: the caller's header, or what says that it is not signed.
pub(super) fn payload_hash<'a>(request: &Request<'a>) -> Result<&'a str, SignError> {
    let mut given = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(CONTENT_SHA256));
    match (given.next(), given.next()) {
        (None, _) => Ok(UNSIGNED),
        (Some((name, value)), None) => Ok(checked_value(name, value)?),
        (Some((name, _)), Some(_)) => Err(InvalidHeader::given_twice(name).into()),
    }
}

/// Whether a header that is not signed of itself is one that the caller wants to have signed, and somewhere has a value.
fn is_additional(request: &Request<'_>, name: &str) -> bool {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    request.additional_headers.iter().any(|wanted| is(wanted))
        && request.headers.iter().any(|(other, value)| is(other) && !value.trim_ascii().is_empty())
        && !is("authorization")
}

/// Whether a field is signed without being named.
fn is_always_signed(name: &str) -> bool {
    has_prefix(name, "x-oss-") || is_content(name)
}

/// Whether a field tells of the content, which is always signed.
fn is_content(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type") || name.eq_ignore_ascii_case("content-md5")
}
