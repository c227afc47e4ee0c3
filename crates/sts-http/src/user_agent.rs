//! The `User-Agent` header's value.

use std::fmt;

use http::HeaderValue;

/// `product/version`, and `extension` after a space when there is one: `ali-sts/0.1.0 my-tool/2`.
///
/// ```
/// let value = sts_http::user_agent("ali-sts", "0.1.0", Some("my-tool/2"))?;
/// assert_eq!(value, "ali-sts/0.1.0 my-tool/2");
/// # Ok::<(), sts_http::InvalidUserAgent>(())
/// ```
///
/// # Errors
///
/// [`InvalidUserAgent`] when the product or the version is empty or not a token of RFC 9110 section 5.6.2, or the extension
/// is empty, longer than 256 bytes or holds anything but visible ASCII and spaces.
pub fn user_agent(
    product: &str,
    version: &str,
    extension: Option<&str>,
) -> Result<HeaderValue, InvalidUserAgent> {
    if !is_token(product) || !is_token(version) {
        return Err(InvalidUserAgent(()));
    }
    let text = match extension {
        None => format!("{product}/{version}"),
        Some(extension) if is_extension(extension) => format!("{product}/{version} {extension}"),
        Some(_) => return Err(InvalidUserAgent(())),
    };
    HeaderValue::try_from(text).map_err(|_| InvalidUserAgent(()))
}

/// A part of the `User-Agent` holds a character that it may not, is empty or is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUserAgent(());

impl fmt::Display for InvalidUserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a user agent; use visible ASCII characters and spaces, at most 256")
    }
}

impl std::error::Error for InvalidUserAgent {}

/// Far above any product list in use, far below what a server refuses as a header.
const LONGEST_EXTENSION: usize = 256;

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn is_extension(text: &str) -> bool {
    !text.trim().is_empty()
        && text.len() <= LONGEST_EXTENSION
        && text.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_an_extension() {
        assert_eq!(user_agent("ali-sts", "0.1.0", None).unwrap(), "ali-sts/0.1.0");
        assert_eq!(user_agent("a", "1", Some("b/2 (linux; x)")).unwrap(), "a/1 b/2 (linux; x)");
    }

    #[test]
    fn what_would_break_the_header_is_refused() {
        for extension in ["", " ", "a\r\nx: y", "a\tb", "ä", &"x".repeat(257)] {
            assert_eq!(user_agent("a", "1", Some(extension)), Err(InvalidUserAgent(())));
        }
        assert!(user_agent("a b", "1", None).is_err() && user_agent("a", "", None).is_err());
    }
}
