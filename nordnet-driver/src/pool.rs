//! Connections that are kept for the next call.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nordnet_proto::{Lane, Limits, Outgoing};

/// Connections whose last response was read to its end, for the next call.
///
/// Each carries one call at a time, and those of orders carry orders and their
/// cancellations only: what a server sends late on the connection of a read is
/// never taken for the verdict on an order. A connection whose call failed in any
/// way must not be put here: its late response would be taken for another call's.
#[derive(Debug)]
pub(crate) struct Pool<C> {
    keep_for: Duration,
    most: usize,
    kept: Mutex<Kept<C>>,
}

#[derive(Debug)]
struct Kept<C> {
    reads: Vec<(C, Instant)>,
    orders: Vec<(C, Instant)>,
}

impl<C> Pool<C> {
    /// No connections, under these limits.
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self {
            keep_for: limits.keep_connection,
            most: limits.kept_connections,
            kept: Mutex::new(Kept {
                reads: Vec::new(),
                orders: Vec::new(),
            }),
        }
    }

    /// Takes a connection for a request, if there is one that it may use.
    /// `is_open` looks for what has ended meanwhile.
    pub(crate) fn take(
        &self,
        out: &Outgoing,
        mut is_open: impl FnMut(&mut C) -> bool,
        now: Instant,
    ) -> Option<C> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { reads, orders } = &mut *kept;
        for lane in [reads, orders] {
            lane.retain_mut(|(connection, until)| *until > now && is_open(connection));
        }
        if !out.may_reuse_connection {
            return None;
        }
        kept.of(out.lane).pop().map(|(connection, _)| connection)
    }

    /// Puts a connection aside once the answer to a call of this lane was read to
    /// the end.
    pub(crate) fn put(&self, connection: C, lane: Lane, now: Instant) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.of(lane);
        if let Some(until) = now.checked_add(self.keep_for)
            && kept.len() < self.most
        {
            kept.push((connection, until));
        }
    }
}

impl<C> Kept<C> {
    const fn of(&mut self, lane: Lane) -> &mut Vec<(C, Instant)> {
        match lane {
            Lane::Read => &mut self.reads,
            Lane::Order | Lane::Cancel => &mut self.orders,
        }
    }
}
