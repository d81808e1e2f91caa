//! Auctions: orders collect, then all of them trade at one price.

use crate::fixed::Fixed;

use super::book::{Book, Deal, Owner};
use super::market::Side;

/// Where supply and demand meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Equilibrium {
    pub(crate) price: Fixed,
    /// What would be traded.
    pub(crate) paired: i64,
    /// What would be left at the price or better: above zero, buyers.
    pub(crate) imbalance: i64,
}

impl Book {
    /// Returns the price at which most is traded; of those the one that
    /// leaves least, and then the nearest to `reference`. None if nothing
    /// can be traded.
    pub(crate) fn equilibrium(&self, reference: Fixed) -> Option<Equilibrium> {
        if !self.is_crossed() {
            return None;
        }
        let volume = |side, price| self.reach(side, price);
        let prices = self.totals(Side::Buy).chain(self.totals(Side::Sell));
        prices
            .map(|(price, _)| {
                let (supply, demand) = (volume(Side::Buy, price), volume(Side::Sell, price));
                Equilibrium {
                    price,
                    paired: supply.min(demand),
                    imbalance: demand - supply,
                }
            })
            .min_by_key(|at| {
                let away = (at.price - reference).ten_thousandths().abs();
                (-at.paired, at.imbalance.abs(), away, at.price)
            })
    }

    /// Lets everybody trade who can, at the price of the equilibrium. What is
    /// left is not crossed.
    pub(crate) fn uncross(&mut self, reference: Fixed, deals: &mut Vec<Deal>) {
        let Some(at) = self.equilibrium(reference) else {
            return;
        };
        let mut matched = Vec::new();
        self.take(Side::Buy, at.price, at.paired, &mut matched);
        self.take(Side::Sell, at.price, at.paired, &mut matched);
        let own = matched.iter().filter(|deal| deal.owner != Owner::Others);
        let own: Vec<_> = own.copied().collect();
        // An own order is on one side of a trade, others are on the other.
        let among_others = at.paired - own.iter().map(|deal| deal.volume).sum::<i64>();
        let rest = Deal {
            price: at.price,
            volume: among_others,
            owner: Owner::Others,
            auction: true,
        };
        let everybody = own.into_iter().chain((among_others > 0).then_some(rest));
        deals.extend(everybody.map(|deal| Deal {
            price: at.price,
            auction: true,
            ..deal
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::book::Entry;
    use super::*;

    fn at(price: i64) -> Fixed {
        Fixed::from_units(price)
    }

    fn book(bids: &[(i64, i64)], asks: &[(i64, i64)]) -> Book {
        let mut book = Book::new();
        for (side, entries) in [(Side::Buy, bids), (Side::Sell, asks)] {
            for (price, volume) in entries {
                book.rest(side, at(*price), Entry::whole(Owner::Others, *volume));
            }
        }
        book
    }

    #[test]
    fn the_price_is_where_most_is_traded() {
        let bids = &[(103, 50), (102, 30), (100, 40)];
        let asks = &[(99, 20), (101, 40), (102, 60)];
        let found = book(bids, asks).equilibrium(at(100)).unwrap();
        assert_eq!(
            (found.price, found.paired, found.imbalance),
            (at(102), 80, -40)
        );
        assert_eq!(book(&[(100, 5)], &[(101, 5)]).equilibrium(at(100)), None);
    }

    #[test]
    fn ties_go_to_the_least_imbalance_then_to_the_reference() {
        // At 101 and 102 the same is traded; at 102 less is left.
        let found = book(&[(102, 10), (101, 10)], &[(100, 10), (101, 0)]);
        assert_eq!(found.equilibrium(at(101)).unwrap().price, at(102));
        // From 100 to 104 everything is alike.
        let even = book(&[(104, 10)], &[(100, 10)]);
        assert_eq!(even.equilibrium(at(90)).unwrap().price, at(100));
        assert_eq!(even.equilibrium(at(103)).unwrap().price, at(104));
    }

    #[test]
    fn the_better_price_and_the_older_entry_come_first() {
        let mut book = book(&[(103, 10), (102, 10)], &[(100, 15)]);
        book.rest(Side::Buy, at(102), Entry::whole(Owner::Own(1), 10));
        book.rest(Side::Buy, at(103), Entry::whole(Owner::Own(2), 4));
        let mut deals = Vec::new();
        book.uncross(at(102), &mut deals);
        let told: Vec<_> = deals.iter().map(|deal| (deal.volume, deal.owner)).collect();
        assert_eq!(told, [(4, Owner::Own(2)), (11, Owner::Others)]);
        assert!(deals.iter().all(|deal| deal.price == at(102)));
        assert!(!book.is_crossed());
        assert_eq!(book.reach(Side::Sell, at(102)), 19);
    }

    #[test]
    fn no_book_is_crossed_afterwards() {
        let mut rng = crate::rng::Rng::new(1, 1);
        for _ in 0..500 {
            let mut draw = |low, high| -> Vec<(i64, i64)> {
                let count = rng.between(0, 8);
                let entry = |_| (rng.between(low, high), rng.between(1, 20));
                (0..count).map(entry).collect()
            };
            let (bids, asks) = (draw(95, 105), draw(94, 104));
            let mut book = book(&bids, &asks);
            let paired = book.equilibrium(at(100)).map_or(0, |at| at.paired);
            let before = book.reach(Side::Sell, at(1)) + book.reach(Side::Buy, at(200));
            let mut deals = Vec::new();
            book.uncross(at(100), &mut deals);
            assert!(!book.is_crossed());
            let after = book.reach(Side::Sell, at(1)) + book.reach(Side::Buy, at(200));
            assert_eq!(before - after, 2 * paired);
            assert_eq!(deals.iter().map(|deal| deal.volume).sum::<i64>(), paired);
        }
    }
}
