//! One side of a book: queues by price.

use std::collections::VecDeque;
use std::ops::Range;

use crate::fixed::Fixed;

use super::super::market::Side;

/// Who stands behind an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Others,
    /// The customer, with this order.
    Own(i64),
}

/// A place in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) owner: Owner,
    /// What everybody sees.
    pub(super) shown: i64,
    /// What follows once that is gone.
    pub(super) hidden: i64,
    /// How much is shown at a time.
    pub(super) peak: i64,
}

impl Entry {
    /// Makes an entry that shows all of itself.
    pub(crate) fn whole(owner: Owner, volume: i64) -> Self {
        Self::iceberg(owner, volume, volume)
    }

    /// Makes an entry that shows at most `peak` at a time.
    pub(crate) fn iceberg(owner: Owner, volume: i64, peak: i64) -> Self {
        let shown = volume.min(peak.max(1));
        Self {
            owner,
            shown,
            hidden: volume - shown,
            peak,
        }
    }

    pub(super) fn total(&self) -> i64 {
        self.shown + self.hidden
    }
}

/// What is wanted or offered at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) orders: i64,
}

/// All entries at one price, first come first.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) price: Fixed,
    entries: VecDeque<Entry>,
    /// What is shown of it, kept because it is asked for far more often than it
    /// changes.
    shown: i64,
    /// Volume and number of others' entries.
    others: (i64, usize),
}

impl Queue {
    /// Makes an empty queue, in the room that another one has left.
    fn new(price: Fixed, entries: VecDeque<Entry>) -> Self {
        Self {
            price,
            entries,
            shown: 0,
            others: (0, 0),
        }
    }

    /// Puts an entry behind all others.
    pub(super) fn push(&mut self, entry: Entry) {
        self.count(&entry, 1);
        self.entries.push_back(entry);
    }

    /// Takes the first entry.
    pub(super) fn pop(&mut self) -> Option<Entry> {
        let entry = self.entries.pop_front()?;
        self.count(&entry, -1);
        Some(entry)
    }

    /// Puts an entry before all others, where it was taken from.
    pub(super) fn put_back(&mut self, entry: Entry) {
        self.count(&entry, 1);
        self.entries.push_front(entry);
    }

    /// Puts an entry where another one was, or nothing if nothing is left of it.
    pub(super) fn replace(&mut self, place: usize, entry: Entry) {
        if entry.total() < 1 {
            self.remove(place);
        } else if let Some(old) = self.entries.get_mut(place) {
            let old = std::mem::replace(old, entry);
            self.count(&old, -1);
            self.count(&entry, 1);
        }
    }

    pub(super) fn remove(&mut self, place: usize) {
        if let Some(entry) = self.entries.remove(place) {
            self.count(&entry, -1);
        }
    }

    pub(super) fn remove_others(&mut self) {
        if self.has_own() {
            self.entries.retain(|entry| entry.owner != Owner::Others);
        } else {
            self.entries.clear();
        }
        self.shown -= self.others.0;
        self.others = (0, 0);
    }

    /// Finds an entry and its place.
    pub(super) fn find(
        &self,
        from: usize,
        found: impl Fn(&Entry) -> bool,
    ) -> Option<(usize, Entry)> {
        let mut entries = self.entries.iter().copied().enumerate().skip(from);
        entries.find(|(_, entry)| found(entry))
    }

    pub(super) fn level(&self) -> Level {
        Level {
            price: self.price,
            volume: self.shown,
            orders: self.entries.len() as i64,
        }
    }

    /// Returns all that waits, hidden or not; others hide nothing.
    pub(super) fn total(&self) -> i64 {
        if self.has_own() {
            self.entries.iter().map(Entry::total).sum()
        } else {
            self.shown
        }
    }

    /// Returns volume and number of others' entries.
    pub(super) fn others(&self) -> (i64, usize) {
        self.others
    }

    pub(super) fn has_own(&self) -> bool {
        self.others.1 < self.entries.len()
    }

    fn count(&mut self, entry: &Entry, times: i64) {
        self.shown += times * entry.shown;
        if entry.owner == Owner::Others {
            self.others.0 += times * entry.shown;
            self.others.1 = self.others.1.saturating_add_signed(times as isize);
        }
    }
}

