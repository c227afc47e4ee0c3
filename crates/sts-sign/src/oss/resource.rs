//! What a request is about: a bucket, an object in it, or neither.

use crate::error::{InvalidText, SignError};
use crate::sink::{Sink, written};

/// Bucket and object key, as the caller gave them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Resource<'a> {
    pub(crate) bucket: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
}

impl<'a> Resource<'a> {
    /// What a decoded path leads to. `self`: what is known already; a bucket alone is what the host stands for.
    #[cfg(feature = "http")]
    pub(crate) fn at(self, path: &'a str) -> Self {
        fn some(text: &str) -> Option<&str> {
            (!text.is_empty()).then_some(text)
        }
        let path = path.strip_prefix('/').unwrap_or(path);
        match self {
            Self { key: Some(_), .. } => self,
            Self { bucket: Some(_), .. } => Self { key: some(path), ..self },
            Self { .. } => {
                let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
                Self { bucket: some(bucket), key: some(key) }
            }
        }
    }

    /// Says what of it cannot be signed. A key may hold anything.
    pub(crate) fn check(&self) -> Result<(), SignError> {
        let problem = match (self.bucket, self.key) {
            (Some(""), _) => "is empty: name it, or leave it out for a request to the service",
            // What would be a piece of the path or of the line.
            (Some(bucket), _)
                if !bucket.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#%&\\".contains(&byte)) =>
            {
                "has a character that no bucket's name has: give the name alone"
            }
            (None, Some(_)) => "is missing: an object key needs one",
            _ => return Ok(()),
        };
        Err(InvalidText::new("bucket", problem).into())
    }

    /// Appends `/`, `/bucket/` or `/bucket/key`, as it is.
    pub(crate) fn write_raw(&self, sink: &mut impl Sink) {
        self.write(sink, |sink, text| sink.put(text.as_bytes()));
    }

    /// Appends `/`, `/bucket/` or `/bucket/key`, percent-encoded but for the slashes.
    #[cfg(feature = "sha256")]
    pub(crate) fn write_encoded(&self, sink: &mut impl Sink) {
        self.write(sink, |sink, text| sink.put_path(text));
    }

    fn write<S: Sink>(&self, sink: &mut S, put: impl Fn(&mut S, &str)) {
        sink.put(b"/");
        if let Some(bucket) = self.bucket {
            put(sink, bucket);
            sink.put(b"/");
            put(sink, self.key.unwrap_or_default());
        }
    }

    /// The URL of it, below a base that stands for the bucket (or for the service, where there is no bucket).
    pub(crate) fn url(
        &self,
        base: &str,
        write_query: impl FnOnce(&mut Vec<u8>),
    ) -> Result<String, SignError> {
        let rest = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://")).unwrap_or_default();
        let may_be = |byte: u8| byte.is_ascii_graphic() && byte != b'?' && byte != b'#';
        if rest.is_empty() || rest.starts_with('/') || !rest.bytes().all(may_be) {
            let problem = "is no http or https url without a query: give `https://` and the host";
            return Err(InvalidText::new("base of the url", problem).into());
        }
        Ok(written(|url| {
            url.put(base.strip_suffix('/').unwrap_or(base).as_bytes());
            url.put(b"/");
            // Nothing is normalised: a key is a name, its slashes and dots are letters of it.
            url.put_path(self.key.unwrap_or_default());
            url.put(b"?");
            let length = url.len();
            write_query(url);
            if url.len() == length {
                url.pop();
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Resource;
    use crate::sink::{Sink, written};

    fn object(key: &str) -> Resource<'_> {
        Resource { bucket: Some("b"), key: Some(key) }
    }

    #[test]
    fn keys_keep_their_slashes_and_nothing_is_normalised() {
        let key = "/a//../+ *~%2F?#中";
        assert_eq!(written(|text| object(key).write_raw(text)), format!("/b/{key}"));
        let encoded = "/a//../%2B%20%2A~%252F%3F%23%E4%B8%AD";
        #[cfg(feature = "sha256")]
        assert_eq!(written(|text| object(key).write_encoded(text)), format!("/b/{encoded}"));
        let url = object(key).url("https://b.h", |query| query.put(b"q=1")).unwrap();
        assert_eq!(url, format!("https://b.h/{encoded}?q=1"));
    }

    #[cfg(feature = "http")]
    #[test]
    fn the_path_leads_to_what_the_host_does_not() {
        let of = |known: Resource<'static>, path| {
            let found = known.at(path);
            (found.bucket, found.key)
        };
        let bucket = Resource { bucket: Some("b"), key: None };
        for (known, path, expected) in [
            (Resource::default(), "/", (None, None)),
            (Resource::default(), "/c", (Some("c"), None)),
            (Resource::default(), "/c/", (Some("c"), None)),
            (Resource::default(), "/c//k/", (Some("c"), Some("/k/"))),
            (bucket, "/", (Some("b"), None)),
            (bucket, "/c/k", (Some("b"), Some("c/k"))),
            (bucket, "//k", (Some("b"), Some("/k"))),
            (object("k"), "/elsewhere", (Some("b"), Some("k"))),
        ] {
            assert_eq!(of(known, path), expected, "{path}");
        }
    }

    #[test]
    fn without_a_key_and_without_a_bucket() {
        let bucket = Resource { bucket: Some("b"), key: None };
        assert_eq!(written(|text| bucket.write_raw(text)), "/b/");
        assert_eq!(written(|text| Resource::default().write_raw(text)), "/");
        assert_eq!(bucket.url("http://h:1/b/", |_| ()).unwrap(), "http://h:1/b/");
        bucket.check().unwrap();
        Resource::default().check().unwrap();
    }

    #[test]
    fn what_is_no_bucket_and_no_base_says_so() {
        for bucket in ["", "a/b", "a b", "a\n", "a?", "b%63", "bücket"] {
            let error = Resource { bucket: Some(bucket), key: None }.check().unwrap_err().to_string();
            assert!(error.starts_with("the bucket ") && error.lines().count() == 1, "{error}");
        }
        let error = Resource { bucket: None, key: Some("k") }.check().unwrap_err();
        assert_eq!(error.to_string(), "the bucket is missing: an object key needs one");
        for base in
            ["", "h", "ftp://h", "https://", "https:///x", "https://h?x", "https://h#x", "https://h x"]
        {
            let error = object("k").url(base, |_| ()).unwrap_err().to_string();
            assert!(error.starts_with("the base of the url is no http or https url"), "{error}");
        }
    }
}
