//! Commands that are sent again, after an error of the server.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::entry::{Entry, Wire};
use super::{HALF_MINUTE, SubscribeRefusal, Subscription, Subscriptions};

/// How long after a refusal a subscribe is sent once more, at the earliest.
const RETRY_AFTER: Duration = Duration::from_secs(3);

impl Subscriptions {
    /// Notes a refusal. The first one on a connection does not count, whatever it
    /// says: the words of an error about the rate are not documented. If the rate
    /// was high, what was sent after it may have been dropped too and is sent again.
    ///
    /// A refusal of what is not wanted any more changes the wire as well: the server
    /// has nothing of it, so it needs a subscribe if it is wanted again.
    pub(crate) fn refused(
        &mut self,
        subscription: &Subscription,
        is_fast: bool,
        now: Instant,
    ) -> SubscribeRefusal {
        let Some(entry) = self.entries.get_mut(subscription) else {
            return SubscribeRefusal::Stray;
        };
        let at = now + RETRY_AFTER;
        // Of several commands it is not known which one was refused.
        let times = self.recent.iter().filter(|(_, it)| it == subscription);
        let may_be_on = entry.subscribes > 1 || times.take(2).count() > 1;
        let (wire, mut refusal) = match entry.wire {
            Wire::On { answered: true } if entry.wanted && entry.retries == 0 => {
                let may_be_on = true;
                (
                    Wire::Retry { at, may_be_on },
                    SubscribeRefusal::First { resent: 2 },
                )
            }
            wire if !wire.is_unanswered() => return SubscribeRefusal::Stray,
            _ if !entry.wanted && may_be_on => {
                (Wire::Unsure { subscribed: false }, SubscribeRefusal::Stray)
            }
            _ if !entry.wanted => (Wire::Off, SubscribeRefusal::Stray),
            _ if entry.retries > 0 => {
                let may_be_on = may_be_on && entry.retries < 2;
                (Wire::Refused { may_be_on }, SubscribeRefusal::Final)
            }
            _ => (
                Wire::Retry { at, may_be_on },
                SubscribeRefusal::First { resent: 1 },
            ),
        };
        if !may_be_on {
            entry.subscribes = 0;
        }
        if let SubscribeRefusal::First { resent } = &mut refusal
            && is_fast
        {
            *resent += self.resend_since(subscription, now);
        }
        self.forget_refused(subscription);
        self.set_wire(subscription, wire);
        self.follow(subscription);
        refusal
    }

    /// When the next subscribe that was refused once is due.
    pub(crate) fn retry_at(&self) -> Option<Instant> {
        self.retries.first().map(|(at, _)| *at)
    }

    /// Makes the subscribe that was refused first the next command, if it is due.
    pub(crate) fn retry(&mut self, now: Instant) {
        let Some((_, subscription)) = self.retries.first().filter(|(at, _)| *at <= now).cloned()
        else {
            return;
        };
        let Some(entry) = self.entries.get_mut(&subscription) else {
            return;
        };
        entry.retries = 1;
        let wire = match entry.wire {
            Wire::Retry {
                may_be_on: true, ..
            } => Wire::Unsure { subscribed: false },
            _ => Wire::Off,
        };
        self.set_wire(&subscription, wire);
        self.follow(&subscription);
    }

    /// Whether a command was written in the last 30 seconds, on this connection.
    pub(crate) fn has_sent(&self) -> bool {
        self.recent.len() > self.unwritten
    }

    /// Sends again what was sent in the last 30 seconds and shows no effect;
    /// how many commands that makes.
    pub(crate) fn resend(&mut self, now: Instant) -> u64 {
        // What is dropped because of these is not refused.
        for (_, subscription) in &self.recent {
            if let Some(entry) = self.entries.get_mut(subscription) {
                entry.retries = 0;
            }
        }
        let recent = std::mem::take(&mut self.recent);
        self.unwritten = 0;
        self.resend_all(recent, now)
    }

    /// Sends all again that was written in the last 30 seconds and shows no effect,
    /// once on each connection, since the reason is only a guess.
    pub(crate) fn resend_once(&mut self, now: Instant) -> Option<u64> {
        let first = !std::mem::replace(&mut self.suspected, true);
        first.then(|| self.resend_from(0, now))
    }

    /// Sends again what was written after a subscription and shows no effect; how many
    /// commands that makes.
    fn resend_since(&mut self, subscription: &Subscription, now: Instant) -> u64 {
        let last = self.recent.iter().rposition(|(_, it)| it == subscription);
        last.map_or(0, |last| self.resend_from(last + 1, now))
    }

    /// What is not written was not dropped.
    fn resend_from(&mut self, first: usize, now: Instant) -> u64 {
        let written = self.recent.len().saturating_sub(self.unwritten);
        let unwritten = self.recent.split_off(written);
        let dropped = self.recent.split_off(first.min(written));
        let resent = self.resend_all(dropped, now);
        self.recent.extend(unwritten);
        resent
    }

    /// Sends these commands again, of which some may have been dropped.
    fn resend_all(&mut self, mut recent: VecDeque<(Instant, Subscription)>, now: Instant) -> u64 {
        let mut resent = 0;
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

    /// What was refused had no effect, so it is not one of several commands whose
    /// effects cannot be told apart. If it was sent more than once, which one was
    /// refused is not known.
    fn forget_refused(&mut self, subscription: &Subscription) {
        let sent = self.recent.iter().enumerate();
        let mut places = sent.filter_map(|(place, (_, it))| (it == subscription).then_some(place));
        if let (Some(only), None) = (places.next(), places.next()) {
            // A part of what counts as not written is.
            let written = self.recent.len().saturating_sub(self.unwritten);
            self.unwritten -= usize::from(only >= written);
            self.recent.remove(only);
        }
    }
}
