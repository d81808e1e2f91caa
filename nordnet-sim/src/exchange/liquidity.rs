//! Liquidity: what the other participants quote, and how they trade.
//!
//! They quote around what the walk says the listing is worth, on the tick
//! grid, in queues like everybody; where a new price of theirs reaches an own
//! order, they trade with it.

use crate::fixed::Fixed;

use super::book::{DEPTH, Entry, Owner};
use super::calendar::Phase;
use super::market::{Halt, Instrument, Side};

/// Levels that others keep filled on each side.
const KEPT: i64 = DEPTH as i64 + 1;
/// What is further away is taken back.
const FURTHEST: i64 = 10;
/// How many of their entries there may be at a price.
const MOST_ENTRIES: usize = 9;
/// How many levels a call may have on a side before no more is added.
const WIDEST_CALL: usize = 12;
/// How long a listing is halted after it moved too fast, in milliseconds.
const HALTED: i64 = 120_000;

impl Instrument {
    /// Lets others act once. Executions are left in `deals`.
    pub(crate) fn step(&mut self, at: i64) {
        self.ticked_at = at;
        match (self.phase, self.halt) {
            (Phase::Closed, _) | (_, Some(Halt::Ordered)) => return,
            (_, Some(Halt::Volatility(until))) if at < until => return,
            _ => {}
        }
        if self.halt.is_some() {
            self.resume();
        }
        if self.walk.step(at) && self.rng.once_in(40) {
            self.stop(Halt::Volatility(at + HALTED));
            return;
        }
        if self.phase != Phase::Continuous {
            self.bid = self.listing.ticks.floor(self.walk.fair());
            self.join_call(1);
            return;
        }
        self.quote();
        if self.rng.once_in(3) {
            self.trade();
        }
        if self.rng.once_in(40) {
            // One side withdraws for a moment; the next step brings it back.
            let side = self.draw_side();
            self.book.withdraw(side);
        }
    }

    /// Brings others to the market, as its phase wants them.
    pub(crate) fn gather(&mut self) {
        match self.phase {
            Phase::Closed => {
                for side in [Side::Buy, Side::Sell] {
                    self.book.withdraw(side);
                }
            }
            Phase::Continuous => self.quote(),
            Phase::OpeningCall | Phase::ClosingCall => self.join_call(16),
        }
    }

    /// Sets what others bid and ask; `None` withdraws a side.
    ///
    /// The walk goes on from there. Says no if a price is off the tick grid
    /// or the bid is not below the ask.
    pub(crate) fn set_quote(&mut self, bid: Option<Fixed>, ask: Option<Fixed>, at: i64) -> bool {
        let ticks = self.listing.ticks;
        let allowed = |price: &Option<Fixed>| price.is_none_or(|price| ticks.allows(price));
        let crossed = matches!((bid, ask), (Some(bid), Some(ask)) if bid >= ask);
        if !allowed(&bid) || !allowed(&ask) || crossed {
            return false;
        }
        self.ticked_at = at;
        self.quoted = None;
        let below = |ask| ticks.shift(ask, -1);
        self.bid = bid.or_else(|| ask.map(below)).unwrap_or(self.bid);
        self.walk.settle(self.bid);
        for side in [Side::Buy, Side::Sell] {
            self.book.withdraw(side);
        }
        let ask_from = ask.unwrap_or_else(|| ticks.shift(self.bid, 1));
        for (side, best, quoted) in [
            (Side::Buy, self.bid, bid.is_some()),
            (Side::Sell, ask_from, ask.is_some()),
        ] {
            if quoted {
                self.fill_in(side, best);
            }
        }
        true
    }

    /// Moves the quotes to where the walk is, and keeps the levels filled.
    fn quote(&mut self) {
        let ticks = self.listing.ticks;
        self.bid = ticks.floor(self.walk.fair());
        if self.rng.once_in(6) {
            // The livelier it is, the further apart the quotes are.
            let extra = (self.walk.heat() * 1.2) as i64;
            self.width = 1 + self.rng.between(-1, extra).max(0);
        }
        let ask = ticks.shift(self.bid, self.width);
        let best = [(Side::Buy, self.bid), (Side::Sell, ask)];
        let moved = self.quoted.replace((self.bid, ask)) != Some((self.bid, ask));
        if moved {
            for (side, price) in best {
                self.overtake(side, price);
            }
            for (side, price) in best {
                let worst = self.away(side, price, FURTHEST);
                self.book.withdraw_beyond(side, price, worst);
            }
        }
        for (side, price) in best {
            self.churn(side, price);
        }
        for (side, price) in best {
            if self.book.has_thinned(side) || moved {
                self.fill_in(side, price);
            }
        }
    }

