//! Market state: ticks merged into quotes, order books, indices and trading
//! statuses.
//!
//! A delta tells only what changed, so a program that wants to know the best
//! bid has to remember. [`Market`] remembers, for any number of instruments,
//! and says how far each value can be relied on:
//!
//! - The first tick after a subscription is full: it replaces what was known,
//!   and makes it [`QuoteState::Live`]. Absent keeps a value, `null` takes it
//!   away.
//! - After a loss of the connection all is [`QuoteState::Stale`] at once, and
//!   each instrument live again with its own full tick.
//! - The age of a tick and the silence of the line are told apart: a quiet
//!   instrument may have an old tick on a line that is well.
//!
//! A [`Market`] is given the events of a feed before anything else is done with
//! them. [`Latest`] stands between a feed and a reader that is too slow for
//! it. A client of an adapter has both: its `market` opens them.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use nordnet_proto::market::{Market, QuoteState};
//! use nordnet_proto::{Decoded, Event, MarketMessage, TradableId};
//!
//! # fn line(text: &[u8]) -> MarketMessage {
//! #     match MarketMessage::decode(text) {
//! #         Ok(Decoded::Message(message)) => message,
//! #         other => panic!("{other:?}"),
//! #     }
//! # }
//! let now = Instant::now();
//! let mut market = Market::new();
//! let ericsson = TradableId::new(11, "101");
//! assert_eq!(market.quote(&ericsson, now).state(), QuoteState::Waiting);
//!
//! let full = line(br#"{"type":"price","data":{"i":"101","m":11,"bid":86.5,"ask":86.52}}"#);
//! let delta = line(br#"{"type":"price","data":{"i":"101","m":11,"bid":null,"last":86.52}}"#);
//! # let full = match full {
//! #     MarketMessage::Price(tick) => MarketMessage::Price(tick.into_full()),
//! #     other => other,
//! # };
//! for message in [full, delta] {
//!     market.handle_event(&Event::Message(message), now); // as the feed tells it
//! }
//!
//! let quote = market.quote(&ericsson, now + Duration::from_secs(3));
//! assert_eq!(quote.state(), QuoteState::Live);
//! assert_eq!(quote.bid(), None);
//! assert_eq!(quote.ask().unwrap().to_string(), "86.52");
//! assert_eq!(quote.last().unwrap().to_string(), "86.52");
//! assert_eq!(quote.age(), Some(Duration::from_secs(3)));
//! ```

mod book;
mod clock;
mod figures;
mod key;
mod latest;
mod merge;
mod quote;
mod state;
mod status;
mod table;
mod tombstones;
mod view;

use std::fmt;
use std::time::{Duration, Instant};

pub use self::book::{Book, BookLevel};
pub use self::latest::{Latest, Update};
pub use self::quote::{IndicatorQuote, LastTrade, Quote};
pub use self::state::{QuoteState, StaleReason};
pub use self::status::TradingState;

use self::book::Levels;
use self::clock::Clock;
use self::figures::{IndexFigures, Prices};
use self::merge::{age, mark, merge, merge_new, newcomer};
use self::state::{FIRST, Generation, MALFORMED, REFUSED, Stamp};
use self::status::Texts;
use self::table::Table;
use self::tombstones::Tombstones;
use crate::feed::{Event, IndicatorId, MarketMessage, Subscription};
use crate::id::TradableId;

/// All that the public feed has told, merged.
///
/// It holds what it was told of, and nothing of what it was not: about 250 bytes
/// a quote and as many a book. It forgets what was unsubscribed as soon as the
/// feed tells that ([`Event::Unsubscribed`]).
///
/// It may outlive its feed and go on with another: all is stale until that one
/// has told the full tick of each.
///
/// A `now` that lies before an earlier one counts as the earlier one.
#[derive(Default)]
pub struct Market {
    quotes: Table<TradableId, Prices>,
    books: Table<TradableId, Levels>,
    indicators: Table<IndicatorId, IndexFigures>,
    statuses: Table<TradableId, Texts>,
    tombstones: Tombstones,
    clock: Clock,
    /// How many connections with a full tick there were before this one.
    losses: Generation,
    /// Whether a full tick has come on this connection.
    has_live: bool,
    closed: bool,
}

