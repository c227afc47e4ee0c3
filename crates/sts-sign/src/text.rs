//! Pieces of a request that are to be sent.

use crate::error::InvalidText;

/// Whether a text has what would break the line that it stands in. A tab would not.
pub(crate) fn has_control(text: &str) -> bool {
    // All bytes, without a way out before the end: quicker for texts without any.
    text.bytes().fold(false, |found, byte| found | ((byte < b' ') & (byte != b'\t')) | (byte == 0x7f))
}

/// A piece of a request without white space around it, or what is wrong with it.
pub(crate) fn checked<'a>(what: &'static str, text: &'a str) -> Result<&'a str, InvalidText> {
    let text = text.trim_ascii();
    if has_control(text) {
        return Err(InvalidText::new(what, "has a control character: take it out"));
    }
    Ok(text)
}

/// [`checked`], and not empty. `missing` says what to do: "is empty: …".
pub(crate) fn checked_some<'a>(
    what: &'static str,
    text: &'a str,
    missing: &'static str,
) -> Result<&'a str, InvalidText> {
    match checked(what, text)? {
        "" => Err(InvalidText::new(what, missing)),
        text => Ok(text),
    }
}

/// A method; in whatever case.
pub(crate) fn checked_method(method: &str) -> Result<&str, InvalidText> {
    let is_method =
        !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_method { Ok(method) } else { Err(InvalidText::new("method", "is none like `GET`: name one")) }
}

/// An access key id without white space around it.
pub(crate) fn checked_id(id: &str) -> Result<&str, InvalidText> {
    const WHAT: &str = "access key id";
    match checked(WHAT, id)? {
        "" => Err(InvalidText::new(WHAT, "is empty: fill it in")),
        // A comma would end it where it stands in a header.
        id if id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') => Ok(id),
        _ => Err(InvalidText::new(WHAT, "has a character that none has: give the id alone")),
    }
}

/// A path as it is sent; an empty one is sent as `/`.
pub(crate) fn checked_path(path: &str) -> Result<&str, InvalidText> {
    match path {
        "" => Ok("/"),
        _ if !path.starts_with('/') => {
            Err(InvalidText::new("path", "does not begin with a slash: put one there"))
        }
        _ if path.contains(['?', '#']) => {
            Err(InvalidText::new("path", "has a query or a fragment: give the query as pairs"))
        }
        _ if has_control(path) => Err(InvalidText::new("path", "has a control character: take it out")),
        _ => Ok(path),
    }
}

/// Whether the name of a header has a prefix, which is in lower case.
pub(crate) fn has_prefix(name: &str, prefix: &str) -> bool {
    let start = name.as_bytes().get(..prefix.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}
