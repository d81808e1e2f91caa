//! Market data that the customer gets with a delay. Orders meet the market of
//! now; what is published is what was visible then.

use std::collections::{BTreeMap, VecDeque};

use crate::json::Field;

use super::Exchange;
use super::book::Level;
use super::clock::MINUTE;
use super::feed::Topic;
use super::market::{Day, PublicTrade, Side};

/// Trades that wait to be published. If there are more, the oldest goes early.
const MOST_WAITING: usize = 100_000;

/// What was visible of a listing at a time.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) day: Day,
    pub(crate) bid: Option<Level>,
    pub(crate) ask: Option<Level>,
    pub(crate) status: String,
    pub(crate) ticked_at: i64,
    price: Vec<Field>,
    depth: Vec<Field>,
    trading_status: Vec<Field>,
}

/// Views with their times, oldest first. The first is the published one.
type Past<T> = VecDeque<(i64, T)>;

/// What has happened and may not be published yet.
#[derive(Debug, Default)]
pub(crate) struct Delayed {
    listings: BTreeMap<usize, Past<View>>,
    indicators: BTreeMap<usize, Past<Vec<Field>>>,
    trades: VecDeque<(usize, PublicTrade)>,
}

impl Exchange {
    /// Runs all delayed data through the time of its delay, a minute at a time:
    /// what is published first comes from there.
    pub(super) fn begin_delayed(&mut self) {
        let opening = self.market_time();
        for index in 0..self.indicators.len() {
            self.look_at_indicator(index, opening);
        }
        let delayed: Vec<_> = (0..self.market.len())
            .filter(|index| self.market[*index].listing.venue.delay > 0)
            .collect();
        for index in delayed {
            let mut at = self.market[index].ticked_at;
            self.look(index, at);
            while self.config.rate > 0.0 && at < opening {
                at = (at + MINUTE).min(opening);
                self.market[index].step(at);
                for deal in std::mem::take(&mut self.market[index].deals) {
                    let trade = self.market[index].record(deal, None, at);
                    self.tell_trade(index, trade);
                }
                self.look(index, at);
            }
        }
        let trades = self.delayed.trades.make_contiguous();
        trades.sort_by_key(|(_, trade)| trade.at);
    }

    /// Records what is visible of a listing, if that is delayed.
    pub(super) fn look(&mut self, index: usize, at: i64) {
        if self.market[index].listing.venue.delay == 0 {
            return;
        }
        let message = |topic| {
            let mut fields = Vec::new();
            self.present(topic, &mut fields);
            fields
        };
        let instrument = &self.market[index];
        let view = View {
            day: instrument.day.clone(),
            bid: self.best(index, Side::Buy),
            ask: self.best(index, Side::Sell),
            status: instrument.status().to_owned(),
            ticked_at: instrument.ticked_at,
            price: message(Topic::Price(index)),
            depth: message(Topic::Depth(index)),
            trading_status: message(Topic::Status(index)),
        };
        let past = self.delayed.listings.entry(index).or_default();
        past.push_back((at, view));
    }

    fn look_at_indicator(&mut self, index: usize, at: i64) {
        if self.indicators[index].index.delay == 0 {
            return;
        }
        let mut fields = Vec::new();
        self.present(Topic::Indicator(index), &mut fields);
        let past = self.delayed.indicators.entry(index).or_default();
        past.push_back((at, fields));
    }

    /// Returns what may be published of a listing, if that is delayed.
    pub(super) fn view(&self, index: usize) -> Option<&View> {
        if self.market[index].listing.venue.delay == 0 {
            return None;
        }
        let (_, view) = self.delayed.listings.get(&index)?.front()?;
        Some(view)
    }

    /// Returns what may be published of a topic, if that is delayed.
    pub(super) fn past(&self, topic: Topic) -> Option<&[Field]> {
        Some(match topic {
            Topic::Price(index) => &self.view(index)?.price,
            Topic::Depth(index) => &self.view(index)?.depth,
            Topic::Status(index) => &self.view(index)?.trading_status,
            Topic::Indicator(index) => &self.delayed.indicators.get(&index)?.front()?.1,
            Topic::Trade(_) | Topic::News(_) => return None,
        })
    }

    /// Keeps a trade until it may be published.
    pub(super) fn withhold(&mut self, index: usize, trade: PublicTrade) {
        self.delayed.trades.push_back((index, trade));
    }

    /// Records all delayed data as it is now, and publishes what is old enough.
    pub(super) fn publish_delayed(&mut self) {
        let now = self.market_time();
        while let Some((index, trade)) = self.delayed.trades.pop_front() {
            let until = now - self.market[index].listing.venue.delay * MINUTE;
            if trade.at > until && self.delayed.trades.len() < MOST_WAITING {
                self.delayed.trades.push_front((index, trade));
                break;
            }
            self.print(index, trade);
        }
        let listings: Vec<_> = self.delayed.listings.keys().copied().collect();
        for index in listings {
            self.look(index, now);
            let until = now - self.market[index].listing.venue.delay * MINUTE;
            if let Some(past) = self.delayed.listings.get_mut(&index) {
                forget(past, until);
            }
            self.publish(index);
        }
        let indicators: Vec<_> = self.delayed.indicators.keys().copied().collect();
        for index in indicators {
            self.look_at_indicator(index, now);
            let until = now - self.indicators[index].index.delay * MINUTE;
            if let Some(past) = self.delayed.indicators.get_mut(&index) {
                forget(past, until);
            }
            self.send_change(Topic::Indicator(index));
        }
    }
}

/// Drops what was replaced by then.
fn forget<T>(past: &mut Past<T>, until: i64) {
    while past.get(1).is_some_and(|(at, _)| *at <= until) {
        past.pop_front();
    }
}
