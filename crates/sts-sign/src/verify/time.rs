//! The rules of time.

use std::time::{Duration, SystemTime};

/// How far a request's time may lie from the server's clock, either way. Default: the 15 minutes that the vendor documents
/// for the RPC gateway and for OSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew(Duration);

impl Skew {
    /// Another tolerance; zero accepts the very second only.
    #[must_use]
    pub fn new(tolerance: Duration) -> Self {
        Self(tolerance)
    }

    /// Checks a time written as `YYYY-MM-DDThh:mm:ssZ` or, as ali-oss sends it, `YYYY-MM-DDThh:mm:ss.fffZ`: for the `Timestamp`
    /// of a request that is not signed. A claim checks its own.
    ///
    /// # Errors
    ///
    /// [`TimeError::Malformed`] and [`TimeError::Skewed`].
    pub fn check_timestamp(self, timestamp: &str, now: SystemTime) -> Result<(), TimeError> {
        self.check(from_iso(timestamp), now)
    }

    pub(super) fn check(self, time: Option<SystemTime>, now: SystemTime) -> Result<(), TimeError> {
        let time = time.ok_or(TimeError::Malformed)?;
        let distance = now.duration_since(time).unwrap_or_else(|before| before.duration());
        if distance <= self.0 { Ok(()) } else { Err(TimeError::Skewed) }
    }

    /// Whether a time is not later than the server's clock and the tolerance.
    pub(super) fn check_begun(self, time: Option<SystemTime>, now: SystemTime) -> Result<(), TimeError> {
        let ahead = time.ok_or(TimeError::Malformed)?.duration_since(now).unwrap_or_default();
        if ahead <= self.0 { Ok(()) } else { Err(TimeError::Skewed) }
    }
}

impl Default for Skew {
    fn default() -> Self {
        Self(Duration::from_secs(15 * 60))
    }
}

/// A request that does not come at its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The time is not written as the scheme asks, or is no day of the calendar.
    #[error("the time of the request is not written as the scheme asks")]
    Malformed,
    /// The time lies too far from the server's clock.
    #[error("the time of the request is too far from the server's clock: set the clock right")]
    Skewed,
    /// The presigned URL or the form's policy is no longer good.
    #[error("the request came after its expiration: sign a new one")]
    Expired,
    /// The presigned URL asks to be good for no time at all, or for longer than seven days.
    #[error(
        "the request asks to be good for longer than is allowed, or for no time: ask for 1 to 604800 seconds"
    )]
    OutOfRange,
}

/// `YYYY-MM-DDThh:mm:ssZ`, or with three digits of a fraction.
pub(super) fn from_iso(text: &str) -> Option<SystemTime> {
    match fits(text, "0000-00-00T00:00:00.000Z") {
        true => Some(
            from_iso_seconds(&format!("{}Z", text.get(..19)?))? + Duration::from_millis(number(text, 20, 3)?),
        ),
        false => from_iso_seconds(text),
    }
}

/// `YYYY-MM-DDThh:mm:ssZ`.
pub(super) fn from_iso_seconds(text: &str) -> Option<SystemTime> {
    if !fits(text, "0000-00-00T00:00:00Z") {
        return None;
    }
    let part = |at| number(text, at, 2);
    instant([number(text, 0, 4)?, part(5)?, part(8)?], [part(11)?, part(14)?, part(17)?])
}

/// `YYYYMMDDThhmmssZ`.
pub(super) fn from_basic(text: &str) -> Option<SystemTime> {
    if !fits(text, "00000000T000000Z") {
        return None;
    }
    let part = |at| number(text, at, 2);
    instant([number(text, 0, 4)?, part(4)?, part(6)?], [part(9)?, part(11)?, part(13)?])
}

/// `EEE, dd MMM yyyy hh:mm:ss GMT`. The name of the day is not held against the date.
pub(super) fn from_http_date(text: &str) -> Option<SystemTime> {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    if !DAYS.contains(&text.get(..3)?) {
        return None;
    }
    let month = MONTHS.iter().position(|name| text.get(8..11) == Some(name))?;
    // The names are out of the way: the rest is digits and punctuation.
    let rest = format!("{}{}", text.get(3..8)?, text.get(11..)?);
    if !fits(&rest, ", 00  0000 00:00:00 GMT") {
        return None;
    }
    let part = |at| number(&rest, at, 2);
    let date = [number(&rest, 6, 4)?, u64::try_from(month).ok()? + 1, part(2)?];
    instant(date, [part(11)?, part(14)?, part(17)?])
}

