//! What the schemes of OSS share: where the bucket is.

use super::wire::{Plus, decode};
use super::{ReadError, Request, request};

/// Where the server found the bucket that a request is about. OSS signs the bucket whichever way it is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bucket<'a> {
    /// In the host (`bucket.oss-cn-hangzhou.aliyuncs.com`), or behind a host name of the customer's: its name. The path is
    /// the object's key.
    InHost(&'a str),
    /// In the path (`/bucket/key`), or the request is about none (`/`).
    InPath,
}

/// The resource, decoded: `/`, `/bucket/` or `/bucket/key`.
pub(super) fn resource(request: &Request<'_>, bucket: Bucket<'_>) -> Result<String, ReadError> {
    let path = request::checked_path(request)?;
    let decoded = decode(path.as_bytes(), Plus::Itself).and_then(|path| String::from_utf8(path).ok());
    let path = decoded.ok_or_else(|| ReadError::malformed("path"))?;
    Ok(match bucket {
        Bucket::InHost(name) => format!("/{name}{path}"),
        // A bucket without a key, which clients send without the last slash too.
        Bucket::InPath if path.len() > 1 && path.matches('/').count() == 1 => format!("{path}/"),
        Bucket::InPath => path,
    })
}

#[cfg(test)]
mod tests {
    use super::{Bucket, Request, resource};

    #[test]
    fn the_bucket_is_part_of_the_resource_wherever_it_stands() {
        let of = |path: &str, bucket| resource(&Request::new("GET", path), bucket).unwrap();
        assert_eq!(of("/", Bucket::InPath), "/");
        assert_eq!(of("", Bucket::InPath), "/");
        for path in ["/b", "/b/"] {
            assert_eq!(of(path, Bucket::InPath), "/b/");
        }
        for (path, key) in [("", ""), ("/", ""), ("/a%20b+%2B//", "a b++//"), ("/%2Fa/..", "/a/..")] {
            assert_eq!(of(path, Bucket::InHost("b")), format!("/b/{key}"));
            assert_eq!(
                of(&format!("/b/{}", path.trim_start_matches('/')), Bucket::InPath),
                format!("/b/{key}")
            );
        }
    }
}
