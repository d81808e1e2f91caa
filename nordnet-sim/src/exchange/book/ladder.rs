//! One side of a book: queues by price.

use std::collections::VecDeque;

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
    pub(super) entries: VecDeque<Entry>,
    /// What is shown of it, counted whenever it changes: it is asked for far
    /// more often.
    shown: i64,
    /// Volume and number of others' entries.
    pub(super) others: (i64, usize),
}

impl Queue {
    fn new(price: Fixed, entries: VecDeque<Entry>) -> Self {
        let mut queue = Self {
            price,
            entries,
            shown: 0,
            others: (0, 0),
        };
        queue.count();
        queue
    }

    fn count(&mut self) {
        (self.shown, self.others) = (0, (0, 0));
        for entry in &self.entries {
            self.shown += entry.shown;
            if entry.owner == Owner::Others {
                self.others.0 += entry.shown;
                self.others.1 += 1;
            }
        }
    }

    /// Says whether there are own entries in it.
    pub(super) fn has_own(&self) -> bool {
        self.others.1 < self.entries.len()
    }

    pub(super) fn level(&self) -> Level {
        Level {
            price: self.price,
            volume: self.shown,
            orders: self.entries.len() as i64,
        }
    }

    pub(super) fn total(&self) -> i64 {
        self.entries.iter().map(Entry::total).sum()
    }

    pub(super) fn position(&self, owner: Owner) -> Option<usize> {
        self.entries.iter().position(|entry| entry.owner == owner)
    }
}

/// One side of a book.
#[derive(Debug)]
pub(super) struct Ladder {
    side: Side,
    /// The best comes last: that is where nearly everything happens.
    pub(super) queues: Vec<Queue>,
    /// Empty queues, kept because new ones are needed all the time.
    spare: Vec<VecDeque<Entry>>,
}

impl Ladder {
    pub(super) fn new(side: Side) -> Self {
        Self {
            side,
            queues: Vec::new(),
            spare: Vec::new(),
        }
    }

    pub(super) fn find(&self, price: Fixed) -> Result<usize, usize> {
        let rank = self.side.rank(price);
        self.queues
            .binary_search_by_key(&rank, |queue| self.side.rank(queue.price))
    }

    pub(super) fn queue(&mut self, price: Fixed) -> Option<(usize, &mut Queue)> {
        let index = self.find(price).ok()?;
        Some((index, self.queues.get_mut(index)?))
    }

    pub(super) fn rest(&mut self, price: Fixed, entry: Entry) {
        match self.find(price) {
            Ok(index) => {
                let queue = &mut self.queues[index];
                queue.entries.push_back(entry);
                queue.count();
            }
            Err(index) => {
                let mut entries = self.spare.pop().unwrap_or_default();
                entries.push_back(entry);
                self.queues.insert(index, Queue::new(price, entries));
            }
        }
    }

    /// Takes in that the entries of a queue have changed.
    pub(super) fn changed(&mut self, index: usize) {
        if self.queues[index].entries.is_empty() {
            let queue = self.queues.remove(index);
            self.spare.push(queue.entries);
        } else {
            self.queues[index].count();
        }
    }
}
