//! Dense storage with a small index before it.
//!
//! A table of 32-bit numbers leads to rows that lie side by side in pages: a
//! look-up is a hash, a number and a row. Nothing moves when it grows but the
//! table, so ten rows and a hundred thousand cost the same each.

use std::hash::{Hash, Hasher};

/// Rows by what they are about, in the order in which they came.
pub(super) struct Shelf<I, R> {
    /// A power of two of places, at most three quarters of them taken. Each
    /// holds the number of a row plus one, or zero.
    table: Vec<u32>,
    pages: Vec<Vec<Slot<I, R>>>,
    /// Rows that were taken out; the next newcomers get their places.
    vacant: Vec<u32>,
    len: usize,
}

struct Slot<I, R> {
    id: Option<I>,
    row: R,
}

/// Rows in a page.
const PAGE: usize = 64;

impl<I: Hash + Eq + Clone, R: Default> Shelf<I, R> {
    /// The row of this id, a new one if there is none, and whether it is new.
    #[inline]
    pub(super) fn entry(&mut self, id: &I) -> Option<&mut R> {
        let number = match self.find(id) {
            Some(number) => number,
            None => self.insert(id)?,
        };
        self.slot_mut(number).map(|slot| &mut slot.row)
    }

    #[inline]
    pub(super) fn get(&self, id: &I) -> Option<&R> {
        self.slot(self.find(id)?).map(|slot| &slot.row)
    }

    /// Takes a row out.
    pub(super) fn remove(&mut self, id: &I) -> Option<R> {
        let (mut hole, number) = self.place(id)?;
        // What lies behind the hole and was pushed there by what lay in it
        // moves up, or it would not be found again.
        let mask = self.mask();
        let mut place = hole;
        loop {
            place = (place + 1) & mask;
            let Some(next) = self.number_at(place) else {
                break;
            };
            let home = self.home(self.slot(next)?.id.as_ref()?);
            if place.wrapping_sub(home) & mask >= place.wrapping_sub(hole) & mask {
                self.put(hole, next + 1);
                hole = place;
            }
        }
        self.put(hole, 0);
        self.len -= 1;
        self.vacant.push(number);
        let slot = self.slot_mut(number)?;
        slot.id = None;
        Some(std::mem::take(&mut slot.row))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&I, &R)> {
        let slots = self.pages.iter().flatten();
        slots.filter_map(|slot| Some((slot.id.as_ref()?, &slot.row)))
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut R> {
        self.pages.iter_mut().flatten().map(|slot| &mut slot.row)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn find(&self, id: &I) -> Option<u32> {
        self.place(id).map(|(_, number)| number)
    }

    /// Where in the table an id stands, and the number of its row.
    #[inline]
    fn place(&self, id: &I) -> Option<(usize, u32)> {
        let mut place = self.home(id);
        // It ends: a quarter of the places are free.
        loop {
            let number = self.number_at(place)?;
            if self.slot(number)?.id.as_ref() == Some(id) {
                return Some((place, number));
            }
            place = (place + 1) & self.mask();
        }
    }

    #[cold]
    fn insert(&mut self, id: &I) -> Option<u32> {
        if (self.len + 1) * 4 > self.table.len() * 3 {
            self.grow()?;
        }
        let number = match self.vacant.pop() {
            Some(number) => number,
            None => self.append()?,
        };
        self.slot_mut(number)?.id = Some(id.clone());
        self.link(number, self.home(id));
        self.len += 1;
        Some(number)
    }

    fn append(&mut self) -> Option<u32> {
        if self.pages.last().is_none_or(|page| page.len() == PAGE) {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        let before = (self.pages.len() - 1) * PAGE;
        let page = self.pages.last_mut()?;
        let number = u32::try_from(before + page.len()).ok()?;
        page.push(Slot {
            id: None,
            row: R::default(),
        });
        Some(number)
    }

    fn grow(&mut self) -> Option<()> {
        let places = (self.table.len() * 2).max(16);
        self.table.clear();
        self.table.resize(places, 0);
        for page in 0..self.pages.len() {
            for row in 0..self.pages.get(page)?.len() {
                let number = u32::try_from(page * PAGE + row).ok()?;
                if let Some(id) = &self.slot(number)?.id {
                    self.link(number, self.home(id));
                }
            }
        }
        Some(())
    }

    fn link(&mut self, number: u32, home: usize) {
        let mut place = home;
        while self.number_at(place).is_some() {
            place = (place + 1) & self.mask();
        }
        self.put(place, number + 1);
    }

    #[inline]
    fn home(&self, id: &I) -> usize {
        let mut hasher = Folding(0);
        id.hash(&mut hasher);
        hasher.finish() as usize & self.mask()
    }

    #[inline]
    const fn mask(&self) -> usize {
        self.table.len().wrapping_sub(1)
    }

    #[inline]
    fn number_at(&self, place: usize) -> Option<u32> {
        self.table.get(place)?.checked_sub(1)
    }

    fn put(&mut self, place: usize, number: u32) {
        if let Some(kept) = self.table.get_mut(place) {
            *kept = number;
        }
    }

    #[inline]
    fn slot(&self, number: u32) -> Option<&Slot<I, R>> {
        let number = number as usize;
        self.pages.get(number / PAGE)?.get(number % PAGE)
    }

    #[inline]
    fn slot_mut(&mut self, number: u32) -> Option<&mut Slot<I, R>> {
        let number = number as usize;
        self.pages.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }
}

impl<I, R> Default for Shelf<I, R> {
    fn default() -> Self {
        Self {
            table: Vec::new(),
            pages: Vec::new(),
            vacant: Vec::new(),
            len: 0,
        }
    }
}

/// A multiplication a word. It has no secret: the ids are those that the
/// program asked its broker for.
struct Folding(u64);

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u8(&mut self, byte: u8) {
        self.write_u64(byte.into());
    }

    #[inline]
    fn write_i64(&mut self, word: i64) {
        self.write_u64(word.cast_unsigned());
    }

    #[inline]
    fn write_u64(&mut self, word: u64) {
        const ODD: u128 = 0x9e37_79b9_7f4a_7c15;
        let product = u128::from(self.0 ^ word) * ODD;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::random::Random;

    #[test]
    fn is_a_map_under_any_order_of_changes() {
        for seed in 0..200 {
            let mut random = Random::new([seed; 16]);
            let mut shelf = Shelf::<u64, u64>::default();
            let mut model = BTreeMap::new();
            for turn in 1..900 {
                let id = random.next() % 300;
                if random.next().is_multiple_of(2) {
                    *shelf.entry(&id).unwrap() = turn;
                    model.insert(id, turn);
                } else {
                    assert_eq!(shelf.remove(&id), model.remove(&id));
                }
                assert_eq!(shelf.len(), model.len());
            }
            for id in 0..300 {
                assert_eq!(shelf.get(&id), model.get(&id));
            }
            let kept: BTreeMap<_, _> = shelf.iter().map(|(id, row)| (*id, *row)).collect();
            assert_eq!(kept, model);
        }
    }

    #[test]
    fn keeps_the_order_while_it_grows() {
        let mut shelf = Shelf::<u64, u8>::default();
        for id in (0..1000).rev() {
            shelf.entry(&id);
        }
        let ids: Vec<u64> = shelf.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, (0..1000).rev().collect::<Vec<_>>());
    }
}
