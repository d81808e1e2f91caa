//! Events with their due times, in order.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::time::Duration;

/// A queue of events by due time; equal times keep their order of entry.
#[derive(Debug)]
pub(crate) struct Timers<E> {
    entries: BinaryHeap<Entry<E>>,
    entered: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Duration,
    entered: u64,
    event: E,
}

impl<E> Timers<E> {
    pub(crate) fn new() -> Self {
        Self {
            entries: BinaryHeap::new(),
            entered: 0,
        }
    }

    pub(crate) fn push(&mut self, at: Duration, event: E) {
        self.entered += 1;
        self.entries.push(Entry {
            at,
            entered: self.entered,
            event,
        });
    }

    /// Takes the next event that is due, with the time it was due at.
    pub(crate) fn pop(&mut self, now: Duration) -> Option<(Duration, E)> {
        self.next().filter(|at| *at <= now)?;
        self.entries.pop().map(|entry| (entry.at, entry.event))
    }

    pub(crate) fn next(&self) -> Option<Duration> {
        self.entries.peek().map(|entry| entry.at)
    }
}

/// The earlier is the greater, because the heap hands out the greatest.
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.entered).cmp(&(self.at, self.entered))
    }
}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.entered == other.entered
    }
}

impl<E> Eq for Entry<E> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_out_by_time_then_by_entry() {
        let mut timers = Timers::new();
        for (at, event) in [(2, "c"), (1, "a"), (2, "d"), (1, "b"), (9, "later")] {
            timers.push(Duration::from_secs(at), event);
        }
        let due: String = std::iter::from_fn(|| timers.pop(Duration::from_secs(2)))
            .map(|(_, event)| event)
            .collect();
        assert_eq!(due, "abcd");
        assert_eq!(timers.next(), Some(Duration::from_secs(9)));
    }
}
