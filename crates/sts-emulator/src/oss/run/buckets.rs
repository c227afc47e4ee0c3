//! Operations on buckets, and what they list.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use super::Run;
use crate::oss::refusal::Refusal;
use crate::oss::reply::{self, Encoding, Reply};
use crate::oss::store::{Bucket, Listing, Page};
use crate::oss::xml::Writer;
use crate::world::Acl;

/// How many a page has where nobody says.
const PAGE: usize = 100;

impl Run<'_> {
    pub(super) fn list_buckets(self) -> Result<Reply, Refusal> {
        let (prefix, marker) = (self.parameter("prefix"), self.parameter("marker"));
        let most = self.most("max-keys", PAGE)?;
        let all = self.store.buckets_of(self.account);
        let mut wanted = all.filter(|(name, _)| name.starts_with(prefix) && *name > marker);
        let page: Vec<(&str, &Bucket)> = wanted.by_ref().take(most).collect();
        let is_truncated = wanted.next().is_some();
        Ok(reply::xml("ListAllMyBucketsResult", |xml| {
            if is_truncated {
                xml.text("Prefix", prefix);
                xml.text("Marker", marker);
                xml.text("MaxKeys", most.to_string());
                xml.text("IsTruncated", "true");
                xml.text("NextMarker", page.last().map_or("", |(name, _)| name));
            }
            reply::owner(xml, self.account);
            xml.group("Buckets", |xml| {
                for (name, bucket) in &page {
                    xml.group("Bucket", |xml| described(xml, name, bucket));
                }
            });
        }))
    }

    pub(super) fn put_bucket(self) -> Result<Reply, Refusal> {
        let name = self.call.request.bucket()?;
        let acl = self.call.request.text_header("x-oss-acl")?.map(acl).transpose()?;
        self.store.make_bucket(name, self.account, self.region, acl, self.call.request.time)?;
        let mut reply = reply::empty(StatusCode::OK);
        reply::set(&mut reply, "location", &format!("/{name}"));
        Ok(reply)
    }

    pub(super) fn delete_bucket(self) -> Result<Reply, Refusal> {
        self.store.remove_bucket(self.call.request.bucket()?)?;
        Ok(reply::empty(StatusCode::NO_CONTENT))
    }

    pub(super) fn get_bucket_info(self) -> Result<Reply, Refusal> {
        let name = self.call.request.bucket()?;
        let bucket = self.store.bucket(name)?;
        Ok(reply::xml("BucketInfo", |xml| {
            xml.group("Bucket", |xml| {
                described(xml, name, bucket);
                xml.text("DataRedundancyType", "LRS");
                reply::owner(xml, &bucket.owner);
                xml.group("AccessControlList", |xml| xml.text("Grant", reply::acl_name(bucket.acl)));
            });
        }))
    }

    pub(super) fn get_bucket_location(self) -> Result<Reply, Refusal> {
        let bucket = self.store.bucket(self.call.request.bucket()?)?;
        Ok(reply::xml("LocationConstraint", |xml| xml.escaped(&location(bucket))))
    }

    pub(super) fn put_bucket_acl(self) -> Result<Reply, Refusal> {
        let sent = self.call.request.text_header("x-oss-acl")?;
        let acl = acl(sent.ok_or_else(|| Refusal::missing_argument("x-oss-acl"))?)?;
        self.store.set_bucket_acl(self.call.request.bucket()?, acl)?;
        Ok(reply::empty(StatusCode::OK))
    }

    pub(super) fn get_bucket_acl(self) -> Result<Reply, Refusal> {
        let bucket = self.store.bucket(self.call.request.bucket()?)?;
        Ok(reply::acl(&bucket.owner, reply::acl_name(bucket.acl)))
    }

    pub(super) fn list_objects(self) -> Result<Reply, Refusal> {
        let (encoding, most) = (self.encoding()?, self.most("max-keys", PAGE)?);
        let (prefix, delimiter) = (self.parameter("prefix"), self.parameter("delimiter"));
        let marker = self.parameter("marker");
        let name = self.call.request.bucket()?;
        let bucket = self.store.bucket(name)?;
        let page = bucket.list(&Listing { prefix, delimiter, after: marker, most });
        Ok(reply::xml("ListBucketResult", |xml| {
            xml.text("Name", name);
            xml.text("Prefix", encoding.apply(prefix));
            xml.text("Marker", encoding.apply(marker));
            xml.text("MaxKeys", most.to_string());
            xml.text("Delimiter", encoding.apply(delimiter));
            encoding.tell(xml);
            xml.text("IsTruncated", if page.next.is_some() { "true" } else { "false" });
            if let Some(next) = page.next {
                xml.text("NextMarker", encoding.apply(next));
            }
            listed(xml, &page, encoding, Some(&bucket.owner));
        }))
    }

    pub(super) fn list_objects_v2(self) -> Result<Reply, Refusal> {
        let (encoding, most) = (self.encoding()?, self.most("max-keys", PAGE)?);
        let (prefix, delimiter) = (self.parameter("prefix"), self.parameter("delimiter"));
        let (start, token) = (self.parameter("start-after"), self.parameter("continuation-token"));
        let from_token = (!token.is_empty()).then(|| from_token(token)).transpose()?;
        let after = from_token.as_deref().unwrap_or(start);
        let with_owner = self.parameter("fetch-owner") == "true";
        let name = self.call.request.bucket()?;
        let bucket = self.store.bucket(name)?;
        let page = bucket.list(&Listing { prefix, delimiter, after, most });
        Ok(reply::xml("ListBucketResult", |xml| {
            xml.text("Name", name);
            xml.text("Prefix", encoding.apply(prefix));
            if !start.is_empty() {
                xml.text("StartAfter", encoding.apply(start));
            }
            xml.text("MaxKeys", most.to_string());
            xml.text("Delimiter", encoding.apply(delimiter));
            encoding.tell(xml);
            if !token.is_empty() {
                xml.text("ContinuationToken", token);
            }
            xml.text("IsTruncated", if page.next.is_some() { "true" } else { "false" });
            if let Some(next) = page.next {
                xml.text("NextContinuationToken", STANDARD.encode(next));
            }
            xml.text("KeyCount", (page.objects.len() + page.prefixes.len()).to_string());
            listed(xml, &page, encoding, Some(bucket.owner.as_str()).filter(|_| with_owner));
        }))
    }
}

