//! Conditions of statements.

mod constructors;
mod operator;

use std::fmt;

use crate::OneOrMany;

pub use operator::{Comparison, Operator, SetPrefix, ValueType};

/// One condition: under an operator, a key and the values it is compared with.
///
/// A statement applies when all its conditions hold; one of the values is enough for a condition to hold.
/// `Debug` shows operator, key and the number of values.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    pub(crate) operator: Operator,
    pub(crate) key: String,
    pub(crate) values: OneOrMany,
}

impl Condition {
    /// How the values are compared.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The condition key, as `acs:SourceIp`. Its case matters.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values: alternatives.
    #[must_use]
    pub fn values(&self) -> &OneOrMany {
        &self.values
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({} {}: {:?})", self.operator, self.key, self.values)
    }
}
