//! Policies for OSS that do what they look like.

use std::fmt;

use crate::template::{HoleKind, Refusal, RefusalReason, literal};
use crate::value::address::Block;
use crate::{BuildError, Condition, DateValue, Policy, PolicyBuilder, Statement, StatementBuilder};

/// Policies for objects in OSS, for sessions of programs and people who get at some of a bucket's objects.
///
/// ```
/// use sts_policy::OssPreset;
///
/// let policy = OssPreset::read_only("my-bucket", "public/")
///     .between("2030-01-01T00:00:00Z", "2030-12-31T23:59:59Z")
///     .from_addresses(["203.0.113.0/24"])
///     .build()?;
/// assert_eq!(policy.statements().len(), 2);
/// # Ok::<(), sts_policy::PresetError>(())
/// ```
///
/// Names are text, never patterns: `*`, `?` and `$` in them are refused. A prefix is the start of object names; it ends with
/// `/` when a folder is meant, and is empty for a whole bucket.
#[derive(Clone, Debug)]
#[must_use = "`build` makes the policy"]
pub struct OssPreset {
    statements: Vec<StatementBuilder>,
    refusal: Option<Refusal>,
}

impl OssPreset {
    /// Reading objects and listing them: `oss:GetObject`, by which OSS also judges `HeadObject` and `GetObjectMeta`, on the
    /// objects; `oss:ListObjects` on the bucket, for this prefix only (the caller has to ask for it).
    pub fn read_only(bucket: &str, prefix: &str) -> Self {
        Self::on_prefix(bucket, prefix, &["oss:GetObject"]).listing(bucket, prefix)
    }

    /// Writing objects, multipart uploads included, which can also be given up and looked at. Nothing can be read; what
    /// exists can be overwritten.
    pub fn upload_only(bucket: &str, prefix: &str) -> Self {
        Self::on_prefix(bucket, prefix, &UPLOAD)
    }

    /// Reading these objects, by their full names, and nothing else.
    pub fn download<S: AsRef<str>>(bucket: &str, objects: impl IntoIterator<Item = S>) -> Self {
        let mut preset = Self { statements: Vec::new(), refusal: None };
        preset.check("bucket", HoleKind::BucketName.check(bucket));
        let mut resources = Vec::new();
        for object in objects {
            preset.check("object", object_name(object.as_ref()));
            resources.push(format!("acs:oss:*:*:{bucket}/{}", object.as_ref()));
        }
        preset.statements.push(Statement::allow().actions(["oss:GetObject"]).resources(resources));
        preset
    }

    /// Reading objects whose names are known, not listing them: the least that makes sense.
    pub fn minimal(bucket: &str, prefix: &str) -> Self {
        Self::on_prefix(bucket, prefix, &["oss:GetObject"])
    }

    /// A user's own folder `FOLDER/USER/`: reading, writing, deleting and listing in it. The user's name is one part of a path.
    pub fn user_folder(bucket: &str, folder: &str, user: &str) -> Self {
        let prefix = format!("{folder}/{user}/");
        let actions: Vec<&str> = ["oss:GetObject", "oss:DeleteObject"].into_iter().chain(UPLOAD).collect();
        let mut preset = Self::on_prefix(bucket, &prefix, &actions).listing(bucket, &prefix);
        preset.refusal = None;
        preset.check("bucket", HoleKind::BucketName.check(bucket));
        preset.check("folder", HoleKind::Path.check(folder));
        preset.check("user", HoleKind::PathSegment.check(user));
        preset
    }

    /// All of it within this time only, both ends included: `acs:CurrentTime`.
    pub fn between(self, from: impl Into<DateValue>, to: impl Into<DateValue>) -> Self {
        Condition::date_between("acs:CurrentTime", from, to).into_iter().fold(self, Self::on_all)
    }

    /// All of it from these addresses only: `acs:SourceIp`. Addresses and blocks, IPv4 and IPv6.
    ///
    /// OSS does not tell addresses of a VPC from public ones by this key; combine private blocks with `acs:SourceVpc`.
    pub fn from_addresses<V: fmt::Display>(mut self, addresses: impl IntoIterator<Item = V>) -> Self {
        let addresses: Vec<String> = addresses.into_iter().map(|address| address.to_string()).collect();
        let valid = addresses.iter().all(|address| address != "*" && Block::parse(address).is_some());
        self.check("addresses", if valid { Ok(()) } else { Err(RefusalReason::NotAnAddress) });
        self.on_all(Condition::ip_address("acs:SourceIp", addresses))
    }

    /// The statements, for a policy that has others too.
    ///
    /// # Errors
    ///
    /// [`PresetError`] for a name that is refused.
    pub fn into_statements(self) -> Result<Vec<StatementBuilder>, PresetError> {
        match self.refusal {
            Some(refusal) => Err(PresetError::Refused(refusal)),
            None => Ok(self.statements),
        }
    }

    /// The policy.
    ///
    /// # Errors
    ///
    /// [`PresetError`] for a name that is refused, for an empty list, and for a restriction that is there twice.
    pub fn build(self) -> Result<Policy, PresetError> {
        let builder = PolicyBuilder::default().statements(self.into_statements()?);
        builder.build().map_err(PresetError::Build)
    }

    fn on_prefix(bucket: &str, prefix: &str, actions: &[&str]) -> Self {
        let statement = Statement::allow()
            .actions(actions.iter().copied())
            .resources([format!("acs:oss:*:*:{bucket}/{prefix}*")]);
        let mut preset = Self { statements: vec![statement], refusal: None };
        preset.check("bucket", HoleKind::BucketName.check(bucket));
        if !prefix.is_empty() {
            preset.check("prefix", object_name(prefix));
        }
        preset
    }

    /// Listing is an action on the bucket: on `bucket/*` it would never match.
    fn listing(mut self, bucket: &str, prefix: &str) -> Self {
        let listing =
            Statement::allow().actions(["oss:ListObjects"]).resources([format!("acs:oss:*:*:{bucket}")]);
        self.statements.push(match prefix {
            "" => listing,
            prefix => listing.condition(Condition::string_like("oss:Prefix", [format!("{prefix}*")])),
        });
        self
    }

    fn on_all(mut self, condition: Condition) -> Self {
        self.statements =
            self.statements.into_iter().map(|statement| statement.condition(condition.clone())).collect();
        self
    }

    fn check(&mut self, name: &str, checked: Result<(), RefusalReason>) {
        if let (None, Err(reason)) = (&self.refusal, checked) {
            self.refusal = Some(Refusal::new(name, reason));
        }
    }
}

/// Multipart uploads are judged as `oss:PutObject` too, but for these.
const UPLOAD: [&str; 3] = ["oss:PutObject", "oss:AbortMultipartUpload", "oss:ListParts"];

/// Object names have up to 1,023 bytes, do not start with `/`, and may be anything else that is no pattern.
fn object_name(name: &str) -> Result<(), RefusalReason> {
    literal(name)?;
    match name {
        name if name.starts_with('/') => Err(RefusalReason::Slash),
        name if name.len() > 1023 => Err(RefusalReason::TooLong),
        _ => Ok(()),
    }
}

/// Why there is no policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PresetError {
    /// A name is refused. It is not repeated.
    Refused(Refusal),
    /// Something is empty that must not be: the list of objects or addresses; or a restriction is there twice.
    Build(BuildError),
}

impl fmt::Display for PresetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::Build(_) => f.write_str("the preset is incomplete or restricted twice"),
        }
    }
}

impl std::error::Error for PresetError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Refused(_) => None,
            Self::Build(error) => Some(error),
        }
    }
}