fn listed(xml: &mut Writer, page: &Page<'_>, encoding: Encoding, owner: Option<&str>) {
    for (key, object) in &page.objects {
        xml.group("Contents", |xml| {
            xml.text("Key", encoding.apply(key));
            xml.text("LastModified", reply::iso_date(object.modified));
            xml.text("ETag", reply::quoted(&object.etag));
            xml.text("Type", object.kind.name());
            xml.text("Size", object.content.len().to_string());
            xml.text("StorageClass", "Standard");
            owner.into_iter().for_each(|owner| reply::owner(xml, owner));
        });
    }
    for prefix in &page.prefixes {
        xml.group("CommonPrefixes", |xml| xml.text("Prefix", encoding.apply(prefix)));
    }
}

/// What a listing and the information of one bucket have in common.
fn described(xml: &mut Writer, name: &str, bucket: &Bucket) {
    xml.text("Name", name);
    xml.text("CreationDate", reply::iso_date(bucket.created));
    xml.text("Location", location(bucket));
    xml.text("Region", &bucket.region);
    xml.text("ExtranetEndpoint", format!("oss-{}.aliyuncs.com", bucket.region));
    xml.text("IntranetEndpoint", format!("oss-{}-internal.aliyuncs.com", bucket.region));
    xml.text("StorageClass", "Standard");
}

fn location(bucket: &Bucket) -> String {
    format!("oss-{}", bucket.region)
}

fn acl(name: &str) -> Result<Acl, Refusal> {
    let known = [Acl::Private, Acl::PublicRead, Acl::PublicReadWrite];
    let acl = known.into_iter().find(|acl| reply::acl_name(*acl) == name);
    acl.ok_or_else(|| Refusal::invalid_argument("no such bucket access control exists", "x-oss-acl", name))
}

/// The name that a page ended with. Opaque to clients.
fn from_token(token: &str) -> Result<String, Refusal> {
    let name = STANDARD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| {
        Refusal::invalid_argument(
            "The continuation token provided is incorrect.",
            "continuation-token",
            token,
        )
    })
}
