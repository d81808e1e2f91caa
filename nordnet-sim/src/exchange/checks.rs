//! What an order must be to be let in: the checks at entry and change.

use std::collections::VecDeque;

use crate::fixed::Fixed;

use super::Exchange;
use super::clock::Date;
use super::entry::Ticket;
use super::market::Side;
use super::order::{Change, Kind, Life, NewVolume, Order, Request, State, Terms};
use super::stops::Rule;
use super::verdict::Verdict;

const FIRST_ORDER_ID: i64 = 430_518_872;

impl Exchange {
    /// Makes the order that a ticket asks for, if it may be entered.
    pub(super) fn draft(&self, account: usize, ticket: Ticket) -> Result<Order, Verdict> {
        let index = self
            .instrument_at(ticket.market, &ticket.identifier)
            .ok_or(Verdict::TRADABLE)?;
        let instrument = &self.market[index];
        let dialect = &self.config.dialect;
        let (kind, price, rule) =
            ticket.meaning(dialect.pairing, dialect.target_sign, instrument.last())?;
        if kind.is_immediate() && !instrument.matches() {
            return Err(Verdict::NOT_CONTINUOUS);
        }
        let held = match rule {
            None | Some(Rule::Oco { .. }) => State::OnMarket,
            Some(_) => State::Local,
        };
        let order = Order {
            id: FIRST_ORDER_ID + self.orders.len() as i64,
            account,
            instrument: index,
            side: ticket.side,
            kind,
            price,
            volume: ticket.volume,
            peak: ticket.open_volume.filter(|peak| *peak != ticket.volume),
            traded: 0,
            state: held,
            action: "INS_STOP",
            life: Life::Day,
            rule,
            reference: ticket.reference,
            modified: self.market_time(),
            agreed: VecDeque::new(),
            requests: VecDeque::new(),
        };
        self.check(&order, None, ticket.currency.as_deref())?;
        Ok(Order {
            life: self.life(&order, ticket.valid_until, ticket.extended_hours)?,
            ..order
        })
    }

    /// Says why an order cannot be changed in this way.
    pub(super) fn check_change(
        &self,
        id: i64,
        terms: Terms,
        currency: Option<&str>,
    ) -> Result<(), Verdict> {
        let order = self.orders.get(&id).ok_or(Verdict::NOT_FOUND)?;
        if !order.is_live() {
            return Err(Verdict::NOT_ACTIVE);
        }
        if order.is_going() || order.kind.is_immediate() {
            return Err(Verdict::LOCKED);
        }
        let trails = matches!(order.rule, Some(Rule::Trailing { .. }));
        if terms.price.is_some() && trails && order.state == State::Local {
            return Err(Verdict::forbidden("price"));
        }
        let total = order.total(&terms);
        if total <= order.traded {
            return Err(Verdict::VOLUME);
        }
        if terms.peak.is_some() && order.kind != Kind::Limit {
            return Err(Verdict::forbidden("open_volume"));
        }
        // As it would be, with what it is now still bound.
        let mut changed = order.clone();
        changed.price = terms.price.unwrap_or(order.price);
        changed.volume = total;
        changed.peak = terms.peak.or(order.peak);
        let now = Terms {
            price: Some(order.price),
            volume: Some(NewVolume::Total(order.volume)),
            ..Terms::default()
        };
        changed.requests.push_back(Request {
            change: Change::Modify(now),
            due: None,
        });
        self.check(&changed, Some(order), currency)
    }

    /// Says why an order cannot be entered, or take the place of `former`.
    fn check(
        &self,
        order: &Order,
        former: Option<&Order>,
        currency: Option<&str>,
    ) -> Result<(), Verdict> {
        let listing = &self.market[order.instrument].listing;
        if currency.is_some_and(|currency| currency != listing.currency()) {
            return Err(Verdict::CURRENCY);
        }
        if !listing.suits_customer() {
            return Err(Verdict::NOT_SUITABLE);
        }
        let stop_leg = order.rule.and_then(|rule| rule.stop_leg());
        let limits = [order.price, stop_leg.unwrap_or(order.price)];
        let held = limits == [Fixed::ZERO; 2];
        if !held && !limits.into_iter().all(|price| listing.ticks.allows(price)) {
            return Err(Verdict::PRICE);
        }
        if order.volume % listing.lot != 0 {
            return Err(Verdict::VOLUME);
        }
        if let Some(peak) = order.peak {
            if !listing.takes_icebergs() {
                return Err(Verdict::NO_ICEBERG);
            }
            if peak > order.volume || peak % listing.lot != 0 {
                return Err(Verdict::OPEN_VOLUME);
            }
        }
        let in_the_way = |other: &Order| {
            other.id != order.id
                && other.instrument == order.instrument
                && other.side != order.side
                && other.may_meet(order.price)
        };
        if order.state == State::OnMarket && self.live_orders().any(in_the_way) {
            return Err(Verdict::OWN_ORDER);
        }
        match order.side {
            Side::Buy => {
                let bound = former.map_or(Fixed::ZERO, |former| self.bound_by(former));
                let more = self.bound_by(order) - bound;
                if more > Fixed::ZERO && more > self.trading_power(order.account) {
                    return Err(Verdict::NO_POWER);
                }
            }
            Side::Sell => {
                let account = &self.accounts[order.account];
                let home = account.home(order.instrument);
                let offered: i64 = self
                    .open_orders(order.account, Side::Sell)
                    .filter(|other| account.home(other.instrument) == home && other.id != order.id)
                    .map(Order::most_remaining)
                    .sum();
                let held = account.held(order.instrument);
                if order.most_remaining() > held - offered {
                    return Err(Verdict::NO_HOLDINGS);
                }
            }
        }
        Ok(())
    }

    fn life(&self, order: &Order, until: Option<Date>, extended: bool) -> Result<Life, Verdict> {
        let venue = self.market[order.instrument].listing.venue;
        if extended && venue.country != "US" {
            return Err(Verdict::NO_EXTENDED_HOURS);
        }
        if order.kind.is_immediate() {
            return Ok(Life::Immediate);
        }
        let day = if extended { Life::Extended } else { Life::Day };
        let Some(until) = until else {
            return Ok(day);
        };
        let days = self.trading_days(order.instrument);
        let ends = days.into_iter().find(|day| day.date == until);
        let close = ends.ok_or(Verdict::VALIDITY)?.close;
        if close <= self.market_time() {
            return Err(Verdict::VALIDITY);
        }
        // Until today is what a day order is, and smart orders are nothing else.
        if until == self.today() {
            return Ok(day);
        }
        let smart = order.rule.is_some_and(|rule| rule != Rule::Manual);
        if smart {
            Err(Verdict::VALIDITY)
        } else {
            Ok(Life::Until(close))
        }
    }
}
