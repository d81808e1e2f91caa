//! A table of rows in dense storage, with a small index before it.
//!
//! An index of 32-bit numbers leads to rows that lie side by side: a look-up is a
//! hash, a number and a row. Rows take little more room than they need: they grow
//! by a sixteenth, not to the double.

use std::collections::BTreeMap;

use super::key::{Key, ReversibleKey, Words};

/// Rows by what they are about, in the order in which they came.
pub(super) struct Table<I, R> {
    /// A power of two of places, at most half of them taken. Each holds the
    /// number of a row plus one, or zero.
    index: Vec<u32>,
    slots: Vec<Slot<R>>,
    /// Rows that were taken out; the next newcomers get their places.
    vacant: Vec<u32>,
    len: usize,
    /// The ids that are too long for three words, and their numbers.
    long: BTreeMap<I, u64>,
    next_long: u64,
}

struct Slot<R> {
    key: Words,
    row: R,
}

/// No short key has such a last word; see [`Key::words`].
const LONG: u64 = u64::MAX;
const VACANT: Words = [LONG; 3];

impl<I: Key, R: Default> Table<I, R> {
    /// The row of this id, if there is one and the id is not too long for words.
    #[inline]
    pub(super) fn known(&mut self, id: &I) -> Option<&mut R> {
        let (_, number) = self.find(id.words()?)?;
        self.row_mut(number)
    }

    /// The row of this id, a new one if there is none; none only if there are too
    /// many.
    #[inline]
    pub(super) fn entry(&mut self, id: &I) -> Option<&mut R> {
        let number = match id.words().and_then(|key| self.find(key)) {
            Some((_, number)) => number,
            None => self.find_long_or_insert(id)?,
        };
        self.row_mut(number)
    }

    pub(super) fn get_mut(&mut self, id: &I) -> Option<&mut R> {
        let (_, number) = self.find(self.key(id)?)?;
        self.row_mut(number)
    }

    fn row_mut(&mut self, number: u32) -> Option<&mut R> {
        let slot = self.slots.get_mut(number as usize)?;
        Some(&mut slot.row)
    }

    pub(super) fn get(&self, id: &I) -> Option<&R> {
        let (_, number) = self.find(self.key(id)?)?;
        self.slots.get(number as usize).map(|slot| &slot.row)
    }

