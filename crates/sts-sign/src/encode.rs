//! Percent-encoding as the gateway of Alibaba Cloud does it.

/// What a byte becomes, first byte lowest: itself, or `%` and two digits. Bytes past the text are zero, so that a store
/// of fixed size writes it whatever its length is.
#[expect(clippy::indexing_slicing, reason = "a byte is an index below 256")]
pub(crate) const ONCE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        let [high, low] = hex(byte);
        let text = if is_unreserved(byte) { [byte, 0, 0, 0] } else { [b'%', high, low, 0] };
        table[byte as usize] = u32::from_le_bytes(text);
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// [`ONCE`], for paths: `/` stays.
#[expect(clippy::indexing_slicing, reason = "a slash is an index below 256")]
pub(crate) const PATH: [u32; 256] = {
    let mut table = ONCE;
    table[b'/' as usize] = b'/' as u32;
    table
};

/// What a byte becomes when it is encoded twice (`/`: `%2F`, then `%252F`), first byte lowest. The highest bit tells a
/// reserved byte.
#[expect(clippy::indexing_slicing, reason = "a byte is an index below 256")]
pub(crate) const TWICE: [u64; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        let [high, low] = hex(byte);
        let text = if is_unreserved(byte) {
            [byte, 0, 0, 0, 0, 0, 0, 0]
        } else {
            [b'%', b'2', b'5', high, low, 0, 0, 0x80]
        };
        table[byte as usize] = u64::from_le_bytes(text);
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// Percent-encodes a text: every UTF-8 byte but `A-Z a-z 0-9 - _ . ~` becomes `%XY` in upper-case hex. That is RFC
/// 3986's unreserved set, nothing more and nothing less: a space is `%20`, `*` is `%2A`, `%` is `%25` (also where the
/// text looks encoded already), and nothing is normalised.
///
/// RPC v1 and ACS3 encode names and values this way. Form encoders differ on space, `*` and `~`.
///
/// ```
/// assert_eq!(sts_sign::percent_encode("acs:ram::1:role/*~ 中"), "acs%3Aram%3A%3A1%3Arole%2F%2A~%20%E4%B8%AD");
/// ```
#[must_use]
pub fn percent_encode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    encode_into(text.as_bytes(), &mut out);
    #[expect(clippy::expect_used, reason = "what is written is ASCII")]
    String::from_utf8(out).expect("ASCII")
}

/// [`percent_encode`], appended.
pub(crate) fn encode_into(text: &[u8], out: &mut Vec<u8>) {
    encode(&ONCE, text, |piece| out.extend_from_slice(piece));
}

/// Text by a table like [`ONCE`], in pieces. No byte asks for a branch: which are reserved cannot be foretold.
#[expect(clippy::indexing_slicing, reason = "a byte is an index below 256")]
pub(crate) fn encode(table: &[u32; 256], text: &[u8], mut put: impl FnMut(&[u8])) {
    const CHUNK: usize = 64;
    // What the last byte becomes is stored in four.
    let mut buffer = [0; 3 * CHUNK + 1];
    for chunk in text.chunks(CHUNK) {
        let mut filled = 0;
        for byte in chunk {
            let encoded = table[usize::from(*byte)];
            if let Some(place) = buffer.get_mut(filled..).and_then(<[u8]>::first_chunk_mut) {
                *place = encoded.to_le_bytes();
            }
            filled += 1 + 2 * usize::from(encoded > 0xff);
        }
        put(buffer.get(..filled).unwrap_or_default());
    }
}

/// Whether all bytes of a line stay as they are. A plain loop of a fixed length, which the compiler turns into instructions
/// for sixteen bytes at a time.
#[inline(always)]
pub(crate) fn is_unreserved_line(bytes: &[u8; 16]) -> bool {
    let mut all = true;
    for byte in *bytes {
        let within = |first: u8, last: u8| byte.wrapping_sub(first) <= last - first;
        let letter = (byte | 0x20).wrapping_sub(b'a') <= b'z' - b'a';
        all &= letter | within(b'0', b'9') | within(b'-', b'.') | (byte == b'_') | (byte == b'~');
    }
    all
}