impl Market {
    /// A market of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what a feed has told, before anything else is done with it.
    ///
    /// Only ticks, losses of the connection, refusals, ends of subscriptions and
    /// the end of the feed change what is known. A tick that cannot be read makes
    /// stale what it is about, if it says that.
    pub fn handle_event(&mut self, event: &Event<MarketMessage>, now: Instant) {
        match event {
            Event::Message(message) => return self.merge(message, now),
            Event::Disconnected(_) => {
                self.lose();
                return;
            }
            Event::Unsubscribed(subscription) => {
                self.forget(subscription);
                return;
            }
            // It may be another feed: nothing that was told before counts.
            Event::Connected { .. } => {
                self.lose();
                self.closed = false;
            }
            Event::Refused { subscription, .. } => self.mark(subscription, REFUSED, true),
            Event::Malformed(malformed) => {
                if let Some(subscription) = &malformed.subscription {
                    self.mark(subscription, MALFORMED, malformed.is_full);
                }
            }
            Event::Closed(_) => {
                self.closed = true;
                return;
            }
            Event::Live { .. } | Event::Error { .. } => {}
        }
        self.clock.at(now);
    }

    /// Takes a message that was decoded without a [`Feed`](crate::Feed): mark
    /// the first tick of each subscription with its `into_full`, or it stays
    /// [`QuoteState::Waiting`].
    #[inline]
    pub fn merge(&mut self, message: &MarketMessage, now: Instant) {
        let stamp = Stamp {
            heard: self.clock.at(now),
            generation: self.generation(),
        };
        self.has_live |= if let MarketMessage::Price(tick) = message
            && let Some(row) = self.quotes.known(tick.tradable())
        {
            merge(row, &tick.0, tick.is_full(), stamp)
        } else if let MarketMessage::Depth(tick) = message
            && let Some(row) = self.books.known(tick.tradable())
        {
            merge(row, tick, tick.is_full(), stamp)
        } else {
            self.merge_rare(message, stamp)
        };
    }

    /// Merges what is rare, or has no row.
    #[inline(never)]
    fn merge_rare(&mut self, message: &MarketMessage, stamp: Stamp) -> bool {
        let gone = &mut self.tombstones;
        gone.expire(stamp.heard);
        match message {
            MarketMessage::Price(tick) => {
                let (of, id, full) = (Subscription::Price, tick.tradable(), tick.is_full());
                merge_new(&mut self.quotes, gone, of, id, &tick.0, full, stamp)
            }
            MarketMessage::Depth(tick) => {
                let (of, id, full) = (Subscription::Depth, tick.tradable(), tick.is_full());
                merge_new(&mut self.books, gone, of, id, tick, full, stamp)
            }
            MarketMessage::Indicator(tick) => {
                let (of, id, full) = (Subscription::Indicator, tick.indicator(), tick.is_full());
                merge_new(&mut self.indicators, gone, of, id, &tick.0, full, stamp)
            }
            MarketMessage::TradingStatus(tick) => {
                let (of, id, full) = (Subscription::TradingStatus, tick.tradable(), tick.is_full());
                merge_new(&mut self.statuses, gone, of, id, tick, full, stamp)
            }
            _ => false,
        }
    }

    /// Drops what is known of something that is subscribed to no more. For
    /// those who merge without a [`Feed`](crate::Feed): a feed says when.
    ///
    /// Ticks that were under way do not bring it back: for a minute after the
    /// last one it takes a full tick to do that.
    pub fn forget(&mut self, subscription: &Subscription) {
        match subscription {
            Subscription::Price(id) => drop(self.quotes.remove(id)),
            Subscription::Depth(id) => drop(self.books.remove(id)),
            Subscription::TradingStatus(id) => drop(self.statuses.remove(id)),
            Subscription::Indicator(id) => drop(self.indicators.remove(id)),
            Subscription::Trade(_) | Subscription::News(_) => return,
        }
        self.tombstones.add(subscription, self.clock.latest());
    }

    /// The quote of a tradable; [`QuoteState::Waiting`] and empty if nothing
    /// was told of it.
    #[must_use]
    pub fn quote(&self, tradable: &TradableId, now: Instant) -> Quote {
        self.quote_of(tradable, self.quotes.get(tradable), now)
    }

