//! Public trades, trading statuses and news.

use std::fmt;

use super::change::Change;
use super::members::{self, Members};
use super::slots::{Tick, TickSlots, debug_changes, tick_methods};
use crate::decimal::Decimal;
use crate::id::{InstrumentId, NewsId, NewsSourceId, TradableId, TradeId};
use crate::time::Timestamp;
use crate::volume::Volume;

/// A message of type `trade` on the public feed: one trade on the market.
///
/// Complete every time: a member without a value is absent, or `null`. Its texts
/// need no heap up to 22 bytes each.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicTrade(pub(super) TickSlots<TradableId, 4, 1, 2>);

impl PublicTrade {
    /// What was traded.
    #[must_use]
    pub const fn tradable(&self) -> &TradableId {
        &self.0.id
    }

    /// When, the wire's `trade_timestamp`.
    #[must_use]
    pub fn time(&self) -> Option<Timestamp> {
        self.0.timestamp(0).value()
    }

    /// What each cost, in the unit of the prices of a
    /// [`PriceTick`](crate::PriceTick).
    #[must_use]
    pub fn price(&self) -> Option<Decimal> {
        self.0.decimal(0).value()
    }

    /// Units traded.
    #[must_use]
    pub fn volume(&self) -> Option<Volume> {
        self.0.decimal(1).map(Volume::new).value()
    }

    /// The broker that bought.
    #[must_use]
    pub fn broker_buying(&self) -> Option<&str> {
        self.0.text(0).value()
    }

    /// The broker that sold.
    #[must_use]
    pub fn broker_selling(&self) -> Option<&str> {
        self.0.text(1).value()
    }

    /// The market's id of the trade.
    #[must_use]
    pub fn trade_id(&self) -> Option<TradeId> {
        self.0.text(2).value().map(TradeId::new)
    }

    /// The market's type of the trade.
    #[must_use]
    pub fn trade_type(&self) -> Option<&str> {
        self.0.text(3).value()
    }
}

impl Tick for PublicTrade {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "broker_buying",
        "broker_selling",
        "trade_id",
        "trade_type",
        "trade_timestamp",
        "price",
        "volume",
    ];
    const TEXTS: usize = 4;
    const INTEGERS: usize = 1;
    const HAS_CLEARED: bool = false;
    type Slots = TickSlots<TradableId, 4, 1, 2>;

    #[inline(always)]
    fn empty() -> Self {
        Self(TickSlots::empty())
    }

    #[inline(always)]
    fn slots(&mut self) -> &mut Self::Slots {
        &mut self.0
    }
}

impl fmt::Debug for PublicTrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicTrade")
            .field("tradable", &format_args!("{}", self.tradable()))
            .field("time", &self.time())
            .field("price", &self.price())
            .field("volume", &self.volume())
            .field("broker_buying", &self.broker_buying())
            .field("broker_selling", &self.broker_selling())
            .field("trade_id", &self.0.text(2).value())
            .field("trade_type", &self.trade_type())
            .finish()
    }
}

/// A message of type `trading_status`: whether a tradable is being traded.
///
/// Full and partial as a [`PriceTick`](crate::PriceTick) is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TradingStatus(pub(super) TickSlots<TradableId, 4, 1, 0>);

impl TradingStatus {
    /// The tradable.
    #[must_use]
    pub const fn tradable(&self) -> &TradableId {
        &self.0.id
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.0.timestamp(0)
    }

    /// A code of one letter; `C`, `R`, `D`, `X` and `U` are known to occur,
    /// their meaning and others are not.
    #[must_use]
    pub fn status(&self) -> Change<&str> {
        self.0.text(0)
    }

    /// The status in the words of the market.
    #[must_use]
    pub fn source_status(&self) -> Change<&str> {
        self.0.text(1)
    }

    /// Whether and how trading is halted.
    #[must_use]
    pub fn halted(&self) -> Change<&str> {
        self.0.text(2)
    }

    /// The status of the order book.
    #[must_use]
    pub fn orderbook_status(&self) -> Change<&str> {
        self.0.text(3)
    }
}

tick_methods! { TradingStatus: }

impl Tick for TradingStatus {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "status",
        "source_status",
        "halted",
        "orderbook_status",
        "tick_timestamp",
    ];
    const TEXTS: usize = 4;
    const INTEGERS: usize = 1;
    type Slots = TickSlots<TradableId, 4, 1, 0>;

    #[inline(always)]
    fn empty() -> Self {
        Self(TickSlots::empty())
    }

    #[inline(always)]
    fn slots(&mut self) -> &mut Self::Slots {
        &mut self.0
    }
}

impl fmt::Debug for TradingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_changes!(self, f, "TradingStatus", tradable, [
            tick_timestamp status source_status halted orderbook_status
        ])
    }
}

/// A message of type `news`: one item, complete every time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct News {
    /// The number of the item, for reading it through REST.
    pub news_id: NewsId,
    /// Who wrote it.
    pub source: NewsSourceId,
    /// When.
    pub timestamp: Option<Timestamp>,
    /// The headline.
    pub headline: Option<String>,
    /// The language, such as `sv`.
    pub language: Option<String>,
    /// The type of the item, in the source's words.
    pub kind: Option<String>,
    /// The instruments that it is about.
    pub instruments: Vec<InstrumentId>,
}

impl Members for News {
    const NAMES: &'static [&'static str] = &[
        "news_id",
        "source_id",
        "timestamp",
        "headline",
        "lang",
        "type",
        "instruments",
    ];
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            news_id: NewsId::new(0),
            source: NewsSourceId::new(0),
            timestamp: None,
            headline: None,
            language: None,
            kind: None,
            instruments: Vec::new(),
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        let text = |json| Ok(members::optional(json, members::text)?.map(String::from));
        match member {
            0 => self.news_id = NewsId::new(members::integer(json)?),
            1 => self.source = NewsSourceId::new(members::integer(json)?),
            2 => {
                let millis = members::optional(json, members::integer)?;
                self.timestamp = millis.map(Timestamp::from_millis);
            }
            3 => self.headline = text(json)?,
            4 => self.language = text(json)?,
            5 => self.kind = text(json)?,
            _ => {
                let numbers = members::optional(json, members::integers)?.unwrap_or_default();
                self.instruments = numbers.into_iter().map(InstrumentId::new).collect();
            }
        }
        Ok(())
    }
}
