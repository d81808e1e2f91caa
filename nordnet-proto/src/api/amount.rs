//! Money.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::id::Currency;

/// Money: a number of whole currency units (not cents) and their currency.
///
/// Amounts of unlike currency do not add, so there is no arithmetic here.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Amount {
    /// How much, signed.
    pub value: Decimal,
    /// Of which currency.
    pub currency: Currency,
}

impl Amount {
    /// Joins a number and a currency.
    #[must_use]
    pub fn new(value: impl Into<Decimal>, currency: impl AsRef<str>) -> Self {
        Self {
            value: value.into(),
            currency: Currency::new(currency),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.value, self.currency))
    }
}
