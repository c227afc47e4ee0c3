//! Condition keys.

use crate::ValueType;
use crate::grammar::nearest;

/// A condition key that is documented.
#[derive(Debug)]
pub(crate) struct Key {
    /// With the service, and for those that take the name of a tag up to and with the slash: `acs:ResourceTag/`.
    pub(crate) name: &'static str,
    pub(crate) value: ValueType,
    /// Whether every request that it is filled for has it.
    pub(crate) is_always_there: bool,
    pub(crate) fill: Fill,
    /// All values that it can have; empty where they are not few.
    pub(crate) values: &'static [&'static str],
}

/// For which actions a key is filled.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fill {
    /// As far as is known for all.
    Everything,
    /// For all but those of this service.
    NotService(&'static str),
    /// For those of this service.
    Service(&'static str),
    /// For these.
    Actions(&'static [&'static str]),
}

const fn of(name: &'static str, value: ValueType, fill: Fill) -> Key {
    Key { name, value, is_always_there: false, fill, values: &[] }
}

const fn always(name: &'static str, value: ValueType) -> Key {
    Key { name, value, is_always_there: true, fill: Fill::Everything, values: &[] }
}

const fn listed(
    name: &'static str,
    actions: &'static [&'static str],
    values: &'static [&'static str],
) -> Key {
    Key { name, value: ValueType::String, is_always_there: false, fill: Fill::Actions(actions), values }
}

const LISTINGS: Fill = Fill::Actions(&["oss:ListObjects", "oss:ListObjectVersions"]);
const ROLE_SESSIONS: Fill = Fill::Actions(&["sts:AssumeRole"]);
const SOURCE_IDENTITIES: Fill = Fill::Actions(&["sts:AssumeRole", "sts:SetSourceIdentity"]);
const SERVICE_LINKED_ROLES: Fill =
    Fill::Actions(&["ram:CreateServiceLinkedRole", "ram:DeleteServiceLinkedRole"]);

static KEYS: [Key; 36] = [
    always("acs:CurrentTime", ValueType::Date),
    always("acs:SecureTransport", ValueType::Bool),
    always("acs:SourceIp", ValueType::IpAddress),
    of("acs:MFAPresent", ValueType::Bool, Fill::Everything),
    always("acs:PrincipalARN", ValueType::String),
    of("acs:SourceVpc", ValueType::String, Fill::Everything),
    of("acs:VpcSourceIp", ValueType::IpAddress, Fill::Everything),
    of("acs:ResourceTag/", ValueType::String, Fill::NotService("oss")),
    of("acs:RequestTag/", ValueType::String, Fill::NotService("oss")),
    of("acs:UserAgent", ValueType::String, Fill::Everything),
    of("acs:AccessId", ValueType::String, Fill::Everything),
    of("acs:PrincipalRDId", ValueType::String, Fill::Everything),
    of("acs:PrincipalRDPath", ValueType::String, Fill::Everything),
    of("acs:Service", ValueType::String, Fill::Everything),
    of("acs:SourceIdentity", ValueType::String, Fill::Everything),
    of("sts:SourceIdentity", ValueType::String, SOURCE_IDENTITIES),
    of("sts:ExternalId", ValueType::String, ROLE_SESSIONS),
    of("saml:recipient", ValueType::String, ROLE_SESSIONS),
    of("oidc:iss", ValueType::String, ROLE_SESSIONS),
    of("oidc:aud", ValueType::String, ROLE_SESSIONS),
    of("oidc:sub", ValueType::String, ROLE_SESSIONS),
    of("ram:ServiceName", ValueType::String, SERVICE_LINKED_ROLES),
    of("ram:TrustedPrincipalTypes", ValueType::String, Fill::Actions(&["ram:CreateRole"])),
    of("ram:ServiceNames", ValueType::String, Fill::Actions(&["ram:CreateRole"])),
    of("oss:Prefix", ValueType::String, LISTINGS),
    of("oss:Delimiter", ValueType::String, LISTINGS),
    listed(
        "oss:x-oss-acl",
        &["oss:PutBucket", "oss:PutBucketAcl"],
        &["private", "public-read", "public-read-write"],
    ),
    listed(
        "oss:x-oss-object-acl",
        &["oss:PutObject", "oss:PutObjectAcl"],
        &["private", "public-read", "public-read-write", "default"],
    ),
    of("oss:BucketTag/", ValueType::String, Fill::Service("oss")),
    of(
        "oss:ExistingObjectTag/",
        ValueType::String,
        Fill::Actions(&["oss:GetObject", "oss:PutObjectTagging", "oss:GetObjectTagging"]),
    ),
    of(
        "oss:RequestObjectTag/",
        ValueType::String,
        Fill::Actions(&["oss:PutObject", "oss:PutObjectTagging", "oss:GetObjectTagging"]),
    ),
    of("oss:DataAccessPointArn", ValueType::String, Fill::Service("oss")),
    of("oss:DataAccessPointAccount", ValueType::String, Fill::Service("oss")),
    Key {
        name: "oss:AccessPointNetworkOrigin",
        value: ValueType::String,
        is_always_there: false,
        fill: Fill::Service("oss"),
        values: &["internet", "vpc"],
    },
    of("oss:object-remaining-retention-days", ValueType::Numeric, Fill::Service("oss")),
    of("kms:RecoveryWindowInDays", ValueType::Numeric, Fill::Service("kms")),
];

