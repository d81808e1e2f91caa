//! Connections that wait for another call.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::endpoint::Lane;
use crate::outgoing::Outgoing;

/// Connections that a call has left in good order, for the next call.
///
/// Each carries one call at a time, and those of orders carry orders and their
/// cancellations only: what a server sends late on the connection of a read is
/// never taken for the verdict on an order. A connection whose call failed in any
/// way must not come here: its late answer would be taken for another call's.
#[derive(Debug)]
pub struct KeptConnections<C> {
    keep_for: Duration,
    most: usize,
    kept: Mutex<Kept<C>>,
}

#[derive(Debug)]
struct Kept<C> {
    reads: Vec<(C, Instant)>,
    orders: Vec<(C, Instant)>,
}

impl<C> KeptConnections<C> {
    /// No connections, under these limits.
    #[must_use]
    pub const fn new(limits: &Limits) -> Self {
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
    pub fn take(
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
    pub fn put(&self, connection: C, lane: Lane, now: Instant) {
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
