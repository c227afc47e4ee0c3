//! What a request asks for, with what must be known of it before anybody may decide: the keys of a batch, the source of a copy,
//! the fields of a form, tags.

use percent_encoding::percent_decode_str;

use crate::oss::form::Form;
use crate::oss::operation::Operation;
use crate::oss::refusal::Refusal;
use crate::oss::request::Request;
use crate::oss::store::Checksums;
use crate::oss::target::{check_key, decoded, is_bucket_name};
use crate::oss::xml::Element;

/// Documented limits of `DeleteMultipleObjects`.
const MOST_DELETED: usize = 1000;
const MOST_DELETION_BYTES: usize = 2 * 1024 * 1024;

/// Documented limits of tags.
const MOST_TAGS: usize = 10;
const MOST_TAG_NAME: usize = 128;
const MOST_TAG_VALUE: usize = 256;

/// A request, its operation, and what it is about.
pub(crate) struct Call {
    pub(crate) request: Request,
    pub(crate) operation: Operation,
    /// Of `PostObject`.
    pub(crate) form: Option<Form>,
    /// Of `DeleteMultipleObjects`.
    pub(crate) deletion: Option<Deletion>,
    /// Of `CopyObject`.
    pub(crate) source: Option<Source>,
    /// That the object shall have.
    pub(crate) tags: Vec<(String, String)>,
    /// Of the body; of a form, of its file. Computed here, since nobody else is served while an operation runs.
    pub(crate) checksums: Checksums,
}

/// Keys to be deleted together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Deletion {
    pub(crate) keys: Vec<String>,
    pub(crate) quiet: bool,
}

/// What is copied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

impl Call {
    pub(crate) fn read(request: Request, operation: Operation, form: Option<Form>) -> Result<Self, Refusal> {
        let deletion = match operation {
            Operation::DeleteMultipleObjects => Some(Deletion::read(&request.body)?),
            _ => None,
        };
        let source = match operation {
            Operation::CopyObject => {
                let source = request.text_header("x-oss-copy-source")?;
                Some(Source::read(source.unwrap_or_default())?)
            }
            _ => None,
        };
        let tags = match (&form, operation) {
            (Some(form), _) => tags(form.text("x-oss-tagging"))?,
            (None, Operation::PutObject | Operation::CopyObject | Operation::InitiateMultipartUpload) => {
                tags(request.text_header("x-oss-tagging")?)?
            }
            (None, _) => Vec::new(),
        };
        let checksums = Checksums::of(form.as_ref().map_or(&request.body, |form| &form.file));
        Ok(Self { request, operation, form, deletion, source, tags, checksums })
    }

    /// Content that arrives is what its `Content-MD5` says, if it says anything. That of a form is not looked at.
    pub(crate) fn check_md5(&self) -> Result<(), Refusal> {
        let claimed = self.request.text_header("content-md5")?.filter(|_| self.form.is_none());
        let is_good = claimed.is_none_or(|claimed| claimed == self.checksums.md5_base64());
        if is_good { Ok(()) } else { Err(Refusal::invalid_digest()) }
    }

    /// `x-oss-object-acl` of the form or of the headers.
    pub(crate) fn object_acl_as_sent(&self) -> Option<&str> {
        match &self.form {
            Some(form) => form.text("x-oss-object-acl"),
            None => self.request.header("x-oss-object-acl"),
        }
    }
}

impl Deletion {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() > MOST_DELETION_BYTES {
            return Err(Refusal::malformed_xml());
        }
        let delete = Element::read(body).map_err(|_| Refusal::malformed_xml())?;
        let is_quiet = match delete.child("Quiet") {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Refusal::malformed_xml()),
        };
        let objects = delete.children.iter().filter(|child| child.name == "Object");
        let keys: Option<Vec<String>> =
            objects.map(|object| object.child("Key").map(str::to_owned)).collect();
        let keys = keys.filter(|keys| delete.name == "Delete" && (1..=MOST_DELETED).contains(&keys.len()));
        let keys = keys.ok_or_else(Refusal::malformed_xml)?;
        keys.iter().try_for_each(|key| check_key(key))?;
        Ok(Self { keys, quiet: is_quiet })
    }
}

