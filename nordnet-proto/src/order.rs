//! Orders that are never placed twice, never on a guess, and never lost
//! without a word.
//!
//! Three promises hold for [`PlaceOrder`], [`ModifyOrder`] and [`CancelOrder`]:
//!
//! - `Err` means that the order was certainly not placed.
//! - What may have been placed is [`Outcome::Unknown`], and stays listed as
//!   unresolved until someone looked.
//! - A new order or a change is put on the wire at most once. A cancellation
//!   may be repeated: twice has the same effect.
//!
//! [`ActivateOrders`] is about orders that exist, any number of them. It may be
//! repeated, and an `Err` of it may leave open which of them are live: it says so.

mod activate;
mod cancel;
mod entry;
mod intent;
mod modify;
mod outcome;
mod reference;
mod register;
mod terms;

pub use activate::ActivateOrders;
pub use cancel::CancelOrder;
pub use entry::{InvalidOrder, PlaceOrder};
pub use intent::{Action, Intent};
pub use modify::ModifyOrder;
pub use outcome::{Accepted, Doubt, Outcome, Rejection, Unresolved};
pub use reference::Reference;
pub(crate) use reference::References;
pub use register::{CallOutcome, ResolveError};
pub(crate) use register::{Register, Ticket};
pub use terms::{
    FillAndKill, FillOrKill, Limit, OneCancelsOther, StopLimit, Terms, TrailingStop, Trigger,
};

/// Verdicts are small; a larger answer is none.
const MAX_BODY: usize = 64 << 10;
