//! Answers that are not the whole object: ranges, and conditions that a request makes.

use std::ops::Range;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::oss::refusal::Refusal;
use crate::oss::store::Object;

/// Which bytes are wanted; none for all of them.
///
/// Unless asked for the `standard` behaviour, the service answers a range that does not lie within the object with the whole object
/// (documented); a list of ranges, and what cannot be read, always.
pub(crate) fn range(
    header: Option<&str>,
    is_standard: bool,
    size: usize,
) -> Result<Option<Range<usize>>, Refusal> {
    let Some((text, ends)) = header.and_then(|text| Some((text, ends(text)?))) else { return Ok(None) };
    let wanted = match ends {
        (Some(first), Some(last)) if first > last => return Ok(None),
        (Some(first), Some(last)) if is_standard => first..last.saturating_add(1).min(size),
        (Some(first), Some(last)) => first..last.saturating_add(1),
        (Some(first), None) => first..size,
        (None, Some(length)) if is_standard => size.saturating_sub(length)..size,
        (None, Some(length)) => match size.checked_sub(length) {
            Some(first) => first..size,
            None => return Ok(None),
        },
        (None, None) => return Ok(None),
    };
    match wanted.start < size && wanted.start < wanted.end && wanted.end <= size {
        true => Ok(Some(wanted)),
        false if is_standard => Err(Refusal::invalid_range(text)),
        false => Ok(None),
    }
}

/// `bytes=1-2`, `bytes=1-`, `bytes=-2`.
fn ends(text: &str) -> Option<(Option<usize>, Option<usize>)> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| match text {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().map(Some),
        _ => None,
    };
    Some((number(first)?, number(last)?))
}

/// What `If-Match` and the like ask of an object. `header` gives them by name.
pub(crate) fn preconditions<'a>(
    object: &Object,
    header: impl Fn(&'static str) -> Option<&'a str>,
) -> Result<(), Refusal> {
    let is_one_of = |tags: &str| {
        let mut tags = tags.split(',').map(|tag| tag.trim().trim_matches('"'));
        tags.any(|tag| tag == "*" || tag.eq_ignore_ascii_case(&object.etag))
    };
    // A header's time has no fractions.
    let is_newer = |time: &str| Some(object.modified.as_second() > instant(time)?.as_second());
    if header("if-match").is_some_and(|tags| !is_one_of(tags)) {
        return Err(Refusal::precondition_failed("If-Match"));
    }
    if header("if-unmodified-since").and_then(is_newer) == Some(true) {
        return Err(Refusal::precondition_failed("If-Unmodified-Since"));
    }
    match header("if-none-match") {
        Some(tags) if is_one_of(tags) => return Err(Refusal::not_modified()),
        // Who knows the tag need not ask for the time.
        Some(_) => return Ok(()),
        None => {}
    }
    if header("if-modified-since").and_then(is_newer) == Some(false) {
        return Err(Refusal::not_modified());
    }
    Ok(())
}

/// A time that cannot be read is none.
fn instant(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{preconditions, range};
    use crate::oss::store::{Checksums, Meta, Object};
    use proptest::prelude::*;

    /// The example of the documentation: an object of 1,000 bytes.
    #[test]
    fn ranges_as_documented() {
        for (header, is_standard, expected) in [
            ("bytes=0-499", false, Ok(Some(0..500))),
            ("bytes=0-499", true, Ok(Some(0..500))),
            ("bytes=-500", false, Ok(Some(500..1000))),
            ("bytes=500-", false, Ok(Some(500..1000))),
            ("bytes=500-2000", false, Ok(None)),
            ("bytes=500-2000", true, Ok(Some(500..1000))),
            ("bytes=1000-2000", false, Ok(None)),
            ("bytes=1000-2000", true, Err("InvalidRange")),
            ("bytes=-2000", true, Ok(Some(0..1000))),
            ("bytes=-2000", false, Ok(None)),
            ("bytes=-0", true, Err("InvalidRange")),
            ("bytes=2-1", true, Ok(None)),
            ("bytes=0-1,3-4", true, Ok(None)),
            ("bytes=-", true, Ok(None)),
            ("lines=0-1", true, Ok(None)),
            ("bytes=0-99999999999999999999999", true, Ok(None)),
        ] {
            let got = range(Some(header), is_standard, 1000).map_err(|refusal| refusal.known_code());
            assert_eq!(got, expected, "{header} {is_standard}");
        }
        assert_eq!(range(None, true, 1000), Ok(None));
    }

    #[test]
    fn conditions_of_rfc_9110() {
        let modified = "2026-01-15T08:30:45.5Z".parse().unwrap();
        let object = Object::new(b"", &Checksums::of(b"abc"), Meta::default(), modified);
        let tag = "\"900150983CD24FB0D6963F7D28E17F72\"";
        let (same, later, before) = (
            "Thu, 15 Jan 2026 08:30:45 GMT",
            "Thu, 15 Jan 2026 08:30:46 GMT",
            "Thu, 15 Jan 2026 08:30:44 GMT",
        );
        for (name, value, expected) in [
            ("if-match", tag, Ok(())),
            ("if-match", "*", Ok(())),
            ("if-match", "\"0\", \"1\"", Err(412)),
            ("if-none-match", tag, Err(304)),
            ("if-none-match", "\"0\"", Ok(())),
            ("if-modified-since", before, Ok(())),
            ("if-modified-since", same, Err(304)),
            ("if-modified-since", later, Err(304)),
            ("if-modified-since", "yesterday", Ok(())),
            ("if-unmodified-since", before, Err(412)),
            ("if-unmodified-since", same, Ok(())),
        ] {
            let got = preconditions(&object, |wanted| (wanted == name).then_some(value));
            assert_eq!(got.map_err(|refusal| refusal.status().as_u16()), expected, "{name}: {value}");
        }
    }

    proptest! {
        #[test]
        fn a_range_lies_within(header in "bytes=[0-9]{0,4}-[0-9]{0,4}", any in ".*", is_standard: bool, size in 0_usize..3000) {
            for header in [&header, &any] {
                if let Ok(Some(range)) = range(Some(header), is_standard, size) {
                    prop_assert!(range.start < range.end && range.end <= size);
                }
            }
        }
    }
}
