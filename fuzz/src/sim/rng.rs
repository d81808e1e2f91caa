//! Chance out of a seed.

use std::time::Duration;

use crate::draw::Sequence;

/// Numbers, choices and times from a seed.
#[derive(Clone)]
pub(crate) struct Rng(Sequence);

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        let mut sequence = Sequence(seed ^ 0x5851_F42D_4C95_7F2D);
        sequence.next();
        Self(sequence)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// A number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.below(limit)
    }

    /// A number from the first to the last, both included.
    pub(crate) fn range(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn millis(&mut self, first: usize, last: usize) -> Duration {
        Duration::from_millis(self.range(first, last) as u64)
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}
