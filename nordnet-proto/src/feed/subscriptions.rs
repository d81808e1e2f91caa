//! What is wanted of the public feed, and what of it is on the wire.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

use super::command::Subscription;
use super::pacing::HALF_MINUTE;

/// Where a wanted subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubscriptionState {
    /// It waits for a connection or for its turn.
    Waiting,
    /// It was sent and no message has come for it.
    Sent,
    /// Messages come for it.
    Flowing,
    /// The server refused it; it is sent again on the next connection.
    Refused,
}

/// The wanted subscriptions as a value that the wire follows.
#[derive(Default)]
pub(crate) struct Subscriptions {
    entries: BTreeMap<Subscription, Entry>,
    /// The entries that need a command, in the order of their tickets.
    work: BTreeMap<u64, Subscription>,
    next_ticket: u64,
    /// The sent ones that got no message, by type: few, but at the beginning. So
    /// a message needs no look-up, or one among few.
    unanswered: [BTreeSet<Subscription>; 6],
    /// The commands of the last 30 seconds.
    recent: VecDeque<(Instant, Subscription)>,
    /// How many of the last ones wait to be written.
    unwritten: usize,
    /// Those given up whose command waits to be written.
    leaving: BTreeSet<Subscription>,
    /// Those that bring no more, still to tell, with whether that stands though
    /// they are wanted again. Each is here once, so that nothing grows if nobody
    /// asks.
    ended: BTreeMap<Subscription, bool>,
}

struct Entry {
    wanted: bool,
    /// Whether its end has to be told once it is given up.
    owed: bool,
    wire: Wire,
    /// The ticket of its first subscribe, so that a new connection brings the
    /// subscriptions up in the order in which they were made.
    order: u64,
    ticket: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wire {
    Off,
    On {
        answered: bool,
    },
    /// The last command may have been dropped, so one has to follow whatever is
    /// wanted. A message shows only that a subscribe was not.
    Unsure {
        subscribed: bool,
    },
    Refused,
}

impl Entry {
    const fn new(order: u64) -> Self {
        Self {
            wanted: false,
            owed: false,
            wire: Wire::Off,
            order,
            ticket: None,
        }
    }

    /// What is sent of it next, if anything is. What the server may still have
    /// is ended before it begins anew, or the server might take the new beginning
    /// for one too many and give no full tick.
    fn change(&self) -> Change {
        if self.wanted && self.wire != (Wire::Unsure { subscribed: false }) {
            Change::Subscribe
        } else {
            Change::Unsubscribe
        }
    }
}

impl Wire {
    /// Whether the next message is the first of its subscription.
    fn awaits_first(self) -> bool {
        matches!(
            self,
            Self::On { answered: false } | Self::Unsure { subscribed: true }
        )
    }
}

pub(crate) enum Change {
    Subscribe,
    Unsubscribe,
}

impl Subscriptions {
    pub(crate) fn want(&mut self, subscription: Subscription) {
        let new = Entry::new(self.next_ticket);
        let entry = self.entries.entry(subscription.clone()).or_insert(new);
        entry.wanted = true;
        entry.owed = true;
        // What the server did not know, or not any more, has not ended after all.
        // What it was just told to end has: ticks are missed without a loss of the
        // connection.
        if self.ended.get(&subscription) == Some(&false) {
            self.ended.remove(&subscription);
        }
        self.follow(&subscription);
    }

    pub(crate) fn unwant(&mut self, subscription: &Subscription) {
        if let Some(entry) = self.entries.get_mut(subscription) {
            entry.wanted = planted!("unsubscribe_offline") && entry.ticket.is_some();
            self.follow(subscription);
        }
    }

    /// The next command to send, if any.
    pub(crate) fn peek(&self) -> Option<(Change, &Subscription)> {
        let (_, subscription) = self.work.first_key_value()?;
        let entry = self.entries.get(subscription)?;
        Some((entry.change(), subscription))
    }

