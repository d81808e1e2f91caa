//! Prices that move: a seeded walk on the tick grid with a book around it.

use crate::fixed::Fixed;
use crate::rng::Rng;

use super::listings::Listing;

pub(crate) const DEPTH: usize = 5;

const BROKERS: [&str; 8] = ["AVA", "CAR", "DDB", "ENS", "JPM", "MSI", "SEB", "SHB"];

/// Buy or sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The account buys.
    Buy,
    /// The account sells.
    Sell,
}

impl Side {
    /// Returns the code of the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
        }
    }

    /// Says whether an order of this side at `limit` trades with `price`.
    pub(crate) fn reaches(self, limit: Fixed, price: Fixed) -> bool {
        match self {
            Self::Buy => limit >= price,
            Self::Sell => limit <= price,
        }
    }
}

/// What is wanted or offered at one price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) orders: i64,
}

/// A trade that everybody sees.
#[derive(Clone, Debug)]
pub(crate) struct PublicTrade {
    pub(crate) at: i64,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) buyer: &'static str,
    pub(crate) seller: &'static str,
    pub(crate) id: String,
}

/// The day's figures of one listing.
#[derive(Clone, Debug)]
pub(crate) struct Day {
    pub(crate) open: Fixed,
    pub(crate) high: Fixed,
    pub(crate) low: Fixed,
    pub(crate) close: Fixed,
    pub(crate) last: Fixed,
    pub(crate) last_volume: i64,
    pub(crate) traded_at: i64,
    pub(crate) turnover: Fixed,
    pub(crate) turnover_volume: i64,
}

/// A listing with its market.
#[derive(Debug)]
pub(crate) struct Instrument {
    pub(crate) listing: Listing,
    /// What others want, best first. Own orders are not in it.
    pub(crate) bids: Vec<Level>,
    pub(crate) asks: Vec<Level>,
    pub(crate) day: Day,
    pub(crate) status: String,
    pub(crate) ticked_at: i64,
    pub(crate) morning: Fixed,
    best_bid: Fixed,
    best_ask: Fixed,
    trades: u64,
    rng: Rng,
}

impl Instrument {
    pub(crate) fn new(listing: Listing, seed: u64, at: i64) -> Self {
        let mut rng = Rng::new(seed, listing.instrument_id as u64);
        let price = listing.price;
        let (close, open) = (rng.between(-12, 12), rng.between(-8, 8));
        let [close, open] = [close, open].map(|steps| listing.ticks.shift(price, steps));
        let high = listing.ticks.shift(price.max(open), rng.between(1, 9));
        let low = listing.ticks.shift(price.min(open), -rng.between(1, 9));
        let turnover_volume = rng.between(2_000, 60_000) * 10;
        let mut instrument = Self {
            day: Day {
                open,
                high,
                low,
                close,
                last: price,
                last_volume: rng.between(1, 40) * listing.lot,
                traded_at: at - rng.between(100, 9_000),
                turnover: (open + price).per(2).times(turnover_volume),
                turnover_volume,
            },
            bids: Vec::new(),
            asks: Vec::new(),
            status: "R".to_owned(),
            ticked_at: at,
            morning: open,
            best_bid: listing.ticks.shift(price, -1),
            best_ask: price,
            trades: 0,
            rng,
            listing,
        };
        instrument.rebuild();
        instrument
    }

    /// Lets the market move once; there may be a trade.
    pub(crate) fn step(&mut self, at: i64) -> Option<PublicTrade> {
        self.ticked_at = at;
        self.wander();
        self.rebuild();
        let trade = if self.rng.once_in(3) {
            self.trade_among_others(at)
        } else {
            None
        };
        if self.rng.once_in(24) {
            // One side withdraws for a moment; the next step brings it back.
            let side = if self.rng.once_in(2) {
                &mut self.bids
            } else {
                &mut self.asks
            };
            side.clear();
        }
        trade
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
        self.best_bid = bid
            .or_else(|| ask.map(|ask| ticks.shift(ask, -1)))
            .unwrap_or(self.best_bid);
        self.best_ask = ask.unwrap_or_else(|| ticks.shift(self.best_bid, 1));
        self.listing.price = self.best_bid;
        self.rebuild();
        if bid.is_none() {
            self.bids.clear();
        }
        if ask.is_none() {
            self.asks.clear();
        }
        true
    }

    /// Makes this the price that the market is drawn to and goes on from.
    pub(crate) fn follow(&mut self, worth: Fixed) {
        self.listing.price = worth;
        self.best_bid = worth;
    }

    /// Takes liquidity for an own order, best price first, up to `volume`.
    pub(crate) fn take(&mut self, side: Side, limit: Fixed, volume: i64) -> Vec<(Fixed, i64)> {
        let levels = match side {
            Side::Buy => &mut self.asks,
            Side::Sell => &mut self.bids,
        };
        let mut open = volume;
        let mut taken = Vec::new();
        for level in levels.iter_mut() {
            let part = level.volume.min(open);
            if part < 1 || !side.reaches(limit, level.price) {
                break;
            }
            level.volume -= part;
            open -= part;
            taken.push((level.price, part));
        }
        levels.retain(|level| level.volume > 0);
        taken
    }