/// Services all of whose keys are listed.
const COMPLETE: [&str; 6] = ["acs", "oss", "ram", "sts", "saml", "oidc"];

/// What keys of AWS IAM begin with, and what begins those that are here in their place.
const OF_AWS: [(&str, &str); 3] = [("aws:", "acs:"), ("s3:", "oss:"), ("iam:", "ram:")];

/// Keys that a request may have several values of.
const MANY_VALUED: [&str; 3] = ["ram:ServiceNames", "ram:TrustedPrincipalTypes", "oidc:aud"];

/// Whether a request may have several values of a key.
pub(crate) fn is_many_valued(name: &str) -> bool {
    MANY_VALUED.contains(&name)
}

/// What is known about a key, its case included.
pub(crate) fn key(name: &str) -> Option<&'static Key> {
    let stem = stem(name);
    KEYS.iter().find(|key| key.name == stem)
}

/// For a name that is no key, if there can be no other of that service: the one that it is near to.
pub(crate) fn nearest_key(name: &str) -> Option<Option<&'static str>> {
    let (service, _) = name.split_once(':')?;
    let of_aws = OF_AWS.iter().find_map(|(aws, own)| Some(format!("{own}{}", name.strip_prefix(aws)?)));
    if of_aws.is_none() && !COMPLETE.iter().any(|code| code.eq_ignore_ascii_case(service)) {
        return None;
    }
    let stem = stem(of_aws.as_deref().unwrap_or(name));
    let nearest_of = |is_of_tags: bool| {
        nearest(stem, KEYS.iter().map(|key| key.name).filter(move |key| key.ends_with('/') == is_of_tags))
    };
    // The name of the tag may have been forgotten.
    Some(nearest_of(stem.ends_with('/')).or_else(|| nearest_of(!stem.ends_with('/'))))
}

/// Up to and with the slash before the name of a tag, if there is one.
fn stem(name: &str) -> &str {
    name.find('/').and_then(|slash| name.get(..=slash)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, key, nearest_key};
    use crate::catalogue::service;

    #[test]
    fn keys_are_found_to_the_letter_and_others_near() {
        assert!(key("acs:SourceIp").is_some());
        assert!(key("acs:sourceip").is_none());
        assert!(key("acs:ResourceTag/a:b/c").is_some());
        assert!(key("acs:ResourceTag").is_none());
        assert_eq!(nearest_key("acs:PrincipalArn"), Some(Some("acs:PrincipalARN")));
        assert_eq!(nearest_key("acs:resourcetag/Team"), Some(Some("acs:ResourceTag/")));
        assert_eq!(nearest_key("oss:x-oss-object-type"), Some(None));
        assert_eq!(nearest_key("acs:ResourceTag"), Some(Some("acs:ResourceTag/")));
        assert_eq!(nearest_key("aws:PrincipalArn"), Some(Some("acs:PrincipalARN")));
        assert_eq!(nearest_key("aws:RequestTag/Team"), Some(Some("acs:RequestTag/")));
        assert_eq!(nearest_key("s3:prefix"), Some(Some("oss:Prefix")));
        assert_eq!(nearest_key("ecs:tag/x"), None);
        assert_eq!(nearest_key("Resource"), None);
    }

    #[test]
    fn actions_that_fill_keys_are_listed() {
        for key in &KEYS {
            if let super::Fill::Actions(actions) = key.fill {
                for action in actions {
                    let (code, name) = action.split_once(':').unwrap();
                    assert_eq!(service(code).unwrap().action(name).unwrap().name, name);
                }
            }
        }
    }
}
