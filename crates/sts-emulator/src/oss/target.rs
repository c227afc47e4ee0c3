//! Which bucket and which object a request is about: from its `Host` and its path.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use sts_sign::verify::Bucket;

use crate::oss::refusal::Refusal;

/// Longer is no object's name.
const MOST_KEY_BYTES: usize = 1023;

/// Where a request goes. Names are valid ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) bucket: Option<String>,
    /// Of the object; none where the request is about the bucket.
    pub(crate) key: Option<String>,
    is_in_host: bool,
}

impl Target {
    /// `host` may have a port. `<bucket>.<anything>` names the bucket; the endpoints of the service themselves
    /// (`oss-cn-hangzhou.aliyuncs.com`), addresses, names without a dot, and hosts that begin with one, as ali-oss makes them of an
    /// address when no bucket is meant, do not: then it is the first segment of the path.
    pub(crate) fn read(host: &str, path: &str) -> Result<Self, Refusal> {
        let decoded = decoded(path).ok_or_else(|| {
            Refusal::invalid_argument("The path is not percent-encoded UTF-8.", "path", path)
        })?;
        let path = decoded.strip_prefix('/').unwrap_or(&decoded);
        let (bucket, key, is_in_host) = match bucket_of_host(host) {
            Some(bucket) => (bucket, path, true),
            None => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                (bucket, key, false)
            }
        };
        if bucket.is_empty() {
            return match key {
                "" => Ok(Self { bucket: None, key: None, is_in_host }),
                _ => Err(Refusal::bucket_name(bucket)),
            };
        }
        if !is_bucket_name(bucket) {
            return Err(Refusal::bucket_name(bucket));
        }
        let key = Some(key).filter(|key| !key.is_empty());
        key.map_or(Ok(()), check_key)?;
        Ok(Self { bucket: Some(bucket.to_owned()), key: key.map(str::to_owned), is_in_host })
    }

    /// The same, as the verifier of signatures wants it.
    pub(crate) fn signed_bucket(&self) -> Bucket<'_> {
        match &self.bucket {
            Some(bucket) if self.is_in_host => Bucket::InHost(bucket),
            _ => Bucket::InPath,
        }
    }
}

/// Percent-decoded; a plus is a plus.
pub(crate) fn decoded(text: &str) -> Option<String> {
    // `percent-encoding` leaves a broken sequence as it is; the verifier of signatures refuses it.
    let digits = |part: &str| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_whole = text.split('%').skip(1).all(digits);
    percent_decode_str(text).decode_utf8().ok().filter(|_| is_whole).map(std::borrow::Cow::into_owned)
}

/// Whether an object can have this name.
pub(crate) fn check_key(key: &str) -> Result<(), Refusal> {
    let is_name = !key.is_empty() && key.len() <= MOST_KEY_BYTES && !key.starts_with(['/', '\\']);
    if is_name { Ok(()) } else { Err(Refusal::object_name(key)) }
}

/// 3 to 63 of lower-case letters, digits and hyphens, no hyphen first or last.
pub(crate) fn is_bucket_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (3..=63).contains(&name.len())
        && name.bytes().all(is_letter)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

fn bucket_of_host(host: &str) -> Option<&str> {
    // The port, if there is one; an IPv6 address stands in brackets.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let is_address = name.starts_with('[') || name.parse::<IpAddr>().is_ok();
    let (first, rest) = name.split_once('.').filter(|_| !is_address)?;
    let is_endpoint = rest.eq_ignore_ascii_case("aliyuncs.com");
    Some(first).filter(|first| !first.is_empty() && !rest.is_empty() && !is_endpoint)
}

#[cfg(test)]
mod tests {
    use super::{Target, decoded};
    use proptest::prelude::*;

    fn read(host: &str, path: &str) -> Result<(Option<String>, Option<String>), &'static str> {
        Target::read(host, path)
            .map(|target| (target.bucket, target.key))
            .map_err(|refusal| refusal.known_code())
    }

    /// The rows of the table in which ways ali-oss addresses an endpoint, and the other clients' besides.
    #[test]
    fn every_style_leads_to_the_same_place() {
        let at = |bucket: &str, key: &str| {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            Ok((some(bucket), some(key)))
        };
        for (host, path, bucket, key) in [
            ("localhost:4000", "/", "", ""),
            ("localhost:4000", "/my-bucket/", "my-bucket", ""),
            ("localhost:4000", "/my-bucket", "my-bucket", ""),
            ("localhost", "/my-bucket/a/b%20c", "my-bucket", "a/b c"),
            ("my-bucket.localhost:4000", "/", "my-bucket", ""),
            ("my-bucket.localhost:4000", "/a/b+c", "my-bucket", "a/b+c"),
            ("my-bucket.localhost", "/my-bucket/a", "my-bucket", "my-bucket/a"),
            ("my-bucket.oss-cn-hangzhou.aliyuncs.com", "/a", "my-bucket", "a"),
            (".oss-cn-hangzhou.aliyuncs.com", "/", "", ""),
            ("oss-cn-hangzhou.aliyuncs.com", "/", "", ""),
            ("oss-cn-hangzhou.aliyuncs.com:80", "/my-bucket/a//", "my-bucket", "a//"),
            ("127.0.0.1:4000", "/my-bucket/%E4%B8%AD", "my-bucket", "中"),
            ("127.0.0.1", "/my-bucket/a", "my-bucket", "a"),
            ("[::1]:4000", "/my-bucket/a", "my-bucket", "a"),
            ("", "/my-bucket/a", "my-bucket", "a"),
        ] {
            assert_eq!(read(host, path), at(bucket, key), "{host}{path}");
        }
    }

    #[test]
    fn names_that_nothing_can_have() {
        let named = |length| format!("/my-bucket/{}", "k".repeat(length));
        let long = named(1024);
        for (host, path, code) in [
            ("localhost", "/My-Bucket/a", "InvalidBucketName"),
            ("localhost", "/ab/a", "InvalidBucketName"),
            ("localhost", "/-ab/a", "InvalidBucketName"),
            ("localhost", "//a", "InvalidBucketName"),
            ("under_score.localhost", "/a", "InvalidBucketName"),
            ("localhost", "/my-bucket//a", "InvalidObjectName"),
            ("localhost", "/my-bucket/%5Ca", "InvalidObjectName"),
            ("localhost", &long, "InvalidObjectName"),
            ("localhost", "/my-bucket/%FF", "InvalidArgument"),
            ("localhost", "/my-bucket/%zz", "InvalidArgument"),
            ("localhost", "/my-bucket/a%", "InvalidArgument"),
        ] {
            assert_eq!(read(host, path), Err(code), "{host}{path}");
        }
        assert!(read("localhost", &named(1023)).is_ok());
    }

    proptest! {
        #[test]
        fn no_request_is_too_strange(host in ".*", path in ".*") {
            let _ = Target::read(&host, &path);
        }

        #[test]
        fn what_is_encoded_comes_back(text in ".*") {
            prop_assert_eq!(decoded(&sts_sign::percent_encode(&text)), Some(text));
        }
    }
}