    /// Notes that the command of [`Subscriptions::peek`] was sent; whether it ended
    /// something that is to begin anew.
    pub(crate) fn sent(&mut self, now: Instant) -> bool {
        while self
            .recent
            .front()
            .is_some_and(|(sent, _)| now >= *sent + HALF_MINUTE)
        {
            self.recent.pop_front();
        }
        let Some((_, subscription)) = self.work.pop_first() else {
            return false;
        };
        let mut begins_anew = false;
        if let Some(entry) = self.entries.get_mut(&subscription) {
            entry.ticket = None;
            let wire = match entry.change() {
                Change::Subscribe => Wire::On { answered: false },
                Change::Unsubscribe => {
                    begins_anew = entry.wanted;
                    Wire::Off
                }
            };
            if !entry.wanted && std::mem::take(&mut entry.owed) {
                self.leaving.insert(subscription.clone());
            }
            self.set_wire(&subscription, wire);
            self.follow(&subscription);
        }
        self.recent.push_back((now, subscription));
        self.unwritten += 1;
        begins_anew
    }

    /// Notes that all sent commands were written by now, which may be long
    /// after they were made ready.
    pub(crate) fn written(&mut self, now: Instant) {
        for (sent, _) in self.recent.iter_mut().rev().take(self.unwritten) {
            *sent = now;
        }
        self.unwritten = 0;
        let left = std::mem::take(&mut self.leaving).into_iter();
        self.ended.extend(left.map(|it| (it, true)));
    }

    /// Whether the end of any is still to tell.
    #[inline(always)]
    pub(crate) fn has_ended(&self) -> bool {
        !self.ended.is_empty()
    }

    /// One that brings no more, each told once.
    pub(crate) fn next_ended(&mut self) -> Option<Subscription> {
        self.ended.pop_first().map(|(subscription, _)| subscription)
    }

    /// Whether a message of a type, by its number, may be the first of its
    /// subscription, so that [`Subscriptions::answered`] has to be told.
    #[inline(always)]
    pub(crate) fn awaits_first(&self, kind: usize) -> bool {
        self.unanswered.get(kind).is_some_and(|all| !all.is_empty())
    }

    /// Notes a message; whether it is the first since the subscription was
    /// sent.
    pub(crate) fn answered(&mut self, subscription: &Subscription) -> bool {
        let unanswered = self.unanswered.get(number(subscription));
        let first = unanswered.is_some_and(|all| all.contains(subscription));
        if first {
            self.set_wire(subscription, Wire::On { answered: true });
            self.follow(subscription);
        }
        first && !planted!("full_not_marked")
    }

    /// Notes a refusal; whether it was about a subscription that is wanted and
    /// had no message yet.
    pub(crate) fn refused(&mut self, subscription: &Subscription) -> bool {
        let refused = self
            .entries
            .get(subscription)
            .is_some_and(|entry| entry.wanted && entry.wire.awaits_first());
        if refused {
            self.set_wire(subscription, Wire::Refused);
            self.follow(subscription);
        }
        refused
    }

    /// Sends again what was sent in the last 30 seconds and shows no effect;
    /// how many commands that makes.
    pub(crate) fn resend(&mut self, now: Instant) -> u64 {
        let mut resent = 0;
        self.unwritten = 0;
        let mut recent = std::mem::take(&mut self.recent);
        recent.retain(|(sent, _)| now < *sent + HALF_MINUTE);
        let mut times = BTreeMap::<_, u32>::new();
        for (_, subscription) in &recent {
            *times.entry(subscription).or_default() += 1;
        }
        for (_, subscription) in &recent {
            let Some(times) = times.remove(subscription) else {
                continue;
            };
            let new = Entry::new(self.next_ticket);
            let entry = self.entries.entry(subscription.clone()).or_insert(new);
            let subscribed = match entry.wire {
                Wire::On { answered: false } if times == 1 => true,
                // An unsubscribe may have been dropped before it; and what seemed to
                // answer it may have been of its former life.
                Wire::On { .. } if times > 1 => false,
                // An unsubscribe leaves nothing behind; it may have been dropped.
                Wire::Off => false,
                _ => continue,
            };
            // Where a command is due already, it is not one more.
            let needed = 1 + u64::from(!subscribed && entry.wanted);
            resent += needed - u64::from(entry.ticket.is_some());
            let wire = Wire::Unsure { subscribed };
            self.set_wire(subscription, wire);
            self.follow(subscription);
        }
        resent
    }

