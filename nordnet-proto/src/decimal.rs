//! Exact decimal numbers for money and volume.

mod arithmetic;
#[cfg(feature = "rust_decimal")]
mod foreign;
mod into_decimal;
mod scan;
mod traits;

pub use self::arithmetic::Rounding;
pub use self::into_decimal::IntoDecimal;
use self::scan::Digits;

/// An exact decimal number: a 64-bit mantissa and a count of decimal places.
///
/// Prices, volumes and amounts on Nordnet's wire are JSON numbers. They are
/// read digit by digit and never pass through binary floating point.
///
/// - A plain number keeps the places it was written with: `111.0` prints as
///   `111.0`. Comparison is by value, so it equals `111`.
/// - A number with an exponent is read exactly and without trailing zeros:
///   `2.06845115E7` is `20684511.5`.
/// - A number that does not fit is an error and is never rounded.
///
/// Arithmetic is checked: what cannot be held is `None`. Where a result has to
/// be rounded, the caller says to how many places and how.
///
/// With serde it is written as a string, and reads a string or a JSON number.
/// It is read through `serde_json` only, which alone keeps the digits: from a
/// text or a reader exactly, from a `serde_json::Value` as the number that it
/// has, which is a binary float unless it was a string. Not below
/// `#[serde(flatten)]` or in an untagged enum: serde holds numbers as floats
/// there. With the feature `rust_decimal` it converts to and
/// from `rust_decimal::Decimal`, in both directions without a loss.
///
/// ```
/// use nordnet_proto::Decimal;
///
/// let price: Decimal = "86.50".parse()?;
/// assert_eq!(price, Decimal::new(865, 1));
/// assert_eq!(price.to_string(), "86.50");
/// assert_eq!(price.checked_mul(Decimal::from(200)), Some(Decimal::from(17_300)));
/// # Ok::<(), nordnet_proto::DecimalError>(())
/// ```
#[derive(Clone, Copy, Default)]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a number as JSON writes it.
    Syntax,
    /// The number has more digits than fit 64 bits and 18 decimal places.
    OutOfRange,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self::new(0, 0);

    /// The most decimal places a number can have.
    pub const MAX_SCALE: u8 = 18;

    /// Makes the number `mantissa / 10^scale`.
    ///
    /// A scale beyond [`Decimal::MAX_SCALE`] is cut to it, which only a
    /// program that computes its scales could meet; texts are checked.
    #[must_use]
    pub const fn new(mantissa: i64, scale: u8) -> Self {
        let scale = if scale > Self::MAX_SCALE {
            Self::MAX_SCALE
        } else {
            scale
        };
        Self { mantissa, scale }
    }

    /// Makes a number of parts that were a number before.
    #[inline]
    pub(crate) const fn from_parts(mantissa: i64, scale: u8) -> Self {
        Self { mantissa, scale }
    }

    /// Reads a number as JSON writes it, from its bytes.
    ///
    /// # Errors
    ///
    /// [`DecimalError::Syntax`] if the bytes are anything else than one
    /// number, [`DecimalError::OutOfRange`] if it cannot be held exactly.
    pub fn from_ascii(text: &[u8]) -> Result<Self, DecimalError> {
        Digits::scan(text)?.fit()
    }

    /// The number without its decimal point.
    #[must_use]
    #[inline]
    pub const fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// The count of decimal places.
    #[must_use]
    #[inline]
    pub const fn scale(self) -> u8 {
        self.scale
    }

    /// Whether the value is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.mantissa == 0
    }

    /// Whether the value is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.mantissa > 0
    }

    /// Whether the value is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// The same value without trailing zeros after the point.
    #[must_use]
    pub const fn normalized(self) -> Self {
        let (mut mantissa, mut scale) = (self.mantissa, self.scale);
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }
}

#[cfg(test)]
mod tests;
