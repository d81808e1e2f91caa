//! Ticks of the order book.

mod places;

use std::fmt;

pub(crate) use self::places::Places;

use super::change::Change;
use super::slots::{Id, Presence, Slots, Tick, tick_methods};
use crate::decimal::Decimal;
use crate::id::{Inline, TradableId};
use crate::time::Timestamp;
use crate::volume::Volume;

/// A message of type `depth`: up to five levels of the order book.
///
/// A full tick tells every member that has a value; any other tells what
/// changed. Two ticks are equal if they say the same in the same digits. Prices
/// are in the unit of those of a [`PriceTick`](crate::PriceTick).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DepthTick(pub(crate) DepthSlots);

/// The slots of a depth tick, as tight as they go: it is the largest event.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct DepthSlots {
    tradable: TradableId,
    tick_timestamp: i64,
    /// For each level its bid, ask, and the units at both.
    mantissas: [i64; 4 * DepthTick::LEVELS],
    scales: Places,
    /// For each level the orders at its bid and ask.
    orders: [u32; 2 * DepthTick::LEVELS],
    presence: Presence,
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
    pub bid_volume: Change<Volume>,
    /// Units at the ask.
    pub ask_volume: Change<Volume>,
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
        &self.0.tradable
    }

    /// The time of the tick.
    #[must_use]
    pub fn tick_timestamp(&self) -> Change<Timestamp> {
        let time = Timestamp::from_millis(self.0.tick_timestamp);
        self.0.presence.change(0, time)
    }

    /// What the tick says of a level, counted from 1 as on the wire; of one
    /// beyond [`DepthTick::LEVELS`], nothing.
    #[must_use]
    #[inline]
    pub fn level(&self, level: usize) -> Level {
        let Some(above) = level.checked_sub(1).filter(|above| *above < Self::LEVELS) else {
            return Level::default();
        };
        let decimal = |member| self.0.decimal(above, member);
        let count = |member| self.0.count(above, member);
        Level {
            bid: decimal(0),
            ask: decimal(1),
            bid_volume: decimal(2).map(Volume::new),
            ask_volume: decimal(3).map(Volume::new),
            bid_orders: count(0),
            ask_orders: count(1),
        }
    }

    /// All levels, the best first.
    #[inline]
    pub fn levels(&self) -> impl Iterator<Item = Level> + '_ {
        (1..=Self::LEVELS).map(|level| self.level(level))
    }
}

tick_methods! { DepthTick: }

impl DepthSlots {
    #[inline(always)]
    fn empty() -> Self {
        Self {
            tradable: TradableId::none(),
            tick_timestamp: 0,
            mantissas: [0; 4 * DepthTick::LEVELS],
            scales: Places::NONE,
            orders: [0; 2 * DepthTick::LEVELS],
            presence: Presence::default(),
        }
    }

    /// Which members there are, the time, the orders, and the decimals as they
    /// lie here, for merging.
    #[inline]
    pub(crate) const fn parts(&self) -> (Presence, i64, &[u32; 10], &[i64; 20], Places) {
        (
            self.presence,
            self.tick_timestamp,
            &self.orders,
            &self.mantissas,
            self.scales,
        )
    }

    #[inline]
    fn decimal(&self, above: usize, member: usize) -> Change<Decimal> {
        let slot = above * 4 + member;
        let number = match self.mantissas.get(slot) {
            Some(&mantissa) => Decimal::from_parts(mantissa, self.scales.get(slot)),
            None => Decimal::ZERO,
        };
        self.presence.change(INTEGERS + slot, number)
    }

    #[inline]
    fn count(&self, above: usize, member: usize) -> Change<u32> {
        let slot = above * 2 + member;
        let count = self.orders.get(slot).copied().unwrap_or_default();
        self.presence.change(1 + slot, count)
    }
}

/// The time of the tick and the orders.
const INTEGERS: usize = 1 + 2 * DepthTick::LEVELS;

impl Slots for DepthSlots {
    type Id = TradableId;

    #[inline(always)]
    fn id(&mut self) -> &mut TradableId {
        &mut self.tradable
    }

    fn put_text(&mut self, _: usize, _: Inline<22>) {}

    #[inline(always)]
    fn put_integer(&mut self, slot: usize, number: i64) -> Result<(), &'static str> {
        match slot.checked_sub(1) {
            None => self.tick_timestamp = number,
            Some(slot) => {
                let count = u32::try_from(number).map_err(|_| "is not a count")?;
                if let Some(orders) = self.orders.get_mut(slot) {
                    *orders = count;
                }
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn put_decimal(&mut self, slot: usize, mantissa: i64, scale: u8) {
        if let Some(kept) = self.mantissas.get_mut(slot) {
            *kept = mantissa;
            self.scales.put(slot, scale);
        }
    }

    #[inline(always)]
    fn presence(&mut self) -> &mut Presence {
        &mut self.presence
    }
}

impl Tick for DepthTick {
    const NAMES: &'static [&'static str] = &[
        "i",
        "m",
        "tick_timestamp",
        "bid_orders1",
        "ask_orders1",
        "bid_orders2",
        "ask_orders2",
        "bid_orders3",
        "ask_orders3",
        "bid_orders4",
        "ask_orders4",
        "bid_orders5",
        "ask_orders5",
        "bid1",
        "ask1",
        "bid_volume1",
        "ask_volume1",
        "bid2",
        "ask2",
        "bid_volume2",
        "ask_volume2",
        "bid3",
        "ask3",
        "bid_volume3",
        "ask_volume3",
        "bid4",
        "ask4",
        "bid_volume4",
        "ask_volume4",
        "bid5",
        "ask5",
        "bid_volume5",
        "ask_volume5",
    ];
    const TEXTS: usize = 0;
    const INTEGERS: usize = INTEGERS;
    type Slots = DepthSlots;

    #[inline(always)]
    fn empty() -> Self {
        Self(DepthSlots::empty())
    }

    #[inline(always)]
    fn slots(&mut self) -> &mut DepthSlots {
        &mut self.0
    }
}

impl fmt::Debug for DepthTick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DepthTick");
        shown.field("tradable", &format_args!("{}", self.tradable()));
        shown.field("full", &self.is_full());
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
