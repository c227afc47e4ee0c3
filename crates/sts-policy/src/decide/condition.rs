//! One condition, ready to be compared.

use crate::decide::options::{AbsentKey, DoubtfulValue, Options};
use crate::decide::request::{Context, Value};
use crate::value::address::Block;
use crate::value::decimal::Decimal;
use crate::value::instant::Instant;
use crate::value::{Reading, parse_bool};
use crate::{Comparison, Pattern, SetPrefix};
use std::cmp::Ordering;

#[derive(Clone, Debug)]
pub(super) struct Condition {
    key: Box<str>,
    prefix: Option<SetPrefix>,
    is_negated: bool,
    /// The answer where the request lacks the key.
    on_absent_key: bool,
    test: Test,
}

/// The values of the policy. One that cannot be read as what the operator compares is left out: nothing fits it.
#[derive(Clone, Debug)]
enum Test {
    Equals(Box<[Box<str>]>),
    EqualsIgnoringCase(Box<[Box<str>]>),
    Like(Box<[Pattern]>),
    Number(Order, Box<[Decimal]>),
    Instant(Order, Box<[Instant]>),
    Bool(Box<[bool]>),
    Address(Box<[Block]>),
}

/// Which orders of the request's value against the policy's fit.
#[derive(Clone, Copy, Debug)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    pub(super) fn new(source: &crate::Condition, options: Options) -> Self {
        let operator = source.operator();
        let is_negated = operator.comparison().is_negated();
        let on_absent_key = match operator.prefix() {
            None => is_negated && options.negated_on_absent_key == AbsentKey::Met,
            Some(SetPrefix::ForAllValues) => options.for_all_values_on_absent_key == AbsentKey::Met,
            Some(SetPrefix::ForAnyValue) => false,
        };
        let test = Test::new(operator.comparison(), source.values().as_slice(), options);
        Self { key: source.key().into(), prefix: operator.prefix(), is_negated, on_absent_key, test }
    }

    #[inline]
    pub(super) fn is_met(&self, context: &Context) -> bool {
        let Some(values) = context.values(&self.key) else {
            return self.on_absent_key;
        };
        let fits = |value: &Value| self.test.fits(value);
        match self.prefix {
            // The values of the policy are alternatives; a negation is that of the whole.
            None => values.iter().any(fits) != self.is_negated,
            Some(SetPrefix::ForAllValues) => values.iter().all(|value| fits(value) != self.is_negated),
            Some(SetPrefix::ForAnyValue) => values.iter().any(|value| fits(value) != self.is_negated),
        }
    }
}

impl Test {
    fn new(comparison: Comparison, values: &[String], options: Options) -> Self {
        use Comparison as C;
        let texts = || values.iter().map(|value| value.as_str().into()).collect();
        match comparison {
            C::StringEquals | C::StringNotEquals => Self::Equals(texts()),
            C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase => Self::EqualsIgnoringCase(texts()),
            C::StringLike | C::StringNotLike => {
                Self::Like(values.iter().map(|value| Pattern::new(value)).collect())
            }
            C::NumericEquals | C::NumericNotEquals => Self::numbers(Order::Equal, values, options),
            C::NumericLessThan => Self::numbers(Order::Less, values, options),
            C::NumericLessThanEquals => Self::numbers(Order::LessOrEqual, values, options),
            C::NumericGreaterThan => Self::numbers(Order::Greater, values, options),
            C::NumericGreaterThanEquals => Self::numbers(Order::GreaterOrEqual, values, options),
            C::DateEquals | C::DateNotEquals => Self::instants(Order::Equal, values, options),
            C::DateLessThan => Self::instants(Order::Less, values, options),
            C::DateLessThanEquals => Self::instants(Order::LessOrEqual, values, options),
            C::DateGreaterThan => Self::instants(Order::Greater, values, options),
            C::DateGreaterThanEquals => Self::instants(Order::GreaterOrEqual, values, options),
            C::Bool => Self::Bool(values.iter().filter_map(|value| parse_bool(value)).collect()),
            // The borders of a block belong to it anyway.
            C::IpAddress | C::NotIpAddress | C::IpAddressIncludeBorder | C::NotIpAddressIncludeBorder => {
                Self::addresses(values, options)
            }
        }
    }

    fn numbers(order: Order, values: &[String], options: Options) -> Self {
        let takes =
            |number: &Decimal| number.is_whole() || options.fractional_numbers == DoubtfulValue::Accepted;
        Self::Number(order, values.iter().filter_map(|value| Decimal::parse(value).filter(takes)).collect())
    }

    fn instants(order: Order, values: &[String], options: Options) -> Self {
        let takes = |instant: &Instant| {
            !instant.has_fraction() || options.fractional_seconds == DoubtfulValue::Accepted
        };
        Self::Instant(order, values.iter().filter_map(|value| Instant::parse(value).filter(takes)).collect())
    }

    fn addresses(values: &[String], options: Options) -> Self {
        let parsed = values.iter().filter_map(|value| Block::parse(value)).filter(|parsed| {
            (!parsed.has_host_bits || options.host_bits == DoubtfulValue::Accepted)
                && (!parsed.is_ipv6_block || options.ipv6_blocks == DoubtfulValue::Accepted)
        });
        Self::Address(parsed.map(|parsed| parsed.block).collect())
    }

    /// Whether a value of the request fits one of the policy's. One that cannot be read as what is compared fits none.
    #[inline]
    fn fits(&self, value: &Value) -> bool {
        match (self, &value.reading) {
            (Self::Equals(texts), _) => texts.iter().any(|text| **text == *value.text),
            (Self::EqualsIgnoringCase(texts), _) => {
                texts.iter().any(|text| same_but_for_case(text, &value.text))
            }
            (Self::Like(patterns), _) => patterns.iter().any(|pattern| pattern.matches(&value.text)),
            (Self::Number(order, numbers), Reading::Number(own)) => {
                numbers.iter().any(|number| order.fits(own.cmp(number)))
            }
            (Self::Instant(order, instants), Reading::Instant(own)) => {
                instants.iter().any(|instant| order.fits(own.cmp(instant)))
            }
            (Self::Bool(truths), Reading::Bool(own)) => truths.contains(own),
            (Self::Address(blocks), Reading::Address(own)) => blocks.iter().any(|block| block.contains(*own)),
            _ => false,
        }
    }
}

impl Order {
    fn fits(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Letters of every script, by their lower case.
fn same_but_for_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}
