//! `EEE, dd MMM yyyy hh:mm:ss GMT`.

use super::{Civil, digits};
use crate::SignError;
use std::time::SystemTime;

/// A point in time as the `Date` header writes it (RFC 9110, section 5.6.7), in whole seconds, rounded down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct HttpDate {
    /// INVARIANT: ASCII.
    text: [u8; 29],
}

const DAYS: [[u8; 3]; 7] = [*b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat", *b"Sun"];
const MONTHS: [[u8; 3]; 12] = [
    *b"Jan", *b"Feb", *b"Mar", *b"Apr", *b"May", *b"Jun", *b"Jul", *b"Aug", *b"Sep", *b"Oct", *b"Nov",
    *b"Dec",
];

impl HttpDate {
    pub(crate) fn new(time: SystemTime) -> Result<Self, SignError> {
        let civil = Civil::new(time)?;
        let name = |names: &[[u8; 3]], index: u32| names.get(index as usize).copied().unwrap_or_default();
        let [e1, e2, e3] = name(&DAYS, civil.weekday);
        let [o1, o2, o3] = name(&MONTHS, civil.month - 1);
        let [[y1, y2], [y3, y4]] = [civil.year / 100, civil.year % 100].map(digits);
        let [[d1, d2], [h1, h2], [n1, n2], [s1, s2]] =
            [civil.day, civil.hour, civil.minute, civil.second].map(digits);
        Ok(Self {
            text: [
                e1, e2, e3, b',', b' ', d1, d2, b' ', o1, o2, o3, b' ', y1, y2, y3, y4, b' ', h1, h2, b':',
                n1, n2, b':', s1, s2, b' ', b'G', b'M', b'T',
            ],
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        // Never the empty default: digits and letters are UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::HttpDate;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    proptest! {
        #[test]
        fn same_as_jiff(seconds in 0_i64..=253_402_207_200) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
            let expected = jiff::Timestamp::new(seconds, 0).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            let time = HttpDate::new(time).unwrap();
            prop_assert_eq!(time.as_str(), expected);
        }
    }
}
