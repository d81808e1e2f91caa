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

/// Prints as `86.52 SEK`; a precision is that of the number.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match f.precision() {
            Some(places) => format!("{:.places$} {}", self.value, self.currency),
            None => format!("{} {}", self.value, self.currency),
        };
        f.pad_integral(true, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_with_width_and_precision() {
        let amount = Amount::new(Decimal::new(865, 1), "SEK");
        assert_eq!(
            format!("{amount}|{amount:.2}|{amount:>12.2}|{amount:<12}|"),
            "86.5 SEK|86.50 SEK|   86.50 SEK|86.5 SEK    |"
        );
    }
}
