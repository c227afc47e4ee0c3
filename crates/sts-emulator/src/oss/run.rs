//! Operations, once they are allowed.

mod buckets;
mod multipart;
mod objects;
mod post;

use jiff::Timestamp;

use crate::oss::call::Call;
use crate::oss::operation::Operation;
use crate::oss::refusal::Refusal;
use crate::oss::reply::{Encoding, Reply};
use crate::oss::store::Store;

/// An operation and all that it needs.
pub(crate) struct Run<'a> {
    pub(crate) call: &'a Call,
    pub(crate) store: &'a mut Store,
    /// Whose the caller is; empty for nobody.
    pub(crate) account: &'a str,
    /// The emulator's own region.
    pub(crate) region: &'a str,
    /// What the client has called the emulator.
    pub(crate) host: &'a str,
    /// Nobody has it yet.
    pub(crate) fresh_id: &'a str,
    pub(crate) is_anonymous: bool,
}

impl Run<'_> {
    pub(crate) fn run(self) -> Result<Reply, Refusal> {
        match self.call.operation {
            Operation::ListBuckets => self.list_buckets(),
            Operation::PutBucket => self.put_bucket(),
            Operation::DeleteBucket => self.delete_bucket(),
            Operation::GetBucketInfo => self.get_bucket_info(),
            Operation::GetBucketLocation => self.get_bucket_location(),
            Operation::PutBucketAcl => self.put_bucket_acl(),
            Operation::GetBucketAcl => self.get_bucket_acl(),
            Operation::ListObjects => self.list_objects(),
            Operation::ListObjectsV2 => self.list_objects_v2(),
            Operation::DeleteMultipleObjects => self.delete_multiple_objects(),
            Operation::PostObject => self.post_object(),
            Operation::PutObject => self.put_object(),
            Operation::CopyObject => self.copy_object(),
            Operation::GetObject => self.get_object(),
            Operation::HeadObject => self.head_object(),
            Operation::GetObjectMeta => self.get_object_meta(),
            Operation::DeleteObject => self.delete_object(),
            Operation::PutObjectAcl => self.put_object_acl(),
            Operation::GetObjectAcl => self.get_object_acl(),
            Operation::InitiateMultipartUpload => self.initiate_multipart_upload(),
            Operation::UploadPart => self.upload_part(),
            Operation::CompleteMultipartUpload => self.complete_multipart_upload(),
            Operation::AbortMultipartUpload => self.abort_multipart_upload(),
            Operation::ListParts => self.list_parts(),
            Operation::ListMultipartUploads => self.list_multipart_uploads(),
        }
    }

    fn now(&self) -> Timestamp {
        self.call.request.time
    }

    fn parameter(&self, name: &str) -> &str {
        self.call.request.parameter(name).unwrap_or_default()
    }

    /// `encoding-type`.
    fn encoding(&self) -> Result<Encoding, Refusal> {
        match self.call.request.parameter("encoding-type") {
            None | Some("") => Ok(Encoding::Plain),
            Some(url) if url.eq_ignore_ascii_case("url") => Ok(Encoding::Url),
            Some(other) => Err(Refusal::invalid_argument(
                "Invalid Encoding Method specified in Request.",
                "encoding-type",
                other,
            )),
        }
    }

    /// A number from 1 to 1,000.
    fn most(&self, name: &str, default: usize) -> Result<usize, Refusal> {
        match self.parameter(name) {
            "" => Ok(default),
            text => text.parse().ok().filter(|most| (1..=1000).contains(most)).ok_or_else(|| {
                Refusal::invalid_argument(
                    format!("Argument {name} must be an integer from 1 to 1000."),
                    name,
                    text,
                )
            }),
        }
    }
}
