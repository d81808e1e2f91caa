//! The latest state for a reader that is slower than the feed.

use std::collections::VecDeque;
use std::fmt;
use std::time::Instant;

use super::Market;
use super::table::Table;
use crate::feed::{Event, MarketMessage, Subscription};

/// Stands between a feed and a slow reader: whatever comes meanwhile, each
/// instrument is told once, with what is known of it then.
///
/// Nothing is lost in silence, and all that waits is bounded:
///
/// - An [`Update::Changed`] says how many ticks it stands for.
/// - Losses of the connection, refusals and the like come before all else, in
///   their order; up to [`Latest::ROOM`] of them wait.
/// - Trades, news and the like, which cannot be merged, wait up to as many. They
///   and the changes are told by turns, so that neither keeps the other waiting.
/// - What is pushed out by later ones is counted: [`Latest::dropped`].
/// - The end of the feed comes last.
///
/// Heartbeats are left out, and what is about something that was unsubscribed:
/// the reader has nothing more to hear of it.
///
/// Who needs every tick takes the events of the feed themselves.
#[derive(Default)]
pub struct Latest {
    market: Market,
    news: Table<Subscription, News>,
    /// Those of whom there is any, in the order of their first.
    changed: VecDeque<Subscription>,
    line: VecDeque<Event<MarketMessage>>,
    messages: VecDeque<Event<MarketMessage>>,
    /// Whether it is the turn of a change.
    is_turn_of_change: bool,
    closed: Option<Event<MarketMessage>>,
    conflated: u64,
    dropped: u64,
}

/// What is still to tell of one instrument.
#[derive(Default)]
struct News {
    /// How many ticks it has had since it was last told.
    ticks: u64,
    /// Whether it stands among the changed ones.
    is_listed: bool,
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
    /// How many losses, refusals and the like wait at most, and how many trades,
    /// news and the like.
    pub const ROOM: usize = 1024;

    /// Nothing known, nothing to tell.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what a feed has told.
    pub fn handle_event(&mut self, event: Event<MarketMessage>, now: Instant) {
        self.market.handle_event(&event, now);
        let waiting = match &event {
            Event::Message(MarketMessage::Heartbeat) => return,
            Event::Message(message) => match message.subscription() {
                Some(subscription) if subscription.has_full_tick() => {
                    return self.mark(subscription);
                }
                _ => &mut self.messages,
            },
            Event::Unsubscribed(subscription) => return self.drop_news(subscription),
            Event::Closed(_) => {
                self.closed = Some(event);
                return;
            }
            Event::Error { .. } | Event::Malformed(_) => &mut self.messages,
            // The end of another feed, before this one.
            Event::Connected { .. } if self.closed.is_some() => {
                self.line.extend(self.closed.take());
                &mut self.line
            }
            _ => &mut self.line,
        };
        keep(waiting, event, &mut self.dropped);
    }

    /// The next thing to tell, if any.
    #[must_use]
    pub fn poll_update(&mut self) -> Option<Update> {
        if let Some(event) = self.line.pop_front() {
            return Some(Update::Event(event));
        }
        if std::mem::take(&mut self.is_turn_of_change)
            && let Some(change) = self.next_change()
        {
            return Some(change);
        }
        self.is_turn_of_change = true;
        if let Some(event) = self.messages.pop_front() {
            return Some(Update::Event(event));
        }
        self.next_change()
            .or_else(|| self.closed.take().map(Update::Event))
    }

    fn next_change(&mut self) -> Option<Update> {
        while let Some(subscription) = self.changed.pop_front() {
            let news = self.news.get_mut(&subscription).map(std::mem::take);
            let ticks = news.map_or(0, |news| news.ticks);
            if ticks > 0 {
                return Some(Update::Changed {
                    subscription,
                    ticks,
                });
            }
            // Forgotten after its ticks had come.
            self.news.remove(&subscription);
        }
        None
    }

    /// Drops what is known of something, and what was still to tell of it.
    pub fn forget(&mut self, subscription: &Subscription) {
        self.market.forget(subscription);
        self.drop_news(subscription);
    }

    fn drop_news(&mut self, subscription: &Subscription) {
        for waiting in [&mut self.line, &mut self.messages] {
            waiting.retain(|event| about(event).as_ref() != Some(subscription));
        }
        match self.news.get_mut(subscription) {
            Some(news) if news.is_listed => news.ticks = 0,
            _ => drop(self.news.remove(subscription)),
        }
    }

    /// Marks all data as that of a closed feed. For a feed whose task was dropped before
    /// it could return [`Event::Closed`].
    pub fn end(&mut self) {
        self.market.end();
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

    /// How many events that cannot be merged were pushed out by later ones.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    fn mark(&mut self, subscription: Subscription) {
        // A late tick of what was forgotten has told nothing.
        if !self.market.knows(&subscription) {
            return;
        }
        let Some(news) = self.news.entry(&subscription) else {
            return;
        };
        news.ticks += 1;
        self.conflated += u64::from(news.ticks > 1);
        if !std::mem::replace(&mut news.is_listed, true) {
            self.changed.push_back(subscription);
        }
    }
}

/// What an event is about.
fn about(event: &Event<MarketMessage>) -> Option<Subscription> {
    match event {
        Event::Message(message) => message.subscription(),
        Event::Refused { subscription, .. } => Some(subscription.clone()),
        Event::Malformed(malformed) => malformed.subscription.clone(),
        _ => None,
    }
}

/// Adds an event to those that wait; the oldest has to go if there are too many.
fn keep(
    waiting: &mut VecDeque<Event<MarketMessage>>,
    event: Event<MarketMessage>,
    dropped: &mut u64,
) {
    while waiting.len() >= Latest::ROOM {
        waiting.pop_front();
        *dropped += 1;
    }
    waiting.push_back(event);
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
