//! Idle connections, for the next call.

use std::sync::{Mutex, MutexGuard, PoisonError};
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
    /// How many of each kind.
    most: usize,
    idle: Mutex<Idle<C>>,
}

/// Idle connections, and until when each is kept.
#[derive(Debug)]
struct Idle<C> {
    reads: Vec<(C, Instant)>,
    orders: Vec<(C, Instant)>,
}

impl<C> Pool<C> {
    /// Returns an empty pool with these limits.
    pub(crate) const fn new(limits: &Limits) -> Self {
        Self {
            keep_for: limits.keep_connection,
            most: limits.kept_connections,
            idle: Mutex::new(Idle {
                reads: Vec::new(),
                orders: Vec::new(),
            }),
        }
    }

    /// Takes a connection for a request, if there is one that it may use. Drops those
    /// that are too old, or for which `is_open` returns `false`.
    pub(crate) fn take(
        &self,
        out: &Outgoing,
        mut is_open: impl FnMut(&mut C) -> bool,
        now: Instant,
    ) -> Option<C> {
        let mut idle = self.lock();
        let Idle { reads, orders } = &mut *idle;
        for connections in [reads, orders] {
            connections.retain_mut(|(connection, until)| *until > now && is_open(connection));
        }
        if !out.may_reuse_connection {
            return None;
        }
        idle.of(out.lane).pop().map(|(connection, _)| connection)
    }

    /// Keeps a connection after the response to a call of this lane was read to its end.
    pub(crate) fn put(&self, connection: C, lane: Lane, now: Instant) {
        let mut idle = self.lock();
        let idle = idle.of(lane);
        if let Some(until) = now.checked_add(self.keep_for)
            && idle.len() < self.most
        {
            idle.push((connection, until));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Idle<C>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> Idle<C> {
    const fn of(&mut self, lane: Lane) -> &mut Vec<(C, Instant)> {
        match lane {
            Lane::Read => &mut self.reads,
            Lane::Order | Lane::Cancel => &mut self.orders,
        }
    }
}
