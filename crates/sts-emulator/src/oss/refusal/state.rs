//! What is there.

use http::StatusCode;

use super::Refusal;

impl Refusal {
    pub(crate) fn no_such_bucket(name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist.")
            .with("BucketName", name)
            .detailed("0015-00000101")
    }

    pub(crate) fn no_such_key(key: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
            .with("Key", key)
            .detailed("0026-00000001")
    }

    pub(crate) fn no_such_upload(id: &str) -> Self {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been \
                       aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message).with("UploadId", id)
    }

    pub(crate) fn invalid_part(number: u32) -> Self {
        let message = "One or more of the specified parts could not be found or the specified entity tag might not \
                       have matched the part's entity tag.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPart", message).with("PartNumber", number.to_string())
    }

    pub(crate) fn part_order() -> Self {
        let message = "The list of parts was not in ascending order. The parts list must be specified in order by part \
                       number.";
        Self::new(StatusCode::BAD_REQUEST, "InvalidPartOrder", message)
    }

    pub(crate) fn bucket_taken(name: &str) -> Self {
        let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the \
                       system. Please select a different name and try again.";
        Self::new(StatusCode::CONFLICT, "BucketAlreadyExists", message).with("BucketName", name)
    }

    pub(crate) fn bucket_not_empty(name: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "BucketNotEmpty", "The bucket you tried to delete is not empty.")
            .with("BucketName", name)
    }

    pub(crate) fn too_many_buckets() -> Self {
        let message = "You have attempted to create more buckets than allowed.";
        Self::new(StatusCode::BAD_REQUEST, "TooManyBuckets", message)
    }

    pub(crate) fn object_exists() -> Self {
        let message = "The object you specified already exists and can not be overwritten.";
        Self::new(StatusCode::CONFLICT, "FileAlreadyExists", message)
    }

    pub(crate) fn invalid_range(range: &str) -> Self {
        let message = "The requested range cannot be satisfied.";
        Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "InvalidRange", message).with("RangeRequested", range)
    }

    pub(crate) fn precondition_failed(condition: &str) -> Self {
        let message = "At least one of the pre-conditions you specified did not hold.";
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailed", message).with("Condition", condition)
    }

    /// Sent without a body.
    pub(crate) fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED, "NotModified", "The object has not been modified.")
    }

    /// The emulator's own bounds: the service has none that it would meet.
    pub(crate) fn full() -> Self {
        let message = "The emulator holds as much as it will: delete something, or start it anew.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message)
    }

    pub(crate) fn internal() -> Self {
        let message = "We encountered an internal error. Please try again.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }
}
