//! The parts that replies are made of.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

use crate::oss::xml::Writer;
use crate::world::Acl;

pub(crate) type Reply = Response<Bytes>;

pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = status;
    reply
}

/// A document of this root, with status 200.
pub(crate) fn xml(root: &str, content: impl FnOnce(&mut Writer)) -> Reply {
    let mut xml = Writer::new();
    xml.group(root, content);
    let mut reply = Response::new(Bytes::from(xml.finish()));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    reply
}

/// Sets a header; a value that no header can have is left out.
pub(crate) fn set(reply: &mut Reply, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// `Fri, 24 Feb 2012 06:07:48 GMT`.
pub(crate) fn http_date(time: Timestamp) -> String {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_default()
}

/// `2012-02-24T08:43:07.000Z`.
pub(crate) fn iso_date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// Whose something is.
pub(crate) fn owner(xml: &mut Writer, account: &str) {
    xml.group("Owner", |xml| {
        xml.text("ID", account);
        xml.text("DisplayName", account);
    });
}

/// The answer to a question for an ACL.
pub(crate) fn acl(account: &str, grant: &str) -> Reply {
    xml("AccessControlPolicy", |xml| {
        owner(xml, account);
        xml.group("AccessControlList", |xml| xml.text("Grant", grant));
    })
}

pub(crate) fn acl_name(acl: Acl) -> &'static str {
    match acl {
        Acl::Private => "private",
        Acl::PublicRead => "public-read",
        Acl::PublicReadWrite => "public-read-write",
    }
}

/// Names in a listing: as they are, or encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Plain,
    Url,
}

impl Encoding {
    pub(crate) fn apply(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Url => sts_sign::percent_encode(text),
        }
    }

    /// Says which one it is, where it must be said.
    pub(crate) fn tell(self, xml: &mut Writer) {
        if self == Self::Url {
            xml.text("EncodingType", "url");
        }
    }
}
