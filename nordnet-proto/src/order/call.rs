//! The trait of calls that can move money.

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
    /// Gives the call a reference from `next` if it has none.
    fn stamp(&mut self, next: &mut dyn FnMut() -> Reference);

    /// Returns what the call asks for, to be recorded before it is sent.
    fn intent(&self) -> Intent;

    /// Returns the refusal in the outcome of a repeated call, if it leaves open whether
    /// an earlier attempt, whose answer was lost, took effect. The outcome of the call is
    /// unknown then.
    ///
    /// By default, this is each rejection but that of an order that is already gone.
    fn refusal(outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Rejected(rejection) if !rejection.is_already_gone() => {
                Some(rejection.to_string())
            }
            _ => None,
        }
    }
}