/// Whether a text has digits where the shape has zeros, and is the shape otherwise.
fn fits(text: &str, shape: &str) -> bool {
    shape.len() == text.len()
        && shape.bytes().zip(text.bytes()).all(|(wanted, byte)| match wanted {
            b'0' => byte.is_ascii_digit(),
            literal => byte == literal,
        })
}

fn number(text: &str, at: usize, digits: usize) -> Option<u64> {
    text.get(at..at + digits)?.parse().ok()
}

/// Year, month and day, hour, minute and second, in UTC. None before 1970: nothing was signed then.
fn instant([year, month, day]: [u64; 3], [hour, minute, second]: [u64; 3]) -> Option<SystemTime> {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = |month: u64| match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    if year < 1970 || !(1..=12).contains(&month) || !(1..=length(month)).contains(&day) || !is_time {
        return None;
    }
    let years: u64 = (1970..year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
    let days = years + (1..month).map(length).sum::<u64>() + day - 1;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}

#[cfg(test)]
mod tests {
    use super::{Skew, TimeError, from_basic, from_http_date, from_iso, from_iso_seconds};
    use proptest::prelude::*;
    use std::time::{Duration, SystemTime};

    fn at(time: jiff::Timestamp) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(time.as_millisecond().unsigned_abs())
    }

    #[test]
    fn both_forms_of_a_timestamp_within_fifteen_minutes() {
        let now = at("2026-11-23T19:15:55Z".parse().unwrap());
        let check = |text: &str| Skew::default().check_timestamp(text, now);
        for good in [
            "2026-11-23T19:15:55Z",
            "2026-11-23T19:15:55.798Z",
            "2026-11-23T19:00:55Z",
            "2026-11-23T19:30:55.000Z",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for stale in ["2026-11-23T19:00:54Z", "2026-11-23T19:30:55.001Z", "1970-01-01T00:00:00Z"] {
            assert_eq!(check(stale), Err(TimeError::Skewed), "{stale}");
        }
        assert_eq!(Skew::new(Duration::ZERO).check_timestamp("2026-11-23T19:15:55Z", now), Ok(()));
    }

    #[test]
    fn every_other_form_is_refused() {
        for bad in [
            "now",
            "2026-11-23 19:15:55Z",
            "2026-11-23T19:15:55",
            "2026-11-23T19:15:55+00:00",
            "2026-11-23T19:15:55.79Z",
            "2026-11-23T19:15:55.798000Z",
            "2026-11-23t19:15:55z",
            "2026-11-31T19:15:55Z",
            "2026-02-29T19:15:55Z",
            "2026-11-23T25:15:55Z",
            "2026-11-23T23:59:60Z",
            "2026-00-23T19:15:55Z",
            "2026-11-00T19:15:55Z",
            "1969-12-31T23:59:59Z",
            "٢٠٢٦-11-23T19:15Z",
            "Mon, 23 Nov 2026 19:15:55 GMT",
        ] {
            assert_eq!(from_iso(bad), None, "{bad}");
        }
        for bad in ["", "20261123T191555", "20261323T191555Z", "2026-11-23T19:15:55Z", "２0261123T191555Z"] {
            assert_eq!(from_basic(bad), None, "{bad}");
        }
        for bad in [
            "",
            "Mon, 23 Nov 2026 19:15:55",
            "Mon, 23 Nov 2026 19:15:55 UTC",
            "Mon, 23 nov 2026 19:15:55 GMT",
            "Monday, 23-Nov-26 19:15:55 GMT",
            "Mon Nov 23 19:15:55 2026",
            "Mön, 23 Nov 2026 19:15:55 GMT",
            "Mon, 3 Nov 2026 19:15:55 GMT",
        ] {
            assert_eq!(from_http_date(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn same_as_jiff(seconds in 0_i64..=253_402_207_200, millis in 0_i64..1000) {
            let time = jiff::Timestamp::from_millisecond(seconds * 1000).unwrap();
            let expected = Some(at(time));
            prop_assert_eq!(from_iso_seconds(&time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()), expected);
            prop_assert_eq!(from_basic(&time.strftime("%Y%m%dT%H%M%SZ").to_string()), expected);
            prop_assert_eq!(from_http_date(&time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()), expected);
            let time = jiff::Timestamp::from_millisecond(seconds * 1000 + millis).unwrap();
            let text = time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
            prop_assert_eq!(from_iso(&text), Some(at(time)));
        }

        #[test]
        fn no_text_is_too_strange(text in ".*") {
            from_iso(&text);
            from_basic(&text);
            from_http_date(&text);
        }
    }
}
