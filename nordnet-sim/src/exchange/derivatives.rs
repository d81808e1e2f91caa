//! What derivatives are worth, and shares on a second market.

use crate::fixed::Fixed;

use super::Exchange;
use super::accounts::exchange_rate;
use super::indicators::INDICES;
use super::listings::{Listing, Terms, Underlying};

impl Exchange {
    /// Gives everything that follows something else the day that follows from
    /// that one's.
    pub(super) fn derive_days(&mut self) {
        for index in 0..self.market.len() {
            if let Some(home) = self.market[index].listing.twin_of {
                let (mut day, morning) = (self.market[home].day.clone(), self.market[home].morning);
                day.turnover = day.turnover.per(4);
                day.turnover_volume /= 4;
                (self.market[index].day, self.market[index].morning) = (day, morning);
            }
            let Some((terms, rate)) = self.terms_of(index) else {
                continue;
            };
            let (open, highest, lowest, close) = match terms.underlying {
                Underlying::Listing(index) => {
                    let day = &self.market[index].day;
                    let traded = |price: Option<Fixed>| price.unwrap_or(day.last);
                    (
                        traded(day.open),
                        traded(day.high),
                        traded(day.low),
                        day.close,
                    )
                }
                Underlying::Index(index) => {
                    let one = &self.indicators[index];
                    (one.close, one.high, one.low, one.close)
                }
            };
            let ticks = self.market[index].listing.ticks;
            let worth = |price| ticks.floor(terms.worth(price, rate));
            let (open, close) = (worth(open), worth(close));
            let (one, other) = (worth(highest), worth(lowest));
            let instrument = &mut self.market[index];
            let day = &mut instrument.day;
            (day.open, day.close) = (Some(open), close);
            day.high = Some(one.max(other).max(day.last));
            day.low = Some(one.min(other).min(day.last));
            day.turnover = (open + day.last).per(2).times(day.turnover_volume);
            instrument.morning = open;
        }
    }

    /// Returns what something is worth now that follows something else.
    pub(super) fn worth(&self, index: usize) -> Option<Fixed> {
        if let Some(home) = self.market[index].listing.twin_of {
            return Some(self.market[home].last());
        }
        let (terms, rate) = self.terms_of(index)?;
        let (price, _) = self.underlying_price(terms.underlying);
        let ticks = self.market[index].listing.ticks;
        Some(ticks.floor(terms.worth(price, rate)))
    }

    /// Returns how many percent a derivative moves when what it follows moves one.
    pub(super) fn leverage(&self, index: usize) -> Option<Fixed> {
        let (terms, rate) = self.terms_of(index)?;
        let (price, _) = self.underlying_price(terms.underlying);
        terms.leverage(price, self.market[index].last(), rate)
    }

    /// Returns the price of what a derivative follows, and its currency.
    pub(super) fn underlying_price(&self, underlying: Underlying) -> (Fixed, &'static str) {
        match underlying {
            Underlying::Listing(index) => {
                let instrument = &self.market[index];
                (instrument.last(), instrument.listing.currency())
            }
            Underlying::Index(index) => (self.indicators[index].last, INDICES[index].currency),
        }
    }

    /// Returns the terms of a derivative, with the worth of its underlying's
    /// currency in its own.
    fn terms_of(&self, index: usize) -> Option<(&Terms, Fixed)> {
        let listing: &Listing = &self.market[index].listing;
        let terms = listing.terms.as_ref()?;
        let (_, currency) = self.underlying_price(terms.underlying);
        let rate = exchange_rate(currency).over(exchange_rate(listing.currency()));
        Some((terms, rate))
    }
}
