//! The time of a market.

use std::time::{Duration, Instant};

/// Instants as numbers, which take half the room.
#[derive(Clone, Copy, Default)]
pub(super) struct Clock {
    /// The first instant, and the latest one with its number.
    origin: Option<(Instant, Instant)>,
    latest: u64,
}

impl Clock {
    /// The number of an instant, from 1; never less than the one before.
    #[inline]
    pub(super) fn at(&mut self, now: Instant) -> u64 {
        match &mut self.origin {
            // All that was read at once came at the same time.
            Some((_, latest)) if now == *latest => {}
            Some((first, latest)) => {
                *latest = now;
                self.latest = self.latest.max(nanos(*first, now));
            }
            None => {
                self.origin = Some((now, now));
                self.latest = nanos(now, now);
            }
        }
        self.latest
    }

    /// The latest number given; zero before the first.
    pub(super) const fn latest(&self) -> u64 {
        self.latest
    }

    /// How long ago the latest number was given.
    pub(super) fn silence(&self, now: Instant) -> Option<Duration> {
        (self.latest > 0).then(|| self.since(self.latest, now))
    }

    pub(super) fn since(&self, number: u64, now: Instant) -> Duration {
        let now = self.origin.map_or(0, |(first, _)| nanos(first, now));
        Duration::from_nanos(now.max(self.latest).saturating_sub(number))
    }
}

/// Nanoseconds from one instant to another, and one more: enough for five
/// hundred years.
fn nanos(from: Instant, to: Instant) -> u64 {
    let nanos = to.saturating_duration_since(from).as_nanos();
    u64::try_from(nanos).unwrap_or(u64::MAX - 1) + 1
}
