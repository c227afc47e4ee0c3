//! The operators of conditions.

use std::fmt;

/// An operator of a condition: a comparison, for some keys with a set prefix.
///
/// `…IfExists` and `Null` do not exist in this language: the service refuses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator {
    prefix: Option<SetPrefix>,
    comparison: Comparison,
}

impl Operator {
    /// The comparison, under the set prefix.
    #[must_use]
    pub fn with_prefix(prefix: SetPrefix, comparison: Comparison) -> Self {
        Self { prefix: Some(prefix), comparison }
    }

    /// What is asked of the values of a key that has several; `None` for the keys that have one, which is nearly all.
    #[must_use]
    pub fn prefix(self) -> Option<SetPrefix> {
        self.prefix
    }

    /// How a value of the request is compared with those of the policy.
    #[must_use]
    pub fn comparison(self) -> Comparison {
        self.comparison
    }

    /// The operator of this name, to the letter.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (prefix, comparison) = match name.split_once(':') {
            Some((prefix, comparison)) => (Some(SetPrefix::from_name(prefix)?), comparison),
            None => (None, name),
        };
        Some(Self { prefix, comparison: Comparison::from_name(comparison)? })
    }
}

impl From<Comparison> for Operator {
    fn from(comparison: Comparison) -> Self {
        Self { prefix: None, comparison }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = self.prefix {
            write!(f, "{}:", prefix.as_str())?;
        }
        f.write_str(self.comparison.as_str())
    }
}

/// What is asked of the values of a key that has several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetPrefix {
    /// `ForAllValues`: each value of the request must fit; none at all fits too.
    ForAllValues,
    /// `ForAnyValue`: at least one value of the request must fit.
    ForAnyValue,
}

impl SetPrefix {
    pub(crate) const ALL: [Self; 2] = [Self::ForAllValues, Self::ForAnyValue];

    /// The prefix as written, without the colon.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ForAllValues => "ForAllValues",
            Self::ForAnyValue => "ForAnyValue",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| prefix.as_str() == name)
    }
}

/// The type that an operator takes both sides to be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// Text.
    String,
    /// Decimal numbers.
    Numeric,
    /// Instants, as ISO 8601 text.
    Date,
    /// `true` or `false`.
    Bool,
    /// IPv4 and IPv6 addresses, and blocks of them.
    IpAddress,
}

// One table for names, types and negation; the order is the documentation's.
macro_rules! comparisons {
    ($($(#[doc = $doc:literal])+ $name:ident $value_type:ident $negated:literal,)+) => {
        /// How a value of the request is compared with those of the policy. The policy's values are alternatives: one that
        /// fits is enough; for a negated comparison none may fit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Comparison {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Comparison {
            /// All comparisons.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in a document.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// The comparison of this name, to the letter.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)+
                    _ => None,
                }
            }

            /// The type that both sides are taken to be of.
            #[must_use]
            pub fn value_type(self) -> ValueType {
                match self {
                    $(Self::$name => ValueType::$value_type,)+
                }
            }

            /// Whether the condition holds when none of the values fits (`…Not…`).
            #[must_use]
            pub fn is_negated(self) -> bool {
                match self {
                    $(Self::$name => $negated,)+
                }
            }
        }
    };
}

comparisons! {
    /// The same text. `*` and `?` are letters.
    StringEquals String false,
    /// Other text than each value.
    StringNotEquals String true,
    /// The same text but for letter case.
    StringEqualsIgnoreCase String false,
    /// Other text than each value, even ignoring letter case.
    StringNotEqualsIgnoreCase String true,
    /// Text that fits a pattern: `*` is any text, `?` one character.
    StringLike String false,
    /// Text that fits no pattern.
    StringNotLike String true,
    /// An equal number.
    NumericEquals Numeric false,
    /// A number different from each value.
    NumericNotEquals Numeric true,
    /// A smaller number.
    NumericLessThan Numeric false,
    /// A smaller or equal number.
    NumericLessThanEquals Numeric false,
    /// A greater number.
    NumericGreaterThan Numeric false,
    /// A greater or equal number.
    NumericGreaterThanEquals Numeric false,
    /// The same instant.
    DateEquals Date false,
    /// Another instant than each value.
    DateNotEquals Date true,
    /// An earlier instant.
    DateLessThan Date false,
    /// An earlier or the same instant.
    DateLessThanEquals Date false,
    /// A later instant.
    DateGreaterThan Date false,
    /// A later or the same instant.
    DateGreaterThanEquals Date false,
    /// The same truth value.
    Bool Bool false,
    /// An address that is or lies in a value.
    IpAddress IpAddress false,
    /// An address that lies in no value.
    NotIpAddress IpAddress true,
    /// As [`IpAddress`](Self::IpAddress), the borders of a block included. OSS alone has it, and does not tell more.
    IpAddressIncludeBorder IpAddress false,
    /// As [`NotIpAddress`](Self::NotIpAddress), the borders of a block included. Seen in third parties' programs only.
    NotIpAddressIncludeBorder IpAddress true,
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Operator, SetPrefix};

    #[test]
    fn names_are_read_to_the_letter() {
        for comparison in Comparison::ALL {
            let plain = Operator::from(*comparison);
            assert_eq!(Operator::from_name(&plain.to_string()), Some(plain));
            let prefixed = Operator::with_prefix(SetPrefix::ForAnyValue, *comparison);
            assert_eq!(Operator::from_name(&prefixed.to_string()), Some(prefixed));
            assert_eq!(comparison.is_negated(), comparison.as_str().contains("Not"));
        }
        for name in [
            "",
            ":",
            "stringEquals",
            "BoolIfExists",
            "Null",
            "ForAllValues:",
            "ForAll:Bool",
            "ForAnyValue:ForAnyValue:Bool",
        ] {
            assert_eq!(Operator::from_name(name), None, "{name}");
        }
    }
}
