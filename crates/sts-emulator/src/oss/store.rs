//! What buckets hold. In memory, and bounded.

mod listing;
mod object;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

pub(crate) use self::listing::{Listing, Page};
pub(crate) use self::object::{Checksums, Meta, Object, ObjectAcl};
pub(crate) use self::upload::{Part, Upload};
use crate::oss::refusal::Refusal;
use crate::world::{Acl, World};

/// What all objects and parts may take together, with their names and headers.
const MOST_BYTES: usize = 512 * 1024 * 1024;

/// Objects, parts and uploads together.
const MOST_ENTRIES: usize = 200_000;

/// The service's quota for an account; here of all accounts together.
const MOST_BUCKETS: usize = 100;

/// What an entry takes besides its content.
const ENTRY_BYTES: usize = 512;

/// All buckets.
#[derive(Default)]
pub(crate) struct Store {
    buckets: BTreeMap<String, Bucket>,
    /// Those of the world that was adopted last.
    world: Option<Arc<World>>,
    room: Room,
}

/// One bucket.
pub(crate) struct Bucket {
    /// The id of the account whose it is.
    pub(crate) owner: String,
    pub(crate) region: String,
    pub(crate) acl: Acl,
    pub(crate) created: Timestamp,
    objects: BTreeMap<String, Arc<Object>>,
    /// By id.
    uploads: BTreeMap<String, Upload>,
}

/// How much there is.
#[derive(Default)]
struct Room {
    bytes: usize,
    entries: usize,
}

impl Room {
    /// Takes in `bytes` and gives back `freed`, one entry each, or leaves everything as it is.
    fn exchange(&mut self, bytes: usize, freed: Option<usize>) -> Result<(), Refusal> {
        let after_bytes = self.bytes.saturating_sub(freed.unwrap_or_default()).saturating_add(bytes);
        let after_entries = self.entries.saturating_sub(usize::from(freed.is_some())) + 1;
        if after_bytes > MOST_BYTES || after_entries > MOST_ENTRIES {
            return Err(Refusal::full());
        }
        (self.bytes, self.entries) = (after_bytes, after_entries);
        Ok(())
    }

    fn free(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        self.entries = self.entries.saturating_sub(1);
    }
}

