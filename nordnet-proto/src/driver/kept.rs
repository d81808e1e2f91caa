//! Connections that wait for another call.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::outgoing::Outgoing;

/// Connections that a call has left in good order, for the next call.
///
/// Each carries one call at a time. A connection whose call failed in any way
/// must not come here: its late answer would be taken for another call's.
#[derive(Debug)]
pub struct KeptConnections<C> {
    keep_for: Duration,
    most: usize,
    kept: Mutex<Vec<(C, Instant)>>,
}

impl<C> KeptConnections<C> {
    /// No connections, under these limits.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            keep_for: limits.keep_connection,
            most: limits.kept_connections,
            kept: Mutex::default(),
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
        kept.retain_mut(|(connection, until)| *until > now && is_open(connection));
        if !out.may_reuse_connection {
            return None;
        }
        kept.pop().map(|(connection, _)| connection)
    }

    /// Puts a connection aside once its answer was read to the end.
    pub fn put(&self, connection: C, now: Instant) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = now.checked_add(self.keep_for)
            && kept.len() < self.most
        {
            kept.push((connection, until));
        }
    }
}
