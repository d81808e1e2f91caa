//! All connections: open ones, eviction of idle ones, what was received.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::exchange::Cut;

use super::metered::Record;
use super::plan::{Channel, Direction, Plan, Welcome};

/// Connections to one port at a time.
const MOST_OPEN: usize = 1024;
/// Idle connections that go at a time when places are short.
const EVICTED: usize = 32;
/// Ended connections that are remembered, and how many bytes of theirs.
const MOST_ENDED: usize = 10_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// The connections to one kind of port each: the API's three, or the control
/// port.
#[derive(Debug, Default)]
pub(super) struct Connections {
    state: Mutex<State>,
    /// Notified when a refusal begins or is taken back.
    pub(super) refusals: Notify,
}

#[derive(Debug, Default)]
struct State {
    counted: u64,
    open: BTreeMap<u64, Arc<Record>>,
    ended: VecDeque<Arc<Record>>,
    /// Bytes that are kept of those that have ended.
    kept: usize,
    plans: BTreeMap<Channel, Plan>,
}

impl Connections {
    /// Takes in a connection, in the place of idle ones if there is no other;
    /// none if nobody can be spared.
    pub(super) fn enter(&self, channel: Channel, peer: SocketAddr) -> Option<Arc<Record>> {
        let mut state = self.state();
        let of_channel = |one: &&Arc<Record>| one.channel == channel;
        if state.open.values().filter(of_channel).count() >= MOST_OPEN
            && !state.evict(|record| record.channel == channel)
        {
            return None;
        }
        state.counted += 1;
        let record = Arc::new(Record::new(state.counted, channel, peer));
        state.open.insert(record.number, Arc::clone(&record));
        Some(record)
    }

    /// Sends connections away that have been idle for longest, from where there
    /// are most: a crowd at one port keeps nobody out at another.
    pub(super) fn evict(&self) {
        let mut state = self.state();
        let mut counts = BTreeMap::<Channel, usize>::new();
        for record in state.open.values() {
            *counts.entry(record.channel).or_default() += 1;
        }
        if let Some((&crowded, _)) = counts.iter().max_by_key(|(_, count)| **count) {
            state.evict(|record| record.channel == crowded);
        }
    }

    /// Takes in that a connection has ended.
    pub(super) fn leave(&self, number: u64) {
        let mut state = self.state();
        if let Some(record) = state.open.remove(&number) {
            state.remember(record);
        }
    }

    /// Returns what was planned for the next connection, used up by this.
    pub(super) fn welcome(&self, channel: Channel) -> Option<Welcome> {
        self.state().plans.get_mut(&channel)?.take()
    }

    pub(super) fn plan(&self, channel: Channel, welcome: Welcome) {
        self.state().plans.entry(channel).or_default().push(welcome);
    }

    pub(super) fn refuse(&self, channel: Channel, until: Duration) {
        self.state().plans.entry(channel).or_default().refuse(until);
        self.refusals.notify_waiters();
    }

    /// Returns for how much longer connections are refused, if they are.
    pub(super) fn refused_for(&self, channel: Channel, now: Duration) -> Option<Duration> {
        let until = self.state().plans.get(&channel)?.refused_until();
        until.checked_sub(now).filter(|left| !left.is_zero())
    }

    /// Takes back everything that was planned.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        state.plans.clear();
        for record in state.open.values() {
            record.clear_cuts();
        }
        drop(state);
        self.refusals.notify_waiters();
    }

    /// Plans a cut of all present connections to a port.
    pub(super) fn cut_after(&self, channel: Channel, direction: Direction, bytes: u64, cut: Cut) {
        let state = self.state();
        let chosen = state.open.values().filter(|one| one.channel == channel);
        chosen.for_each(|record| record.cut_after(direction, bytes, cut));
    }

    /// Returns all that are open.
    pub(super) fn open(&self) -> Vec<Arc<Record>> {
        self.state().open.values().cloned().collect()
    }

    /// Finds a connection, open or ended.
    pub(super) fn find(&self, number: u64) -> Option<Arc<Record>> {
        let state = self.state();
        let ended = || state.ended.iter().find(|record| record.number == number);
        state.open.get(&number).or_else(ended).cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sends those away that have been idle for longest, several at once so
    /// that a crowd costs little. Says whether there were any.
    fn evict(&mut self, may_go: impl Fn(&Record) -> bool) -> bool {
        let chosen = self.open.values().filter(|record| may_go(record));
        let since = |record: &Arc<Record>| Some((record.idle_since()?, record.number));
        let mut idle: Vec<_> = chosen.filter_map(since).collect();
        idle.sort_unstable();
        for (_, number) in idle.iter().take(EVICTED) {
            if let Some(record) = self.open.remove(number) {
                record.evict();
                self.remember(record);
            }
        }
        !idle.is_empty()
    }

    fn remember(&mut self, record: Arc<Record>) {
        self.kept += record.kept_length();
        self.ended.push_back(record);
        while self.ended.len() > MOST_ENDED || self.kept > MOST_BYTES {
            let oldest = self.ended.pop_front();
            self.kept -= oldest.map_or(0, |one| one.kept_length());
        }
    }
}
