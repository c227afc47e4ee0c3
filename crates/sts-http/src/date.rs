//! The date format of HTTP headers, read without a crate.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;

/// The time in the `Date` header: the server's clock when it answered, to the second.
///
/// `None` when the header is absent or not an IMF-fixdate (`Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 section 5.6.7). The two obsolete
/// forms of that section and dates before 1970 are not read.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header};
/// use std::time::{Duration, SystemTime};
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::DATE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
/// let date = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(sts_http::http_date(&headers), Some(date));
/// ```
#[must_use]
pub fn http_date(headers: &HeaderMap) -> Option<SystemTime> {
    parse(headers.get(DATE)?.as_bytes())
}

const WEEKDAYS: [&[u8; 3]; 7] = [b"Thu", b"Fri", b"Sat", b"Sun", b"Mon", b"Tue", b"Wed"];
const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];

/// Reads an IMF-fixdate. The weekday must be the date's own.
pub(crate) fn parse(text: &[u8]) -> Option<SystemTime> {
    let &[
        w0,
        w1,
        w2,
        b',',
        b' ',
        d0,
        d1,
        b' ',
        m0,
        m1,
        m2,
        b' ',
        y0,
        y1,
        y2,
        y3,
        b' ',
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
        b' ',
        b'G',
        b'M',
        b'T',
    ] = text
    else {
        return None;
    };
    let weekday = position(&WEEKDAYS, [w0, w1, w2])?;
    let month = position(&MONTHS, [m0, m1, m2])? + 1;
    let year = number([y0, y1, y2, y3])?;
    let day = number([d0, d1])?;
    let (hour, minute, second) = (number([h0, h1])?, number([n0, n1])?, number([s0, s1])?);
    if year < 1970 || day < 1 || day > days_in(month, year) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_since_epoch(year, month, day);
    // 1 January 1970 was a Thursday, the first of the table.
    if days % 7 != weekday {
        return None;
    }
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

fn position(table: &[&[u8; 3]], name: [u8; 3]) -> Option<u64> {
    table.iter().position(|entry| **entry == name).map(|index| index as u64)
}

fn number<const N: usize>(digits: [u8; N]) -> Option<u64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u64::from(digit - b'0')))
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in(month: u64, year: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Whole days since 1 January 1970, for years from 1970.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    // A year that starts in March has its leap day last, so that the months before any one have a fixed length.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_year = year * 365 + year / 4 - year / 100 + year / 400;
    let before_month = (153 * month + 2) / 5;
    // 719,468 days lie between 1 March of the year 0 and 1 January 1970.
    before_year + before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;

    fn check(text: &str, expect: Option<u64>) {
        let got = parse(text.as_bytes()).map(|t| t.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn dates_of_the_rfc_and_the_edges() {
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)); // RFC 9110 section 5.6.7
        check("Thu, 01 Jan 1970 00:00:00 GMT", Some(0));
        check("Tue, 29 Feb 2000 23:59:59 GMT", Some(951_868_799));
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(LAST));
    }

    #[test]
    fn what_is_not_a_date() {
        for text in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Mon, 06 Nov 1994 08:49:37 GMT", // a Sunday
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Thu, 29 Feb 2001 00:00:00 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Sun,  6 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sun, +6 Nov 1994 08:49:37 GMT",
        ] {
            check(text, None);
        }
    }

    proptest! {
        #[test]
        fn reads_what_another_implementation_writes(seconds in 0..=LAST) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            prop_assert_eq!(parse(httpdate::fmt_http_date(time).as_bytes()), Some(time));
        }

        #[test]
        fn never_reads_what_another_implementation_reads_otherwise(
            seconds in 0..=LAST, at in 0..29_usize, byte in 0x20..0x7f_u8,
        ) {
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            let mut text = httpdate::fmt_http_date(time).into_bytes();
            text[at] = byte;
            let text = String::from_utf8(text).unwrap();
            if let Some(ours) = parse(text.as_bytes()) {
                prop_assert_eq!(Some(ours), httpdate::parse_http_date(&text).ok());
            }
        }

        #[test]
        fn never_panics(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = parse(&text);
        }
    }
}
