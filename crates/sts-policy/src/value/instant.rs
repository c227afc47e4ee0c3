//! Instants, exact.

use std::cmp::Ordering;

/// A point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instant {
    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    seconds: i64,
    /// The digits of the fraction, without trailing zeros.
    fraction: Box<str>,
}

impl Instant {
    /// Reads ISO 8601 in its extended form with a known offset: `2012-11-11T23:59:59Z`, `2019-08-12T17:00:00+08:00`,
    /// either with a fraction of any length (`23:59:59.250Z`). The day must exist. Second 60 is taken, and is second 0 of
    /// the next minute. Neither a date alone nor a time without an offset says when it is, and both are refused.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (date, text) = text.split_once('T')?;
        let (year, date) = number::<4>(date)?;
        let (month, date) = number::<2>(date.strip_prefix('-')?)?;
        let (day, date) = number::<2>(date.strip_prefix('-')?)?;
        if !date.is_empty() || !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
            return None;
        }
        let (hour, text) = number::<2>(text)?;
        let (minute, text) = number::<2>(text.strip_prefix(':')?)?;
        let (second, text) = number::<2>(text.strip_prefix(':')?)?;
        let (fraction, text) = match text.strip_prefix('.') {
            Some(text) => fraction(text)?,
            None => ("", text),
        };
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let local = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
        Some(Self { seconds: local - offset(text)?, fraction: fraction.into() })
    }

    /// Whether it is a date, or a date and time, in some other form of ISO 8601: basic, without time, seconds or offset.
    pub(crate) fn is_iso_8601(text: &str) -> bool {
        let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
        let (clock, offset) = match time.find(['Z', '+', '-']).and_then(|at| time.split_at_checked(at)) {
            Some((clock, offset)) => (clock, offset),
            None => (time, "Z"),
        };
        let date = spaced(date, &[4, 2, 2], '-');
        let clock = spaced(clock, &[2, 2, 2], ':').or_else(|| Some(spaced(clock, &[2, 2], ':')? + ":00"));
        let offset = match offset.split_at_checked(1) {
            Some(("+" | "-", digits)) => {
                let digits =
                    spaced(digits, &[2, 2], ':').or_else(|| Some(spaced(digits, &[2], ':')? + ":00"));
                digits.map(|digits| offset.chars().take(1).collect::<String>() + &digits)
            }
            _ => Some(offset.to_owned()),
        };
        match (date, clock, offset) {
            (Some(date), Some(clock), Some(offset)) => {
                Self::parse(&format!("{date}T{clock}{offset}")).is_some()
            }
            _ => false,
        }
    }

    pub(crate) fn has_fraction(&self) -> bool {
        !self.fraction.is_empty()
    }
}

/// Numbers of so many digits with a sign between them, be it there already or not. A fraction of the last is left out.
fn spaced(text: &str, digits: &[usize], sign: char) -> Option<String> {
    let text = text.split_once('.').map_or(text, |(before, _)| before);
    let has_signs = text.contains(sign);
    let (mut spaced, mut rest) = (String::new(), text);
    for (place, length) in digits.iter().enumerate() {
        if place > 0 {
            rest = if has_signs { rest.strip_prefix(sign)? } else { rest };
            spaced.push(sign);
        }
        let (number, after) = rest.split_at_checked(*length)?;
        spaced.push_str(number);
        rest = after;
    }
    rest.is_empty().then_some(spaced)
}

/// Exactly so many digits, and what follows.
fn number<const DIGITS: usize>(text: &str) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(DIGITS)?;
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits
        .then(|| digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
        .map(|n| (n, rest))
}

/// At least one digit, and what follows. Trailing zeros are no part of it.
fn fraction(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    (!digits.is_empty()).then(|| (digits.trim_end_matches('0'), rest))
}

