//! The decimal places of a depth tick.

/// How many decimals there are.
const COUNT: usize = 20;
/// The bits of each, as the greatest number of places is 18.
const BITS: usize = 6;
/// How many decimals a word holds.
const HALF: usize = COUNT / 2;

/// The places of twenty decimals in two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Places([u64; 2]);

impl Places {
    pub(crate) const NONE: Self = Self([0; 2]);

    #[inline]
    pub(crate) fn get(self, slot: usize) -> u8 {
        let word = self.0[usize::from(slot >= HALF)];
        (word >> shift(slot) & 63) as u8
    }

    /// Puts the places of a decimal that had none.
    #[inline(always)]
    pub(super) fn put(&mut self, slot: usize, places: u8) {
        self.0[usize::from(slot >= HALF)] |= u64::from(places) << shift(slot);
    }

    /// Takes those that have a bit from the other.
    #[inline]
    pub(crate) fn replace(&mut self, told: Self, set: u32) {
        let five = |from: usize| FIVE[(set >> from & 31) as usize];
        let masks = [
            five(0) | five(5) << (5 * BITS),
            five(10) | five(15) << (5 * BITS),
        ];
        for ((kept, told), mask) in self.0.iter_mut().zip(told.0).zip(masks) {
            *kept = *kept & !mask | told & mask;
        }
    }
}

#[inline(always)]
const fn shift(slot: usize) -> usize {
    (if slot < HALF { slot } else { slot - HALF }) * BITS
}

/// For each set of five decimals the bits that their places take.
const FIVE: [u64; 32] = {
    let mut masks = [0; 32];
    let mut set = 0;
    while set < masks.len() {
        let mut slot = 0;
        while slot < 5 {
            if set >> slot & 1 != 0 {
                masks[set] |= 63 << (slot * BITS);
            }
            slot += 1;
        }
        set += 1;
    }
    masks
};

#[cfg(test)]
mod tests {
    use super::*;

    fn counting(from: u8) -> Places {
        let mut places = Places::NONE;
        for slot in 0..COUNT {
            places.put(slot, (from + slot as u8) % 19);
        }
        places
    }

    #[test]
    fn any_set_is_replaced_and_no_other() {
        let (old, new) = (counting(3), counting(11));
        for set in (0..1_u32 << COUNT).step_by(37) {
            let mut places = old;
            places.replace(new, set);
            for slot in [0, 4, 5, 9, 10, 14, 15, 19, set as usize % COUNT] {
                let from = if set >> slot & 1 != 0 { new } else { old };
                assert_eq!(places.get(slot), from.get(slot), "{set:b} {slot}");
            }
        }
    }
}
