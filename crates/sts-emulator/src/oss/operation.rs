//! What a request asks for: its method and its sub-resources.

use http::Method;

use crate::oss::refusal::Refusal;
use crate::oss::request::Request;

/// The operations of OSS that are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    ListBuckets,
    PutBucket,
    DeleteBucket,
    GetBucketInfo,
    GetBucketLocation,
    PutBucketAcl,
    GetBucketAcl,
    ListObjects,
    ListObjectsV2,
    DeleteMultipleObjects,
    PostObject,
    PutObject,
    CopyObject,
    GetObject,
    HeadObject,
    GetObjectMeta,
    DeleteObject,
    PutObjectAcl,
    GetObjectAcl,
    InitiateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    ListParts,
    ListMultipartUploads,
}

/// Parameters that make another operation of a request, and that are not here: without this list, setting the tags of an
/// object would overwrite it.
const NOT_HERE: [&str; 67] = [
    "accessPoint",
    "accessPointPolicy",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "callback",
    "callback-var",
    "cloudboxes",
    "cname",
    "comp",
    "cors",
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
    "logging",
    "metaQuery",
    "objectInfo",
    "policy",
    "policyStatus",
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
    "restore",
    "rtc",
    "seal",
    "select",
    "sequential",
    "startTime",
    "stat",
    "status",
    "style",
    "styleName",
    "symlink",
    "tagging",
    "transferAcceleration",
    "versionId",
    "versioning",
    "versions",
    "vod",
    "website",
    "worm",
    "wormExtend",
    "wormId",
    "x-oss-async-process",
    "x-oss-process",
    "x-oss-write-get-object-response",
];

impl Operation {
    pub(crate) fn of(request: &Request) -> Result<Self, Refusal> {
        if let Some(name) = request.parameter_names().find(|name| NOT_HERE.contains(name)) {
            return Err(Refusal::not_implemented(name));
        }
        let has = |name| request.has_parameter(name);
        let method = &request.parts.method;
        let operation = match (&request.target.bucket, &request.target.key) {
            (None, _) if method == Method::GET => Some(Self::ListBuckets),
            (None, _) => None,
            (Some(_), None) => match *method {
                Method::GET if has("acl") => Some(Self::GetBucketAcl),
                Method::GET if has("bucketInfo") => Some(Self::GetBucketInfo),
                Method::GET if has("location") => Some(Self::GetBucketLocation),
                Method::GET if has("uploads") => Some(Self::ListMultipartUploads),
                Method::GET if request.parameter("list-type") == Some("2") => Some(Self::ListObjectsV2),
                Method::GET => Some(Self::ListObjects),
                Method::PUT if has("acl") => Some(Self::PutBucketAcl),
                Method::PUT => Some(Self::PutBucket),
                Method::DELETE => Some(Self::DeleteBucket),
                Method::POST if has("delete") => Some(Self::DeleteMultipleObjects),
                Method::POST => Some(Self::PostObject),
                _ => None,
            },
            (Some(_), Some(_)) => {
                let is_copy = request.parts.headers.contains_key("x-oss-copy-source");
                match *method {
                    Method::PUT if has("uploadId") && is_copy => {
                        return Err(Refusal::not_implemented("x-oss-copy-source"));
                    }
                    Method::PUT if has("uploadId") || has("partNumber") => Some(Self::UploadPart),
                    Method::PUT if has("acl") => Some(Self::PutObjectAcl),
                    Method::PUT if is_copy => Some(Self::CopyObject),
                    Method::PUT => Some(Self::PutObject),
                    Method::GET if has("uploadId") => Some(Self::ListParts),
                    Method::GET if has("acl") => Some(Self::GetObjectAcl),
                    Method::GET if has("objectMeta") => Some(Self::GetObjectMeta),
                    Method::GET => Some(Self::GetObject),
                    Method::HEAD if has("objectMeta") => Some(Self::GetObjectMeta),
                    Method::HEAD => Some(Self::HeadObject),
                    Method::DELETE if has("uploadId") => Some(Self::AbortMultipartUpload),
                    Method::DELETE => Some(Self::DeleteObject),
                    Method::POST if has("uploads") => Some(Self::InitiateMultipartUpload),
                    Method::POST if has("uploadId") => Some(Self::CompleteMultipartUpload),
                    _ => None,
                }
            }
        };
        operation.ok_or_else(|| Refusal::method_not_allowed(method.as_str()))
    }

