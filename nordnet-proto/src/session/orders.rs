//! The order calls of a session.

use std::time::{Duration, Instant};

use super::Session;
use crate::deadline::after;
use crate::error::Error;
use crate::login::LoginError;
use crate::order::{
    CallOutcome, Intent, InvalidOrder, Outcome, Reference, Register, ResolveError, Ticket,
    Unresolved,
};

/// How long a logout waits for order calls in flight.
const LOGOUT_WAITS: Duration = Duration::from_secs(15);

impl Session {
    /// Refuses every order call that begins from now on, cancellations included,
    /// as the first part of a logout. Returns when to [close](Self::close) the
    /// session at the latest: order calls in flight have 15 s to end.
    pub fn refuse_orders(&mut self, now: Instant) -> Instant {
        self.refuses_orders = true;
        after(now, LOGOUT_WAITS)
    }

    /// A reference that no other order of this client has.
    pub fn new_reference(&mut self) -> Reference {
        self.references.next()
    }

    /// Takes an order call off the list of unresolved ones, once its outcome is
    /// known by other means. Its reference stays in use for a day, since the order
    /// may exist.
    ///
    /// # Errors
    ///
    /// [`ResolveError::InFlight`] while the call goes on, and
    /// [`ResolveError::NotUnresolved`] if no unresolved call has this reference.
    pub fn resolve(
        &mut self,
        reference: &Reference,
        now: Instant,
    ) -> Result<Unresolved, ResolveError> {
        self.register.resolve(reference, now)
    }

    /// The order calls whose outcome is not known, those in flight included.
    #[must_use]
    pub fn unresolved(&self) -> Vec<Unresolved> {
        self.register.unresolved()
    }

    /// What became of an order call, also of one whose caller has gone; the last
    /// 1,024 settled calls are remembered.
    #[must_use]
    pub fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
        self.register.outcome(reference)
    }

    /// The order calls of this client and what became of each, in the order in
    /// which they began: the last 1,024 settled ones, and all that are unresolved
    /// or in flight.
    #[must_use]
    pub fn outcomes(&self) -> Vec<CallOutcome> {
        self.register.outcomes()
    }

    /// Lists an order call as unresolved: it begins.
    pub(crate) fn begin(&mut self, intent: Intent, now: Instant) -> Result<Ticket, Error> {
        if self.refuses_orders {
            return Err(LoginError::LoggedOut.into());
        }
        if self.register.is_in_use(&intent.reference, now) {
            return Err(InvalidOrder::ReferenceInUse.into());
        }
        Ok(self.register.open(intent))
    }

    pub(crate) fn register(&mut self) -> &mut Register {
        &mut self.register
    }
}
