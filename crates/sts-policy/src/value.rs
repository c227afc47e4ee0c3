//! What the values of conditions mean: every value is text, and an operator reads it as a number, an instant, an address
//! or a truth value. All are exact, and a text that is none of these is none of these.

pub(crate) mod address;
pub(crate) mod decimal;
pub(crate) mod instant;

use crate::value::address::Address;
use crate::value::decimal::Decimal;
use crate::value::instant::Instant;

/// What a text of the request can be read as. No text can be read in two ways, so that it is read once, whatever
/// operators will ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    Text,
    Bool(bool),
    Number(Decimal),
    Instant(Instant),
    Address(Address),
}

impl Reading {
    pub(crate) fn of(text: &str) -> Self {
        if let Some(number) = Decimal::parse(text) {
            Self::Number(number)
        } else if let Some(truth) = parse_bool(text) {
            Self::Bool(truth)
        } else if let Some(address) = Address::parse(text) {
            Self::Address(address)
        } else if let Some(instant) = Instant::parse(text) {
            Self::Instant(instant)
        } else {
            Self::Text
        }
    }
}

/// `true` and `false`; documentation has them in lower case, any case is taken.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, parse_bool};
    use crate::value::address::Address;
    use crate::value::decimal::Decimal;
    use crate::value::instant::Instant;
    use proptest::prelude::*;

    #[test]
    fn truth_is_two_words() {
        assert_eq!(parse_bool("TRUE"), Some(true));
        assert_eq!(parse_bool("false"), Some(false));
        assert_eq!(parse_bool("1"), None);
        assert_eq!(parse_bool(" true"), None);
    }

    #[test]
    fn each_text_is_read_as_what_it_is() {
        assert!(matches!(Reading::of("10"), Reading::Number(_)));
        assert!(matches!(Reading::of("10.0.0.1"), Reading::Address(_)));
        assert!(matches!(Reading::of("::1"), Reading::Address(_)));
        assert!(matches!(Reading::of("2026-01-01T00:00:00Z"), Reading::Instant(_)));
        assert!(matches!(Reading::of("True"), Reading::Bool(true)));
        for text in ["", "vpc-1", "10.0", "-", "2026-01-01"] {
            assert!(!matches!(
                Reading::of(text),
                Reading::Instant(_) | Reading::Address(_) | Reading::Bool(_)
            ));
        }
    }

    proptest! {
        #[test]
        fn no_text_is_two_things(text in "[-+0-9.:TZfx/ae]{0,24}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z") {
            let readings = [
                Decimal::parse(&text).is_some(), parse_bool(&text).is_some(),
                Address::parse(&text).is_some(), Instant::parse(&text).is_some(),
            ];
            prop_assert!(readings.iter().filter(|reads| **reads).count() <= 1);
        }
    }
}
