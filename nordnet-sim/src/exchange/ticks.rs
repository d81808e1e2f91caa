//! What the public feed tells: full messages first, then what changed.

use crate::json::{Field, Json, Member, Scalar, object};

use super::Exchange;
use super::book::{DEPTH, Level};
use super::calendar::Phase;
use super::feed::Topic;
use super::market::{Halt, PublicTrade, Side};

/// Names a change of a member that alone is no news.
pub(crate) const CLOCK: &str = "tick_timestamp";

/// `bid`, `ask`, `bid_volume`, `ask_volume`, `bid_orders`, `ask_orders` by level.
const LEVELS: [[&str; 6]; DEPTH] = [
    [
        "bid1",
        "ask1",
        "bid_volume1",
        "ask_volume1",
        "bid_orders1",
        "ask_orders1",
    ],
    [
        "bid2",
        "ask2",
        "bid_volume2",
        "ask_volume2",
        "bid_orders2",
        "ask_orders2",
    ],
    [
        "bid3",
        "ask3",
        "bid_volume3",
        "ask_volume3",
        "bid_orders3",
        "ask_orders3",
    ],
    [
        "bid4",
        "ask4",
        "bid_volume4",
        "ask_volume4",
        "bid_orders4",
        "ask_orders4",
    ],
    [
        "bid5",
        "ask5",
        "bid_volume5",
        "ask_volume5",
        "bid_orders5",
        "ask_orders5",
    ],
];

impl Exchange {
    /// Lets one listing move.
    pub(super) fn tick(&mut self, index: usize) {
        if self.paused {
            return;
        }
        let at = self.market_time();
        if let Some(worth) = self.worth(index) {
            self.market[index].follow(worth, at);
        }
        self.market[index].step(at);
        self.settle(index);
        self.publish(index);
    }

    pub(super) fn move_indicators(&mut self) {
        if self.paused {
            return;
        }
        let at = self.market_time();
        for index in 0..self.indicators.len() {
            self.indicators[index].step(&self.market, at);
            self.send_change(Topic::Indicator(index));
        }
        self.publish_delayed();
    }

    /// Tells what changed of a listing's price, depth and status.
    pub(super) fn publish(&mut self, index: usize) {
        for topic in [
            Topic::Price(index),
            Topic::Depth(index),
            Topic::Status(index),
        ] {
            self.send_change(topic);
        }
    }

    pub(super) fn tell_trade(&mut self, index: usize, trade: PublicTrade) {
        if self.market[index].listing.venue.delay > 0 {
            self.withhold(index, trade);
        } else {
            self.print(index, trade);
        }
    }

    /// Lets everybody see a trade.
    pub(super) fn print(&mut self, index: usize, trade: PublicTrade) {
        self.tape.record(index, trade);
        if !self.subscribers.any(Topic::Trade(index)) {
            return;
        }
        let listing = &self.market[index].listing;
        let message = object! {
            "type": "trade",
            "data": object! {
                "i": listing.identifier.as_str(),
                "m": listing.venue.market_id,
                "trade_timestamp": trade.at,
                "price": trade.price,
                "volume": trade.volume,
                "broker_buying": trade.buyer,
                "broker_selling": trade.seller,
                "trade_id": trade.id(listing),
                "trade_type": trade.kind(),
            },
        };
        self.send_to_subscribers(Topic::Trade(index), &message);
    }

    /// Returns the members that every message of a topic has: whose it is.
    pub(super) fn identity(&self, topic: Topic) -> Vec<Member> {
        match topic {
            Topic::Price(index) => {
                let mut members = self.key(index);
                let id = self.market[index].listing.instrument_id;
                members.push(("id", Json::Int(id)));
                members
            }
            Topic::Depth(index) | Topic::Status(index) | Topic::Trade(index) => self.key(index),
            Topic::Indicator(index) => {
                let index = self.indicators[index].index;
                vec![
                    ("i", Json::from(index.identifier)),
                    ("m", Json::from(index.market)),
                ]
            }
            Topic::News(_) => Vec::new(),
        }
    }

    fn key(&self, index: usize) -> Vec<Member> {
        let listing = &self.market[index].listing;
        vec![
            ("i", Json::from(listing.identifier.as_str())),
            ("m", Json::Int(listing.venue.market_id)),
        ]
    }

    /// Adds all other members of a topic's message, in the order of the
    /// reference's table; none for what has no state.
    pub(super) fn snapshot(&self, topic: Topic, fields: &mut Vec<Field>) {
        match self.past(topic) {
            Some(past) => fields.extend_from_slice(past),
            None => self.present(topic, fields),
        }
    }

    pub(super) fn present(&self, topic: Topic, fields: &mut Vec<Field>) {
        match topic {
            Topic::Price(index) => self.price(index, fields),
            Topic::Depth(index) => self.depth(index, fields),
            Topic::Status(index) => self.status(index, fields),
            Topic::Indicator(index) => self.indicator(index, fields),
            Topic::Trade(_) | Topic::News(_) => {}
        }
    }

