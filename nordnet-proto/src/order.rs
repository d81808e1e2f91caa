//! Orders that are sent at most once, and whose outcome is known or said to be
//! unknown.
//!
//! Three promises hold for [`PlaceOrder`], [`ModifyOrder`], [`CancelOrder`] and
//! [`ActivateOrders`]:
//!
//! - `Err` means that nothing was placed, changed, cancelled or activated.
//! - What may have been placed is [`Outcome::Unknown`], and stays listed as
//!   unresolved until someone looked.
//! - A new order or a change is put on the wire at most once. A cancellation or an
//!   activation may be repeated: twice has the same effect.
//!
//! # What a verdict proves
//!
//! An answer with HTTP 200 holds a verdict ([`OrderReply`](crate::api::OrderReply)):
//! its result code says whether the request was taken, its states say what the
//! order is like. Only where they agree is the outcome certain.
//!
//! | result code | states | new order | change | cancellation |
//! |---|---|---|---|---|
//! | `OK` | none, or live | accepted | accepted | accepted |
//! | `OK` | the order is gone: `DELETED`, `DEL_CONF`, `DEL_PUSH` | unknown; accepted if it executes at once | unknown | accepted |
//! | `OK` | `INS_FAIL`, `MOD_FAIL`, `DEL_FAIL` | unknown | unknown | unknown |
//! | other | none | rejected | rejected | rejected |
//! | other | an order state, no action state | unknown; rejected beside `DELETED` | rejected | rejected |
//! | other | `INS_FAIL` | rejected; unknown beside a live order state | rejected beside `DELETED`, else unknown | as a change |
//! | other | `MOD_FAIL` | unknown | rejected | unknown |
//! | other | `DEL_FAIL` | unknown | unknown | rejected; unknown beside `DELETED` |
//! | other | `DELETED` with `DEL_PUSH` | unknown | rejected | rejected |
//! | other | `DELETED` with `DEL_CONF` | unknown | rejected | unknown |
//! | other | any other action state | unknown | unknown | unknown |
//! | neither, such as `ok` or nothing | any | unknown | unknown | unknown |
//!
//! The number of the order has to fit, too. Taken is only what names an order,
//! and the one that was asked for. A refusal may come without a number, or with
//! any if the order is new, but not with that of another order. A state of an
//! order that was there before does not say by itself that a change was made:
//! the source has `ORDER_LOCKED` beside `LOCKED`. An action state does: it is
//! absent where a request never reached the order system.
//!
//! If the HTTP status is a refusal and the verdict is not, the outcome is unknown.

mod activate;
mod call;
mod cancel;
mod entry;
mod intent;
mod modify;
mod outcome;
mod reference;
mod register;
mod terms;
mod verdict;

pub use activate::ActivateOrders;
pub use call::OrderCall;
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
    FillAndKill, FillOrKill, IntoTerms, Limit, OneCancelsOther, StopLimit, Terms, TrailingStop,
    Trigger,
};

/// Verdicts are small; a larger answer is none.
const MAX_BODY: usize = 64 << 10;
