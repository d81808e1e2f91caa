//! Which order calls are not settled, and how the latest were.

use std::collections::{BTreeMap, VecDeque};

use super::{Doubt, Intent, Outcome, Reference, Unresolved};
use crate::error::Error;

/// How many settled calls are remembered for those who dropped theirs.
const REMEMBERED: usize = 1024;

/// The order calls of a client, from the moment their bytes are handed out.
#[derive(Debug, Default)]
pub(crate) struct Register {
    unresolved: BTreeMap<Reference, Unresolved>,
    settled: BTreeMap<Reference, Result<Outcome, Error>>,
    oldest_first: VecDeque<Reference>,
}

impl Register {
    /// Lists a call as unresolved: its bytes are about to be handed out.
    pub(crate) fn open(&mut self, intent: Intent) {
        let unresolved = Unresolved::new(intent, Doubt::InFlight);
        self.unresolved
            .insert(unresolved.reference.clone(), unresolved);
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

    pub(crate) fn is_unresolved(&self, reference: &Reference) -> bool {
        self.unresolved.contains_key(reference)
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
