//! Uploads in parts.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;
use md5::{Digest as _, Md5};

use super::object::{Kind, Meta, Object, crc64};
use super::{ENTRY_BYTES, joined};
use crate::oss::refusal::Refusal;

/// No part but the last is smaller (documented).
const LEAST_PART_BYTES: usize = 100 * 1024;

/// An upload that was begun.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) key: String,
    pub(crate) begun: Timestamp,
    pub(crate) meta: Meta,
    /// By number.
    pub(crate) parts: BTreeMap<u32, Part>,
}

/// One part.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) content: Bytes,
    /// Without the quotes.
    pub(crate) etag: String,
    pub(crate) crc64: u64,
    pub(crate) modified: Timestamp,
}

impl Upload {
    /// The object of the parts that a client lists: numbers and `ETags`, quoted or not.
    pub(crate) fn complete(&self, listed: &[(u32, String)], now: Timestamp) -> Result<Object, Refusal> {
        if listed.is_empty() {
            return Err(Refusal::malformed_xml());
        }
        if listed.iter().zip(listed.iter().skip(1)).any(|(left, right)| left.0 >= right.0) {
            return Err(Refusal::part_order());
        }
        let mut parts = Vec::with_capacity(listed.len());
        let mut hash = Md5::new();
        for (number, etag) in listed {
            let part = self.parts.get(number);
            let part = part.filter(|part| part.etag.eq_ignore_ascii_case(etag.trim_matches('"')));
            let part = part.ok_or_else(|| Refusal::invalid_part(*number))?;
            hash.update(part.etag.as_bytes());
            parts.push(part);
        }
        if parts.iter().rev().skip(1).any(|part| part.content.len() < LEAST_PART_BYTES) {
            return Err(Refusal::too_small(u64::try_from(LEAST_PART_BYTES).unwrap_or(u64::MAX)));
        }
        let content = joined(&parts);
        let digits: String = hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Object {
            etag: format!("{digits}-{}", parts.len()),
            md5: None,
            crc64: crc64(&content),
            content,
            modified: now,
            kind: Kind::Multipart,
            meta: self.meta.clone(),
        })
    }

    pub(super) fn own_weight(&self) -> usize {
        ENTRY_BYTES + self.key.len() + self.meta.weight()
    }

    #[cfg(test)]
    pub(super) fn for_test() -> Self {
        let begun = Timestamp::UNIX_EPOCH;
        Self { key: String::new(), begun, meta: Meta::default(), parts: BTreeMap::new() }
    }
}

impl Part {
    pub(super) fn weight(&self) -> usize {
        ENTRY_BYTES + self.content.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::object::Checksums;
    use super::*;

    fn upload(lengths: &[usize]) -> Upload {
        let part = |length: &usize| {
            let content = Bytes::from(vec![b'x'; *length]);
            let sums = Checksums::of(&content);
            Part { content, etag: sums.etag(), crc64: sums.crc64, modified: Timestamp::UNIX_EPOCH }
        };
        Upload { parts: (1..).zip(lengths.iter().map(part)).collect(), ..Upload::for_test() }
    }

    fn listed(upload: &Upload) -> Vec<(u32, String)> {
        upload
            .parts
            .iter()
            .map(|(number, part)| (*number, format!("\"{}\"", part.etag.to_lowercase())))
            .collect()
    }

    #[test]
    fn parts_make_an_object() {
        let upload = upload(&[LEAST_PART_BYTES, 3]);
        let object = upload.complete(&listed(&upload), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(object.content.len(), LEAST_PART_BYTES + 3);
        assert!(object.etag.ends_with("-2") && object.etag.len() == 34, "{}", object.etag);
        assert_eq!(object.crc64, Checksums::of(&object.content).crc64);
        let only = upload.complete(&listed(&upload)[1..], Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(only.content, "xxx");
    }

    #[test]
    fn parts_that_do_not_fit_are_told() {
        let code = |upload: &Upload, listed: &[(u32, String)]| {
            upload.complete(listed, Timestamp::UNIX_EPOCH).unwrap_err().known_code()
        };
        let good = upload(&[LEAST_PART_BYTES, 3]);
        let all = listed(&good);
        assert_eq!(code(&good, &[]), "MalformedXML");
        assert_eq!(code(&good, &[all[1].clone(), all[0].clone()]), "InvalidPartOrder");
        assert_eq!(code(&good, &[all[0].clone(), all[0].clone()]), "InvalidPartOrder");
        assert_eq!(code(&good, &[(3, all[0].1.clone())]), "InvalidPart");
        assert_eq!(code(&good, &[(1, all[1].1.clone())]), "InvalidPart");
        let small = upload(&[LEAST_PART_BYTES - 1, 3]);
        assert_eq!(code(&small, &listed(&small)), "EntityTooSmall");
    }
}