impl Store {
    /// Makes the buckets of a world, unless it is the one that was adopted before. Buckets that were there keep their objects and get
    /// the owner and ACL of the world; those that only the world before had are gone.
    pub(crate) fn adopt(&mut self, world: &Arc<World>, now: Timestamp) {
        if self.world.as_ref().is_some_and(|before| Arc::ptr_eq(before, world)) {
            return;
        }
        if let Some(before) = self.world.replace(Arc::clone(world)) {
            let names =
                before.accounts.iter().flat_map(|account| &account.buckets).map(|bucket| &bucket.name);
            let gone: Vec<&String> = names.filter(|name| world.bucket(name).is_none()).collect();
            gone.into_iter().for_each(|name| self.drop_bucket(name));
        }
        for account in &world.accounts {
            for bucket in &account.buckets {
                if let Some(there) = self.buckets.get_mut(&bucket.name) {
                    (there.owner, there.acl) = (account.id.clone(), bucket.acl);
                    there.region.clone_from(&bucket.region);
                    continue;
                }
                let new = Bucket::new(account.id.clone(), bucket.region.clone(), bucket.acl, now);
                self.buckets.insert(bucket.name.clone(), new);
                for object in &bucket.objects {
                    let meta = Meta::of_type(object.content_type.as_deref());
                    let object_of_world =
                        Object::new(&object.content, &Checksums::of(&object.content), meta, now);
                    // A world that is larger than the store loses what is last in it.
                    self.put(&bucket.name, &object.key, object_of_world).ok();
                }
            }
        }
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket, Refusal> {
        self.buckets.get(name).ok_or_else(|| Refusal::no_such_bucket(name))
    }

    fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket, Refusal> {
        self.buckets.get_mut(name).ok_or_else(|| Refusal::no_such_bucket(name))
    }

    /// Those of an account, by name.
    pub(crate) fn buckets_of<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = (&'a str, &'a Bucket)> {
        let all = self.buckets.iter().map(|(name, bucket)| (name.as_str(), bucket));
        all.filter(move |(_, bucket)| bucket.owner == owner)
    }

    /// Makes a bucket. One that the owner has already only gets the ACL, if there is one.
    pub(crate) fn make_bucket(
        &mut self,
        name: &str,
        owner: &str,
        region: &str,
        acl: Option<Acl>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if let Some(bucket) = self.buckets.get_mut(name) {
            if bucket.owner != owner {
                return Err(Refusal::bucket_taken(name));
            }
            bucket.acl = acl.unwrap_or(bucket.acl);
            return Ok(());
        }
        if self.buckets.len() >= MOST_BUCKETS {
            return Err(Refusal::too_many_buckets());
        }
        let bucket = Bucket::new(owner.to_owned(), region.to_owned(), acl.unwrap_or_default(), now);
        self.buckets.insert(name.to_owned(), bucket);
        Ok(())
    }

    pub(crate) fn set_bucket_acl(&mut self, name: &str, acl: Acl) -> Result<(), Refusal> {
        self.bucket_mut(name)?.acl = acl;
        Ok(())
    }

    /// Removes a bucket without objects; its uploads go with it.
    pub(crate) fn remove_bucket(&mut self, name: &str) -> Result<(), Refusal> {
        if !self.bucket(name)?.objects.is_empty() {
            return Err(Refusal::bucket_not_empty(name));
        }
        self.drop_bucket(name);
        Ok(())
    }

    fn drop_bucket(&mut self, name: &str) {
        let Some(bucket) = self.buckets.remove(name) else { return };
        bucket.objects.iter().for_each(|(key, object)| self.room.free(weight(key, object)));
        bucket.uploads.values().for_each(|upload| self.free_upload(upload));
    }

    /// Puts an object in the place of what has that name.
    pub(crate) fn put(&mut self, bucket: &str, key: &str, object: Object) -> Result<Arc<Object>, Refusal> {
        let new = weight(key, &object);
        let old = self.bucket(bucket)?.objects.get(key).map(|old| weight(key, old));
        self.room.exchange(new, old)?;
        let object = Arc::new(object);
        self.bucket_mut(bucket)?.objects.insert(key.to_owned(), Arc::clone(&object));
        Ok(object)
    }

    /// Deletes an object, if it is there.
    pub(crate) fn delete(&mut self, bucket: &str, key: &str) -> Result<(), Refusal> {
        let deleted = self.bucket_mut(bucket)?.objects.remove(key);
        deleted.iter().for_each(|object| self.room.free(weight(key, object)));
        Ok(())
    }

    /// Opens an upload under an id that nobody has.
    pub(crate) fn open_upload(&mut self, bucket: &str, id: String, upload: Upload) -> Result<(), Refusal> {
        self.bucket(bucket)?;
        self.room.exchange(upload.own_weight(), None)?;
        self.bucket_mut(bucket)?.uploads.insert(id, upload);
        Ok(())
    }

    /// Puts a part in the place of what has that number.
    pub(crate) fn put_part(
        &mut self,
        bucket: &str,
        key: &str,
        id: &str,
        number: u32,
        part: Part,
    ) -> Result<(), Refusal> {
        let old = self.bucket(bucket)?.upload(key, id)?.parts.get(&number).map(Part::weight);
        self.room.exchange(part.weight(), old)?;
        if let Some(upload) = self.bucket_mut(bucket)?.uploads.get_mut(id) {
            upload.parts.insert(number, part);
        }
        Ok(())
    }

    /// Ends an upload; its parts are gone.
    pub(crate) fn close_upload(&mut self, bucket: &str, key: &str, id: &str) -> Result<(), Refusal> {
        self.bucket(bucket)?.upload(key, id)?;
        if let Some(upload) = self.bucket_mut(bucket)?.uploads.remove(id) {
            self.free_upload(&upload);
        }
        Ok(())
    }

    fn free_upload(&mut self, upload: &Upload) {
        self.room.free(upload.own_weight());
        upload.parts.values().for_each(|part| self.room.free(part.weight()));
    }
}

impl Bucket {
    fn new(owner: String, region: String, acl: Acl, created: Timestamp) -> Self {
        Self { owner, region, acl, created, objects: BTreeMap::new(), uploads: BTreeMap::new() }
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Arc<Object>> {
        self.objects.get(key)
    }

    pub(crate) fn object(&self, key: &str) -> Result<&Arc<Object>, Refusal> {
        self.find(key).ok_or_else(|| Refusal::no_such_key(key))
    }

    pub(crate) fn upload(&self, key: &str, id: &str) -> Result<&Upload, Refusal> {
        let upload = self.uploads.get(id).filter(|upload| upload.key == key);
        upload.ok_or_else(|| Refusal::no_such_upload(id))
    }

    /// By key, then by id.
    pub(crate) fn uploads(&self) -> Vec<(&str, &Upload)> {
        let mut uploads: Vec<_> = self.uploads.iter().map(|(id, upload)| (id.as_str(), upload)).collect();
        uploads.sort_by_key(|(id, upload)| (upload.key.as_str(), *id));
        uploads
    }

    pub(crate) fn list(&self, listing: &Listing<'_>) -> Page<'_> {
        listing.page(&self.objects)
    }
}

/// What an object takes of the room.
fn weight(key: &str, object: &Object) -> usize {
    ENTRY_BYTES + key.len() + object.content.len() + object.meta.weight()
}

/// Content in one piece.
fn joined(parts: &[&Part]) -> Bytes {
    match parts {
        [only] => only.content.clone(),
        many => many.iter().map(|part| &part.content[..]).collect::<Vec<_>>().concat().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        let mut store = Store::default();
        store.make_bucket("bucket", "1", "cn-hangzhou", None, Timestamp::UNIX_EPOCH).unwrap();
        store
    }

    fn object(length: usize) -> Object {
        let content = vec![b'x'; length];
        Object::new(&content, &Checksums::of(b""), Meta::default(), Timestamp::UNIX_EPOCH)
    }

    fn part(length: usize) -> Part {
        Part {
            content: Bytes::from(vec![b'x'; length]),
            etag: String::new(),
            crc64: 0,
            modified: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_is_freed_is_counted() {
        let mut store = store();
        store.put("bucket", "a", object(1000)).unwrap();
        let one = store.room.bytes;
        store.put("bucket", "a", object(1000)).unwrap();
        assert_eq!((store.room.bytes, store.room.entries), (one, 1));
        let upload = Upload { key: "b".to_owned(), ..Upload::for_test() };
        store.open_upload("bucket", "u".to_owned(), upload).unwrap();
        store.put_part("bucket", "b", "u", 1, part(10)).unwrap();
        store.put_part("bucket", "b", "u", 1, part(20)).unwrap();
        assert_eq!(store.room.entries, 3);
        store.close_upload("bucket", "b", "u").unwrap();
        store.delete("bucket", "a").unwrap();
        store.delete("bucket", "a").unwrap();
        assert_eq!((store.room.bytes, store.room.entries), (0, 0));
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut store = store();
        let half = vec![0; MOST_BYTES / 2];
        let huge = || Object::new(&half, &Checksums::of(b""), Meta::default(), Timestamp::UNIX_EPOCH);
        store.put("bucket", "a", huge()).unwrap();
        assert_eq!(store.put("bucket", "b", huge()).unwrap_err(), Refusal::full());
        // What is replaced makes room for what replaces it.
        store.put("bucket", "a", huge()).unwrap();
        assert!(store.bucket("bucket").unwrap().find("b").is_none());
        for n in 1..MOST_BUCKETS {
            store.make_bucket(&format!("bucket-{n}"), "1", "r", None, Timestamp::UNIX_EPOCH).unwrap();
        }
        let more = store.make_bucket("more", "1", "r", None, Timestamp::UNIX_EPOCH);
        assert_eq!(more.unwrap_err().code(), "TooManyBuckets");
    }

    #[test]
    fn buckets_have_owners() {
        let mut store = store();
        let made = store.make_bucket("bucket", "2", "r", None, Timestamp::UNIX_EPOCH);
        assert_eq!(made.unwrap_err().code(), "BucketAlreadyExists");
        store.make_bucket("bucket", "1", "r", Some(Acl::PublicRead), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(store.bucket("bucket").unwrap().acl, Acl::PublicRead);
        assert_eq!((store.buckets_of("1").count(), store.buckets_of("2").count()), (1, 0));
        store.put("bucket", "a", object(1)).unwrap();
        assert_eq!(store.remove_bucket("bucket").unwrap_err().code(), "BucketNotEmpty");
        store.delete("bucket", "a").unwrap();
        store.remove_bucket("bucket").unwrap();
        assert_eq!(store.remove_bucket("bucket").unwrap_err().code(), "NoSuchBucket");
    }
}