    /// Its name in the documentation of the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ListBuckets => "ListBuckets",
            Self::PutBucket => "PutBucket",
            Self::DeleteBucket => "DeleteBucket",
            Self::GetBucketInfo => "GetBucketInfo",
            Self::GetBucketLocation => "GetBucketLocation",
            Self::PutBucketAcl => "PutBucketAcl",
            Self::GetBucketAcl => "GetBucketAcl",
            Self::ListObjects => "ListObjects",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::DeleteMultipleObjects => "DeleteMultipleObjects",
            Self::PostObject => "PostObject",
            Self::PutObject => "PutObject",
            Self::CopyObject => "CopyObject",
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::GetObjectMeta => "GetObjectMeta",
            Self::DeleteObject => "DeleteObject",
            Self::PutObjectAcl => "PutObjectAcl",
            Self::GetObjectAcl => "GetObjectAcl",
            Self::InitiateMultipartUpload => "InitiateMultipartUpload",
            Self::UploadPart => "UploadPart",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
            Self::AbortMultipartUpload => "AbortMultipartUpload",
            Self::ListParts => "ListParts",
            Self::ListMultipartUploads => "ListMultipartUploads",
        }
    }

    /// The action that policies allow. Several operations have the same.
    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::ListBuckets => "oss:ListBuckets",
            Self::PutBucket => "oss:PutBucket",
            Self::DeleteBucket => "oss:DeleteBucket",
            Self::GetBucketInfo => "oss:GetBucketInfo",
            Self::GetBucketLocation => "oss:GetBucketLocation",
            Self::PutBucketAcl => "oss:PutBucketAcl",
            Self::GetBucketAcl => "oss:GetBucketAcl",
            Self::ListObjects | Self::ListObjectsV2 => "oss:ListObjects",
            Self::DeleteMultipleObjects | Self::DeleteObject => "oss:DeleteObject",
            Self::PostObject
            | Self::PutObject
            | Self::CopyObject
            | Self::InitiateMultipartUpload
            | Self::UploadPart
            | Self::CompleteMultipartUpload => "oss:PutObject",
            Self::GetObject | Self::HeadObject | Self::GetObjectMeta => "oss:GetObject",
            Self::PutObjectAcl => "oss:PutObjectAcl",
            Self::GetObjectAcl => "oss:GetObjectAcl",
            Self::AbortMultipartUpload => "oss:AbortMultipartUpload",
            Self::ListParts => "oss:ListParts",
            Self::ListMultipartUploads => "oss:ListMultipartUploads",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{NOT_HERE, Operation};
    use crate::oss::request::Request;
    use bytes::Bytes;
    use jiff::Timestamp;

    fn of(method: &str, target: &str) -> Result<&'static str, &'static str> {
        let request = http::Request::builder().method(method).uri(target).header("host", "localhost");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let request = Request::read(parts, Bytes::new(), [127, 0, 0, 1].into(), Timestamp::UNIX_EPOCH);
        let operation = request.and_then(|request| Operation::of(&request));
        operation.map(Operation::name).map_err(|refusal| refusal.known_code())
    }

    #[test]
    fn method_and_sub_resource_make_the_operation() {
        for (method, target, operation) in [
            ("GET", "/", "ListBuckets"),
            ("GET", "/?prefix=a", "ListBuckets"),
            ("PUT", "/bucket/", "PutBucket"),
            ("GET", "/bucket/?max-keys=10", "ListObjects"),
            ("GET", "/bucket?list-type=2", "ListObjectsV2"),
            ("POST", "/bucket/?delete=", "DeleteMultipleObjects"),
            ("POST", "/bucket/?delete", "DeleteMultipleObjects"),
            ("POST", "/bucket/", "PostObject"),
            ("PUT", "/bucket/a", "PutObject"),
            ("PUT", "/bucket/a?acl", "PutObjectAcl"),
            ("PUT", "/bucket/a?uploadId=u&partNumber=1", "UploadPart"),
            ("HEAD", "/bucket/a", "HeadObject"),
            ("HEAD", "/bucket/a?objectMeta", "GetObjectMeta"),
            ("GET", "/bucket/a?response-content-type=text/plain", "GetObject"),
            ("POST", "/bucket/a?uploads=", "InitiateMultipartUpload"),
            ("POST", "/bucket/a?uploadId=u", "CompleteMultipartUpload"),
            ("DELETE", "/bucket/a?uploadId=u", "AbortMultipartUpload"),
            ("GET", "/bucket/a?uploadId=u", "ListParts"),
        ] {
            assert_eq!(of(method, target), Ok(operation), "{method} {target}");
        }
    }

    #[test]
    fn what_is_not_here_is_never_taken_for_something_else() {
        for (method, target) in [
            ("PUT", "/bucket/a?tagging"),
            ("DELETE", "/bucket/?lifecycle="),
            ("GET", "/bucket/a?x-oss-process=image/resize"),
            ("POST", "/bucket/a?append&position=0"),
            ("DELETE", "/bucket/a?versionId=1"),
        ] {
            assert_eq!(of(method, target), Err("NotImplemented"), "{method} {target}");
        }
        for (method, target) in
            [("PUT", "/"), ("HEAD", "/bucket/"), ("POST", "/bucket/a"), ("PATCH", "/bucket/a")]
        {
            assert_eq!(of(method, target), Err("MethodNotAllowed"), "{method} {target}");
        }
        assert!(NOT_HERE.is_sorted());
    }
}
