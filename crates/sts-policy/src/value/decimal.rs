//! Decimal numbers, exact and of any length.

use std::cmp::Ordering;

/// A decimal number. Kept as its digits, so that nothing is rounded and nothing overflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// Never set for zero.
    negative: bool,
    /// Without leading zeros: empty for numbers below one.
    whole: Box<str>,
    /// Without trailing zeros.
    fraction: Box<str>,
}

impl Decimal {
    /// Reads `-12.50`: an optional minus, digits, and optionally a point with digits. No plus, no exponent, no blank.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (digits, ""),
        };
        if !is_digits(whole) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Self { negative: negative && !is_zero, whole: whole.into(), fraction: fraction.into() })
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // More digits before the point, more worth; after it the order of the alphabet is that of the numbers.
        let absolute = || {
            self.whole
                .len()
                .cmp(&other.whole.len())
                .then_with(|| self.whole.cmp(&other.whole))
                .then_with(|| self.fraction.cmp(&other.fraction))
        };
        match (self.negative, other.negative) {
            (false, false) => absolute(),
            (true, true) => absolute().reverse(),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use proptest::prelude::*;

    fn parse(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn numbers_are_numbers_and_not_text() {
        assert!(parse("9") < parse("10"));
        assert!(parse("-9") > parse("-10"));
        assert!(parse("0.1") < parse("0.11"));
        assert!(parse("0.09") < parse("0.1"));
        assert_eq!(parse("007.50"), parse("7.5"));
        assert_eq!(parse("-0.0"), parse("0"));
        // Both are the same as f64.
        assert!(parse("9007199254740992") < parse("9007199254740993"));
        assert!(parse("0.1") < parse("0.1000000000000000000000000001"));
        assert!(parse(&"9".repeat(400)) < parse(&format!("1{}", "0".repeat(400))));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in
            ["", "-", ".", "1.", ".5", "+1", "1e3", " 1", "1 ", "0x1", "--1", "1.2.3", "1,5", "١", "NaN"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        /// Against integers of a common scale.
        #[test]
        fn order_and_equality_are_those_of_integers(a in -2000_i64..2000, b in -2000_i64..2000, zeros in 0_usize..3) {
            let written = |scaled: i64, zeros: usize| {
                let sign = if scaled < 0 { "-" } else { "" };
                let digits = scaled.abs();
                format!("{sign}{:0width$}.{:02}{}", digits / 100, digits % 100, "0".repeat(zeros), width = zeros + 1)
            };
            prop_assert_eq!(parse(&written(a, 0)).cmp(&parse(&written(b, zeros))), a.cmp(&b));
            prop_assert_eq!(parse(&written(a, zeros)) == parse(&written(b, 0)), a == b);
        }
    }
}
