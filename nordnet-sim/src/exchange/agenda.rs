//! What happens when, in the order of time.

use std::collections::BTreeMap;
use std::time::Duration;

/// A queue of events by due time; equal times keep their order of entry.
#[derive(Debug)]
pub(crate) struct Agenda<E> {
    events: BTreeMap<(Duration, u64), E>,
    entered: u64,
}

impl<E> Agenda<E> {
    pub(crate) fn new() -> Self {
        Self {
            events: BTreeMap::new(),
            entered: 0,
        }
    }

    pub(crate) fn push(&mut self, at: Duration, event: E) {
        self.entered += 1;
        self.events.insert((at, self.entered), event);
    }

    /// Takes the next event that is due, with the time it was due at.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<(Duration, E)> {
        let entry = self.events.first_entry()?;
        let at = entry.key().0;
        (at <= now).then(|| (at, entry.remove()))
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.events.keys().next().map(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_out_by_time_then_by_entry() {
        let mut agenda = Agenda::new();
        for (at, event) in [(2, "c"), (1, "a"), (2, "d"), (1, "b"), (9, "later")] {
            agenda.push(Duration::from_secs(at), event);
        }
        let due: String = std::iter::from_fn(|| agenda.pop(Duration::from_secs(2)))
            .map(|(_, event)| event)
            .collect();
        assert_eq!(due, "abcd");
        assert_eq!(agenda.next(), Some(Duration::from_secs(9)));
    }
}
