//! Reading the service's times.

use std::time::{Duration, SystemTime};

/// `YYYY-MM-DDThh:mm:ssZ`, with or without a fraction of the second. The service writes `Z`; other sources of credentials may also write
/// `+hh:mm` or `-hh:mm`.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    let (text, zone) = match text.strip_suffix('Z') {
        Some(text) => (text, 0),
        None => {
            let (text, zone) = text.split_at_checked(text.len().checked_sub("+hh:mm".len())?)?;
            (text, seconds_east(zone)?)
        }
    };
    let (text, nanos) = match text.split_once('.') {
        Some((text, fraction)) => (text, nanoseconds(fraction)?),
        None => (text, 0),
    };
    let &[y3, y2, y1, y0, b'-', mo1, mo0, b'-', d1, d0, b'T', h1, h0, b':', mi1, mi0, b':', s1, s0] =
        text.as_bytes()
    else {
        return None;
    };
    let year = number(&[y3, y2, y1, y0])?;
    let [month, day, hour, minute, second] =
        [[mo1, mo0], [d1, d0], [h1, h0], [mi1, mi0], [s1, s0]].map(|digits| number(&digits));
    let (month, day, hour, minute, second) = (month?, day?, hour?, minute?, second?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days_of_month = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    // A leap second (`:60`) reads as the last of its minute, as clocks without leap seconds show it.
    if year < 1970 || day < 1 || day > days_of_month || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
    let seconds = seconds.checked_add_signed(-zone)?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}

/// `+hh:mm` or `-hh:mm`, in seconds east of Greenwich.
fn seconds_east(zone: &str) -> Option<i64> {
    let &[sign, h1, h0, b':', m1, m0] = zone.as_bytes() else {
        return None;
    };
    let (hours, minutes) = (number(&[h1, h0])?, number(&[m1, m0])?);
    let seconds = i64::try_from(hours * 3_600 + minutes * 60).ok().filter(|_| hours < 24 && minutes < 60)?;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// Gregorian calendar, with years that begin in March so that leap days come last.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    let digits = fraction.as_bytes();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some(padded.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
}

fn number(digits: &[u8]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0, |value, digit| digit.is_ascii_digit().then(|| value * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;
    use std::time::SystemTime;

    #[test]
    fn forms() {
        let second = |s| SystemTime::UNIX_EPOCH + std::time::Duration::from_millis(s);
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(second(0)));
        assert_eq!(parse("2015-04-09T11:52:19Z"), Some(second(1_428_580_339_000)));
        assert_eq!(parse("2015-04-09T11:52:19.678Z"), Some(second(1_428_580_339_678)));
        assert_eq!(parse("2015-04-09T19:52:19+08:00"), Some(second(1_428_580_339_000)));
        assert_eq!(parse("2015-04-09T05:22:19.678-06:30"), Some(second(1_428_580_339_678)));
        for bad in [
            "",
            "Z",
            "2015-04-09",
            "2015-04-09T11:52:19",
            "2015-04-09 11:52:19Z",
            "2015-02-29T00:00:00Z",
            "2015-13-01T00:00:00Z",
            "2015-04-09T24:00:00Z",
            "2015-04-09T11:52:19.Z",
            "2015-04-09T11:52:19+8:00",
            "2015-04-09T11:52:19+24:00",
            "2015-04-09T11:52:19+08:60",
            "2015-04-09T11:52:19 08:00",
            "1970-01-01T07:59:59+08:00",
            "é+08:00",
            "1969-12-31T23:59:59Z",
            "２015-04-09T11:52:19Z",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn same_as_jiff(seconds in 0i64..253_402_300_800, nanos in 0i32..1_000_000_000) {
            let other = jiff::Timestamp::new(seconds, nanos).unwrap();
            let expected = SystemTime::try_from(other).unwrap();
            prop_assert_eq!(parse(&other.to_string()), Some(expected));
        }

        #[test]
        fn never_panics(text in "\\PC{0,30}") {
            let _ = parse(&text);
        }
    }
}
