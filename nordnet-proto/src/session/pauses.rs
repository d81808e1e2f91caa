//! Who has to wait after a "too many requests".

use std::time::{Duration, Instant};

use crate::endpoint::Lane;

/// Until when the calls of each lane wait.
///
/// Reads are many and a cancellation is urgent, so the limit that one kind of call
/// has reached holds up no other kind: a 429 to a read delays reads and
/// keep-alives, one to an order or a cancellation delays orders, one to a login
/// delays both. Nothing delays the first attempt of a cancellation; its own 429 delays
/// its repeat.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    reads: Option<Instant>,
    orders: Option<Instant>,
}

impl Pauses {
    /// Makes a lane wait this long from now, and returns how much longer that is
    /// than it had to wait anyway.
    pub(super) fn extend(&mut self, lane: Lane, wait: Duration, now: Instant) -> Duration {
        let paused = match lane {
            Lane::Read => &mut self.reads,
            Lane::Order | Lane::Cancel => &mut self.orders,
        };
        let until = now + wait;
        let known = paused.map_or(now, |known| known.max(now));
        *paused = Some(until.max(known));
        until.saturating_duration_since(known)
    }

    /// Until when a call of this lane has to wait.
    pub(super) fn until(&self, lane: Lane, now: Instant) -> Option<Instant> {
        let until = match lane {
            Lane::Read => self.reads,
            Lane::Order => self.orders,
            Lane::Cancel => None,
        };
        until.filter(|until| now < *until)
    }
}
