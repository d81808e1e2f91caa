//! The order calls of a client, and what became of each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{Doubt, Intent, Outcome, Reference, Unresolved};
use crate::error::Error;
use crate::error_traits::error_traits;
use crate::failure::{Cause, Failure};

/// How many settled calls are remembered.
const REMEMBERED: usize = 1024;

/// How long the reference of an order that exists stays in use. An order lives
/// for a day, and the core has no calendar.
const IN_USE: Duration = Duration::from_secs(24 * 60 * 60);

/// An order call of this client, and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CallOutcome {
    /// What was asked for.
    pub intent: Intent,
    /// How the call ended; [`Outcome::Unknown`] while it is in flight.
    pub result: Result<Outcome, Error>,
}

/// Why [`Session::resolve`](crate::Session::resolve) leaves a call in the list.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResolveError {
    /// The call has not ended, so its outcome is not known yet.
    InFlight,
    /// No unresolved call has this reference.
    NotUnresolved,
}

impl fmt::Display for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InFlight => "the call is still in flight; wait for its end",
            Self::NotUnresolved => "no unresolved call has this reference",
        })
    }
}

error_traits!(ResolveError);

/// The order calls of a client, from the moment they begin.
#[derive(Debug, Default)]
pub(crate) struct Register {
    /// In the order in which they began.
    calls: BTreeMap<u64, Call>,
    next: u64,
    /// The latest call with each reference.
    latest: BTreeMap<Reference, u64>,
    /// The calls that have not been closed.
    open: BTreeSet<u64>,
    settled: VecDeque<u64>,
    in_use: BTreeSet<Reference>,
    /// When these came into use, the oldest first.
    used_since: VecDeque<(Instant, Reference)>,
}

/// The place of a call in the register; held for as long as the call can go on.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    alive: Arc<()>,
}

#[derive(Debug)]
struct Call {
    intent: Intent,
    result: Result<Outcome, Error>,
    /// Upgrades for as long as the call can go on.
    alive: Weak<()>,
}

impl Register {
    /// Lists a call as unresolved: it begins.
    pub(crate) fn open(&mut self, intent: Intent) -> Ticket {
        self.close_dropped();
        let ticket = Ticket {
            number: self.next,
            alive: Arc::new(()),
        };
        self.next += 1;
        self.latest.insert(intent.reference.clone(), ticket.number);
        let unresolved = Unresolved::new(intent.clone(), Doubt::NotSentYet);
        let call = Call {
            intent,
            result: Ok(Outcome::Unknown(unresolved)),
            alive: Arc::downgrade(&ticket.alive),
        };
        self.calls.insert(ticket.number, call);
        self.open.insert(ticket.number);
        ticket
    }

    /// Notes that the bytes of a call are handed out.
    pub(crate) fn sent(&mut self, ticket: &Ticket) {
        if let Some(call) = self.calls.get_mut(&ticket.number) {
            let unresolved = Unresolved::new(call.intent.clone(), Doubt::InFlight);
            call.result = Ok(Outcome::Unknown(unresolved));
        }
    }

    /// Settles a call, or notes why it cannot be.
    pub(crate) fn close(&mut self, ticket: Ticket, result: Result<Outcome, Error>, now: Instant) {
        let Some(call) = self.calls.get_mut(&ticket.number) else {
            return;
        };
        call.result = result;
        if let Ok(Outcome::Accepted(accepted)) = &call.result {
            let reference = accepted.reference.clone();
            self.use_up(reference, now);
        }
        self.note_end(ticket.number);
    }