    /// A price that goes through quotes of the other side does so by a trade,
    /// now and then.
    fn overtake(&mut self, side: Side, best: Fixed) {
        let reached = self.book.best(side.other());
        if reached.is_some_and(|price| side.reaches(best, price)) && self.rng.once_in(2) {
            let volume = self.scale() * self.rng.between(1, 4) / 4;
            self.send(side, best, volume.max(1));
        }
    }

    /// Adds or takes back one entry somewhere.
    fn churn(&mut self, side: Side, best: Fixed) {
        let away = self.rng.between(0, KEPT - 1);
        let price = self.away(side, best, away);
        if self.rng.once_in(2) {
            let turn = self.rng.next() as usize;
            self.book.cancel_one(side, price, turn);
            self.thicken(side, price);
        } else if self.book.others_at(side, price).1 < MOST_ENTRIES {
            self.enter(side, price);
        }
    }

    /// Enters orders where others' quotes are missing or thin.
    fn fill_in(&mut self, side: Side, best: Fixed) {
        let mut price = best;
        for _ in 0..KEPT {
            self.thicken(side, price);
            let next = self.away(side, price, 1);
            if next == price {
                break;
            }
            price = next;
        }
    }

    /// Enters orders at a price if others' quotes are missing or thin there.
    fn thicken(&mut self, side: Side, price: Fixed) {
        let thin = self.scale() / 3;
        let (volume, count) = self.book.others_at(side, price);
        if volume >= thin {
            return;
        }
        let more = if count == 0 {
            self.rng.between(1, 4)
        } else {
            1
        };
        for _ in 0..more {
            self.enter(side, price);
        }
        // However small the draws were.
        let volume = self.book.others_at(side, price).0;
        if volume < thin {
            self.send(side, price, thin - volume);
        }
    }

    /// Lets others trade: mostly little, now and then the whole level and more.
    fn trade(&mut self) {
        let taker = self.draw_side();
        let Some(best) = self.book.levels(taker.other()).next() else {
            return;
        };
        let lots = best.volume / self.listing.lot;
        let wanted = match self.rng.between(0, 19) {
            0..=12 => self.rng.between(1, (lots / 8).max(1)),
            13..=17 => self.rng.between(1, (lots / 2).max(1)),
            18 => lots,
            _ => lots + lots / 3,
        };
        let limit = self.away(taker.other(), best.price, 1);
        let volume = wanted.max(1) * self.listing.lot;
        self.book.take(taker, limit, volume, &mut self.deals);
    }

    /// Adds orders to a call. They are not of one mind about the price.
    fn join_call(&mut self, orders: usize) {
        self.quoted = None;
        for _ in 0..orders {
            let side = self.draw_side();
            if self.book.levels(side).count() >= WIDEST_CALL {
                continue;
            }
            let steps = self.rng.between(-3, 4);
            let price = self.away(side, self.bid, steps);
            self.enter(side, price);
        }
    }

    /// Enters an order of usual size.
    fn enter(&mut self, side: Side, price: Fixed) {
        let scale = self.scale();
        let volume = self.rng.between(scale / 12, scale / 2);
        self.send(side, price, volume);
    }

    /// Enters an order of others; while orders match, it first trades with
    /// what it reaches.
    fn send(&mut self, side: Side, price: Fixed, volume: i64) {
        let lot = self.listing.lot;
        let volume = (volume / lot).max(1) * lot;
        let left = if self.matches() {
            self.book.take(side, price, volume, &mut self.deals)
        } else {
            volume
        };
        self.book
            .rest(side, price, Entry::whole(Owner::Others, left));
    }

