//! Numbers of units.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::decimal::{Decimal, DecimalError};

/// A number of units: of shares, of contracts, of whatever is traded. An order
/// is for a whole number of them; some replies count in fractions, and a
/// holding that was sold short is below zero. A volume of market data may be any
/// number: a feed writes `200` or `200.0`.
///
/// It is no price: the two neither compare nor add, of an order
///
/// ```compile_fail,E0308
/// # use nordnet_proto::api::Order;
/// # fn wrong(order: &Order) -> bool {
/// order.price.value > order.volume
/// # }
/// ```
///
/// or of a quote.
///
/// ```compile_fail,E0308
/// # use nordnet_proto::Quote;
/// # fn wrong(quote: &Quote) -> bool {
/// quote.last() > quote.last_volume()
/// # }
/// ```
///
/// A price times a volume is money, with
/// [`Amount::checked_mul`](crate::api::Amount::checked_mul):
///
/// ```
/// use nordnet_proto::Volume;
/// use nordnet_proto::api::Amount;
///
/// let (price, volume): (Amount, Volume) = ("86.50 SEK".parse()?, "200".parse()?);
/// assert_eq!(price.checked_mul(volume), Some("17300 SEK".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Volume(Decimal);

impl Volume {
    /// None at all.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Takes a number for one of units.
    #[must_use]
    pub const fn new(units: Decimal) -> Self {
        Self(units)
    }

    /// The number itself.
    #[must_use]
    pub const fn get(self) -> Decimal {
        self.0
    }

    /// The same number without trailing zeros after the point.
    #[must_use]
    pub const fn normalized(self) -> Self {
        Self(self.0.normalized())
    }

    /// The units as an order counts them, or `None` if they are not whole or
    /// below zero.
    #[must_use]
    pub fn whole(self) -> Option<u64> {
        let units = self.0.normalized();
        let is_whole = units.scale() == 0;
        is_whole.then(|| units.mantissa().try_into().ok()).flatten()
    }

    /// The sum, or `None` if it cannot be held exactly.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` if it cannot be held exactly.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether there are any, other than short ones.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0.is_positive()
    }
}

impl From<i64> for Volume {
    fn from(units: i64) -> Self {
        Self(units.into())
    }
}

impl From<i32> for Volume {
    fn from(units: i32) -> Self {
        Self(units.into())
    }
}

impl From<u32> for Volume {
    fn from(units: u32) -> Self {
        Self(units.into())
    }
}

impl FromStr for Volume {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        text.parse().map(Self)
    }
}

/// Prints as the number.
impl fmt::Display for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Volume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(text: &str) -> Volume {
        text.parse().unwrap()
    }

    #[test]
    fn only_whole_units_can_be_ordered() {
        for (text, whole) in [
            ("200.0", Some(200)),
            ("2E3", Some(2000)),
            ("0", Some(0)),
            ("0.5", None),
            ("-3", None),
            ("9223372036854775807", Some(i64::MAX.unsigned_abs())),
        ] {
            assert_eq!(volume(text).whole(), whole, "{text}");
        }
    }

    #[test]
    fn adds_as_numbers_do() {
        let (all, traded) = (volume("100"), volume("40.0"));
        assert_eq!(all.checked_sub(traded), Some(60.into()));
        assert_eq!(all.checked_add(traded), Some(volume("140")));
        assert_eq!(Volume::from(i64::MAX).checked_add(1.into()), None);
        assert!(Volume::ZERO.is_zero() && all.is_positive() && !volume("-1").is_positive());
    }

    #[test]
    fn is_a_number_on_the_wire_and_a_text_in_files() {
        let read: Volume = serde_json::from_str("111.0").unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""111.0""#);
        assert_eq!(serde_json::from_str::<Volume>(r#""111.0""#).unwrap(), read);
        assert_eq!(
            (read.to_string(), format!("{read:?}")),
            ("111.0".into(), "111.0".into())
        );
    }
}