    fn price(&self, index: usize, fields: &mut Vec<Field>) {
        let instrument = &self.market[index];
        let day = &instrument.day;
        let (bid, ask) = (self.best(index, Side::Buy), self.best(index, Side::Sell));
        let auction = instrument.equilibrium();
        fields.extend([
            (CLOCK, instrument.ticked_at.into()),
            ("trade_timestamp", day.traded_at.into()),
            ("bid", bid.map(|level| level.price).into()),
            ("bid_volume", bid.map(|level| level.volume).into()),
            ("ask", ask.map(|level| level.price).into()),
            ("ask_volume", ask.map(|level| level.volume).into()),
            ("last", day.last.into()),
            ("last_volume", day.last_volume.into()),
            ("open", day.open.into()),
            ("high", day.high.into()),
            ("low", day.low.into()),
            ("close", day.close.into()),
            ("vwap", instrument.vwap().into()),
            ("turnover", day.turnover.into()),
            ("turnover_volume", day.turnover_volume.into()),
            ("ep", auction.map(|at| at.price).into()),
            ("paired", auction.map(|at| at.paired).into()),
            ("imbalance", auction.map(|at| at.imbalance).into()),
            ("delayed", minutes_delayed(instrument.listing.venue.delay)),
        ]);
    }

    fn depth(&self, index: usize, fields: &mut Vec<Field>) {
        let book = &self.market[index].book;
        let (mut bids, mut asks) = (book.levels(Side::Buy), book.levels(Side::Sell));
        fields.push((CLOCK, self.market[index].ticked_at.into()));
        for names in &LEVELS {
            let (bid, ask) = (bids.next(), asks.next());
            fields.extend([
                (names[0], bid.map(|level| level.price).into()),
                (names[1], ask.map(|level| level.price).into()),
                (names[2], bid.map(|level| level.volume).into()),
                (names[3], ask.map(|level| level.volume).into()),
                (names[4], bid.map(|level| level.orders).into()),
                (names[5], ask.map(|level| level.orders).into()),
            ]);
        }
    }

    fn status(&self, index: usize, fields: &mut Vec<Field>) {
        let instrument = &self.market[index];
        let (source, book) = match (instrument.phase, instrument.halt) {
            (Phase::Closed, _) => ("CLOSED", "CLOSED"),
            (_, Some(_)) => ("HALTED", "COLLECTING"),
            (Phase::OpeningCall, None) => ("OPENING_CALL", "COLLECTING"),
            (Phase::Continuous, None) => ("CONTINUOUS", "MATCHING"),
            (Phase::ClosingCall, None) => ("CLOSING_CALL", "COLLECTING"),
        };
        let halted = instrument.halt.map(|halt| match halt {
            Halt::Ordered => "ORDERED",
            Halt::Volatility(_) => "VOLATILITY",
        });
        fields.extend([
            (CLOCK, instrument.ticked_at.into()),
            ("status", instrument.status().to_owned().into()),
            ("source_status", source.into()),
            ("halted", halted.into()),
            ("orderbook_status", book.into()),
        ]);
    }

    fn indicator(&self, index: usize, fields: &mut Vec<Field>) {
        let indicator = &self.indicators[index];
        fields.extend([
            (CLOCK, indicator.ticked_at.into()),
            ("last", indicator.last.into()),
            ("high", indicator.high.into()),
            ("low", indicator.low.into()),
            ("close", indicator.close.into()),
            ("delayed", minutes_delayed(indicator.index.delay)),
        ]);
    }

    /// Returns the best level of a side.
    pub(super) fn best(&self, index: usize, side: Side) -> Option<Level> {
        self.market[index].book.levels(side).next()
    }
}

/// Only delayed data has a member for its delay.
fn minutes_delayed(delay: i64) -> Scalar {
    (delay > 0).then_some(delay).into()
}

/// Collects what a delta says besides whose it is: the time and what changed, a
/// lost value as `null`; from then on that was told. Says no if nothing changed
/// but the time.
pub(crate) fn delta(told: &mut [Scalar], new: &[Field], change: &mut Vec<Field>) -> bool {
    let mut news = false;
    for (before, (name, after)) in told.iter_mut().zip(new) {
        if *name == CLOCK {
            change.push((CLOCK, after.clone()));
        } else if before != after {
            news = true;
            before.clone_from(after);
            let value = match after {
                Scalar::Absent => Scalar::Null,
                after => after.clone(),
            };
            change.push((*name, value));
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_holds_the_time_changes_and_losses() {
        let tick = |at: i64, bid, ask: i64| [(CLOCK, at.into()), ("bid", bid), ("ask", ask.into())];
        let [five, seven] = [5, 7].map(Scalar::Int);
        let mut told = tick(1, five.clone(), 6).map(|(_, value)| value);
        let mut change = |new: [Field; 3]| {
            let mut change = Vec::new();
            delta(&mut told, &new, &mut change).then_some(change)
        };
        assert_eq!(change(tick(2, five, 6)), None);
        let lost = change(tick(2, Scalar::Absent, 6)).unwrap();
        assert_eq!(lost, [(CLOCK, Scalar::Int(2)), ("bid", Scalar::Null)]);
        let back = change(tick(3, seven.clone(), 6)).unwrap();
        assert_eq!(back[1], ("bid", seven.clone()));
        assert_eq!(change(tick(4, seven, 6)), None);
    }
}