/// One side of a book.
#[derive(Debug)]
pub(super) struct Ladder {
    side: Side,
    /// The best comes last: that is where nearly everything happens.
    pub(super) queues: Vec<Queue>,
    /// Whether others may have lost volume since somebody last asked.
    pub(super) thinned: bool,
    /// Empty queues, kept because new ones are needed all the time.
    spare: Vec<VecDeque<Entry>>,
}

impl Ladder {
    pub(super) fn new(side: Side) -> Self {
        Self {
            side,
            queues: Vec::new(),
            thinned: false,
            spare: Vec::new(),
        }
    }

    /// Finds the queue at a price, or where it would be.
    pub(super) fn find(&self, price: Fixed) -> Result<usize, usize> {
        // The best ones are asked for most.
        let index = self.queues.len() - self.better_than(price);
        match index.checked_sub(1).map(|index| &self.queues[index]) {
            Some(queue) if queue.price == price => Ok(index - 1),
            _ => Err(index),
        }
    }

    pub(super) fn queue(&mut self, price: Fixed) -> Option<(usize, &mut Queue)> {
        let index = self.find(price).ok()?;
        Some((index, self.queues.get_mut(index)?))
    }

    pub(super) fn rest(&mut self, price: Fixed, entry: Entry) {
        let index = self.find(price).unwrap_or_else(|index| {
            let room = self.spare.pop().unwrap_or_default();
            self.queues.insert(index, Queue::new(price, room));
            index
        });
        self.queues[index].push(entry);
    }

    /// Returns how many queues are worse than a price.
    pub(super) fn worse_than(&self, price: Fixed) -> usize {
        let rank = self.side.rank(price);
        let worse = |queue: &&Queue| self.side.rank(queue.price) < rank;
        self.queues.iter().take_while(worse).count()
    }

    /// Returns how many queues are better than a price.
    pub(super) fn better_than(&self, price: Fixed) -> usize {
        let rank = self.side.rank(price);
        let better = |queue: &&Queue| self.side.rank(queue.price) > rank;
        self.queues.iter().rev().take_while(better).count()
    }

    /// Takes others' entries out of these queues.
    pub(super) fn remove_others(&mut self, queues: Range<usize>) {
        for index in queues.rev() {
            self.thinned = true;
            self.queues[index].remove_others();
            self.drop_if_empty(index);
        }
    }

    pub(super) fn drop_if_empty(&mut self, index: usize) {
        if self.queues[index].entries.is_empty() {
            let queue = self.queues.remove(index);
            self.spare.push(queue.entries);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    fn counted(queue: &Queue) -> (i64, (i64, usize)) {
        let volume = |entries: &[&Entry]| entries.iter().map(|entry| entry.shown).sum();
        let all: Vec<_> = queue.entries.iter().collect();
        let mut others = all.clone();
        others.retain(|entry| entry.owner == Owner::Others);
        (volume(&all), (volume(&others), others.len()))
    }

    #[test]
    fn sums_follow_the_entries() {
        let mut rng = Rng::new(1, 1);
        let mut queue = Queue::new(Fixed::from_units(100), VecDeque::new());
        let mut longest = 0;
        for number in 0..5_000 {
            let volume = rng.between(1, 9);
            let entry = if rng.once_in(3) {
                Entry::iceberg(Owner::Own(number), volume, 4)
            } else {
                Entry::whole(Owner::Others, volume)
            };
            let place = rng.between(0, 9) as usize;
            match rng.between(0, 40) {
                0..20 => queue.push(entry),
                20..25 => {
                    if let Some(first) = queue.pop()
                        && number % 2 == 0
                    {
                        queue.put_back(first);
                    }
                }
                25..30 => queue.replace(place, entry),
                30..35 => queue.replace(place, Entry::whole(entry.owner, 0)),
                35..40 => queue.remove(place),
                _ => queue.remove_others(),
            }
            assert_eq!((queue.shown, queue.others), counted(&queue));
            let totals = queue.entries.iter().map(Entry::total);
            assert_eq!(queue.total(), totals.sum::<i64>());
            longest = longest.max(queue.entries.len());
        }
        assert!(longest > 20, "{longest}");
    }
}
