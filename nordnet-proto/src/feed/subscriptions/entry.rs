//! Where one subscription stands.

use std::time::Instant;

use super::super::command::Subscription;

/// Where a wanted subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubscriptionState {
    /// It waits for a connection or for its turn, or to be sent once more after a
    /// first refusal.
    Waiting,
    /// It was sent and no message has come for it.
    Sent,
    /// Messages come for it.
    Flowing,
    /// The server refused it twice; it is sent again on the next connection.
    Refused,
}

pub(super) struct Entry {
    pub(super) wanted: bool,
    /// Whether its end has to be told once it is given up.
    pub(super) owed: bool,
    pub(super) wire: Wire,
    /// How many subscribes were sent since the last unsubscribe.
    pub(super) subscribes: u32,
    /// How often it was sent again on this connection after a refusal: once to see whether
    /// the refusal stands, and once more if it has messages in spite of that.
    pub(super) retries: u8,
    /// The ticket of its first subscribe, so that a new connection brings the
    /// subscriptions up in the order in which they were made.
    pub(super) order: u64,
    pub(super) ticket: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    /// The server has nothing of it.
    Off,
    /// The last command was a subscribe.
    On { answered: bool },
    /// The last command may have been dropped, so one has to follow whatever is
    /// wanted. A message shows only that a subscribe was not.
    Unsure { subscribed: bool },
    /// The server refused it once. The error may have been about the rate in words
    /// that are not known here, so it is sent once more after this time.
    Retry {
        at: Instant,
        /// Whether the server may have it all the same, since messages came or the
        /// refusal may be of an earlier subscribe. Then it is unsubscribed before it
        /// is sent again, or given up.
        may_be_on: bool,
    },
    /// The server refused it twice.
    Refused {
        /// As of [`Wire::Retry`].
        may_be_on: bool,
    },
}

impl Entry {
    pub(super) const fn new(order: u64) -> Self {
        Self {
            wanted: false,
            owed: false,
            wire: Wire::Off,
            subscribes: 0,
            retries: 0,
            order,
            ticket: None,
        }
    }

    /// What is sent of it next, if anything is. What the server may still have
    /// is ended before it begins anew, or the server might take the new beginning
    /// for one too many and give no full tick.
    pub(super) fn command(&self) -> SubscriptionCommand {
        if self.wanted && self.wire != (Wire::Unsure { subscribed: false }) {
            SubscriptionCommand::Subscribe
        } else {
            SubscriptionCommand::Unsubscribe
        }
    }
}

impl Wire {
    /// Whether a subscribe was sent and nothing has come for it, so that the next
    /// message is its first, and an error is about it.
    pub(super) const fn is_unanswered(self) -> bool {
        matches!(
            self,
            Self::On { answered: false } | Self::Unsure { subscribed: true }
        )
    }

    /// Whether a message changes where the subscription stands.
    pub(super) const fn awaits_message(self) -> bool {
        match self {
            Self::Retry { may_be_on, .. } => !may_be_on,
            Self::Refused { may_be_on } => may_be_on,
            _ => self.is_unanswered(),
        }
    }
}

pub(crate) enum SubscriptionCommand {
    Subscribe,
    Unsubscribe,
}

/// The number of a type, as `Subscriptions::awaits_first` takes it.
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

/// What a refusal means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubscribeRefusal {
    /// The subscribe is sent once more; how many commands are sent again in all.
    First { resent: u64 },
    /// It counts.
    Final,
    /// It is about nothing that is wanted and waits for its first message.
    Stray,
}

impl From<Wire> for SubscriptionState {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Off | Wire::Unsure { .. } | Wire::Retry { .. } => Self::Waiting,
            Wire::On { answered: false } => Self::Sent,
            Wire::On { answered: true } => Self::Flowing,
            Wire::Refused { .. } => Self::Refused,
        }
    }
}
