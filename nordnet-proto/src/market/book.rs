//! Order books: depth ticks merged.

use std::time::Duration;

use super::quote::imbalance;
use super::state::{Freshness, Generation, QuoteState, Row, Stamp, Stamped, freshness_methods};
use crate::decimal::{Decimal, Rounding};
use crate::feed::{DepthTick, Places};
use crate::id::TradableId;
use crate::time::Timestamp;
use crate::volume::Volume;

/// The best five levels of the order book of one tradable, as of now.
///
/// A member that the server has said nothing of, or has taken back with a
/// `null`, is `None`. Prices are in the unit of those of a
/// [`PriceTick`](crate::PriceTick).
///
/// No depth tick says whether it is delayed, so that a book is never
/// [`QuoteState::Delayed`]; the [`Quote`](super::Quote) of the tradable may be.
#[derive(Clone, Debug)]
pub struct Book {
    pub(super) tradable: TradableId,
    pub(super) fresh: Freshness,
    pub(super) levels: Levels,
}

/// One side of one level of a [`Book`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BookLevel {
    /// The price.
    pub price: Decimal,
    /// Units at this price.
    pub volume: Option<Volume>,
    /// Orders at this price.
    pub orders: Option<u32>,
}

freshness_methods!(Book, tradable: TradableId);

impl Book {
    /// How many levels there are at most.
    pub const LEVELS: usize = DepthTick::LEVELS;

    /// The bids, the best first; levels without a price are left out.
    pub fn bids(&self) -> impl Iterator<Item = BookLevel> + '_ {
        (1..=Self::LEVELS).filter_map(|level| self.bid(level))
    }

    /// The asks, the best first; levels without a price are left out.
    pub fn asks(&self) -> impl Iterator<Item = BookLevel> + '_ {
        (1..=Self::LEVELS).filter_map(|level| self.ask(level))
    }

    /// The bid of a level, counted from 1 as on the wire.
    #[must_use]
    pub fn bid(&self, level: usize) -> Option<BookLevel> {
        self.levels.side(level, 0)
    }

    /// The ask of a level, counted from 1 as on the wire.
    #[must_use]
    pub fn ask(&self, level: usize) -> Option<BookLevel> {
        self.levels.side(level, 1)
    }

    /// The best ask less the best bid.
    #[must_use]
    pub fn spread(&self) -> Option<Decimal> {
        self.ask(1)?.price.checked_sub(self.bid(1)?.price)
    }

    /// The middle of the best bid and ask, exactly.
    #[must_use]
    pub fn mid(&self) -> Option<Decimal> {
        self.bid(1)?.price.mid(self.ask(1)?.price)
    }

    /// How much more is bid for than offered on all levels, from -1, when there
    /// are only sellers, to 1, with so many places.
    #[must_use]
    pub fn volume_imbalance(&self, places: u8, rounding: Rounding) -> Option<Decimal> {
        let (bids, asks) = (volume(self.bids())?, volume(self.asks())?);
        imbalance(bids, asks, places, rounding)
    }

    /// The server's time of the last tick that had one.
    #[must_use]
    pub fn tick_timestamp(&self) -> Option<Timestamp> {
        let time = Timestamp::from_millis(self.levels.tick_timestamp);
        self.levels.has(0).then_some(time)
    }
}

fn volume(mut levels: impl Iterator<Item = BookLevel>) -> Option<Volume> {
    levels.try_fold(Volume::ZERO, |sum, level| {
        sum.checked_add(level.volume.unwrap_or_default())
    })
}

/// Levels in plain slots, as a depth tick has them.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    /// For each level its bid, ask, and the units at both.
    mantissas: [i64; 4 * Book::LEVELS],
    scales: Places,
    /// For each level the orders at its bid and ask.
    orders: [u32; 2 * Book::LEVELS],
    generation: Generation,
    /// The time, the orders, the decimals.
    present: u32,
    tick_timestamp: i64,
    heard: u64,
}

/// The bit of the first decimal.
const DECIMALS: usize = 1 + 2 * Book::LEVELS;

impl Levels {
    /// One side of a level: 0 is the bid, 1 the ask.
    fn side(&self, level: usize, side: usize) -> Option<BookLevel> {
        let above = level.checked_sub(1).filter(|above| *above < Book::LEVELS)?;
        let orders = *self.orders.get(above * 2 + side)?;
        Some(BookLevel {
            price: self.decimal(above, side)?,
            volume: self.decimal(above, side + 2).map(Volume::new),
            orders: self.has(1 + above * 2 + side).then_some(orders),
        })
    }

    fn decimal(&self, above: usize, member: usize) -> Option<Decimal> {
        let slot = above * 4 + member;
        let number = Decimal::new(*self.mantissas.get(slot)?, self.scales.get(slot));
        self.has(DECIMALS + slot).then_some(number)
    }

    const fn has(&self, bit: usize) -> bool {
        self.present >> (bit & 31) & 1 != 0
    }
}

impl Row<DepthTick> for Levels {
    #[inline]
    fn merge(&mut self, tick: &DepthTick) {
        let (presence, time, orders, mantissas, scales) = tick.0.parts();
        let (set, cleared) = (presence.set(), presence.cleared());
        let is_all = self.present & !(set | cleared) == 0;
        self.present = (self.present | set) & !cleared;
        if set & 1 != 0 {
            self.tick_timestamp = time;
        }
        // What is known besides is nothing: to copy what has no value as well
        // is faster, and nobody sees it.
        if is_all {
            self.orders = *orders;
            self.mantissas = *mantissas;
            self.scales = scales;
            return;
        }
        let mut rest = set >> 1 & ((1 << self.orders.len()) - 1);
        while rest != 0 {
            let slot = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if slot < orders.len() {
                self.orders[slot] = orders[slot];
            }
        }
        let mut rest = set >> DECIMALS;
        if rest != 0 {
            self.scales.replace(scales, rest);
        }
        while rest != 0 {
            let slot = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if slot < mantissas.len() {
                self.mantissas[slot] = mantissas[slot];
            }
        }
    }

    fn clear(&mut self) {
        self.present = 0;
    }
}

impl Stamped for Levels {
    fn stamp(&self) -> Stamp {
        Stamp {
            heard: self.heard,
            generation: self.generation,
        }
    }

    fn set_heard(&mut self, heard: u64) {
        self.heard = heard;
    }

    fn set_generation(&mut self, generation: Generation) {
        self.generation = generation;
    }
}
