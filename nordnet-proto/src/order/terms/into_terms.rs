//! What an order takes for its terms.

use super::{FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, Terms, TrailingStop};
use crate::api::Amount;

/// What [`PlaceOrder`](crate::PlaceOrder) takes for its terms: one of the order
/// types, or the limit price of one unit. Sealed.
///
/// A price needs its currency:
///
/// ```compile_fail,E0277
/// # use nordnet_proto::{AccountNumber, Decimal, PlaceOrder, TradableId};
/// # fn order(price: Decimal, account: AccountNumber, ericsson: TradableId) {
/// let order = PlaceOrder::buy(100, ericsson, price, account);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a price with its currency nor an order type",
    label = "expected an `Amount`, a `Limit` or another order type",
    note = "write a limit price as `\"86.50 SEK\".parse::<Amount>()?` or `Amount::new(price, \"SEK\")` with a `Decimal`"
)]
pub trait IntoTerms: sealed::Sealed {
    /// The terms.
    fn into_terms(self) -> Terms;
}

macro_rules! into_terms {
    ($( $terms:ty )+) => { $(
        impl sealed::Sealed for $terms {}

        impl IntoTerms for $terms {
            fn into_terms(self) -> Terms {
                self.into()
            }
        }
    )+ };
}

into_terms! { Terms Amount Limit FillAndKill FillOrKill StopLimit TrailingStop OneCancelsOther }

mod sealed {
    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}
}
