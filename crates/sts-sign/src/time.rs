//! Times as the service writes them.

#[cfg(feature = "sha256")]
mod basic;
mod http_date;

#[cfg(feature = "sha256")]
pub(crate) use basic::BasicTimestamp;
pub(crate) use http_date::HttpDate;

use crate::error::{SignError, TimeOutOfRange};
use std::fmt;
use std::time::SystemTime;

/// A point in time as `YYYY-MM-DDThh:mm:ssZ` (UTC, whole seconds, rounded down), the form that the `Timestamp`
/// parameter and the `x-acs-date` header take.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sts_sign::Timestamp;
///
/// let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_441_087_054_999);
/// assert_eq!(Timestamp::new(time)?.as_str(), "2015-09-01T05:57:34Z");
/// # Ok::<(), sts_sign::SignError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// INVARIANT: ASCII.
    text: [u8; 20],
}

impl Timestamp {
    /// Formats a time.
    ///
    /// # Errors
    ///
    /// [`SignError::TimeOutOfRange`] outside the years 0000 to 9999, which have no such form.
    pub fn new(time: SystemTime) -> Result<Self, SignError> {
        Ok(Self::of(&Civil::new(time)?))
    }

    pub(crate) fn of(civil: &Civil) -> Self {
        let [[y1, y2], [y3, y4]] = [civil.year / 100, civil.year % 100].map(digits);
        let [[m1, m2], [d1, d2]] = [civil.month, civil.day].map(digits);
        let [[h1, h2], [n1, n2], [s1, s2]] = [civil.hour, civil.minute, civil.second].map(digits);
        Self {
            text: [
                y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2, b'Z',
            ],
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Never the empty default: digits and punctuation are UTF-8.
        str::from_utf8(&self.text).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timestamp").field(&self.as_str()).finish()
    }
}

/// A point in time in the calendar, UTC.
#[derive(Clone, Copy)]
pub(crate) struct Civil {
    pub(crate) year: u32,
    /// 1 to 12.
    pub(crate) month: u32,
    /// 1 to 31.
    pub(crate) day: u32,
    /// 0 for Monday to 6 for Sunday.
    pub(crate) weekday: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

impl Civil {
    pub(crate) fn new(time: SystemTime) -> Result<Self, SignError> {
        let seconds = seconds_since_epoch(time).ok_or(TimeOutOfRange::new())?;
        // Small numbers from here on: quicker to divide.
        let days = i32::try_from(seconds.div_euclid(86_400)).map_err(|_| TimeOutOfRange::new())?;
        let second = u32::try_from(seconds.rem_euclid(86_400)).map_err(|_| TimeOutOfRange::new())?;
        let (year, month, day) = civil_from_days(days).ok_or(TimeOutOfRange::new())?;
        // 1970-01-01 was a Thursday.
        let weekday = (days + 3).rem_euclid(7).unsigned_abs();
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        Ok(Self { year, month, day, weekday, hour, minute, second })
    }
}

/// Whole seconds since 1970, rounded down; negative before it.
fn seconds_since_epoch(time: SystemTime) -> Option<i64> {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => {
            let before = before.duration();
            let rounding = i64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs()).ok()?.checked_neg()?.checked_sub(rounding)
        }
    }
}

/// Two decimal digits of a number below 100.
pub(crate) fn digits(number: u32) -> [u8; 2] {
    [number / 10, number % 10].map(|digit| b'0' + (digit % 10) as u8)
}

/// Year, month and day of a number of days since 1970-01-01 in the proleptic Gregorian calendar, for the years 0 to
/// 9999 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so the leap day comes
/// last, and 400 years of 146,097 days repeat).
fn civil_from_days(days: i32) -> Option<(u32, u32, u32)> {
    // Since -0400-03-01: January and February of the year 0 belong to a year before it.
    let days = u32::try_from(days.checked_add(719_468 + 146_097)?).ok()?;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = (year_of_era + era * 400 + u32::from(month <= 2)).checked_sub(400)?;
    (year <= 9999).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use crate::SignError;
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    fn at(seconds: i64, nanos: u32) -> SystemTime {
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let start = if seconds < 0 { SystemTime::UNIX_EPOCH - whole } else { SystemTime::UNIX_EPOCH + whole };
        start + Duration::from_nanos(nanos.into())
    }

    #[test]
    fn days_that_calendars_get_wrong() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (-62_167_219_200, "0000-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Timestamp::new(at(seconds, 0)).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn no_form_outside_four_digit_years() {
        for seconds in [-62_167_219_201, 253_402_300_800, i64::MAX / 2, -i64::MAX / 2] {
            assert!(matches!(Timestamp::new(at(seconds, 0)), Err(SignError::TimeOutOfRange(_))), "{seconds}");
        }
    }

    proptest! {
        #[test]
        fn same_as_jiff(seconds in -62_167_219_200_i64..=253_402_207_200, nanos in 0_u32..1_000_000_000) {
            let expected = jiff::Timestamp::new(seconds, 0).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            let time = Timestamp::new(at(seconds, nanos)).unwrap();
            prop_assert_eq!(time.as_str(), expected.as_str());
            prop_assert_eq!(time.to_string(), expected);
        }
    }
}