    /// Takes a call off the list, once someone knows what became of it. Its
    /// reference stays in use, since the order may exist.
    pub(crate) fn resolve(
        &mut self,
        reference: &Reference,
        now: Instant,
    ) -> Result<Unresolved, ResolveError> {
        let number = self.latest.get(reference).copied();
        let (number, call) = number
            .and_then(|number| Some((number, self.calls.get(&number)?)))
            .ok_or(ResolveError::NotUnresolved)?;
        if call.is_alive() {
            return Err(ResolveError::InFlight);
        }
        let Ok(Outcome::Unknown(unresolved)) = call.known() else {
            return Err(ResolveError::NotUnresolved);
        };
        self.open.remove(&number);
        self.forget(number);
        self.use_up(reference.clone(), now);
        Ok(unresolved)
    }

    /// Whether another order with this reference may exist: the two could not be
    /// told apart.
    pub(crate) fn is_in_use(&mut self, reference: &Reference, now: Instant) -> bool {
        while let Some((since, oldest)) = self.used_since.front()
            && now.saturating_duration_since(*since) >= IN_USE
        {
            self.in_use.remove(oldest);
            self.used_since.pop_front();
        }
        self.in_use.contains(reference)
            || matches!(self.outcome(reference), Some(Ok(Outcome::Unknown(_))))
    }

    pub(crate) fn unresolved(&self) -> Vec<Unresolved> {
        let known = self.calls.values().map(Call::known);
        let unresolved = known.filter_map(|result| match result {
            Ok(Outcome::Unknown(unresolved)) => Some(unresolved),
            _ => None,
        });
        unresolved.collect()
    }

    pub(crate) fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
        let number = self.latest.get(reference)?;
        self.calls.get(number).map(Call::known)
    }

    pub(crate) fn outcomes(&self) -> Vec<CallOutcome> {
        let calls = self.calls.values().map(|call| CallOutcome {
            intent: call.intent.clone(),
            result: call.known(),
        });
        calls.collect()
    }

    /// Closes the calls whose operation was dropped before its end.
    fn close_dropped(&mut self) {
        let dropped: Vec<_> = self
            .open
            .iter()
            .copied()
            .filter(|number| !self.calls.get(number).is_some_and(Call::is_alive))
            .collect();
        for number in dropped {
            if let Some(call) = self.calls.get_mut(&number) {
                call.result = call.known();
            }
            self.note_end(number);
        }
    }

    /// Notes that a call is not in flight any more, and forgets the oldest
    /// settled one when there are too many.
    fn note_end(&mut self, number: u64) {
        self.open.remove(&number);
        let call = self.calls.get(&number);
        if call.is_none_or(|call| matches!(call.result, Ok(Outcome::Unknown(_)))) {
            return;
        }
        self.settled.push_back(number);
        if self.settled.len() > REMEMBERED
            && let Some(oldest) = self.settled.pop_front()
        {
            self.forget(oldest);
        }
    }

    fn forget(&mut self, number: u64) {
        if let Some(call) = self.calls.remove(&number)
            && self.latest.get(&call.intent.reference) == Some(&number)
        {
            self.latest.remove(&call.intent.reference);
        }
    }

    fn use_up(&mut self, reference: Reference, now: Instant) {
        if self.in_use.insert(reference.clone()) {
            self.used_since.push_back((now, reference));
        }
    }
}

impl Call {
    fn is_alive(&self) -> bool {
        self.alive.strong_count() > 0
    }

    /// What is known of the call. One that was dropped before its end was not
    /// sent if its bytes had not been handed out; else its answer is lost.
    fn known(&self) -> Result<Outcome, Error> {
        let Ok(Outcome::Unknown(unresolved)) = &self.result else {
            return self.result.clone();
        };
        match unresolved.doubt {
            _ if self.is_alive() => self.result.clone(),
            Doubt::NotSentYet => Err(Error::NotSent(Failure::before_sending(Cause::Dropped, ""))),
            Doubt::InFlight => {
                let doubt = Doubt::Lost(Failure::after_sending(Cause::Dropped, ""));
                let unresolved = Unresolved::new(self.intent.clone(), doubt);
                Ok(Outcome::Unknown(unresolved))
            }
            _ => self.result.clone(),
        }
    }
}
