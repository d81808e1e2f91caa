//! The latest state for a reader that is slower than the feed.

use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use super::Market;
use super::shelf::Shelf;
use crate::feed::{Event, MarketMessage, Subscription};

/// Stands between a feed and a slow reader: whatever comes meanwhile, each
/// instrument is told once, with what is known of it then.
///
/// Nothing that matters is lost in silence. An [`Update::Changed`] says how many
/// ticks it stands for; trades, news and the like, which cannot be merged, wait
/// up to [`Latest::ROOM`] of them, and those pushed out are counted; losses of
/// the connection, refusals and the end of the feed are all kept, and come
/// first. Heartbeats are left out.
///
/// Who needs every tick takes the events of the feed themselves.
#[derive(Default)]
pub struct Latest {
    market: Market,
    /// How many ticks each has had since it was last told.
    ticks: Shelf<Subscription, u64>,
    /// Those that have had any, in the order of their first.
    changed: VecDeque<Subscription>,
    line: VecDeque<Event<MarketMessage>>,
    messages: VecDeque<Event<MarketMessage>>,
    conflated: u64,
    dropped: u64,
}

/// What a slow reader is told.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[expect(
    clippy::large_enum_variant,
    reason = "it is handed out one by one and not kept"
)]
pub enum Update {
    /// What is known of something has changed: read it from the market.
    Changed {
        /// What changed.
        subscription: Subscription,
        /// How many ticks this stands for, from 1.
        ticks: u64,
    },
    /// Something that cannot be merged.
    Event(Event<MarketMessage>),
}

impl Latest {
    /// How many trades, news and the like wait at most.
    pub const ROOM: usize = 1024;

    /// Nothing known, nothing to tell.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what a feed has told.
    pub fn handle_event(&mut self, event: Event<MarketMessage>, now: Instant) {
        self.market.handle_event(&event, now);
        let Event::Message(message) = &event else {
            return match event {
                Event::Error { .. } | Event::Malformed(_) => self.keep(event),
                _ => self.line.push_back(event),
            };
        };
        match message {
            MarketMessage::Price(tick) => self.mark(Subscription::Price(tick.tradable().clone())),
            MarketMessage::Depth(tick) => self.mark(Subscription::Depth(tick.tradable().clone())),
            MarketMessage::TradingStatus(tick) => {
                self.mark(Subscription::TradingStatus(tick.tradable().clone()));
            }
            MarketMessage::Indicator(tick) => {
                self.mark(Subscription::Indicator(tick.indicator().clone()));
            }
            MarketMessage::Heartbeat => {}
            MarketMessage::Trade(_) | MarketMessage::News(_) | MarketMessage::Unknown(_) => {
                self.keep(event);
            }
        }
    }

    /// The next thing to tell, if any.
    #[must_use]
    pub fn poll_update(&mut self) -> Option<Update> {
        let event = self.line.pop_front();
        if let Some(event) = event.or_else(|| self.messages.pop_front()) {
            return Some(Update::Event(event));
        }
        while let Some(subscription) = self.changed.pop_front() {
            let ticks = self.ticks.entry(&subscription).map_or(0, std::mem::take);
            if ticks > 0 {
                return Some(Update::Changed {
                    subscription,
                    ticks,
                });
            }
        }
        None
    }

    /// Drops what is known of something, and what was still to tell of it.
    pub fn forget(&mut self, subscription: &Subscription) {
        self.market.forget(subscription);
        self.ticks.remove(subscription);
    }

    /// What is known now.
    #[must_use]
    pub const fn market(&self) -> &Market {
        &self.market
    }

    /// How many ticks were told only as a part of a later one.
    #[must_use]
    pub const fn conflated(&self) -> u64 {
        self.conflated
    }

    /// How many trades, news and the like were pushed out by later ones.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    fn mark(&mut self, subscription: Subscription) {
        let Some(ticks) = self.ticks.entry(&subscription) else {
            return;
        };
        *ticks += 1;
        if *ticks == 1 {
            self.changed.push_back(subscription);
        } else {
            self.conflated += 1;
        }
    }

    fn keep(&mut self, event: Event<MarketMessage>) {
        if self.messages.len() == Self::ROOM {
            self.messages.pop_front();
            self.dropped += 1;
        }
        self.messages.push_back(event);
    }
}

impl fmt::Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latest")
            .field("market", &self.market)
            .field("changed", &self.changed.len())
            .field("conflated", &self.conflated)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}
