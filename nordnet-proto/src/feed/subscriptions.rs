//! What is wanted of the public feed, and what of it is on the wire.
//!
//! The wire follows the wish. Each subscription stands at one of these ([`Wire`]):
//!
//! ```text
//!               subscribe sent                first message
//!       Off ───────────────────▶ On, no answer ─────────────▶ On, answered
//!        ▲ ▲                      │  │  │                        │  │
//!        │ │ unsubscribe sent,    │  │  │ error about the rate   │  │
//!        │ └──────────────────────┘  │  ▼                        │  │
//!        │   or refused while it     │ Unsure ◀──────────────────┘  │
//!        │   is not wanted           │  ▲   its command may have    │
//!        │                           │  │   been dropped            │
//!        │                   refused │  │                           │ refused
//!        │                           ▼  │ later, if messages came   │
//!        └──────────────────────── Retry ◀──────────────────────────┘
//!          some seconds later,       │
//!          when the rate is low      ▼ refused again (On, no answer)
//!                                 Refused ── messages all the same, once ──▶ Unsure
//! ```
//!
//! - A subscribe that is sent leads from each to `On, no answer`, an unsubscribe to
//!   `Off`.
//! - `Unsure` with a subscribe as the last command is like `On, no answer`: a message
//!   leads to `On, answered`, a refusal to where it leads from there.
//! - `Off` becomes `Unsure` if an error says that its unsubscribe may have been dropped.
//! - Where the server may have the subscription all the same, `Retry` leads to `Unsure`
//!   instead of `Off`, and so does a refusal of what is not wanted.
//! - On a new connection all that is wanted is `Off`, and the rest is gone.
//!
//! `Off` needs a subscribe where it is wanted, `On` an unsubscribe where it is not,
//! `Unsure` always a command. `Retry` and `Refused` need an unsubscribe where it is
//! not wanted and the server may have it, otherwise none. What needs a command has a
//! ticket ([`Subscriptions::follow`]). What is not wanted and needs no command is
//! removed.

mod entry;
mod resend;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Instant;

pub use self::entry::SubscriptionState;
pub(crate) use self::entry::{
    DEPTH, INDICATOR, NEWS, PRICE, SubscribeRefusal, SubscriptionCommand, TRADE, TRADING_STATUS,
    number,
};
use self::entry::{Entry, Wire};
use super::command::Subscription;
use super::pacing::HALF_MINUTE;

/// The wanted subscriptions as a value that the wire follows.
#[derive(Default)]
pub(crate) struct Subscriptions {
    entries: BTreeMap<Subscription, Entry>,
    /// The entries that need a command, in the order of their tickets.
    work: BTreeMap<u64, Subscription>,
    next_ticket: u64,
    /// Those for which a message changes something, by type: few, but at the
    /// beginning. So a message needs no look-up, or one among few.
    unanswered: [BTreeSet<Subscription>; 6],
    /// Those that were refused once, by when they are sent once more.
    retries: BTreeSet<(Instant, Subscription)>,
    /// Whether errors that name no subscription made all be sent again on this
    /// connection.
    suspected: bool,
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
            entry.wanted = false;
            // Its end is still to be reported from the last time, and no subscribe was
            // sent since: one report is enough.
            let reported =
                self.leaving.contains(subscription) || self.ended.contains_key(subscription);
            if reported && matches!(entry.wire, Wire::Off | Wire::Unsure { subscribed: false }) {
                entry.owed = false;
            }
            self.follow(subscription);
        }
    }

    /// The next command to send, if any.
    pub(crate) fn peek(&self) -> Option<(SubscriptionCommand, &Subscription)> {
        let (_, subscription) = self.work.first_key_value()?;
        let entry = self.entries.get(subscription)?;
        Some((entry.command(), subscription))
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
            let wire = match entry.command() {
                SubscriptionCommand::Subscribe => {
                    entry.subscribes += 1;
                    Wire::On { answered: false }
                }
                SubscriptionCommand::Unsubscribe => {
                    begins_anew = entry.wanted;
                    entry.subscribes = 0;
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
        let awaiting = self.unanswered.get(number(subscription));
        if !awaiting.is_some_and(|all| all.contains(subscription)) {
            return false;
        }
        let Some(entry) = self.entries.get_mut(subscription) else {
            return false;
        };
        let first = entry.wire.is_unanswered();
        let wire = match entry.wire {
            Wire::Retry { at, .. } => Wire::Retry {
                at,
                may_be_on: true,
            },
            // An error that was late was about an earlier subscribe.
            Wire::Refused { .. } => {
                entry.retries = 2;
                Wire::Unsure { subscribed: false }
            }
            _ => Wire::On { answered: true },
        };
        self.set_wire(subscription, wire);
        self.follow(subscription);
        first
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
        self.retries.clear();
        self.suspected = false;
        self.recent.clear();
        self.unwritten = 0;
        self.work.clear();
        for (subscription, entry) in &mut self.entries {
            entry.wire = Wire::Off;
            entry.retries = 0;
            entry.subscribes = 0;
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
            Wire::Retry { may_be_on, .. } | Wire::Refused { may_be_on } => {
                may_be_on && !entry.wanted
            }
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
            self.set_wire(subscription, Wire::Off);
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
        if let Wire::Retry { at, .. } = entry.wire {
            self.retries.remove(&(at, subscription.clone()));
        }
        if let Wire::Retry { at, .. } = wire {
            self.retries.insert((at, subscription.clone()));
        }
        if let Some(unanswered) = self.unanswered.get_mut(number(subscription)) {
            if wire.awaits_message() {
                unanswered.insert(subscription.clone());
            } else {
                unanswered.remove(subscription);
            }
        }
        entry.wire = wire;
    }
}
