//! Conditions by operator.

use std::fmt::Display;

use super::{Comparison, Condition, Operator};
use crate::OneOrMany;
use crate::date::DateValue;

macro_rules! constructors {
    ($($(#[doc = $doc:literal])+ $name:ident $comparison:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[must_use]
            pub fn $name<V: Display>(key: impl Into<String>, values: impl IntoIterator<Item = V>) -> Self {
                Self::new(Comparison::$comparison, key, values)
            }
        )+
    };
}

macro_rules! date_constructors {
    ($($(#[doc = $doc:literal])+ $name:ident $comparison:ident;)+) => {
        $(
            $(#[doc = $doc])+
            #[must_use]
            pub fn $name(key: impl Into<String>, date: impl Into<DateValue>) -> Self {
                Self::new(Comparison::$comparison, key, [date.into()])
            }
        )+
    };
}

impl Condition {
    /// Under any operator, a key and its values: alternatives. Without a value, or with an empty key, no policy is built.
    #[must_use]
    pub fn new<V: Display>(
        operator: impl Into<Operator>,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter().map(|value| value.to_string()).collect();
        Self { operator: operator.into(), key: key.into(), values: OneOrMany::shortest_or_empty(values) }
    }

    /// The key is `true`, or is `false`.
    #[must_use]
    pub fn bool(key: impl Into<String>, value: bool) -> Self {
        Self::new(Comparison::Bool, key, [value])
    }

    /// From one instant to another, both included: two conditions, for
    /// [`StatementBuilder::conditions`](crate::StatementBuilder::conditions).
    #[must_use]
    pub fn date_between(
        key: impl Into<String>,
        from: impl Into<DateValue>,
        to: impl Into<DateValue>,
    ) -> [Self; 2] {
        let key = key.into();
        [Self::date_greater_than_equals(key.clone(), from), Self::date_less_than_equals(key, to)]
    }

    constructors! {
        /// The key is one of the values. `*` and `?` are letters.
        string_equals StringEquals;
        /// The key is none of the values.
        string_not_equals StringNotEquals;
        /// The key is one of the values, but for letter case.
        string_equals_ignore_case StringEqualsIgnoreCase;
        /// The key is none of the values, even ignoring letter case.
        string_not_equals_ignore_case StringNotEqualsIgnoreCase;
        /// The key fits one of the patterns: `*` is any text, `?` one character.
        string_like StringLike;
        /// The key fits none of the patterns.
        string_not_like StringNotLike;
        /// The key is one of the numbers.
        numeric_equals NumericEquals;
        /// The key is none of the numbers.
        numeric_not_equals NumericNotEquals;
        /// The key is smaller than one of the numbers.
        numeric_less_than NumericLessThan;
        /// The key is smaller than or equal to one of the numbers.
        numeric_less_than_equals NumericLessThanEquals;
        /// The key is greater than one of the numbers.
        numeric_greater_than NumericGreaterThan;
        /// The key is greater than or equal to one of the numbers.
        numeric_greater_than_equals NumericGreaterThanEquals;
        /// The key is, or lies in, one of the addresses and blocks: `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`, a
        /// [`std::net::IpAddr`].
        ip_address IpAddress;
        /// The key lies in none of the addresses and blocks.
        not_ip_address NotIpAddress;
    }

    date_constructors! {
        /// The key is this instant.
        date_equals DateEquals;
        /// The key is another instant.
        date_not_equals DateNotEquals;
        /// The key is before this instant.
        date_less_than DateLessThan;
        /// The key is before or at this instant.
        date_less_than_equals DateLessThanEquals;
        /// The key is after this instant.
        date_greater_than DateGreaterThan;
        /// The key is after or at this instant.
        date_greater_than_equals DateGreaterThanEquals;
    }
}
