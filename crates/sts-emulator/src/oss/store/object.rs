//! An object: its content, and what is said about it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc::{CRC_64_XZ, Crc};
use http::header::{HeaderName, HeaderValue};
use jiff::Timestamp;
use md5::{Digest as _, Md5};

/// What the service calls ECMA-182 is the reflected one: that of `xz`.
static CRC64: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);

/// An object never changes; it is replaced.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) content: Bytes,
    /// Without the quotes.
    pub(crate) etag: String,
    /// MD5 in Base64; of an object in parts there is none.
    pub(crate) md5: Option<String>,
    pub(crate) crc64: u64,
    pub(crate) modified: Timestamp,
    pub(crate) kind: Kind,
    pub(crate) meta: Meta,
}

/// How an object came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Multipart,
}

/// What is kept with the content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meta {
    pub(crate) acl: ObjectAcl,
    /// `content-type` and the like, and `x-oss-meta-`.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) tags: Vec<(String, String)>,
}

/// Who may do what with an object, whatever policies say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ObjectAcl {
    /// As its bucket's.
    #[default]
    Default,
    Private,
    PublicRead,
    PublicReadWrite,
}

/// What is computed of content.
pub(crate) struct Checksums {
    md5: [u8; 16],
    pub(crate) crc64: u64,
}

impl Object {
    /// Content is copied: what arrives may be a slice of a buffer that is much larger.
    pub(crate) fn new(content: &[u8], checksums: &Checksums, meta: Meta, modified: Timestamp) -> Self {
        let (etag, md5) = (checksums.etag(), Some(checksums.md5_base64()));
        let content = Bytes::copy_from_slice(content);
        Self { content, etag, md5, crc64: checksums.crc64, modified, kind: Kind::Normal, meta }
    }
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Multipart => "Multipart",
        }
    }
}

impl Meta {
    /// Of a content type alone.
    pub(crate) fn of_type(content_type: Option<&str>) -> Self {
        let value = content_type.and_then(|value| HeaderValue::from_str(value).ok());
        let headers = value.map(|value| (http::header::CONTENT_TYPE, value)).into_iter().collect();
        Self { headers, ..Self::default() }
    }

    pub(super) fn weight(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        let tags = self.tags.iter().map(|(name, value)| name.len() + value.len());
        headers.chain(tags).sum()
    }
}

impl ObjectAcl {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Default, Self::Private, Self::PublicRead, Self::PublicReadWrite]
            .into_iter()
            .find(|acl| acl.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Private => "private",
            Self::PublicRead => "public-read",
            Self::PublicReadWrite => "public-read-write",
        }
    }
}

impl Checksums {
    pub(crate) fn of(content: &[u8]) -> Self {
        Self { md5: Md5::digest(content).into(), crc64: crc64(content) }
    }

    /// Sixteen bytes in upper-case digits, as the service writes them.
    pub(crate) fn etag(&self) -> String {
        self.md5.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    pub(crate) fn md5_base64(&self) -> String {
        STANDARD.encode(self.md5)
    }
}

/// The checksum that official clients compare.
pub(crate) fn crc64(content: &[u8]) -> u64 {
    CRC64.checksum(content)
}

#[cfg(test)]
mod tests {
    use super::Checksums;

    /// MD5 by RFC 1321; CRC by the catalogue of parametrised CRC algorithms (CRC-64/XZ).
    #[test]
    fn checksums_are_the_published_ones() {
        assert_eq!(Checksums::of(b"abc").etag(), "900150983CD24FB0D6963F7D28E17F72");
        assert_eq!(Checksums::of(b"").md5_base64(), "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(Checksums::of(b"123456789").crc64, 0x995D_C9BB_DF19_39FA);
    }
}