impl Source {
    /// `/bucket/key`, percent-encoded; the first slash may be left out.
    fn read(text: &str) -> Result<Self, Refusal> {
        let invalid =
            || Refusal::invalid_argument("The copy source is not /bucket/key.", "x-oss-copy-source", text);
        if text.contains('?') {
            return Err(Refusal::not_implemented("x-oss-copy-source"));
        }
        let decoded = decoded(text).ok_or_else(invalid)?;
        let (bucket, key) =
            decoded.strip_prefix('/').unwrap_or(&decoded).split_once('/').ok_or_else(invalid)?;
        if !is_bucket_name(bucket) {
            return Err(Refusal::bucket_name(bucket));
        }
        check_key(key)?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

/// `name=value&name=value`, encoded as a query.
fn tags(text: Option<&str>) -> Result<Vec<(String, String)>, Refusal> {
    let mut tags: Vec<(String, String)> = Vec::new();
    for pair in text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded =
            |part: &str| percent_decode_str(part).decode_utf8().ok().map(std::borrow::Cow::into_owned);
        let pair = decoded(name).zip(decoded(value)).filter(|(name, value)| {
            let (name_length, value_length) = (name.chars().count(), value.chars().count());
            (1..=MOST_TAG_NAME).contains(&name_length) && value_length <= MOST_TAG_VALUE
        });
        let is_new = |pair: &(String, String)| tags.iter().all(|(name, _)| *name != pair.0);
        let Some(pair) = pair.filter(|pair| tags.len() < MOST_TAGS && is_new(pair)) else {
            return Err(Refusal::invalid_argument(
                "The tags are not at most ten of name=value.",
                "x-oss-tagging",
                "",
            ));
        };
        tags.push(pair);
    }
    Ok(tags)
}

#[cfg(test)]
mod tests {
    use super::{Deletion, Source, tags};

    #[test]
    fn keys_of_a_batch_are_all_read() {
        let read = |text: &str| Deletion::read(text.as_bytes()).map_err(|refusal| refusal.known_code());
        let good = "<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Object><Key>b/&lt;</Key></Object></Delete>";
        assert_eq!(read(good), Ok(Deletion { keys: vec!["a".to_owned(), "b/<".to_owned()], quiet: true }));
        let many = format!("<Delete>{}</Delete>", "<Object><Key>a</Key></Object>".repeat(1001));
        for (bad, code) in [
            ("", "MalformedXML"),
            ("<Delete/>", "MalformedXML"),
            ("<Other><Object><Key>a</Key></Object></Other>", "MalformedXML"),
            ("<Delete><Object/></Delete>", "MalformedXML"),
            ("<Delete><Quiet>maybe</Quiet><Object><Key>a</Key></Object></Delete>", "MalformedXML"),
            ("<Delete><Object><Key></Key></Object></Delete>", "InvalidObjectName"),
            ("<Delete><Object><Key>/a</Key></Object></Delete>", "InvalidObjectName"),
            (&many, "MalformedXML"),
        ] {
            assert_eq!(read(bad), Err(code), "{bad}");
        }
    }

    #[test]
    fn sources_and_tags() {
        let source = Source { bucket: "bucket".to_owned(), key: "a b/c".to_owned() };
        assert_eq!(Source::read("/bucket/a%20b/c"), Ok(source));
        assert!(Source::read("bucket/key").is_ok());
        for bad in ["", "/", "/bucket", "/bucket/", "/BUCKET/a", "/bucket/%zz"] {
            assert!(Source::read(bad).is_err(), "{bad}");
        }
        assert_eq!(tags(Some("a=1&b=%E4%B8%AD&c")).unwrap().len(), 3);
        let many = (0..11).map(|n| format!("t{n}=1")).collect::<Vec<_>>().join("&");
        for bad in ["a=1&a=2", "=1", &many, &format!("{}=1", "n".repeat(129))] {
            assert!(tags(Some(bad)).is_err(), "{bad}");
        }
    }
}
