//! Conversions to and from the crate `rust_decimal`.

use super::{Decimal, DecimalError};

/// Always exact, places included.
impl From<Decimal> for rust_decimal::Decimal {
    fn from(number: Decimal) -> Self {
        Self::new(number.mantissa, number.scale.into())
    }
}

/// Exact, or [`DecimalError::OutOfRange`]. Zeros behind the point go only where
/// the number would not fit with them.
impl TryFrom<rust_decimal::Decimal> for Decimal {
    type Error = DecimalError;

    fn try_from(number: rust_decimal::Decimal) -> Result<Self, DecimalError> {
        let scale = u8::try_from(number.scale()).map_err(|_| DecimalError::OutOfRange)?;
        Self::from_wide(number.mantissa(), scale).ok_or(DecimalError::OutOfRange)
    }
}