/// The same for a word, which is quicker to make than a line. Told for all bytes at once: the highest bit of each byte is an answer,
/// and no addition carries from one byte into the next, since both sides stay below 128.
#[inline]
pub(crate) fn is_unreserved_word(word: u64) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let text = word & !HIGH;
    // The highest bit of each byte that is at least `first` and at most `last`.
    let within =
        |bytes: u64, first: u64, last: u64| (bytes + (0x80 - first) * EACH) & !(bytes + (0x7f - last) * EACH);
    let is = |byte: u64| !((text ^ (byte * EACH)) + 0x7f * EACH);
    let letter = within(text | (0x20 * EACH), 0x61, 0x7a);
    // Most names are letters only.
    if letter & !word & HIGH == HIGH {
        return true;
    }
    let digit = within(text, 0x30, 0x39);
    let hyphen_or_dot = within(text, 0x2d, 0x2e);
    let unreserved = letter | digit | hyphen_or_dot | is(0x5f) | is(0x7e);
    unreserved & !word & HIGH == HIGH
}

pub(crate) const fn is_unreserved(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~')
}

const fn hex(byte: u8) -> [u8; 2] {
    const fn digit(nibble: u8) -> u8 {
        if nibble < 10 { b'0' + nibble } else { b'A' + nibble - 10 }
    }
    [digit(byte >> 4), digit(byte & 15)]
}

#[cfg(test)]
mod tests {
    use super::{ONCE, TWICE, is_unreserved_line, is_unreserved_word, percent_encode};
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

    fn reference(text: &str) -> String {
        utf8_percent_encode(text, RESERVED).to_string()
    }

    #[test]
    fn what_other_encoders_get_wrong() {
        for (text, expected) in [
            (" ", "%20"),
            ("+", "%2B"),
            ("*", "%2A"),
            ("~", "~"),
            ("!'()", "%21%27%28%29"),
            ("/", "%2F"),
            ("a%2Bb", "a%252Bb"),
            ("\n\t\0", "%0A%09%00"),
            ("中", "%E4%B8%AD"),
            ("🔑", "%F0%9F%94%91"),
            ("e\u{301}\u{e9}", "e%CC%81%C3%A9"),
            ("\u{feff}\u{200b}\u{2028}", "%EF%BB%BF%E2%80%8B%E2%80%A8"),
            ("", ""),
        ] {
            assert_eq!(percent_encode(text), expected);
        }
    }

    #[test]
    fn tables_hold_the_reference_for_every_byte() {
        for byte in 0..=u8::MAX {
            let once = percent_encoding::percent_encode(&[byte], RESERVED).to_string();
            let twice = reference(&once);
            let reserved = once.len() > 1;
            assert_eq!(ONCE[usize::from(byte)].to_le_bytes()[..once.len()], *once.as_bytes());
            assert_eq!(TWICE[usize::from(byte)].to_le_bytes()[..twice.len()], *twice.as_bytes());
            assert_eq!(TWICE[usize::from(byte)] >> 63 == 1, reserved);
        }
    }

    #[test]
    fn lines_and_words_are_unreserved_when_each_byte_is() {
        for byte in 0..=u8::MAX {
            let expected = !percent_encoding::percent_encode(&[byte], RESERVED).to_string().starts_with('%');
            for place in 0..16 {
                let mut line = *b"A~z.0-9_a-Z.0~9_";
                line[place] = byte;
                assert_eq!(is_unreserved_line(&line), expected, "{line:?}");
                for word in line.as_chunks().0 {
                    let expected = expected || !word.contains(&byte);
                    assert_eq!(is_unreserved_word(u64::from_le_bytes(*word)), expected, "{word:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn same_as_the_reference(text in any::<String>()) {
            prop_assert_eq!(percent_encode(&text), reference(&text));
        }

        #[test]
        fn same_as_the_reference_on_dense_punctuation(text in "[ -~]{0,300}") {
            prop_assert_eq!(percent_encode(&text), reference(&text));
        }
    }
}
