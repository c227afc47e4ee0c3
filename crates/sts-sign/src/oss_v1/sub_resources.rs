//! Which parameters of the query are signed.

/// What the vendor's clients list (oss2, oss-v2 for Python and Go, gateway-oss, ali-oss), together. INVARIANT: sorted.
const LISTED: [&str; 76] = [
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

/// Whether a parameter is signed of itself.
pub(super) fn is_sub_resource(name: &str) -> bool {
    name.starts_with("x-oss-") || LISTED.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{LISTED, is_sub_resource};

    #[test]
    fn the_list_is_sorted() {
        assert!(LISTED.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn listed_names_and_the_prefix() {
        for name in ["acl", "wormId", "security-token", "response-content-disposition", "x-oss-", "x-oss-new"]
        {
            assert!(is_sub_resource(name), "{name}");
        }
        for name in
            ["", "prefix", "delimiter", "max-keys", "list-type", "ACL", "X-Oss-Process", "Expires", "x-os"]
        {
            assert!(!is_sub_resource(name), "{name}");
        }
    }
}
