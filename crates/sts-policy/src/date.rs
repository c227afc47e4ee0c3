//! Instants as conditions write them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// An instant for a date condition: from a [`SystemTime`], or text such as `2030-01-01T00:00:00+08:00`, taken as it is.
///
/// A [`SystemTime`] is written in UTC, to the second, which is how the documentation has it; fractions of a second are cut.
/// Years before 1 and after 9999 cannot be written and become the first or the last second that can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateValue(String);

/// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

impl From<SystemTime> for DateValue {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_secs()).unwrap_or(LAST),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(-FIRST);
                // Cut toward the past, as after 1970.
                -whole - i64::from(before.subsec_nanos() > 0)
            }
        };
        Self(text(seconds.clamp(FIRST, LAST)))
    }
}

impl From<&str> for DateValue {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for DateValue {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for DateValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn text(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01, so that leap days end years; 400 years have 146,097 days.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::{DateValue, FIRST, LAST, text};
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn known_instants() {
        // From `date -u -d @…`.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (FIRST, "0001-01-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(text(seconds), expected);
        }
        let before = UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(DateValue::from(before).to_string(), "1969-12-31T23:59:58Z");
        let late = UNIX_EPOCH + Duration::from_secs(300_000_000_000);
        assert_eq!(DateValue::from(late).to_string(), "9999-12-31T23:59:59Z");
    }
}
