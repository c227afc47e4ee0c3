//! The stages of a signature, one by one: written to be read. `form.rs` does the same in one pass.

use super::Algorithm;
use super::mac::Key;
use crate::percent_encode;

/// The canonical query: names and values percent-encoded once, joined with `=` and `&`, sorted by the bytes of the
/// unencoded name (`A` < `Z` < `_` < `a`, `Tag.10.Key` < `Tag.2.Key`).
///
/// Give every parameter of the request, wherever it travels, but `Signature`. An empty value stays: `Name=`. The order
/// given does not matter, except between equal names, which keep it.
#[must_use]
pub fn canonical_query<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> String {
    let mut sorted: Vec<(&str, &str)> = params.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut query = String::new();
    for (name, value) in sorted {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(&percent_encode(name));
        query.push('=');
        query.push_str(&percent_encode(value));
    }
    query
}

/// The string to sign: the method in upper case, `&%2F&` (the path is always `/`), and the canonical query
/// percent-encoded once more.
#[must_use]
pub fn string_to_sign(method: &str, canonical_query: &str) -> String {
    let mut text = method.to_ascii_uppercase();
    text.push_str("&%2F&");
    text.push_str(&percent_encode(canonical_query));
    text
}

/// The signature in Base64: 28 characters for HMAC-SHA1, 44 for HMAC-SHA256. The key is the access key secret and one
/// `&`, for temporary keys too.
#[must_use]
pub fn signature(algorithm: Algorithm, access_key_secret: &str, string_to_sign: &str) -> String {
    Key::new(algorithm, access_key_secret).sign(string_to_sign).to_text()
}

#[cfg(test)]
mod tests {
    use super::{canonical_query, string_to_sign};

    #[test]
    fn sorted_by_raw_name_and_not_by_pair() {
        // "A1=" < "A=" as text, and "a%2Fb" < "a-b" when encoded.
        let query = canonical_query(&[("a/b", "3"), ("A1", "x"), ("a-b", "2"), ("A", "x"), ("_", "1")]);
        assert_eq!(query, "A=x&A1=x&_=1&a-b=2&a%2Fb=3");
    }

    #[test]
    fn empty_values_stay() {
        assert_eq!(canonical_query(&[("SignatureType", "")]), "SignatureType=");
        assert_eq!(canonical_query::<&str, &str>(&[]), "");
    }

    #[test]
    fn methods_are_upper_case() {
        assert_eq!(string_to_sign("post", "A=%2F"), "POST&%2F&A%3D%252F");
    }
}
