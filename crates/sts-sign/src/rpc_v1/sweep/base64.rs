//! Base64 that is percent-encoded, as the form ends with.

use crate::encode::ONCE;

/// What [`write_base64`] may write to: wherever a `u8` points, four bytes.
pub(super) const BASE64_ROOM: usize = u8::MAX as usize + 4;

/// Writes a hash as Base64 that is percent-encoded; its length.
#[inline]
#[expect(clippy::indexing_slicing, reason = "indices are below 64, and a `u8` plus 4 at most")]
pub(super) fn write_base64(form: &mut [u8; BASE64_ROOM], hash: &[u8]) -> usize {
    // 132 at most. As a `u8` it needs no check of the bounds.
    let mut formed = 0_u8;
    let mut add = |text: u32| {
        form[usize::from(formed)..usize::from(formed) + 4].copy_from_slice(&text.to_le_bytes());
        formed = formed.wrapping_add((text >> 24) as u8);
    };
    let (triples, rest) = hash.as_chunks();
    for [first, second, third] in triples {
        let bits = u32::from_be_bytes([0, *first, *second, *third]);
        [18, 12, 6, 0].into_iter().for_each(|shift| add(SEXTETS[(bits >> shift & 63) as usize]));
    }
    // Both hashes leave two bytes.
    if let [first, second] = rest {
        let bits = u32::from_be_bytes([0, *first, *second, 0]);
        [18, 12, 6].into_iter().for_each(|shift| add(SEXTETS[(bits >> shift & 63) as usize]));
        add(u32::from_le_bytes(*b"%3D\x03"));
    }
    usize::from(formed)
}

/// The digits of Base64, percent-encoded: the text, first byte lowest, and its length in the highest byte.
#[expect(clippy::indexing_slicing, reason = "a byte is an index below 256, and there are 64 digits")]
const SEXTETS: [u32; 64] = {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [0; 64];
    let mut value = 0;
    while value < table.len() {
        let once = ONCE[digits[value] as usize];
        let length = if once >> 8 == 0 { 1 } else { 3 };
        table[value] = once | length << 24;
        value += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::{BASE64_ROOM, write_base64};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    #[test]
    fn same_as_two_crates_one_after_the_other() {
        for byte in 0..=u8::MAX {
            for hash in [vec![byte; 20], vec![byte; 32], (0..32).map(|n| byte.wrapping_mul(n)).collect()] {
                let mut form = [0; BASE64_ROOM];
                let length = write_base64(&mut form, &hash);
                let expected = utf8_percent_encode(&STANDARD.encode(&hash), NON_ALPHANUMERIC).to_string();
                assert_eq!(str::from_utf8(&form[..length]).unwrap(), expected);
            }
        }
    }
}