    /// Takes a row out.
    pub(super) fn remove(&mut self, id: &I) -> Option<R> {
        let (mut hole, number) = self.find(self.key(id)?)?;
        // What lies behind the hole and was pushed there by what lay in it
        // moves up, or it would not be found again.
        let mask = self.mask();
        let mut place = hole;
        loop {
            place = (place + 1) & mask;
            let Some(next) = self.number_at(place) else {
                break;
            };
            let home = self.home(self.slots.get(next as usize)?.key);
            if place.wrapping_sub(home) & mask >= place.wrapping_sub(hole) & mask {
                self.put(hole, next + 1);
                hole = place;
            }
        }
        self.put(hole, 0);
        self.len -= 1;
        self.vacant.push(number);
        self.long.remove(id);
        let slot = self.slots.get_mut(number as usize)?;
        slot.key = VACANT;
        Some(std::mem::take(&mut slot.row))
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut R> {
        self.slots.iter_mut().map(|slot| &mut slot.row)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    fn key(&self, id: &I) -> Option<Words> {
        id.words()
            .or_else(|| self.long.get(id).map(|number| [*number, 0, LONG]))
    }

    #[inline(never)]
    fn find_long_or_insert(&mut self, id: &I) -> Option<u32> {
        let key = id.words().unwrap_or_else(|| {
            let number = self.long.entry(id.clone()).or_insert_with(|| {
                self.next_long += 1;
                self.next_long
            });
            [*number, 0, LONG]
        });
        match self.find(key) {
            Some((_, number)) => Some(number),
            None => self.insert(key),
        }
    }

    /// Where in the index a key stands, and the number of its row.
    #[inline]
    fn find(&self, key: Words) -> Option<(usize, u32)> {
        let mut place = self.home(key);
        // It ends: half of the places are free.
        loop {
            let number = self.number_at(place)?;
            if is_same(self.slots.get(number as usize)?.key, key) {
                return Some((place, number));
            }
            place = (place + 1) & self.mask();
        }
    }

    fn insert(&mut self, key: Words) -> Option<u32> {
        if (self.len + 1) * 2 > self.index.len() {
            self.grow();
        }
        let number = match self.vacant.pop() {
            Some(number) => number,
            None => self.append()?,
        };
        self.slots.get_mut(number as usize)?.key = key;
        self.link(number, key);
        self.len += 1;
        Some(number)
    }

    fn append(&mut self) -> Option<u32> {
        let number = u32::try_from(self.slots.len()).ok()?;
        if self.slots.len() == self.slots.capacity() {
            self.slots.reserve_exact((self.slots.len() / 16).max(16));
        }
        self.slots.push(Slot {
            key: VACANT,
            row: R::default(),
        });
        Some(number)
    }

    fn grow(&mut self) {
        let places = (self.index.len() * 2).max(16);
        self.index.clear();
        self.index.resize(places, 0);
        let keys: Vec<Words> = self.slots.iter().map(|slot| slot.key).collect();
        for (number, key) in (0..).zip(keys) {
            if key != VACANT {
                self.link(number, key);
            }
        }
    }

    fn link(&mut self, number: u32, key: Words) {
        let mut place = self.home(key);
        while self.number_at(place).is_some() {
            place = (place + 1) & self.mask();
        }
        self.put(place, number + 1);
    }

    /// Two multiplications. It has no secret: the ids are those that the program
    /// asked its broker for.
    #[inline]
    fn home(&self, key: Words) -> usize {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let [market, head, tail] = key;
        let hash = market.wrapping_mul(FACTOR) ^ head ^ tail.rotate_left(31);
        let hash = hash.wrapping_mul(FACTOR);
        // The good bits are the high ones.
        (hash ^ hash >> 32) as usize & self.mask()
    }

    #[inline]
    const fn mask(&self) -> usize {
        self.index.len().wrapping_sub(1)
    }

    #[inline]
    fn number_at(&self, place: usize) -> Option<u32> {
        self.index.get(place)?.checked_sub(1)
    }

    fn put(&mut self, place: usize, number: u32) {
        if let Some(kept) = self.index.get_mut(place) {
            *kept = number;
        }
    }
}

/// Compares in registers what `==` would put into memory first.
#[inline]
const fn is_same(a: Words, b: Words) -> bool {
    (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) == 0
}

impl<I: ReversibleKey, R> Table<I, R> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (I, &R)> {
        let long: BTreeMap<u64, &I> = self.long.iter().map(|(id, number)| (*number, id)).collect();
        let slots = self.slots.iter().filter(|slot| slot.key != VACANT);
        slots.filter_map(move |slot| match slot.key {
            [number, 0, LONG] => Some((I::clone(long.get(&number)?), &slot.row)),
            key => Some((I::from_words(key)?, &slot.row)),
        })
    }
}

impl<I, R> Default for Table<I, R> {
    fn default() -> Self {
        Self {
            index: Vec::new(),
            slots: Vec::new(),
            vacant: Vec::new(),
            len: 0,
            long: BTreeMap::new(),
            next_long: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TradableId;
    use crate::random::Random;

    /// Some of them are too long for words.
    fn id(number: u64) -> TradableId {
        let long = if number.is_multiple_of(7) {
            "longer than words are"
        } else {
            ""
        };
        TradableId::new(11, format!("{long}{number}"))
    }

    #[test]
    fn is_a_map_under_any_order_of_changes() {
        for seed in 0..100 {
            let mut random = Random::new([seed; 16]);
            let mut table = Table::<TradableId, u64>::default();
            let mut model = BTreeMap::new();
            for turn in 1..900 {
                let id = id(random.next() % 300);
                if random.next().is_multiple_of(2) {
                    *table.entry(&id).unwrap() = turn;
                    model.insert(id, turn);
                } else {
                    assert_eq!(table.remove(&id), model.remove(&id));
                }
                assert_eq!(table.len(), model.len());
                assert!(table.long.len() <= model.len());
            }
            for id in (0..300).map(id) {
                assert_eq!(table.get(&id), model.get(&id));
            }
            let kept: BTreeMap<_, _> = table.iter().map(|(id, row)| (id, *row)).collect();
            assert_eq!(kept, model);
        }
    }

    #[test]
    fn keeps_the_order_while_it_grows() {
        let mut table = Table::<TradableId, u8>::default();
        for number in (0..1000).rev() {
            table.entry(&id(number));
        }
        let ids: Vec<TradableId> = table.iter().map(|(id, _)| id).collect();
        assert_eq!(ids, (0..1000).rev().map(id).collect::<Vec<_>>());
    }
}
