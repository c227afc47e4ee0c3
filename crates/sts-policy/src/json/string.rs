//! Strings of JSON text.

/// What escapes stand for. The escapes have been checked; one that is wrong stands for itself.
pub(super) fn unescape(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let (c, length) = escape(after).unwrap_or(('\\', 0));
        plain.push(c);
        rest = after.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// The character of an escape, and how many bytes after the backslash say it. `None` for what is no escape.
pub(super) fn escape(after_backslash: &str) -> Option<(char, usize)> {
    let c = match after_backslash.bytes().next()? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(after_backslash),
        _ => return None,
    };
    Some((c, 1))
}

/// `uXXXX`, or two of them for a character beyond the first 65,536.
fn unicode(escape: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = escape.get(at..at + 4).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(1)?;
    if let Some(c) = char::from_u32(first) {
        return Some((c, 5));
    }
    escape.get(5..7).filter(|second| *second == "\\u")?;
    let second = unit(7).filter(|second| (0xdc00..0xe000).contains(second))?;
    let first = first.checked_sub(0xd800).filter(|first| *first < 0x400)?;
    char::from_u32(0x1_0000 + (first << 10) + (second - 0xdc00)).map(|c| (c, 11))
}

#[cfg(test)]
mod tests {
    use super::unescape;
    use proptest::prelude::*;

    #[test]
    fn half_a_pair_stands_for_itself() {
        for raw in [r"\ud800", r"\ud800A", r"\udc00", r"\u12", r"\u12é", r"\q", r"\u+123", "\\"] {
            assert_eq!(unescape(raw), raw);
        }
        assert_eq!(unescape(r"\ud83d\ude00\u00e9\/"), "😀é/");
    }

    proptest! {
        #[test]
        fn as_serde_json_reads_it(plain in any::<String>()) {
            let json = serde_json::to_string(&plain).unwrap();
            let inside = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap();
            prop_assert_eq!(&unescape(inside), &plain);
            let units: String = plain.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
            prop_assert_eq!(&unescape(&units), &plain);
        }
    }
}
