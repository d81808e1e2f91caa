//! An order book: price levels, each of them a queue.
//!
//! The better price trades first; at one price, who came first. An entry is
//! an order of somebody else or an own one. An iceberg shows a part of itself
//! and queues again each time that part is gone.

use crate::fixed::Fixed;

use super::market::Side;

mod ladder;

pub(crate) use ladder::{Entry, Level, Owner};
use ladder::{Ladder, Queue};

/// How many price levels everybody sees.
pub(crate) const DEPTH: usize = 5;

/// An execution, as the one whose entry was taken sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deal {
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) owner: Owner,
    /// Whether it is part of an auction.
    pub(crate) auction: bool,
}

impl Deal {
    /// Makes an execution outside auctions.
    pub(crate) fn new(owner: Owner, price: Fixed, volume: i64) -> Self {
        Self {
            price,
            volume,
            owner,
            auction: false,
        }
    }
}

/// Everything that waits for a trade in one listing.
#[derive(Debug)]
pub(crate) struct Book {
    bids: Ladder,
    asks: Ladder,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self {
            bids: Ladder::new(Side::Buy),
            asks: Ladder::new(Side::Sell),
        }
    }

    /// Puts an entry behind all others at its price.
    pub(crate) fn rest(&mut self, side: Side, price: Fixed, entry: Entry) {
        if entry.total() > 0 {
            self.ladder_mut(side).rest(price, entry);
        }
    }

    /// Takes up to `volume` from the other side, at `limit` or better.
    /// Executions with one owner at one price become one deal. Returns what is
    /// left of the volume.
    pub(crate) fn take(
        &mut self,
        taker: Side,
        limit: Fixed,
        volume: i64,
        deals: &mut Vec<Deal>,
    ) -> i64 {
        let ladder = self.ladder_mut(taker.other());
        let mut open = volume;
        while open > 0
            && let Some(queue) = ladder.queues.last_mut()
            && taker.reaches(limit, queue.price)
        {
            ladder.thinned = true;
            while open > 0
                && let Some(mut entry) = queue.pop()
            {
                let part = entry.shown.min(open);
                open -= part;
                match deals.last_mut() {
                    Some(deal) if deal.price == queue.price && deal.owner == entry.owner => {
                        deal.volume += part;
                    }
                    _ => deals.push(Deal::new(entry.owner, queue.price, part)),
                }
                entry.shown -= part;
                if entry.shown > 0 {
                    queue.put_back(entry);
                } else if entry.hidden > 0 {
                    queue.push(Entry::iceberg(entry.owner, entry.hidden, entry.peak));
                }
            }
            let best = ladder.queues.len() - 1;
            ladder.drop_if_empty(best);
        }
        open
    }

    /// Takes an own order out.
    pub(crate) fn remove(&mut self, side: Side, price: Fixed, order: i64) {
        self.keep(side, price, order, 0, 0);
    }

    /// Leaves so much of an own order, showing at most `peak` of it. It keeps
    /// its place.
    pub(crate) fn keep(&mut self, side: Side, price: Fixed, order: i64, left: i64, peak: i64) {
        self.change(side, price, order, |entry| {
            let shown = entry.shown.min(peak).min(left);
            Entry {
                shown,
                hidden: left - shown,
                peak,
                ..entry
            }
        });
    }

    /// Executes part of an own order out of its turn; what is seen goes first.
    pub(crate) fn pick(&mut self, side: Side, price: Fixed, order: i64, volume: i64) {
        self.change(side, price, order, |mut entry| {
            if entry.shown > volume {
                entry.shown -= volume;
                return entry;
            }
            Entry::iceberg(entry.owner, entry.total() - volume, entry.peak)
        });
    }

    /// Changes an own order where it is.
    fn change(
        &mut self,
        side: Side,
        price: Fixed,
        order: i64,
        change: impl FnOnce(Entry) -> Entry,
    ) {
        let ladder = self.ladder_mut(side);
        let Some((index, queue)) = ladder.queue(price) else {
            return;
        };
        if let Some((place, entry)) = queue.find(0, |entry| entry.owner == Owner::Own(order)) {
            queue.replace(place, change(entry));
            ladder.drop_if_empty(index);
        }
    }

    /// Takes all of others' entries out.
    pub(crate) fn withdraw(&mut self, side: Side) {
        let ladder = self.ladder_mut(side);
        ladder.remove_others(0..ladder.queues.len());
    }

    /// Takes others' entries out at prices better than `best` or worse than
    /// `worst`.
    pub(crate) fn withdraw_beyond(&mut self, side: Side, best: Fixed, worst: Fixed) {
        let ladder = self.ladder_mut(side);
        let all = ladder.queues.len();
        ladder.remove_others(all - ladder.better_than(best)..all);
        ladder.remove_others(0..ladder.worse_than(worst));
    }

    /// Takes one of others' entries out at a price, the `turn`th or next one.
    pub(crate) fn cancel_one(&mut self, side: Side, price: Fixed, turn: usize) {
        let ladder = self.ladder_mut(side);
        let Some((index, queue)) = ladder.queue(price) else {
            return;
        };
        let from = turn % queue.level().orders.max(1) as usize;
        if let Some((place, _)) = queue.find(from, |entry| entry.owner == Owner::Others) {
            queue.remove(place);
            ladder.drop_if_empty(index);
        }
    }

    /// Says whether others may have traded or withdrawn on a side since this
    /// was last asked.
    pub(crate) fn has_thinned(&mut self, side: Side) -> bool {
        std::mem::take(&mut self.ladder_mut(side).thinned)
    }

    /// Returns the levels of a side, best first.
    pub(crate) fn levels(&self, side: Side) -> impl Iterator<Item = Level> + '_ {
        self.ladder(side).queues.iter().rev().map(Queue::level)
    }

    /// Returns the prices of a side with all that waits there, hidden or not,
    /// best first.
    pub(crate) fn totals(&self, side: Side) -> impl Iterator<Item = (Fixed, i64)> + '_ {
        let queues = self.ladder(side).queues.iter().rev();
        queues.map(|queue| (queue.price, queue.total()))
    }

    pub(crate) fn best(&self, side: Side) -> Option<Fixed> {
        self.ladder(side).queues.last().map(|queue| queue.price)
    }

    /// Returns volume and number of others' entries at a price.
    pub(crate) fn others_at(&self, side: Side, price: Fixed) -> (i64, usize) {
        let ladder = self.ladder(side);
        let found = ladder.find(price);
        found.map_or((0, 0), |index| ladder.queues[index].others())
    }

    /// Returns how much an order at this limit could take at once.
    pub(crate) fn reach(&self, taker: Side, limit: Fixed) -> i64 {
        self.totals(taker.other())
            .take_while(|(price, _)| taker.reaches(limit, *price))
            .map(|(_, volume)| volume)
            .sum()
    }

    /// Says whether an order at this limit would meet an own one.
    pub(crate) fn meets_own(&self, taker: Side, limit: Fixed) -> bool {
        let queues = self.ladder(taker.other()).queues.iter().rev();
        queues
            .take_while(|queue| taker.reaches(limit, queue.price))
            .any(Queue::has_own)
    }

    /// Says whether somebody bids what somebody else asks, or more.
    pub(crate) fn is_crossed(&self) -> bool {
        matches!((self.best(Side::Buy), self.best(Side::Sell)), (Some(bid), Some(ask)) if bid >= ask)
    }

    fn ladder(&self, side: Side) -> &Ladder {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn ladder_mut(&mut self, side: Side) -> &mut Ladder {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(price: i64) -> Fixed {
        Fixed::from_units(price)
    }

    /// Offers of others at 101 and 102, with an own one between them.
    fn book() -> Book {
        let mut book = Book::new();
        book.rest(Side::Sell, at(102), Entry::whole(Owner::Others, 7));
        book.rest(Side::Sell, at(101), Entry::whole(Owner::Others, 5));
        book.rest(Side::Sell, at(101), Entry::whole(Owner::Own(1), 4));
        book.rest(Side::Sell, at(101), Entry::whole(Owner::Others, 3));
        book
    }

    fn take(book: &mut Book, limit: i64, volume: i64) -> Vec<(i64, i64, Owner)> {
        let mut deals = Vec::new();
        book.take(Side::Buy, at(limit), volume, &mut deals);
        let row = |deal: &Deal| {
            (
                deal.price.ten_thousandths() / 10_000,
                deal.volume,
                deal.owner,
            )
        };
        deals.iter().map(row).collect()
    }

    #[test]
    fn the_better_price_and_the_older_entry_trade_first() {
        let mut book = book();
        assert_eq!(book.reach(Side::Buy, at(102)), 19);
        assert_eq!(
            take(&mut book, 101, 6),
            [(101, 5, Owner::Others), (101, 1, Owner::Own(1))]
        );
        assert_eq!(
            take(&mut book, 102, 9),
            [
                (101, 3, Owner::Own(1)),
                (101, 3, Owner::Others),
                (102, 3, Owner::Others)
            ]
        );
        assert_eq!(take(&mut book, 101, 9), []);
        let left: Vec<_> = book.levels(Side::Sell).collect();
        assert_eq!(
            left,
            [Level {
                price: at(102),
                volume: 4,
                orders: 1
            }]
        );
    }

    #[test]
    fn an_iceberg_shows_its_peak_and_queues_again() {
        let mut book = Book::new();
        book.rest(Side::Sell, at(101), Entry::iceberg(Owner::Own(1), 10, 4));
        book.rest(Side::Sell, at(101), Entry::whole(Owner::Others, 3));
        assert_eq!(book.levels(Side::Sell).next().unwrap().volume, 7);
        assert_eq!(book.reach(Side::Buy, at(101)), 13);
        assert_eq!(
            take(&mut book, 101, 9),
            [
                (101, 4, Owner::Own(1)),
                (101, 3, Owner::Others),
                (101, 2, Owner::Own(1))
            ]
        );
        assert_eq!(book.levels(Side::Sell).next().unwrap().volume, 2);
    }

    #[test]
    fn a_smaller_order_keeps_its_place() {
        let mut book = book();
        book.keep(Side::Sell, at(101), 1, 1, 1);
        assert_eq!(
            take(&mut book, 101, 9),
            [
                (101, 5, Owner::Others),
                (101, 1, Owner::Own(1)),
                (101, 3, Owner::Others)
            ]
        );
        let mut book = self::book();
        book.remove(Side::Sell, at(101), 1);
        assert_eq!(take(&mut book, 101, 9), [(101, 8, Owner::Others)]);
    }

    #[test]
    fn an_execution_out_of_turn_takes_what_is_seen_first() {
        let mut book = Book::new();
        book.rest(Side::Sell, at(101), Entry::iceberg(Owner::Own(1), 10, 4));
        book.pick(Side::Sell, at(101), 1, 3);
        assert_eq!(book.levels(Side::Sell).next().unwrap().volume, 1);
        book.pick(Side::Sell, at(101), 1, 3);
        assert_eq!(book.levels(Side::Sell).next().unwrap().volume, 4);
        book.pick(Side::Sell, at(101), 1, 4);
        assert_eq!(book.best(Side::Sell), None);
    }

    #[test]
    fn only_others_withdraw() {
        let mut book = book();
        assert!(book.meets_own(Side::Buy, at(101)) && !book.meets_own(Side::Buy, at(100)));
        book.withdraw(Side::Sell);
        assert_eq!(take(&mut book, 102, 9), [(101, 4, Owner::Own(1))]);
        book.rest(Side::Buy, at(101), Entry::whole(Owner::Others, 1));
        assert!(!book.is_crossed());
        book.rest(Side::Sell, at(101), Entry::whole(Owner::Others, 1));
        assert!(book.is_crossed());
    }
}
