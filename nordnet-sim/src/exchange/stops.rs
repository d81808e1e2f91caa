//! What holds orders back: until the customer says so, or until the last
//! price comes to a trigger.
//!
//! Stops and trailing stops are held here and sent to the market when they
//! fire. Of an OCO order the plain leg is on the market; when the stop leg
//! fires, the order is moved to its price, so that no unit trades twice.

use crate::fixed::Fixed;

use super::Exchange;
use super::listings::TickTable;
use super::market::Side;
use super::order::{Change, Order, State};

/// Hundred percent, in ten-thousandths of a percentage point.
const WHOLE: i128 = 1_000_000;

/// Why an order is held back, or was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Until the customer activates it.
    Manual,
    Stop(Trigger),
    Trailing {
        /// In percentage points.
        trigger: Trigger,
        /// What the limit is away from the best price, in percentage points.
        target: Fixed,
        /// The best price since the entry.
        best: Fixed,
    },
    Oco {
        trigger: Trigger,
        /// The limit of the stop leg.
        target: Fixed,
        fired: bool,
    },
}

/// When a stop fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trigger {
    pub(crate) value: Fixed,
    pub(crate) when: Comparison,
}

/// How the last price is compared with a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    AtMost,
    AtLeast,
}

impl Comparison {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
        }
    }

    fn holds(self, left: Fixed, right: Fixed) -> bool {
        match self {
            Self::AtMost => left <= right,
            Self::AtLeast => left >= right,
        }
    }
}

impl Rule {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Manual => "MANUAL",
            Self::Stop(_) => "STOP_ACTPRICE",
            Self::Trailing { .. } => "STOP_ACTPRICE_PERC",
            Self::Oco { .. } => "OCO_STOP_ACTPRICE",
        }
    }

    pub(crate) fn trigger(&self) -> Option<Trigger> {
        match self {
            Self::Manual => None,
            Self::Stop(trigger) | Self::Trailing { trigger, .. } | Self::Oco { trigger, .. } => {
                Some(*trigger)
            }
        }
    }

    /// Returns the limit that the order would get if it fired now, where that
    /// is not the one that it has.
    pub(crate) fn limit(&self, order: &Order, ticks: &TickTable) -> Option<Fixed> {
        match *self {
            Self::Trailing { target, best, .. } if order.state == State::Local => {
                let limit = best + percent(best, target);
                Some(nearest(ticks, limit, order.side))
            }
            Self::Oco {
                target,
                fired: false,
                ..
            } => Some(target),
            _ => None,
        }
    }

    /// Returns the limit of the stop leg of an OCO order.
    pub(crate) fn stop_leg(&self) -> Option<Fixed> {
        match self {
            Self::Oco { target, .. } => Some(*target),
            _ => None,
        }
    }

    /// Takes in the last price. Says whether the stop fires.
    fn fires(&mut self, last: Fixed) -> bool {
        match self {
            Self::Manual | Self::Oco { fired: true, .. } => false,
            Self::Stop(trigger) | Self::Oco { trigger, .. } => {
                trigger.when.holds(last, trigger.value)
            }
            Self::Trailing { trigger, best, .. } => match trigger.when {
                Comparison::AtMost => {
                    *best = last.max(*best);
                    last <= *best - percent(*best, trigger.value)
                }
                Comparison::AtLeast => {
                    *best = last.min(*best);
                    last >= *best + percent(*best, trigger.value)
                }
            },
        }
    }
}

/// Returns so many percent of a price, down to ten-thousandths.
fn percent(price: Fixed, points: Fixed) -> Fixed {
    let product = i128::from(price.ten_thousandths()) * i128::from(points.ten_thousandths());
    let part = product.div_euclid(WHOLE);
    Fixed::from_ten_thousandths(i64::try_from(part).unwrap_or(i64::MAX))
}

/// Rounds a limit to the grid, to where it trades more easily.
fn nearest(ticks: &TickTable, limit: Fixed, side: Side) -> Fixed {
    let below = ticks.floor(limit);
    if side == Side::Buy && below < limit {
        ticks.shift(below, 1)
    } else {
        below
    }
}

impl Exchange {
    /// Lets the stops of a listing see its last price.
    pub(super) fn trigger(&mut self, instrument: usize) {
        if self.stops[instrument].is_empty() || !self.market[instrument].matches() {
            return;
        }
        let (at, last) = (self.market_time(), self.market[instrument].last());
        for id in self.stops[instrument].clone() {
            let Some(order) = self.orders.get_mut(&id) else {
                continue;
            };
            if order.is_going() {
                continue;
            }
            let before = order.rule;
            if order.rule.as_mut().is_some_and(|rule| rule.fires(last)) {
                self.fire(id);
            } else if order.rule != before {
                order.modified = at;
                self.tell_order(id);
            }
        }
    }

    /// Sends a held order to the market, or the stop leg of an OCO order.
    pub(super) fn fire(&mut self, id: i64) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let instrument = order.instrument;
        let ticks = self.market[instrument].listing.ticks;
        self.stops[instrument].retain(|other| *other != id);
        if let Some(Rule::Oco { fired, .. }) = &mut order.rule {
            *fired = true;
            self.note(format!("order {id} fires"));
            self.request(id, Change::Fire);
            return;
        }
        let limit = order.rule.and_then(|rule| rule.limit(order, ticks));
        order.price = limit.unwrap_or(order.price);
        order.state = State::OnMarket;
        let price = order.price;
        self.note(format!("order {id} fires at {price}"));
        self.request(id, Change::Enter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::listings::listings;

    fn fixed(text: &str) -> Fixed {
        text.parse().unwrap()
    }

    #[test]
    fn a_trailing_stop_follows_the_best_price_only() {
        for (when, prices, fires_at) in [
            (Comparison::AtMost, ["100", "110", "104.51", "104.5"], 3),
            (Comparison::AtLeast, ["100", "90", "94.49", "94.5"], 3),
        ] {
            let mut rule = Rule::Trailing {
                trigger: Trigger {
                    value: fixed("5"),
                    when,
                },
                target: fixed("-6"),
                best: fixed("100"),
            };
            let fired = prices.iter().position(|price| rule.fires(fixed(price)));
            assert_eq!(fired, Some(fires_at));
        }
    }

    #[test]
    fn limits_round_to_where_they_trade_more_easily() {
        let ticks = listings(1, 1, 0)[0].ticks;
        let limit = fixed("86.52") + percent(fixed("86.52"), fixed("-6"));
        assert_eq!(limit, fixed("81.3288"));
        assert_eq!(nearest(ticks, limit, Side::Sell), fixed("81.32"));
        assert_eq!(nearest(ticks, limit, Side::Buy), fixed("81.34"));
        assert_eq!(nearest(ticks, fixed("81.32"), Side::Buy), fixed("81.32"));
    }
}
