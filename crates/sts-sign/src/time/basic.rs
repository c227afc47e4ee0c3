//! `YYYYMMDDThhmmssZ`.

use super::{Civil, digits};
use crate::SignError;
use std::time::SystemTime;

/// A point in time as OSS V4 writes it, in UTC and whole seconds, rounded down.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BasicTimestamp {
    /// INVARIANT: ASCII.
    text: [u8; 16],
}

impl BasicTimestamp {
    pub(crate) fn new(time: SystemTime) -> Result<Self, SignError> {
        let civil = Civil::new(time)?;
        let [[y1, y2], [y3, y4]] = [civil.year / 100, civil.year % 100].map(digits);
        let [[m1, m2], [d1, d2]] = [civil.month, civil.day].map(digits);
        let [[h1, h2], [n1, n2], [s1, s2]] = [civil.hour, civil.minute, civil.second].map(digits);
        let text = [y1, y2, y3, y4, m1, m2, d1, d2, b'T', h1, h2, n1, n2, s1, s2, b'Z'];
        Ok(Self { text })
    }

    pub(crate) fn as_str(&self) -> &str {
        // Never the empty default: digits and letters are UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }

    /// `YYYYMMDD`, the day that a derived key is good for.
    pub(crate) fn date(&self) -> &str {
        self.as_str().get(..8).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::BasicTimestamp;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    proptest! {
        #[test]
        fn same_as_jiff(seconds in 0_i64..=253_402_207_200) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
            let expected = jiff::Timestamp::new(seconds, 0).unwrap().strftime("%Y%m%dT%H%M%SZ").to_string();
            let time = BasicTimestamp::new(time).unwrap();
            prop_assert_eq!(time.as_str(), expected.as_str());
            prop_assert_eq!(Some(time.date()), expected.get(..8));
        }
    }
}
