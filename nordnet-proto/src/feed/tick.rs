//! Ticks of prices and indicators.

use std::fmt;

use super::change::Change;
use super::columns::{Columns, Tick, debug_changes, tick_methods};
use super::command::IndicatorId;
use crate::decimal::Decimal;
use crate::id::TradableId;
use crate::time::Timestamp;

/// A message of type `price`: best bid and ask, last trade, figures of the day.
///
/// A full tick tells every member that has a value; any other tells what
/// changed. Two ticks are equal if they say the same in the same digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PriceTick(pub(crate) Columns<TradableId, 0, 3, 17>);

impl PriceTick {
    /// The tradable that is quoted.
    #[must_use]
    pub const fn tradable(&self) -> &TradableId {
        &self.0.id
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.0.timestamp(0)
    }

    /// The time of the last trade.
    #[must_use]
    pub fn trade_timestamp(&self) -> Change<Timestamp> {
        self.0.timestamp(1)
    }

    /// How the data is delayed: zero if not.
    #[must_use]
    pub fn delayed(&self) -> Change<i64> {
        self.0.integer(2)
    }
}

tick_methods! { PriceTick:
    /// The best bid.
    bid = 0,
    /// Units at the best bid.
    bid_volume = 1,
    /// The best ask.
    ask = 2,
    /// Units at the best ask.
    ask_volume = 3,
    /// The price of the last trade.
    last = 4,
    /// Units of the last trade.
    last_volume = 5,
    /// The first price of the day.
    open = 6,
    /// The highest price of the day.
    high = 7,
    /// The lowest price of the day.
    low = 8,
    /// The closing price of the day before.
    close = 9,
    /// The volume-weighted average price of the day.
    vwap = 10,
    /// The value traded today.
    turnover = 11,
    /// Units traded today.
    turnover_volume = 12,
    /// The equilibrium price of an auction.
    ep = 13,
    /// Units paired in an auction.
    paired = 14,
    /// Units without a counterpart in an auction.
    imbalance = 15,
    /// The last price outside regular hours.
    extended_last = 16,
}

impl Tick for PriceTick {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "tick_timestamp",
        "trade_timestamp",
        "delayed",
        "bid",
        "bid_volume",
        "ask",
        "ask_volume",
        "last",
        "last_volume",
        "open",
        "high",
        "low",
        "close",
        "vwap",
        "turnover",
        "turnover_volume",
        "ep",
        "paired",
        "imbalance",
        "extended_last",
    ];
    const TEXTS: usize = 0;
    const INTEGERS: usize = 3;
    type Slots = Columns<TradableId, 0, 3, 17>;

    #[inline(always)]
    fn empty() -> Self {
        Self(Columns::empty())
    }

    #[inline(always)]
    fn slots(&mut self) -> &mut Self::Slots {
        &mut self.0
    }
}

impl fmt::Debug for PriceTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_changes!(self, f, "PriceTick", tradable, [
            tick_timestamp trade_timestamp bid bid_volume ask ask_volume last last_volume open high
            low close vwap turnover turnover_volume ep paired imbalance extended_last delayed
        ])
    }
}

/// A message of type `indicator`: the value of an index.
///
/// Full and partial as a [`PriceTick`] is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IndicatorTick(pub(crate) Columns<IndicatorId, 0, 2, 4>);

impl IndicatorTick {
    /// The index.
    #[must_use]
    pub const fn indicator(&self) -> &IndicatorId {
        &self.0.id
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.0.timestamp(0)
    }

    /// How the data is delayed: zero if not.
    #[must_use]
    pub fn delayed(&self) -> Change<i64> {
        self.0.integer(1)
    }
}

tick_methods! { IndicatorTick:
    /// The latest value.
    last = 0,
    /// The highest value of the day.
    high = 1,
    /// The lowest value of the day.
    low = 2,
    /// The closing value of the day before.
    close = 3,
}

impl Tick for IndicatorTick {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "tick_timestamp",
        "delayed",
        "last",
        "high",
        "low",
        "close",
    ];
    const TEXTS: usize = 0;
    const INTEGERS: usize = 2;
    type Slots = Columns<IndicatorId, 0, 2, 4>;

    #[inline(always)]
    fn empty() -> Self {
        Self(Columns::empty())
    }

    #[inline(always)]
    fn slots(&mut self) -> &mut Self::Slots {
        &mut self.0
    }
}

impl fmt::Debug for IndicatorTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_changes!(self, f, "IndicatorTick", indicator, [
            tick_timestamp last high low close delayed
        ])
    }
}
