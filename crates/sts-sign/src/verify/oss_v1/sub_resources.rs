//! The parameters that OSS V1 signs.

use crate::verify::Parameters;

/// What the official clients sign, all of them together, besides everything that begins `x-oss-`. Sorted.
const NAMES: [&str; 76] = [
    "accessPoint",
    "accessPointPolicy",
    "acl",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "bucketInfo",
    "callback",
    "callback-var",
    "cloudboxes",
    "cname",
    "comp",
    "continuation-token",
    "cors",
    "delete",
    "encryption",
    "endTime",
    "group",
    "httpsConfig",
    "img",
    "inventory",
    "inventoryId",
    "lifecycle",
    "link",
    "live",
    "location",
    "logging",
    "metaQuery",
    "objectInfo",
    "objectMeta",
    "partNumber",
    "policy",
    "position",
    "publicAccessBlock",
    "qos",
    "qosInfo",
    "qosRequester",
    "redundancyTransition",
    "referer",
    "regionList",
    "replication",
    "replicationLocation",
    "replicationProgress",
    "requestPayment",
    "requesterQosInfo",
    "resourceGroup",
    "resourcePool",
    "resourcePoolBuckets",
    "resourcePoolInfo",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "security-token",
    "sequential",
    "startTime",
    "stat",
    "status",
    "style",
    "styleName",
    "symlink",
    "tagging",
    "transferAcceleration",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "vod",
    "website",
    "worm",
    "wormExtend",
    "wormId",
];

/// `?name=value&name`, by name, not encoded; nothing where no parameter is signed.
pub(super) fn signed(parameters: &Parameters) -> String {
    let is_signed = |name: &str| name.starts_with("x-oss-") || NAMES.binary_search(&name).is_ok();
    let pairs: Vec<String> = parameters
        .iter()
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| if value.is_empty() { name.to_owned() } else { format!("{name}={value}") })
        .collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, signed};
    use crate::verify::Parameters;

    #[test]
    fn the_names_are_sorted() {
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn only_what_names_a_sub_resource_is_signed() {
        let query = b"uploads&prefix=a&x-oss-process=a/b%20c&response-expires=%26&acl=&list-type=2";
        let parameters = Parameters::with_plain_plus(query).unwrap();
        assert_eq!(signed(&parameters), "?acl&response-expires=&&uploads&x-oss-process=a/b c");
        assert_eq!(signed(&Parameters::default()), "");
    }
}
