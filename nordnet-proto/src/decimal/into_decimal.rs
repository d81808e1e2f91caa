//! What is taken for a decimal number.

use super::Decimal;

/// What is taken for a [`Decimal`]: one, or a whole number. Sealed.
///
/// ```
/// use nordnet_proto::Decimal;
/// use nordnet_proto::api::Amount;
///
/// let price = Amount::new("86.50".parse::<Decimal>()?, "SEK");
/// assert_eq!(price, Amount::new(Decimal::new(8650, 2), "SEK"));
/// assert_eq!(Amount::new(86, "SEK").to_string(), "86 SEK");
/// # Ok::<(), nordnet_proto::DecimalError>(())
/// ```
///
/// A binary float is not exact:
///
/// ```compile_fail,E0277
/// # use nordnet_proto::api::Amount;
/// let price = Amount::new(86.5, "SEK");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an exact decimal number",
    label = "expected a `Decimal` or a whole number",
    note = "write 86.50 as `\"86.50\".parse::<Decimal>()?` or `Decimal::new(8650, 2)`"
)]
pub trait IntoDecimal: sealed::Sealed {
    /// The number.
    fn into_decimal(self) -> Decimal;
}

macro_rules! into_decimal {
    ($( $number:ty )+) => { $(
        impl sealed::Sealed for $number {}

        impl IntoDecimal for $number {
            fn into_decimal(self) -> Decimal {
                self.into()
            }
        }
    )+ };
}

into_decimal! { Decimal i64 i32 u32 }

mod sealed {
    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}
}
