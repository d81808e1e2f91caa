//! How a call ends, also if an earlier attempt may have taken effect.

use std::time::Instant;

use super::{Operation, State};
use crate::endpoint::{Access, Endpoint, Safety};
use crate::error::Error;
use crate::failure::{Cause, Failure};
use crate::order::Outcome;
use crate::retry;
use crate::session::Session;

impl<E: Endpoint> Operation<E> {
    /// Ends the call because nothing drives it any more: its runtime is shut down,
    /// say. It was not sent if no request was handed out; else the answer is lost.
    ///
    /// # Errors
    ///
    /// [`Error::NotSent`] or what a lost answer means for this call, with
    /// [`Cause::Dropped`].
    pub fn abandon(&mut self, session: &mut Session, now: Instant) -> Result<E::Response, Error> {
        if let Some(since) = self.flight.abandon() {
            self.take_answer(Err(Failure::after_sending(Cause::Dropped, "")), since);
        }
        match std::mem::replace(&mut self.state, State::Settled) {
            State::Answered { result, .. } => self.settle(session, result, now),
            State::Done(result) => result,
            State::Failed(error) => self.give_up(session, error, now),
            State::Ready | State::Wait(_) | State::Settled => {
                let dropped = Failure::before_sending(Cause::Dropped, "");
                self.give_up(session, Error::NotSent(dropped), now)
            }
        }
    }

    /// The end of the call, by what the last answer means.
    pub(super) fn settle(
        &mut self,
        session: &mut Session,
        result: Result<E::Response, Error>,
        now: Instant,
    ) -> Result<E::Response, Error> {
        match result {
            Err(error) => self.give_up(session, error, now),
            Ok(response) => {
                let refusal =
                    <E::Access as Access<E>>::refusal(&response).filter(|_| self.in_doubt);
                let result = refusal.map_or(Ok(response), |refusal| self.doubt(&refusal));
                self.close(session, result, now)
            }
        }
    }

    /// The end of the call with an error, unless an earlier attempt may have taken
    /// effect: then the answer of that one counts as lost.
    pub(super) fn give_up(
        &mut self,
        session: &mut Session,
        error: Error,
        now: Instant,
    ) -> Result<E::Response, Error> {
        let result = match error {
            // It leaves open by itself what was done.
            Error::Unavailable { .. } => Err(error),
            error if self.in_doubt && E::SAFETY != Safety::Read => self.doubt(&error.to_string()),
            // Not this attempt, but an earlier one may have been.
            Error::NotSent(failure) if self.in_doubt => Err(Error::Lost(failure)),
            Error::OutOfTime if self.in_doubt => Err(Error::Lost(retry::unanswered())),
            error => Err(error),
        };
        self.close(session, result, now)
    }

    /// The result of a call of which an earlier attempt was lost and a later one was
    /// refused.
    fn doubt(&self, later: &str) -> Result<E::Response, Error> {
        let detail =
            format!("an earlier attempt did not say what was done, and a later one: {later}");
        let lost = Failure::after_sending(Cause::Closed, detail);
        self.endpoint.settle(Err(lost))
    }

    /// Notes the end of an order call in the list.
    fn close(
        &mut self,
        session: &mut Session,
        result: Result<E::Response, Error>,
        now: Instant,
    ) -> Result<E::Response, Error> {
        let outcome = match &result {
            Ok(response) => <E::Access as Access<E>>::outcome(response).cloned().map(Ok),
            Err(error) => Some(Err(error.clone())),
        };
        if let (Some(ticket), Some(outcome)) = (self.ticket.take(), outcome) {
            if let Ok(Outcome::Unknown(_)) = outcome {
                session.count().unknown_outcomes += 1;
            }
            session.register().close(ticket, outcome, now);
        }
        result
    }
}
