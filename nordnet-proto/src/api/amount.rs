//! Money.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::decimal::{Decimal, IntoDecimal};
use crate::error_traits::error_traits;
use crate::id::Currency;
use crate::volume::Volume;

/// Money: a number of whole currency units (not cents) and their currency.
///
/// Amounts of unlike currency do not add:
///
/// ```
/// use nordnet_proto::api::Amount;
///
/// let cash: Amount = "100.50 SEK".parse()?;
/// assert_eq!(cash.checked_add(&"0.5 SEK".parse()?), Some("101 SEK".parse()?));
/// assert_eq!(cash.checked_add(&"1 EUR".parse()?), None);
/// # Ok::<(), nordnet_proto::api::AmountError>(())
/// ```
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
    pub fn new(value: impl IntoDecimal, currency: impl AsRef<str>) -> Self {
        Self {
            value: value.into_decimal(),
            currency: Currency::new(currency),
        }
    }

    /// The sum, or `None` if the currencies differ or the sum cannot be held
    /// exactly.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.with(other, Decimal::checked_add)
    }

    /// The difference, or `None` if the currencies differ or it cannot be held
    /// exactly.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.with(other, Decimal::checked_sub)
    }

    /// The value of a number of units at this price for one, or `None` if it
    /// cannot be held exactly.
    #[must_use]
    pub fn checked_mul(&self, volume: impl Into<Volume>) -> Option<Self> {
        let value = self.value.checked_mul(volume.into().get())?;
        Some(Self {
            value,
            currency: self.currency.clone(),
        })
    }

    fn with(
        &self,
        other: &Self,
        combine: impl Fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self {
            value: combine(self.value, other.value)?,
            currency: self.currency.clone(),
        })
    }
}

/// Reads `86.52 SEK`.
impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let (value, currency) = text.split_once(' ').ok_or(AmountError(()))?;
        let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        match value.parse::<Decimal>() {
            Ok(value) if is_code => Ok(Self::new(value, currency)),
            _ => Err(AmountError(())),
        }
    }
}

/// A text that is no amount of money.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AmountError(());

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a number and a currency, such as 86.52 SEK")
    }
}

error_traits!(AmountError);

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
    fn reads_and_writes_the_same_text() {
        let amount: Amount = "-86.50 SEK".parse().unwrap();
        assert_eq!(amount.to_string(), "-86.50 SEK");
        for text in [
            "",
            "86.5",
            "SEK 86.5",
            "86.5  SEK",
            "86,5 SEK",
            "86.5 kr",
            "86.5 SEKK",
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    #[test]
    fn reckons_within_one_currency() {
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        assert_eq!(
            amount("1 SEK").checked_sub(&amount("1.25 SEK")),
            Some(amount("-0.25 SEK"))
        );
        assert_eq!(amount("1 SEK").checked_sub(&amount("1 NOK")), None);
        assert_eq!(
            amount("86.52 SEK").checked_mul(100),
            Some(amount("8652 SEK"))
        );
        let most = Amount::new(Decimal::new(i64::MAX, 0), "SEK");
        assert_eq!(most.checked_add(&amount("1 SEK")), None);
        assert_eq!(most.checked_mul(2), None);
    }

    #[test]
    fn prints_with_width_and_precision() {
        let amount = Amount::new(Decimal::new(865, 1), "SEK");
        assert_eq!(
            format!("{amount}|{amount:.2}|{amount:>12.2}|{amount:<12}|"),
            "86.5 SEK|86.50 SEK|   86.50 SEK|86.5 SEK    |"
        );
    }
}