    /// Books a trade into the day's figures and names the two sides.
    pub(crate) fn record(
        &mut self,
        price: Fixed,
        volume: i64,
        own: Option<Side>,
        at: i64,
    ) -> PublicTrade {
        let day = &mut self.day;
        day.last = price;
        day.last_volume = volume;
        day.high = day.high.max(price);
        day.low = day.low.min(price);
        day.traded_at = at;
        day.turnover += price.times(volume);
        day.turnover_volume = day.turnover_volume.saturating_add(volume);
        self.ticked_at = at;
        self.trades += 1;
        let mut broker = || BROKERS[(self.rng.next() % BROKERS.len() as u64) as usize];
        let (buyer, seller) = match own {
            Some(Side::Buy) => ("NON", broker()),
            Some(Side::Sell) => (broker(), "NON"),
            None => (broker(), broker()),
        };
        PublicTrade {
            at,
            price,
            volume,
            buyer,
            seller,
            id: format!("{}-{:07}", self.listing.identifier, self.trades),
        }
    }

    /// Returns the value of one unit: what was last paid.
    pub(crate) fn last(&self) -> Fixed {
        self.day.last
    }

    pub(crate) fn vwap(&self) -> Fixed {
        self.day.turnover.per(self.day.turnover_volume)
    }

    fn trade_among_others(&mut self, at: i64) -> Option<PublicTrade> {
        let buys = self.rng.once_in(2);
        let best = *if buys { &self.asks } else { &self.bids }.first()?;
        let lots = best.volume / self.listing.lot;
        let volume = self.rng.between(1, (lots / 2).max(1)) * self.listing.lot;
        let side = if buys { Side::Buy } else { Side::Sell };
        self.take(side, best.price, volume);
        Some(self.record(best.price, volume, None, at))
    }

    fn wander(&mut self) {
        let ticks = self.listing.ticks;
        let tick = ticks.tick_at(self.best_bid).ten_thousandths();
        let away = (self.listing.price - self.best_bid).ten_thousandths() / tick;
        // The further away from its home, the likelier the way back.
        let pull = (away / 4).clamp(-15, 15);
        let draw = self.rng.between(0, 99);
        let steps = match draw {
            draw if draw < 20 + pull => 1,
            draw if draw < 40 => -1,
            _ => 0,
        };
        self.best_bid = ticks.shift(self.best_bid, steps);
        let spread = match self.rng.between(0, 9) {
            0..7 => 1,
            7..9 => 2,
            _ => 3,
        };
        self.best_ask = ticks.shift(self.best_bid, spread);
    }

    /// Makes five levels a side around the best prices; a level that was
    /// there before mostly stays as it was.
    fn rebuild(&mut self) {
        let ticks = self.listing.ticks;
        // A cheap listing has big volumes.
        let scale = (3_000_000_000 / self.listing.price.ten_thousandths().max(1)).max(20);
        let lot = self.listing.lot;
        let (bids, asks) = (
            std::mem::take(&mut self.bids),
            std::mem::take(&mut self.asks),
        );
        let rng = &mut self.rng;
        let mut side = |old: &[Level], best: Fixed, direction: i64| {
            let mut levels: Vec<Level> = Vec::with_capacity(DEPTH);
            for distance in 0..DEPTH as i64 {
                let price = ticks.shift(best, direction * distance);
                if levels.last().is_some_and(|level| level.price == price) {
                    break;
                }
                let stays = old.iter().find(|level| level.price == price);
                let level = match stays {
                    Some(level) if !rng.once_in(4) => *level,
                    _ => Level {
                        price,
                        volume: rng.between(scale / 8 + 1, scale).div_euclid(lot).max(1) * lot,
                        orders: rng.between(1, 9),
                    },
                };
                levels.push(level);
            }
            levels
        };
        self.bids = side(&bids, self.best_bid, -1);
        self.asks = side(&asks, self.best_ask, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::listings::{known, listings};

    #[test]
    fn the_market_stays_sound_for_a_long_time() {
        for listing in listings(known() + 1, 5, 0).into_iter().step_by(6) {
            let mut instrument = Instrument::new(listing, 5, 0);
            let mut withdrawn = 0;
            for at in 0..5_000 {
                instrument.step(at);
                let (bids, asks) = (&instrument.bids, &instrument.asks);
                withdrawn += usize::from(bids.is_empty() || asks.is_empty());
                assert!(bids.is_sorted_by(|a, b| a.price > b.price));
                assert!(asks.is_sorted_by(|a, b| a.price < b.price));
                if let (Some(bid), Some(ask)) = (bids.first(), asks.first()) {
                    assert!(bid.price < ask.price);
                }
                for level in bids.iter().chain(asks) {
                    assert!(instrument.listing.ticks.allows(level.price));
                    assert!(level.volume > 0 && level.volume % instrument.listing.lot == 0);
                }
                let day = &instrument.day;
                assert!(day.low <= day.last && day.last <= day.high);
                assert!(day.low <= instrument.vwap() && instrument.vwap() <= day.high);
            }
            assert!(withdrawn > 20);
        }
    }

    #[test]
    fn liquidity_is_taken_best_price_first() {
        let mut instrument = Instrument::new(listings(1, 1, 0).remove(0), 1, 0);
        let (first, second) = (instrument.asks[0], instrument.asks[1]);
        let taken = instrument.take(Side::Buy, second.price, first.volume + 1);
        assert_eq!(taken, [(first.price, first.volume), (second.price, 1)]);
        assert_eq!(instrument.asks[0].volume, second.volume - 1);
        assert!(instrument.take(Side::Buy, first.price, 5).is_empty());
    }
}