    /// Begins anew for another connection: nothing is on the wire.
    pub(crate) fn reset(&mut self) {
        let mut left = std::mem::take(&mut self.leaving);
        self.entries.retain(|subscription, entry| {
            if !entry.wanted && entry.owed {
                left.insert(subscription.clone());
            }
            entry.wanted
        });
        // What is wanted again is missed like all others.
        left.retain(|subscription| !self.entries.contains_key(subscription));
        for subscription in left {
            self.ended.entry(subscription).or_insert(false);
        }
        self.unanswered = Default::default();
        self.recent.clear();
        self.unwritten = 0;
        self.work.clear();
        let forgotten = usize::from(planted!("forgotten_subscription"));
        for (subscription, entry) in self.entries.iter_mut().skip(forgotten) {
            entry.wire = Wire::Off;
            entry.ticket = Some(entry.order);
            self.work.insert(entry.order, subscription.clone());
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Subscription, SubscriptionState)> {
        let wanted = self.entries.iter().filter(|(_, entry)| entry.wanted);
        wanted.map(|(subscription, entry)| (subscription, entry.wire.into()))
    }

    /// How many wanted ones have their full tick still to come.
    pub(crate) fn without_full_tick(&self) -> usize {
        let waits = |state| state != SubscriptionState::Flowing;
        self.iter()
            .filter(|(it, state)| it.has_full_tick() && waits(*state))
            .count()
    }

    /// Gives an entry its place among the work, or takes it away, as the wire
    /// differs from the wish or not.
    fn follow(&mut self, subscription: &Subscription) {
        let Some(entry) = self.entries.get_mut(subscription) else {
            return;
        };
        let needs_command = match entry.wire {
            Wire::Off => entry.wanted,
            Wire::On { .. } => !entry.wanted,
            Wire::Unsure { .. } => true,
            Wire::Refused => false,
        };
        match entry.ticket {
            None if needs_command => {
                let ticket = self.next_ticket;
                self.next_ticket += 1;
                entry.ticket = Some(ticket);
                self.work.insert(ticket, subscription.clone());
            }
            Some(ticket) if !needs_command => {
                entry.ticket = None;
                self.work.remove(&ticket);
            }
            _ => {}
        }
        if !entry.wanted && !needs_command {
            let owed = entry.owed;
            self.entries.remove(subscription);
            // It may be on the wire until a command leaves, of an earlier life or to
            // begin anew.
            let mut unwritten = self.recent.iter().rev().take(self.unwritten);
            if owed && unwritten.any(|(_, it)| it == subscription) {
                self.leaving.insert(subscription.clone());
            } else if owed && !self.leaving.contains(subscription) {
                self.ended.entry(subscription.clone()).or_insert(false);
            }
        }
    }

    fn set_wire(&mut self, subscription: &Subscription, wire: Wire) {
        let Some(entry) = self.entries.get_mut(subscription) else {
            return;
        };
        if let Some(unanswered) = self.unanswered.get_mut(number(subscription)) {
            if wire.awaits_first() {
                unanswered.insert(subscription.clone());
            } else {
                unanswered.remove(subscription);
            }
        }
        entry.wire = wire;
    }
}

/// The number of a type, as [`Subscriptions::awaits_first`] takes it.
pub(crate) const fn number(subscription: &Subscription) -> usize {
    match subscription {
        Subscription::Price(_) => PRICE,
        Subscription::Depth(_) => DEPTH,
        Subscription::Trade(_) => TRADE,
        Subscription::TradingStatus(_) => TRADING_STATUS,
        Subscription::Indicator(_) => INDICATOR,
        Subscription::News(_) => NEWS,
    }
}

pub(crate) const PRICE: usize = 0;
pub(crate) const DEPTH: usize = 1;
pub(crate) const TRADE: usize = 2;
pub(crate) const TRADING_STATUS: usize = 3;
pub(crate) const INDICATOR: usize = 4;
pub(crate) const NEWS: usize = 5;

impl From<Wire> for SubscriptionState {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Off | Wire::Unsure { .. } => Self::Waiting,
            Wire::On { answered: false } => Self::Sent,
            Wire::On { answered: true } => Self::Flowing,
            Wire::Refused => Self::Refused,
        }
    }
}