/// Seconds east of Greenwich: `Z` or `±hh:mm`.
fn offset(text: &str) -> Option<i64> {
    let (sign, text) = match text.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let (hours, text) = number::<2>(text)?;
    let (minutes, text) = number::<2>(text.strip_prefix(':')?)?;
    (text.is_empty() && hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn days_of(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the proleptic Gregorian calendar. Counted from March on, so that the leap day comes last in its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 306 days from March to December, spread as 31 30 31 30 31, twice over.
    let in_year = (153 * month + 2) / 5 + day - 1;
    // 0000-03-01 lies 719,468 days before 1970-01-01.
    year * 365 + leap_days + in_year - 719_468
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        // The order of the alphabet is that of fractions.
        self.seconds.cmp(&other.seconds).then_with(|| self.fraction.cmp(&other.fraction))
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;
    use proptest::prelude::*;

    fn parse(text: &str) -> Instant {
        Instant::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn the_same_moment_in_two_places_is_one() {
        assert_eq!(parse("2019-08-12T17:00:00+08:00"), parse("2019-08-12T09:00:00Z"));
        assert_eq!(parse("2020-02-29T23:30:00-01:00"), parse("2020-03-01T00:30:00.000Z"));
        assert_eq!(parse("2016-12-31T23:59:60Z"), parse("2017-01-01T00:00:00Z"));
    }

    #[test]
    fn fractions_are_exact() {
        assert!(parse("2024-12-31T23:59:59Z") < parse("2024-12-31T23:59:59.0000000000000000000001Z"));
        assert!(parse("2024-12-31T23:59:59.9Z") < parse("2025-01-01T00:00:00Z"));
        assert!(parse("2024-12-31T23:59:59.25Z") < parse("2024-12-31T23:59:59.3Z"));
        assert!(parse("2024-12-31T23:59:59.5Z").has_fraction());
        assert!(!parse("2024-12-31T23:59:59.0Z").has_fraction());
    }

    #[test]
    fn extremes_are_no_trouble() {
        assert!(parse("0000-01-01T00:00:00+23:59") < parse("0000-01-01T00:00:00Z"));
        assert!(parse("9999-12-31T23:59:60-23:59") > parse("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "T",
            "2024-01-01",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00Z",
            "2024-01-01 00:00:00Z",
            "1700000000",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:61Z",
            "2024-01-01T00:00:00.Z",
            "2024-01-01T00:00:00z",
            "2024-01-01t00:00:00Z",
            "2024-01-01T00:00:00+8:00",
            "2024-01-01T00:00:00+0800",
            "2024-01-01T00:00:00+24:00",
            "2024-01-01T00:00:00Zx",
            "2024-01-01T00:00:00+08:000",
            "+2024-01-01T00:00:00Z",
            "20240-01-01T00:00:00Z",
            "2024-1-01T00:00:00Z",
            "-001-01-01T00:00:00Z",
            "2024-01-01T00:00:00é",
            "é24-01-01T00:00:00Z",
        ] {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }

    proptest! {
        /// Against another calendar.
        #[test]
        fn seconds_are_those_of_jiff(
            year in 0_i16..=9999, month in 1_i8..=12, day in 1_i8..=31, seconds in 0_i32..86_400, minutes in -1439_i32..=1439,
        ) {
            let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let sign = if minutes < 0 { '-' } else { '+' };
            let text = format!(
                "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}",
                minutes.abs() / 60, minutes.abs() % 60,
            );
            let date = jiff::civil::Date::new(year, month, day);
            prop_assert_eq!(Instant::parse(&text).is_some(), date.is_ok());
            if let Ok(date) = date {
                let days = i64::from((date - jiff::civil::date(1970, 1, 1)).get_days());
                let expected = days * 86_400 + i64::from(seconds) - i64::from(minutes) * 60;
                prop_assert_eq!(parse(&text).seconds, expected);
            }
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}|[-+0-9T:.Z]{0,40}") {
            let _ = Instant::parse(&text);
        }
    }
}