    /// The order book of a tradable; [`QuoteState::Waiting`] and empty if
    /// nothing was told of it.
    #[must_use]
    pub fn book(&self, tradable: &TradableId, now: Instant) -> Book {
        self.book_of(tradable, self.books.get(tradable), now)
    }

    /// The value of an index; [`QuoteState::Waiting`] and empty if nothing was
    /// told of it.
    #[must_use]
    pub fn indicator(&self, indicator: &IndicatorId, now: Instant) -> IndicatorQuote {
        self.indicator_of(indicator, self.indicators.get(indicator), now)
    }

    /// Whether a tradable is being traded; [`QuoteState::Waiting`] and empty if
    /// nothing was told of it.
    #[must_use]
    pub fn trading_state(&self, tradable: &TradableId, now: Instant) -> TradingState {
        self.trading_state_of(tradable, self.statuses.get(tradable), now)
    }

    /// All quotes, in the order in which they were first told of. After
    /// [`Market::forget`] the next newcomer gets the place that became free.
    pub fn quotes(&self, now: Instant) -> impl Iterator<Item = Quote> + '_ {
        let rows = self.quotes.iter();
        rows.map(move |(id, row)| self.quote_of(&id, Some(row), now))
    }

    /// All order books, in the order of [`Market::quotes`].
    pub fn books(&self, now: Instant) -> impl Iterator<Item = Book> + '_ {
        let rows = self.books.iter();
        rows.map(move |(id, row)| self.book_of(&id, Some(row), now))
    }

    /// The values of all indices, in the order of [`Market::quotes`].
    pub fn indicators(&self, now: Instant) -> impl Iterator<Item = IndicatorQuote> + '_ {
        let rows = self.indicators.iter();
        rows.map(move |(id, row)| self.indicator_of(&id, Some(row), now))
    }

    /// All trading states, in the order of [`Market::quotes`].
    pub fn trading_states(&self, now: Instant) -> impl Iterator<Item = TradingState> + '_ {
        let rows = self.statuses.iter();
        rows.map(move |(id, row)| self.trading_state_of(&id, Some(row), now))
    }

    /// How long nothing at all has come over the line; `None` before the first
    /// word.
    #[must_use]
    pub fn silence(&self, now: Instant) -> Option<Duration> {
        self.clock.silence(now)
    }

    /// Marks all data as that of a closed feed. For a feed whose task was dropped before
    /// it could return [`Event::Closed`].
    pub const fn end(&mut self) {
        self.closed = true;
    }

    /// Makes all stale, without touching any.
    fn lose(&mut self) {
        // What was under way is lost too.
        self.tombstones.clear();
        if !std::mem::take(&mut self.has_live) {
            return;
        }
        self.losses += 1;
        if self.generation() == Generation::MAX {
            self.losses = 0;
            age(&mut self.quotes);
            age(&mut self.books);
            age(&mut self.indicators);
            age(&mut self.statuses);
        }
    }

    /// Says of a row why it is stale; of what was forgotten only if this begins
    /// anew, since it may have been under way.
    fn mark(&mut self, subscription: &Subscription, why: Generation, new: bool) {
        let now = self.clock.latest();
        let gone = &mut self.tombstones;
        match subscription {
            Subscription::Price(id) => {
                let row = newcomer(&mut self.quotes, gone, Subscription::Price, id, new, now);
                mark(row, why);
            }
            Subscription::Depth(id) => {
                let row = newcomer(&mut self.books, gone, Subscription::Depth, id, new, now);
                mark(row, why);
            }
            Subscription::TradingStatus(id) => {
                let of = Subscription::TradingStatus;
                mark(newcomer(&mut self.statuses, gone, of, id, new, now), why);
            }
            Subscription::Indicator(id) => {
                let of = Subscription::Indicator;
                mark(newcomer(&mut self.indicators, gone, of, id, new, now), why);
            }
            Subscription::Trade(_) | Subscription::News(_) => {}
        }
    }

    const fn generation(&self) -> Generation {
        FIRST + self.losses
    }
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Market")
            .field("quotes", &self.quotes.len())
            .field("books", &self.books.len())
            .field("indicators", &self.indicators.len())
            .field("trading_statuses", &self.statuses.len())
            .finish_non_exhaustive()
    }
}
