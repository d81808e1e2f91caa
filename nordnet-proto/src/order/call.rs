//! What an operation has to know of an order call.

use super::{Intent, Outcome, Reference};
use crate::endpoint::{Endpoint, Trade};

/// A call that can move money. It has a reference, is listed as unresolved until
/// its outcome is known, and its response is an [`Outcome`].
///
/// An endpoint whose access is [`Trade`] has to implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can move money, so it has to be an order call",
    note = "implement `OrderCall`, or declare the access of the call as `Observe`"
)]
pub trait OrderCall: Endpoint<Access = Trade, Response = Outcome> {
    /// Takes a reference from `next` if the call has none.
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference);

    /// Returns what is about to be asked of the exchange.
    fn intent(&self) -> Intent;

    /// Returns the refusal in an outcome that would be the same if an earlier
    /// attempt, whose answer was lost, had done what was asked for.
    fn refusal(outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Rejected(rejection) if !rejection.is_already_gone() => {
                Some(rejection.to_string())
            }
            _ => None,
        }
    }
}
