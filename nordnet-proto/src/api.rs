//! The calls of the REST API, one file a group.
//!
//! Each call is a struct: make it, then give it to a client's `send`, to an
//! [`Operation`](crate::Operation), or to [`to_request`](crate::to_request).
//! Numbers that are money or volume are [`Decimal`](crate::Decimal)s, codes
//! are open enums, and fields that the source calls optional are `Option`s.
//!
//! Orders are entered, changed and cancelled by [`order`](crate::order).

mod accounts;
mod amount;
mod instruments;
mod login;
mod orders;
mod system;
mod tick_sizes;
mod tradables;

pub use accounts::*;
pub use amount::{Amount, AmountError};
pub use instruments::*;
pub use login::*;
pub use orders::*;
pub use system::*;
pub use tick_sizes::*;
pub use tradables::*;
