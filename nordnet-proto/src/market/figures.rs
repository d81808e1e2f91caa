//! What price and indicator ticks are merged into.

use super::state::{Row, Stamp, Stamped};
use crate::decimal::Decimal;
use crate::feed::{Change, IndicatorTick, PriceTick};
use crate::time::Timestamp;

/// Times and decimals in plain slots, and which of them have a value: about
/// half of what an option each would take.
#[derive(Clone, Debug)]
pub(super) struct Figures<const TIMES: usize, const DECIMALS: usize> {
    times: [i64; TIMES],
    mantissas: [i64; DECIMALS],
    scales: [u8; DECIMALS],
    delayed: bool,
    epoch: u16,
    /// The times, then the decimals.
    present: u32,
    heard: u64,
}

/// Of a price tick.
pub(super) type Prices = Figures<2, 17>;

/// Of an indicator tick.
pub(super) type IndexFigures = Figures<1, 4>;

impl<const T: usize, const D: usize> Figures<T, D> {
    pub(super) fn time(&self, slot: usize) -> Option<Timestamp> {
        let millis = *self.times.get(slot)?;
        self.has(slot).then(|| Timestamp::from_millis(millis))
    }

    pub(super) fn decimal(&self, slot: usize) -> Option<Decimal> {
        let number = Decimal::new(*self.mantissas.get(slot)?, *self.scales.get(slot)?);
        self.has(T + slot).then_some(number)
    }

    fn note<V>(&mut self, bit: usize, change: Change<V>) -> Option<V> {
        let mask = 1 << (bit & 31);
        match change {
            Change::Unchanged => None,
            Change::Cleared => {
                self.present &= !mask;
                None
            }
            Change::Set(value) => {
                self.present |= mask;
                Some(value)
            }
        }
    }

    const fn has(&self, bit: usize) -> bool {
        self.present >> (bit & 31) & 1 != 0
    }
}

/// A tick of times, a delay and decimals, in the order of the slots.
pub(super) trait Told<const TIMES: usize, const DECIMALS: usize> {
    fn times(&self) -> [Change<Timestamp>; TIMES];
    fn delayed(&self) -> Change<i64>;
    fn decimals(&self) -> [Change<Decimal>; DECIMALS];
}

impl<const T: usize, const D: usize, Tick: Told<T, D>> Row<Tick> for Figures<T, D> {
    fn merge(&mut self, tick: &Tick) {
        for (slot, change) in tick.times().into_iter().enumerate() {
            if let Some(time) = self.note(slot, change)
                && let Some(kept) = self.times.get_mut(slot)
            {
                *kept = time.as_millis();
            }
        }
        match tick.delayed() {
            Change::Unchanged => {}
            Change::Cleared => self.delayed = false,
            Change::Set(code) => self.delayed = code != 0,
        }
        for (slot, change) in tick.decimals().into_iter().enumerate() {
            if let Some(number) = self.note(T + slot, change)
                && let Some(mantissa) = self.mantissas.get_mut(slot)
                && let Some(scale) = self.scales.get_mut(slot)
            {
                *mantissa = number.mantissa();
                *scale = number.scale();
            }
        }
    }

    fn clear(&mut self) {
        self.present = 0;
        self.delayed = false;
    }
}

impl<const T: usize, const D: usize> Stamped for Figures<T, D> {
    fn stamp(&self) -> Stamp {
        Stamp {
            heard: self.heard,
            epoch: self.epoch,
        }
    }

    fn set_stamp(&mut self, Stamp { heard, epoch }: Stamp) {
        self.heard = heard;
        self.epoch = epoch;
    }

    fn is_delayed(&self) -> bool {
        self.delayed
    }
}

impl Told<2, 17> for PriceTick {
    fn times(&self) -> [Change<Timestamp>; 2] {
        [self.tick_timestamp(), self.trade_timestamp()]
    }

    fn delayed(&self) -> Change<i64> {
        self.delayed()
    }

    fn decimals(&self) -> [Change<Decimal>; 17] {
        [
            self.bid(),
            self.bid_volume(),
            self.ask(),
            self.ask_volume(),
            self.last(),
            self.last_volume(),
            self.open(),
            self.high(),
            self.low(),
            self.close(),
            self.vwap(),
            self.turnover(),
            self.turnover_volume(),
            self.ep(),
            self.paired(),
            self.imbalance(),
            self.extended_last(),
        ]
    }
}

impl Told<1, 4> for IndicatorTick {
    fn times(&self) -> [Change<Timestamp>; 1] {
        [self.tick_timestamp()]
    }

    fn delayed(&self) -> Change<i64> {
        self.delayed()
    }

    fn decimals(&self) -> [Change<Decimal>; 4] {
        [self.last(), self.high(), self.low(), self.close()]
    }
}

impl<const T: usize, const D: usize> Default for Figures<T, D> {
    fn default() -> Self {
        Self {
            times: [0; T],
            mantissas: [0; D],
            scales: [0; D],
            delayed: false,
            epoch: 0,
            present: 0,
            heard: 0,
        }
    }
}
