//! Ticks of prices and indicators.

use std::fmt;

use super::change::Change;
use super::command::IndicatorId;
use super::slots::{
    Tick, TickSlots, debug_changes, index_numbers, names, price_numbers, tick_methods,
};
use crate::decimal::Decimal;
use crate::id::TradableId;
use crate::time::Timestamp;
use crate::volume::Volume;

/// A message of type `price`: best bid and ask, last trade, figures of the day.
///
/// A full tick tells every member that has a value; any other tells what
/// changed. Two ticks are equal if they say the same in the same digits.
///
/// Prices are in the unit that the listing is quoted in: a currency, `GBX` for
/// pence, `%` for bonds. No tick tells it,
/// [`Listing::price_unit`](crate::flow::Listing::price_unit) does. In which
/// currency the turnover is, Nordnet does not say.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PriceTick(pub(crate) TickSlots<TradableId, 0, 3, 17>);

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

price_numbers! { tick_methods!(PriceTick:) }

impl Tick for PriceTick {
    const NAMES: &'static [&'static str] = price_numbers! {
        names!(["i" "m" "tick_timestamp" "trade_timestamp" "delayed"])
    };
    const TEXTS: usize = 0;
    const INTEGERS: usize = 3;
    type Slots = TickSlots<TradableId, 0, 3, 17>;

    #[inline(always)]
    fn empty() -> Self {
        Self(TickSlots::empty())
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
/// Full and partial as a [`PriceTick`] is. In which unit its values are,
/// Nordnet does not say.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IndicatorTick(pub(crate) TickSlots<IndicatorId, 0, 2, 4>);

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

index_numbers! { tick_methods!(IndicatorTick:) }

impl Tick for IndicatorTick {
    const NAMES: &'static [&'static str] =
        index_numbers! { names!(["i" "m" "tick_timestamp" "delayed"]) };
    const TEXTS: usize = 0;
    const INTEGERS: usize = 2;
    type Slots = TickSlots<IndicatorId, 0, 2, 4>;

    #[inline(always)]
    fn empty() -> Self {
        Self(TickSlots::empty())
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
