//! Buckets and the objects in them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sts_policy::PolicyKind;
use sts_policy::decide::{BucketOwner, Options};

use super::fields::{Fields, NameRule, Unique};
use super::node::Node;
use super::top::{Names, REGION};
use super::{MAX_OBJECT_FILE, MAX_OBJECT_FILES, Source, policy};
use crate::os;
use crate::world::{Acl, Bucket, SeedObject};

const BUCKET: &[&str] = &["name", "region", "acl", "policy", "objects"];
const OBJECT: &[&str] = &["key", "text", "base64", "file", "content_type"];

const BUCKET_NAME: NameRule = NameRule {
    fits: |text| {
        (3..=63).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
    },
    words: "3 to 63 lower-case letters, digits and `-`, which neither begins nor ends it",
};
const OBJECT_KEY: NameRule = NameRule {
    fits: |text| (1..=1023).contains(&text.len()) && !text.starts_with(['/', '\\']),
    words: "1 to 1023 bytes and does not begin with a slash",
};
const CONTENT_TYPE: NameRule = NameRule {
    fits: |text| (1..=256).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~')),
    words: "a media type, as `text/plain`",
};

const ACLS: &[(&str, Acl)] = &[
    ("private", Acl::Private),
    ("public-read", Acl::PublicRead),
    ("public-read-write", Acl::PublicReadWrite),
];

pub(super) fn bucket(
    source: &Source<'_>,
    node: &Node<'_>,
    region: &str,
    names: &mut Names<'_>,
) -> Option<Bucket> {
    let fields = Fields::new("a bucket", node, BUCKET, source.problems)?;
    let name = fields.required_name("name", &BUCKET_NAME).unwrap_or_default();
    if !name.is_empty() {
        names.buckets.check(name, fields.at);
    }
    // Everybody does not include the owner, as OSS has it.
    let options = Options::new().bucket_owner(BucketOwner::Exempt);
    let policy = fields.get("policy");
    let mut unique = Unique::new("an object", source.problems);
    let objects = fields.list("objects").iter();
    Some(Bucket {
        name: name.to_owned(),
        region: fields.name("region", &REGION).unwrap_or(region).to_owned(),
        acl: fields.choice("acl", ACLS).unwrap_or_default(),
        policy: policy
            .and_then(|node| policy::read(source, "the bucket policy", node, PolicyKind::Bucket, options)),
        objects: objects.filter_map(|node| object(source, node, &mut unique, &mut names.files)).collect(),
    })
}

fn object(
    source: &Source<'_>,
    node: &Node<'_>,
    unique: &mut Unique<'_>,
    files: &mut Files<'_>,
) -> Option<SeedObject> {
    let fields = Fields::new("an object", node, OBJECT, source.problems)?;
    let key = fields.required_name("key", &OBJECT_KEY).unwrap_or_default();
    unique.check(key, fields.at);
    let (text, base64, file) = (fields.get("text"), fields.get("base64"), fields.get("file"));
    let content = match (text, base64, file) {
        (Some(node), None, None) => Bytes::from(fields.text_of("text", node)?.to_owned()),
        (None, Some(node), None) => {
            let decoded = STANDARD.decode(fields.text_of("base64", node)?);
            if decoded.is_err() {
                fields.report(
                    node,
                    "`base64` of an object is not Base64; it has padding and no line breaks".to_owned(),
                );
            }
            Bytes::from(decoded.ok()?)
        }
        (None, None, Some(node)) => files.read(node, fields.text_of("file", node)?)?,
        (None, None, None) => {
            fields.report(node, "an object needs its content: `text`, `base64` or `file`".to_owned());
            return None;
        }
        _ => {
            fields.report(
                node,
                "an object has one of `text`, `base64` and `file`; remove the others".to_owned(),
            );
            return None;
        }
    };
    let content_type = fields.name("content_type", &CONTENT_TYPE).map(str::to_owned);
    Some(SeedObject { key: key.to_owned(), content, content_type })
}

/// The files that objects are made of, and how much of them may still be read.
pub(super) struct Files<'n> {
    folder: Option<&'n Path>,
    problems: &'n super::Problems<'n>,
    left: usize,
}

impl<'n> Files<'n> {
    pub(super) fn new(source: &'n Source<'n>) -> Self {
        Self { folder: source.folder.as_deref(), problems: source.problems, left: MAX_OBJECT_FILES }
    }

    fn read(&mut self, node: &Node<'_>, name: &str) -> Option<Bytes> {
        let Some(folder) = self.folder else {
            let message = "a world that is sent may not name files; give the object as `text` or `base64`";
            self.problems.report(node.span.start, message);
            return None;
        };
        let path = folder.join(name);
        match os::read_file(&path, MAX_OBJECT_FILE.min(self.left)) {
            Ok(content) => {
                self.left = self.left.saturating_sub(content.len());
                Some(content.into())
            }
            Err(error) => {
                let message = format!(
                    "the file `{}` cannot be read: {error}; each may have {} MiB, all {} MiB",
                    path.display(),
                    MAX_OBJECT_FILE >> 20,
                    MAX_OBJECT_FILES >> 20
                );
                self.problems.report(node.span.start, message);
                None
            }
        }
    }
}