    fn draw_side(&mut self) -> Side {
        if self.rng.once_in(2) {
            Side::Buy
        } else {
            Side::Sell
        }
    }

    /// Moves a price so many steps away from the other side.
    fn away(&self, side: Side, price: Fixed, steps: i64) -> Fixed {
        let steps = if side == Side::Buy { -steps } else { steps };
        self.listing.ticks.shift(price, steps)
    }

    /// Returns the usual volume of a level: a cheap listing has big ones.
    fn scale(&self) -> i64 {
        (2_000_000_000 / self.day.last.ten_thousandths().max(1)).max(20)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::book::Deal;
    use crate::exchange::listings::{known, listings};

    /// Tuesday, 2026-03-17, 10:00 in Stockholm.
    const TEN: i64 = 1_773_738_000_000;

    /// Books what was traded, as the exchange does.
    fn book_deals(instrument: &mut Instrument, at: i64) -> usize {
        let deals: Vec<Deal> = instrument.deals.drain(..).collect();
        for deal in &deals {
            instrument.record(*deal, None, at);
        }
        deals.len()
    }

    #[test]
    fn the_market_stays_sound_for_a_long_time() {
        for listing in listings(known() + 1, 5, TEN).into_iter().step_by(6) {
            let mut instrument = Instrument::new(listing, 5, TEN);
            let (mut withdrawn, mut trades) = (0, 0);
            let mut prices = std::collections::BTreeSet::new();
            for step in 0..4_000 {
                let at = TEN + step * 250;
                instrument.step(at);
                trades += book_deals(&mut instrument, at);
                if instrument.halt.is_some() {
                    continue;
                }
                assert!(!instrument.book.is_crossed());
                for side in [Side::Buy, Side::Sell] {
                    let levels: Vec<_> = instrument.book.levels(side).collect();
                    withdrawn += usize::from(levels.is_empty());
                    assert!(levels.is_sorted_by(|a, b| side.rank(a.price) > side.rank(b.price)));
                    assert!(levels.is_empty() || levels.len() >= DEPTH - 1, "{levels:?}");
                    for level in levels {
                        assert!(instrument.listing.ticks.allows(level.price));
                        assert!(level.volume > 0 && level.volume % instrument.listing.lot == 0);
                        assert!(level.orders < 40, "{level:?}");
                    }
                }
                prices.insert(instrument.bid);
                let day = &instrument.day;
                let last = Some(day.last);
                assert!(day.low <= last && last <= day.high);
                assert!(day.low <= instrument.vwap() && instrument.vwap() <= day.high);
            }
            assert!(withdrawn > 20 && trades > 500, "{withdrawn} {trades}");
            assert!(prices.len() > 1, "{prices:?}");
        }
    }

    #[test]
    fn a_listing_that_jumps_may_be_halted_for_a_while() {
        let mut instrument = Instrument::new(listings(1, 1, TEN).remove(0), 1, TEN);
        let mut at = TEN;
        while instrument.halt.is_none() {
            at += 2_000;
            instrument.step(at);
            book_deals(&mut instrument, at);
        }
        let (day, status) = (instrument.day.clone(), instrument.status().to_owned());
        assert_eq!(status, "X");
        for later in 1..60 {
            instrument.step(at + later * 2_000);
            assert_eq!(book_deals(&mut instrument, at), 0);
        }
        assert_eq!(instrument.day.turnover, day.turnover);
        instrument.step(at + HALTED);
        assert_eq!(instrument.status(), "R");
        assert!(!instrument.book.is_crossed());
    }

    #[test]
    fn quotes_are_wider_in_lively_times() {
        let mut instrument = Instrument::new(listings(1, 1, TEN).remove(0), 1, TEN);
        let (mut calm, mut lively) = ((0.0, 0.0), (0.0, 0.0));
        for step in 0..30_000 {
            instrument.step(TEN + step * 500);
            instrument.deals.clear();
            let kind = if instrument.walk.heat() < 1.0 {
                &mut calm
            } else {
                &mut lively
            };
            *kind = (kind.0 + instrument.width as f64, kind.1 + 1.0);
        }
        assert!(
            lively.0 / lively.1 > 1.2 * calm.0 / calm.1,
            "{lively:?} {calm:?}"
        );
    }
}
