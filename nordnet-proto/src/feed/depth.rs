//! Ticks of the order book.

use std::fmt;

use super::change::Change;
use super::columns::{Presence, get, put};
use super::members::{self, Members};
use super::tick::put_tradable;
use crate::decimal::Decimal;
use crate::id::TradableId;
use crate::time::Timestamp;

/// A message of type `depth`: up to five levels of the order book.
///
/// A full tick tells every member that has a value; any other tells what
/// changed. Two ticks are equal if they say the same in the same digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DepthTick {
    tradable: TradableId,
    /// For each level its bid, ask, and the units at both.
    mantissas: [i64; 4 * Self::LEVELS],
    scales: [u8; 4 * Self::LEVELS],
    /// For each level the orders at its bid and ask.
    orders: [u32; 2 * Self::LEVELS],
    full: bool,
    presence: Presence,
    tick_timestamp: i64,
}

/// What a [`DepthTick`] says of one level of the order book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Level {
    /// The bid.
    pub bid: Change<Decimal>,
    /// The ask.
    pub ask: Change<Decimal>,
    /// Units at the bid.
    pub bid_volume: Change<Decimal>,
    /// Units at the ask.
    pub ask_volume: Change<Decimal>,
    /// Orders at the bid.
    pub bid_orders: Change<u32>,
    /// Orders at the ask.
    pub ask_orders: Change<u32>,
}

impl DepthTick {
    /// How many levels there are.
    pub const LEVELS: usize = 5;

    /// The tradable whose book it is.
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

    /// What the tick says of a level, counted from 1 as on the wire; of one
    /// beyond [`DepthTick::LEVELS`], nothing.
    #[must_use]
    pub fn level(&self, level: usize) -> Level {
        let Some(above) = level.checked_sub(1).filter(|above| *above < Self::LEVELS) else {
            return Level::default();
        };
        let bit = 1 + above * MEMBERS;
        let decimal = |member: usize| {
            let number = get(&self.mantissas, &self.scales, above * 4 + member);
            self.presence.change(bit + member, number)
        };
        let count = |member: usize| {
            let count = self.orders.get(above * 2 + member).copied();
            self.presence
                .change(bit + 4 + member, count.unwrap_or_default())
        };
        Level {
            bid: decimal(0),
            ask: decimal(1),
            bid_volume: decimal(2),
            ask_volume: decimal(3),
            bid_orders: count(0),
            ask_orders: count(1),
        }
    }

    /// All levels, the best first.
    pub fn levels(&self) -> impl Iterator<Item = Level> + '_ {
        (1..=Self::LEVELS).map(|level| self.level(level))
    }

    pub(super) const fn mark_full(&mut self) {
        self.full = true;
    }
}

/// The members of a level.
const MEMBERS: usize = 6;

impl Members for DepthTick {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "tick_timestamp",
        "bid1",
        "ask1",
        "bid_volume1",
        "ask_volume1",
        "bid_orders1",
        "ask_orders1",
        "bid2",
        "ask2",
        "bid_volume2",
        "ask_volume2",
        "bid_orders2",
        "ask_orders2",
        "bid3",
        "ask3",
        "bid_volume3",
        "ask_volume3",
        "bid_orders3",
        "ask_orders3",
        "bid4",
        "ask4",
        "bid_volume4",
        "ask_volume4",
        "bid_orders4",
        "ask_orders4",
        "bid5",
        "ask5",
        "bid_volume5",
        "ask_volume5",
        "bid_orders5",
        "ask_orders5",
    ];
    const REQUIRED: usize = 2;

    fn empty() -> Self {
        Self {
            tradable: TradableId::new(0, ""),
            mantissas: [0; 4 * Self::LEVELS],
            scales: [0; 4 * Self::LEVELS],
            orders: [0; 2 * Self::LEVELS],
            full: false,
            presence: Presence::default(),
            tick_timestamp: 0,
        }
    }

    fn put(&mut self, member: usize, json: &str) -> Result<(), &'static str> {
        let Some(bit) = put_tradable(&mut self.tradable, member, json)? else {
            return Ok(());
        };
        if !self.presence.note(bit, json) {
            return Ok(());
        }
        let Some(place) = bit.checked_sub(1) else {
            self.tick_timestamp = members::integer(json)?;
            return Ok(());
        };
        let (above, member) = (place / MEMBERS, place % MEMBERS);
        if member < 4 {
            let number = members::decimal(json)?;
            put(
                &mut self.mantissas,
                &mut self.scales,
                above * 4 + member,
                number,
            );
        } else if let Some(orders) = self.orders.get_mut(above * 2 + member - 4) {
            let count = members::integer(json)?;
            *orders = u32::try_from(count).map_err(|_| "is not a count")?;
        }
        Ok(())
    }
}

impl fmt::Debug for DepthTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DepthTick");
        shown.field("tradable", &format_args!("{}", self.tradable));
        shown.field("full", &self.full);
        if self.tick_timestamp().is_change() {
            shown.field("tick_timestamp", &self.tick_timestamp());
        }
        for (number, level) in (1..).zip(self.levels()) {
            if level != Level::default() {
                shown.field(&format!("level{number}"), &level);
            }
        }
        shown.finish()
    }
}
