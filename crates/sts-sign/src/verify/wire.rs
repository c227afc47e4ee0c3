//! The encodings of the wire, there and back.

/// What a `+` stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plus {
    Space,
    Itself,
}

/// Percent-decoded bytes; none where a `%` lacks its two digits.
pub(super) fn decode(bytes: &[u8], plus: Plus) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        decoded.push(match byte {
            b'+' if plus == Plus::Space => b' ',
            b'%' => (digit(*rest.next()?)? << 4) | digit(*rest.next()?)?,
            plain => plain,
        });
    }
    Some(decoded)
}

/// The bytes that hexadecimal digits of either case stand for.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks() else { return None };
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

/// Lower-case hexadecimal digits.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Everything but the unreserved characters of RFC 3986, with upper-case digits.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte))
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{Plus, decode, encode, from_hex, to_hex};
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    #[test]
    fn broken_encodings_are_none() {
        for bad in ["%", "%4", "%zz", "%+1", "a%2", "%%41"] {
            assert_eq!(decode(bad.as_bytes(), Plus::Space), None, "{bad}");
        }
        for bad in ["0", "0g", "+1", "é"] {
            assert_eq!(from_hex(bad), None, "{bad}");
        }
        assert_eq!(from_hex("00aFFf").as_deref(), Some(&[0, 0xaf, 0xff][..]));
        assert_eq!(to_hex(&[0, 0xaf]), "00af");
    }

    #[test]
    fn plus_is_what_the_scheme_says() {
        assert_eq!(decode(b"a+%2b%2B%20", Plus::Space).unwrap(), b"a ++ ");
        assert_eq!(decode(b"a+%2b%2B%20", Plus::Itself).unwrap(), b"a+++ ");
    }

    #[test]
    fn only_unreserved_characters_stay() {
        assert_eq!(encode("aZ09-_.~ *+/'!中"), "aZ09-_.~%20%2A%2B%2F%27%21%E4%B8%AD");
    }

    proptest! {
        #[test]
        fn decodes_as_percent_encoding_does(text in ".*") {
            let encoded = encode(&text);
            prop_assert_eq!(&*percent_decode_str(&encoded).decode_utf8().unwrap(), text.as_str());
            prop_assert_eq!(decode(encoded.as_bytes(), Plus::Itself).unwrap(), text.as_bytes());
        }
    }
}
