//! Tombstones: what was forgotten a while ago.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::feed::Subscription;

/// What was forgotten a while ago, so that a tick that was under way then does
/// not bring it back.
#[derive(Default)]
pub(super) struct Tombstones {
    /// When each was forgotten, or when a tick of it came last, on the market's
    /// clock.
    since: BTreeMap<Subscription, u64>,
    /// Each once, the ones that may be due first at the front.
    order: VecDeque<(u64, Subscription)>,
}

/// How long one is remembered: longer than a connection that is well can be
/// silent, and as long as the server may take to be told again.
const KEPT: Duration = Duration::from_secs(60);

/// How many are remembered: as many as a feed can end in that time.
const ROOM: usize = 4096;

impl Tombstones {
    pub(super) fn add(&mut self, subscription: &Subscription, now: u64) {
        self.expire(now);
        if self.since.insert(subscription.clone(), now).is_some() {
            return;
        }
        self.order.push_back((now, subscription.clone()));
        if self.order.len() > ROOM
            && let Some((_, oldest)) = self.order.pop_front()
        {
            self.since.remove(&oldest);
        }
    }

    /// Whether a delta of something without a row makes one: if it was not
    /// forgotten. The more of these come, the longer they are expected.
    pub(super) fn admits(&mut self, subscription: &Subscription, now: u64) -> bool {
        self.expire(now);
        match self.since.get_mut(subscription) {
            Some(since) => {
                *since = now;
                false
            }
            None => true,
        }
    }

    /// Drops those whose time is over.
    pub(super) fn expire(&mut self, now: u64) {
        let is_over = |since: u64| u128::from(now.saturating_sub(since)) >= KEPT.as_nanos();
        while self.order.front().is_some_and(|(since, _)| is_over(*since)) {
            let Some((_, subscription)) = self.order.pop_front() else {
                break;
            };
            match self.since.get(&subscription) {
                Some(since) if !is_over(*since) => self.order.push_back((*since, subscription)),
                _ => drop(self.since.remove(&subscription)),
            }
        }
        if self.is_empty() {
            self.clear();
        }
    }

    /// Forgets all, and gives the room back.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.since.is_empty()
    }
}
