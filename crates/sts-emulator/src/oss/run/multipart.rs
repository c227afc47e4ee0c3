//! Uploads in parts.

use bytes::Bytes;
use http::StatusCode;

use super::Run;
use super::objects::{meta_of_headers, stored};
use crate::oss::refusal::Refusal;
use crate::oss::reply::{self, Reply};
use crate::oss::store::{Part, Upload};
use crate::oss::xml::Element;

/// Parts are numbered from 1 to this (documented).
const MOST_PARTS: u32 = 10_000;

/// How many a page has where nobody says.
const PAGE: usize = 1000;

impl Run<'_> {
    pub(super) fn initiate_multipart_upload(self) -> Result<Reply, Refusal> {
        let (request, encoding, id) = (&self.call.request, self.encoding()?, self.fresh_id);
        let meta = meta_of_headers(self.call, &request.parts.headers)?;
        let (bucket, key) = (request.bucket()?, request.key()?);
        let upload = Upload { key: key.to_owned(), begun: self.now(), meta, parts: Default::default() };
        self.check_overwrite(request)?;
        self.store.open_upload(bucket, id.to_owned(), upload)?;
        Ok(reply::xml("InitiateMultipartUploadResult", |xml| {
            encoding.tell(xml);
            xml.text("Bucket", bucket);
            xml.text("Key", encoding.apply(key));
            xml.text("UploadId", id);
        }))
    }

    pub(super) fn upload_part(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let number = self.parameter("partNumber");
        let number =
            number.parse().ok().filter(|number| (1..=MOST_PARTS).contains(number)).ok_or_else(|| {
                let message = "Part number must be an integer between 1 and 10000, inclusive.";
                Refusal::invalid_argument(message, "partNumber", number)
            })?;
        let sums = &self.call.checksums;
        let (etag, crc64) = (sums.etag(), sums.crc64);
        let part = Part {
            content: Bytes::copy_from_slice(&request.body),
            etag: etag.clone(),
            crc64,
            modified: self.now(),
        };
        let id = request.parameter("uploadId").unwrap_or_default();
        self.store.put_part(request.bucket()?, request.key()?, id, number, part)?;
        let mut reply = reply::empty(StatusCode::OK);
        reply::set(&mut reply, "etag", &reply::quoted(&etag));
        reply::set(&mut reply, "x-oss-hash-crc64ecma", &crc64.to_string());
        reply::set(&mut reply, "content-md5", &sums.md5_base64());
        Ok(reply)
    }

    pub(super) fn complete_multipart_upload(self) -> Result<Reply, Refusal> {
        let (request, encoding, now) = (&self.call.request, self.encoding()?, self.now());
        let (bucket, key) = (request.bucket()?, request.key()?);
        let id = request.parameter("uploadId").unwrap_or_default();
        let upload = self.store.bucket(bucket)?.upload(key, id)?;
        let takes_all = request.header("x-oss-complete-all") == Some("yes");
        let parts = match takes_all {
            true if request.body.is_empty() => {
                upload.parts.iter().map(|(number, part)| (*number, part.etag.clone())).collect()
            }
            true => {
                return Err(Refusal::invalid_argument(
                    "A body does not go with it.",
                    "x-oss-complete-all",
                    "yes",
                ));
            }
            false => listed(&request.body)?,
        };
        let object = upload.complete(&parts, now)?;
        self.check_overwrite(request)?;
        // Where there is no room for both, the parts are still there.
        let object = self.store.put(bucket, key, object)?;
        self.store.close_upload(bucket, key, id)?;
        let mut reply = reply::xml("CompleteMultipartUploadResult", |xml| {
            encoding.tell(xml);
            xml.text("Location", format!("http://{}{}", self.host, request.parts.uri.path()));
            xml.text("Bucket", bucket);
            xml.text("Key", encoding.apply(key));
            xml.text("ETag", reply::quoted(&object.etag));
        });
        stored(&mut reply, &object);
        Ok(reply)
    }

    pub(super) fn abort_multipart_upload(self) -> Result<Reply, Refusal> {
        let request = &self.call.request;
        let id = request.parameter("uploadId").unwrap_or_default();
        self.store.close_upload(request.bucket()?, request.key()?, id)?;
        Ok(reply::empty(StatusCode::NO_CONTENT))
    }

    pub(super) fn list_parts(self) -> Result<Reply, Refusal> {
        let (request, encoding, most) = (&self.call.request, self.encoding()?, self.most("max-parts", PAGE)?);
        let (bucket, key) = (request.bucket()?, request.key()?);
        let id = request.parameter("uploadId").unwrap_or_default();
        let marker = match self.parameter("part-number-marker") {
            "" => 0,
            text => text.parse().map_err(|_| {
                Refusal::invalid_argument(
                    "Part number marker must be an integer.",
                    "part-number-marker",
                    text,
                )
            })?,
        };
        let upload = self.store.bucket(bucket)?.upload(key, id)?;
        let mut parts = upload.parts.iter().filter(|(number, _)| **number > marker);
        let page: Vec<(&u32, &Part)> = parts.by_ref().take(most).collect();
        let is_truncated = parts.next().is_some();
        Ok(reply::xml("ListPartsResult", |xml| {
            encoding.tell(xml);
            xml.text("Bucket", bucket);
            xml.text("Key", encoding.apply(key));
            xml.text("UploadId", id);
            xml.text("StorageClass", "Standard");
            xml.text("PartNumberMarker", marker.to_string());
            xml.text("NextPartNumberMarker", page.last().map_or(0, |(number, _)| **number).to_string());
            xml.text("MaxParts", most.to_string());
            xml.text("IsTruncated", if is_truncated { "true" } else { "false" });
            for (number, part) in &page {
                xml.group("Part", |xml| {
                    xml.text("PartNumber", number.to_string());
                    xml.text("LastModified", reply::iso_date(part.modified));
                    xml.text("ETag", reply::quoted(&part.etag));
                    xml.text("HashCrc64ecma", part.crc64.to_string());
                    xml.text("Size", part.content.len().to_string());
                });
            }
        }))
    }

    pub(super) fn list_multipart_uploads(self) -> Result<Reply, Refusal> {
        let (encoding, most) = (self.encoding()?, self.most("max-uploads", PAGE)?);
        let prefix = self.parameter("prefix");
        if !self.parameter("delimiter").is_empty() {
            return Err(Refusal::not_implemented("delimiter"));
        }
        let (key_marker, id_marker) = (self.parameter("key-marker"), self.parameter("upload-id-marker"));
        let name = self.call.request.bucket()?;
        let uploads = self.store.bucket(name)?.uploads();
        // Without a marker of ids, all uploads of the key marker's object are left out.
        let is_after = |key: &str, id: &str| match id_marker {
            "" => key > key_marker,
            _ => (key, id) > (key_marker, id_marker),
        };
        let wanted =
            uploads.iter().filter(|(id, upload)| upload.key.starts_with(prefix) && is_after(&upload.key, id));
        let mut wanted = wanted.peekable();
        let page: Vec<&(&str, &Upload)> = wanted.by_ref().take(most).collect();
        let next = page.last().filter(|_| wanted.peek().is_some());
        Ok(reply::xml("ListMultipartUploadsResult", |xml| {
            encoding.tell(xml);
            xml.text("Bucket", name);
            xml.text("KeyMarker", encoding.apply(key_marker));
            xml.text("UploadIdMarker", id_marker);
            if let Some((id, upload)) = next {
                xml.text("NextKeyMarker", encoding.apply(&upload.key));
                xml.text("NextUploadIdMarker", id);
            }
            xml.text("Prefix", encoding.apply(prefix));
            xml.text("MaxUploads", most.to_string());
            xml.text("IsTruncated", if next.is_some() { "true" } else { "false" });
            for (id, upload) in &page {
                xml.group("Upload", |xml| {
                    xml.text("Key", encoding.apply(&upload.key));
                    xml.text("UploadId", id);
                    xml.text("StorageClass", "Standard");
                    xml.text("Initiated", reply::iso_date(upload.begun));
                });
            }
        }))
    }
}

/// The parts that make the object: numbers and `ETags`.
fn listed(body: &[u8]) -> Result<Vec<(u32, String)>, Refusal> {
    let document = Element::read(body).map_err(|_| Refusal::malformed_xml())?;
    let parts = document.children.iter().filter(|child| child.name == "Part");
    let parts = parts.map(|part| {
        let number = part.child("PartNumber")?.trim().parse().ok()?;
        Some((number, part.child("ETag")?.trim().to_owned()))
    });
    let parts: Option<Vec<(u32, String)>> = parts.collect();
    parts.filter(|_| document.name == "CompleteMultipartUpload").ok_or_else(Refusal::malformed_xml)
}
