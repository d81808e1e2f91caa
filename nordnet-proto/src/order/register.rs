//! Which order calls are not settled, and how the latest were.

use std::collections::{BTreeMap, VecDeque};

use super::{Doubt, Intent, Outcome, Reference, Unresolved};
use crate::error::Error;

/// How many settled calls are remembered for those who dropped theirs.
const REMEMBERED: usize = 1024;

/// The order calls of a client, from the moment they begin.
#[derive(Debug, Default)]
pub(crate) struct Register {
    unresolved: BTreeMap<Reference, Unresolved>,
    settled: BTreeMap<Reference, Result<Outcome, Error>>,
    oldest_first: VecDeque<Reference>,
}

impl Register {
    /// Lists a call as unresolved: it begins.
    pub(crate) fn open(&mut self, intent: Intent) {
        let unresolved = Unresolved::new(intent, Doubt::NotSentYet);
        self.unresolved
            .insert(unresolved.reference.clone(), unresolved);
    }

    /// Notes that the bytes of a call are handed out.
    pub(crate) fn sent(&mut self, reference: &Reference) {
        if let Some(unresolved) = self.unresolved.get_mut(reference) {
            unresolved.doubt = Doubt::InFlight;
        }
    }

    /// Settles a call, or notes why it cannot be.
    pub(crate) fn close(&mut self, reference: &Reference, result: Result<Outcome, Error>) {
        if let Ok(Outcome::Unknown(unresolved)) = result {
            self.unresolved.insert(reference.clone(), unresolved);
            return;
        }
        self.unresolved.remove(reference);
        if self.settled.insert(reference.clone(), result).is_none() {
            self.oldest_first.push_back(reference.clone());
        }
        if self.oldest_first.len() > REMEMBERED
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.settled.remove(&oldest);
        }
    }

    /// Takes a call off the list, once someone knows what became of it.
    pub(crate) fn resolve(&mut self, reference: &Reference) -> Option<Unresolved> {
        self.unresolved.remove(reference)
    }

    /// Whether a call with this reference is not settled, or was accepted: two
    /// orders could then not be told apart.
    pub(crate) fn is_in_use(&self, reference: &Reference) -> bool {
        let settled = self.settled.get(reference);
        self.unresolved.contains_key(reference)
            || settled.is_some_and(|result| matches!(result, Ok(Outcome::Accepted(_))))
    }

    pub(crate) fn unresolved(&self) -> Vec<Unresolved> {
        self.unresolved.values().cloned().collect()
    }

    pub(crate) fn outcome(&self, reference: &Reference) -> Option<Result<Outcome, Error>> {
        match self.unresolved.get(reference) {
            Some(unresolved) => Some(Ok(Outcome::Unknown(unresolved.clone()))),
            None => self.settled.get(reference).cloned(),
        }
    }
}
