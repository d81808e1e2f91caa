//! What price and indicator ticks are merged into.

use super::state::{Generation, Row, Stamp, Stamped};
use crate::decimal::Decimal;
use crate::feed::TickSlots;
use crate::time::Timestamp;

/// Times and decimals in plain slots, and which of them have a value: about
/// half of what an option each would take.
#[derive(Clone, Debug)]
pub(super) struct Figures<const TIMES: usize, const DECIMALS: usize> {
    times: [i64; TIMES],
    mantissas: [i64; DECIMALS],
    scales: [u8; DECIMALS],
    delayed: bool,
    generation: Generation,
    /// The times, how it is delayed, the decimals: as in the tick.
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
        self.has(T + 1 + slot).then_some(number)
    }

    const fn has(&self, bit: usize) -> bool {
        self.present >> (bit & 31) & 1 != 0
    }
}

/// Of a tick that has the times, how the data is delayed, and the decimals.
impl<I, const T: usize, const N: usize, const D: usize> Row<TickSlots<I, 0, N, D>>
    for Figures<T, D>
{
    #[inline]
    fn merge(&mut self, tick: &TickSlots<I, 0, N, D>) {
        let (presence, integers, mantissas, scales) = tick.parts();
        let (set, cleared) = (presence.set(), presence.cleared());
        let is_all = self.present & !(set | cleared) == 0;
        self.present = (self.present | set) & !cleared;
        if (set | cleared) >> T & 1 != 0 {
            let code = integers.get(T).copied().unwrap_or_default();
            self.delayed = set >> T & 1 != 0 && code != 0;
        }
        for (slot, (kept, told)) in self.times.iter_mut().zip(integers).enumerate() {
            if set >> slot & 1 != 0 {
                *kept = *told;
            }
        }
        // What is known besides is nothing: to copy what has no value as well
        // is faster, and nobody sees it.
        if is_all {
            self.mantissas = *mantissas;
            self.scales = *scales;
            return;
        }
        let mut rest = set >> (T + 1);
        while rest != 0 {
            let slot = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            if slot < D {
                self.mantissas[slot] = mantissas[slot];
                self.scales[slot] = scales[slot];
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
            generation: self.generation,
        }
    }

    fn set_heard(&mut self, heard: u64) {
        self.heard = heard;
    }

    fn set_generation(&mut self, generation: Generation) {
        self.generation = generation;
    }

    fn is_delayed(&self) -> bool {
        self.delayed
    }
}

impl<const T: usize, const D: usize> Default for Figures<T, D> {
    fn default() -> Self {
        Self {
            times: [0; T],
            mantissas: [0; D],
            scales: [0; D],
            delayed: false,
            generation: 0,
            present: 0,
            heard: 0,
        }
    }
}
