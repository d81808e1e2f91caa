//! Public trades, trading statuses and news.

use std::fmt;

use smol_str::SmolStr;

use super::change::Change;
use super::columns::{Presence, debug_changes};
use super::members::{self, Members};
use super::tick::put_tradable;
use crate::decimal::Decimal;
use crate::id::{InstrumentId, NewsId, NewsSourceId, TradableId, TradeId};
use crate::time::Timestamp;

/// A message of type `trade` on the public feed: one trade on the market.
///
/// Whole every time: a member without a value is absent, or `null`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicTrade {
    tradable: TradableId,
    time: Option<Timestamp>,
    price: Option<Decimal>,
    volume: Option<Decimal>,
    broker_buying: Option<SmolStr>,
    broker_selling: Option<SmolStr>,
    trade_id: Option<TradeId>,
    trade_type: Option<SmolStr>,
}

impl PublicTrade {
    /// What was traded.
    #[must_use]
    pub const fn tradable(&self) -> &TradableId {
        &self.tradable
    }

    /// When, the wire's `trade_timestamp`.
    #[must_use]
    pub const fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// The price of one unit.
    #[must_use]
    pub const fn price(&self) -> Option<Decimal> {
        self.price
    }

    /// Units traded.
    #[must_use]
    pub const fn volume(&self) -> Option<Decimal> {
        self.volume
    }

    /// The broker that bought.
    #[must_use]
    pub fn broker_buying(&self) -> Option<&str> {
        self.broker_buying.as_deref()
    }

    /// The broker that sold.
    #[must_use]
    pub fn broker_selling(&self) -> Option<&str> {
        self.broker_selling.as_deref()
    }

    /// The market's id of the trade.
    #[must_use]
    pub const fn trade_id(&self) -> Option<&TradeId> {
        self.trade_id.as_ref()
    }

    /// The market's type of the trade.
    #[must_use]
    pub fn trade_type(&self) -> Option<&str> {
        self.trade_type.as_deref()
    }
}

impl Members for PublicTrade {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "trade_timestamp",
        "price",
        "volume",
        "broker_buying",
        "broker_selling",
        "trade_id",
        "trade_type",
    ];
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            tradable: TradableId::new(0, ""),
            time: None,
            price: None,
            volume: None,
            broker_buying: None,
            broker_selling: None,
            trade_id: None,
            trade_type: None,
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        match put_tradable(&mut self.tradable, member, json)? {
            None => {}
            Some(0) => {
                self.time = members::optional(json, members::integer)?.map(Timestamp::from_millis);
            }
            Some(1) => self.price = members::optional(json, members::decimal)?,
            Some(2) => self.volume = members::optional(json, members::decimal)?,
            Some(3) => self.broker_buying = members::optional(json, members::text)?,
            Some(4) => self.broker_selling = members::optional(json, members::text)?,
            Some(5) => self.trade_id = members::optional(json, members::text)?.map(TradeId::new),
            Some(_) => self.trade_type = members::optional(json, members::text)?,
        }
        Ok(())
    }
}

/// A message of type `trading_status`: whether a tradable is being traded.
///
/// Full and partial as a [`PriceTick`](crate::PriceTick) is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TradingStatus {
    tradable: TradableId,
    tick_timestamp: i64,
    /// The status, the source's status, the halt, the order book's status.
    texts: [SmolStr; 4],
    presence: Presence,
    full: bool,
}

impl TradingStatus {
    /// The tradable.
    #[must_use]
    pub const fn tradable(&self) -> &TradableId {
        &self.tradable
    }

    /// Whether the tick tells all there is, so that what it does not name has
    /// no value.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// The same tick, marked as the first after a subscription.
    #[must_use]
    pub fn into_full(mut self) -> Self {
        self.full = true;
        self
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.presence.timestamp(0, self.tick_timestamp)
    }

    /// A code of one letter; `C`, `R`, `D`, `X` and `U` are known to occur,
    /// their meaning and others are not.
    #[must_use]
    pub fn status(&self) -> Change<&str> {
        self.text(0)
    }

    /// The status in the words of the market.
    #[must_use]
    pub fn source_status(&self) -> Change<&str> {
        self.text(1)
    }

    /// Whether and how trading is halted.
    #[must_use]
    pub fn halted(&self) -> Change<&str> {
        self.text(2)
    }

    /// The status of the order book.
    #[must_use]
    pub fn orderbook_status(&self) -> Change<&str> {
        self.text(3)
    }

    pub(super) const fn mark_full(&mut self) {
        self.full = true;
    }

    fn text(&self, slot: usize) -> Change<&str> {
        let text = self.texts.get(slot).map_or("", SmolStr::as_str);
        self.presence.change(1 + slot, text)
    }
}

impl Members for TradingStatus {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "tick_timestamp",
        "status",
        "source_status",
        "halted",
        "orderbook_status",
    ];
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            tradable: TradableId::new(0, ""),
            tick_timestamp: 0,
            texts: Default::default(),
            presence: Presence::default(),
            full: false,
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        let Some(bit) = put_tradable(&mut self.tradable, member, json)? else {
            return Ok(());
        };
        if !self.presence.note(bit, json) {
            return Ok(());
        }
        match bit.checked_sub(1).and_then(|slot| self.texts.get_mut(slot)) {
            Some(text) => *text = members::text(json)?,
            None => self.tick_timestamp = members::integer(json)?,
        }
        Ok(())
    }
}

impl fmt::Debug for TradingStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_changes!(self, f, "TradingStatus", tradable, [
            tick_timestamp status source_status halted orderbook_status
        ])
    }
}

/// A message of type `news`: one item, whole every time.
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
