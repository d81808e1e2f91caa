//! The calls of the REST API, one file a group.
//!
//! Each call is a struct: make it, then give it to a client's `send`, to an
//! [`Operation`](crate::Operation), or to [`to_request`](crate::to_request).
//! Numbers that are money or volume are [`Decimal`](crate::Decimal)s, codes
//! are open enums, and fields that the source calls optional are `Option`s.

mod amount;
mod orders;

pub use amount::Amount;
pub use orders::*;
