//! Ticks of prices and indicators.

use std::fmt;

use super::change::Change;
use super::columns::{Presence, debug_changes, get, put};
use super::command::IndicatorId;
use super::members::{self, Members};
use crate::decimal::Decimal;
use crate::id::{Identifier, IndicatorMarket, MarketId, TradableId};
use crate::time::Timestamp;

/// A message of type `price`: best bid and ask, last trade, figures of the day.
///
/// A full tick tells every member that has a value; any other tells what
/// changed. Two ticks are equal if they say the same in the same digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PriceTick {
    tradable: TradableId,
    mantissas: [i64; PRICES],
    scales: [u8; PRICES],
    full: bool,
    presence: Presence,
    tick_timestamp: i64,
    trade_timestamp: i64,
    delayed: i64,
}

const PRICES: usize = 17;

impl PriceTick {
    /// The tradable that is quoted.
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
    pub const fn into_full(mut self) -> Self {
        self.full = true;
        self
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.presence.timestamp(0, self.tick_timestamp)
    }

    /// The time of the last trade.
    #[must_use]
    pub fn trade_timestamp(&self) -> Change<Timestamp> {
        self.presence.timestamp(1, self.trade_timestamp)
    }

    /// How the data is delayed: zero if not.
    #[must_use]
    pub fn delayed(&self) -> Change<i64> {
        self.presence.change(2, self.delayed)
    }

    pub(super) const fn mark_full(&mut self) {
        self.full = true;
    }

    fn decimal(&self, slot: usize) -> Change<Decimal> {
        self.presence
            .change(3 + slot, get(&self.mantissas, &self.scales, slot))
    }
}

macro_rules! decimals {
    ($tick:ident: $( $(#[$doc:meta])* $name:ident = $slot:literal, )+) => {
        impl $tick {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Change<Decimal> {
                    self.decimal($slot)
                }
            )+
        }
    };
}

decimals! { PriceTick:
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

impl Members for PriceTick {
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
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            tradable: TradableId::new(0, ""),
            mantissas: [0; PRICES],
            scales: [0; PRICES],
            full: false,
            presence: Presence::default(),
            tick_timestamp: 0,
            trade_timestamp: 0,
            delayed: 0,
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        let Some(bit) = put_tradable(&mut self.tradable, member, json)? else {
            return Ok(());
        };
        if self.presence.note(bit, json) {
            match bit {
                0 => self.tick_timestamp = members::integer(json)?,
                1 => self.trade_timestamp = members::integer(json)?,
                2 => self.delayed = members::integer(json)?,
                _ => put(
                    &mut self.mantissas,
                    &mut self.scales,
                    bit - 3,
                    members::decimal(json)?,
                ),
            }
        }
        Ok(())
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
pub struct IndicatorTick {
    indicator: IndicatorId,
    mantissas: [i64; 4],
    scales: [u8; 4],
    full: bool,
    presence: Presence,
    tick_timestamp: i64,
    delayed: i64,
}

impl IndicatorTick {
    /// The index.
    #[must_use]
    pub const fn indicator(&self) -> &IndicatorId {
        &self.indicator
    }

    /// Whether the tick tells all there is, so that what it does not name has
    /// no value.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full
    }

    /// The same tick, marked as the first after a subscription.
    #[must_use]
    pub const fn into_full(mut self) -> Self {
        self.full = true;
        self
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        self.presence.timestamp(0, self.tick_timestamp)
    }

    /// How the data is delayed: zero if not.
    #[must_use]
    pub fn delayed(&self) -> Change<i64> {
        self.presence.change(1, self.delayed)
    }

    pub(super) const fn mark_full(&mut self) {
        self.full = true;
    }

    fn decimal(&self, slot: usize) -> Change<Decimal> {
        self.presence
            .change(2 + slot, get(&self.mantissas, &self.scales, slot))
    }
}

decimals! { IndicatorTick:
    /// The latest value.
    last = 0,
    /// The highest value of the day.
    high = 1,
    /// The lowest value of the day.
    low = 2,
    /// The closing value of the day before.
    close = 3,
}

impl Members for IndicatorTick {
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
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            indicator: IndicatorId::new("", ""),
            mantissas: [0; 4],
            scales: [0; 4],
            full: false,
            presence: Presence::default(),
            tick_timestamp: 0,
            delayed: 0,
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        let bit = match member {
            0 => {
                self.indicator.identifier = Identifier::new(members::text(json)?);
                return Ok(());
            }
            1 => {
                self.indicator.market = IndicatorMarket::new(members::text(json)?);
                return Ok(());
            }
            member => member - 2,
        };
        if self.presence.note(bit, json) {
            match bit {
                0 => self.tick_timestamp = members::integer(json)?,
                1 => self.delayed = members::integer(json)?,
                _ => put(
                    &mut self.mantissas,
                    &mut self.scales,
                    bit - 2,
                    members::decimal(json)?,
                ),
            }
        }
        Ok(())
    }
}

impl fmt::Debug for IndicatorTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_changes!(self, f, "IndicatorTick", indicator, [
            tick_timestamp last high low close delayed
        ])
    }
}

/// Reads the members `i` and `m`, the first two of their object; for any other
/// the place behind them.
pub(super) fn put_tradable(
    tradable: &mut TradableId,
    member: usize,
    json: &str,
) -> Result<Option<usize>, &'static str> {
    match member {
        0 => tradable.identifier = Identifier::new(members::text(json)?),
        1 => tradable.market = MarketId::new(members::integer(json)?),
        _ => return Ok(Some(member - 2)),
    }
    Ok(None)
}
