//! Orders over REST: lists, entry, change, cancel, activation.

use std::collections::VecDeque;

use crate::dialect::{
    ChangedVolume, EmptyChange, FilledOrders, ListOrder, Refusals, RepeatedCancel, Today,
};
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::clock::Date;
use super::entry::{Form, Ticket};
use super::market::Side;
use super::order::{Change, Kind, Life, NewVolume, Order, OwnTrade, Request, State, Terms};
use super::rest::{Call, Refusal};
use super::stops::Rule;
use super::verdict::Verdict;

const FIRST_ORDER_ID: i64 = 430_518_872;

/// The fields of an order form that cannot be changed.
const FIXED_FIELDS: [&str; 11] = [
    "market_id",
    "identifier",
    "side",
    "order_type",
    "activation_condition",
    "trigger_value",
    "trigger_condition",
    "target_value",
    "valid_until",
    "extended_hours",
    "reference",
];

impl Exchange {
    /// `GET /accounts/{accid}/orders`
    pub(super) fn list_orders(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let deleted = call.flag("deleted", false)?;
        let accounts = self.accounts_named(call)?;
        let today = self.days_ago(0);
        let keeps_filled = self.config.dialect.filled_orders == FilledOrders::Listed;
        let listed = |order: &&Order| {
            accounts.contains(&order.account)
                && (order.is_live()
                    || (order.modified >= today && (deleted || keeps_filled && order.is_filled())))
        };
        let orders = self.orders.values().filter(listed);
        let orders = orders.map(|order| self.order_json(order, call.epoch()));
        Ok(self.in_order(orders.collect()))
    }

    /// `GET /accounts/{accid}/trades`
    pub(super) fn list_trades(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let days: i64 = match call.query("days") {
            None => 0,
            Some(text) => text.parse().map_err(|_| Refusal::parameter("days"))?,
        };
        if !(0..=7).contains(&days) {
            return Err(Refusal::parameter("days"));
        }
        let accounts = self.accounts_named(call)?;
        let since = self.days_ago(days);
        let listed = |trade: &&OwnTrade| accounts.contains(&trade.account) && trade.at >= since;
        let trades = self.trades.iter().filter(listed);
        let trades = trades.map(|trade| self.trade_json(trade, call.epoch()));
        Ok(self.in_order(trades.collect()))
    }

    /// `POST /accounts/{accid}/orders`
    pub(super) fn place_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let ticket = Ticket::read(&Form::read(call)?)?;
        match self.draft(account, ticket) {
            Ok(order) => {
                let id = order.id;
                self.enter(order);
                Ok(self.accepted(id))
            }
            Err(verdict) => self.refused(0, verdict, call),
        }
    }

    /// `PUT /accounts/{accid}/orders/{order_id}`
    pub(super) fn modify_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let id = order_id(call.segment(1))?;
        let form = Form::read(call)?;
        let volume = form.units("volume")?;
        let terms = Terms {
            price: form.positive("price")?,
            volume: volume.map(|volume| match self.config.dialect.changed_volume {
                ChangedVolume::Total => NewVolume::Total(volume),
                ChangedVolume::Left => NewVolume::Left(volume),
            }),
            peak: form.units("open_volume")?,
        };
        if self.order_of(account, id).is_none() {
            return Err(Refusal::order_not_found());
        }
        if terms.price.is_some() && form.get("currency").is_none() {
            return Err(Refusal::parameter("currency"));
        }
        let empty = terms.price.is_none() && terms.volume.is_none() && terms.peak.is_none();
        if empty && self.config.dialect.empty_change == EmptyChange::Refused {
            return Err(Refusal::parameter("price"));
        }
        let fixed = FIXED_FIELDS
            .into_iter()
            .find(|name| form.get(name).is_some());
        let verdict = match fixed {
            Some(name) => Err(Verdict::forbidden(name)),
            None => self.check_change(id, terms, form.get("currency")),
        };
        match verdict {
            Err(verdict) => return self.refused(id, verdict, call),
            Ok(()) if empty => {}
            Ok(()) => self.change(id, terms),
        }
        Ok(self.accepted(id))
    }

    /// `DELETE /accounts/{accid}/orders/{order_id}`
    pub(super) fn cancel_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let id = order_id(call.segment(1))?;
        let Some(order) = self.order_of(account, id) else {
            return self.refused(id, Verdict::NOT_FOUND, call);
        };
        let cancelled = order.is_going() || (!order.is_live() && !order.is_filled());
        let again = self.config.dialect.repeated_cancel;
        match order.state {
            _ if cancelled && again == RepeatedCancel::Ok => {}
            _ if cancelled => return self.refused(id, Verdict::NOT_ACTIVE, call),
            State::Deleted => return self.refused(id, Verdict::NOT_ACTIVE, call),
            State::OnMarket => self.request(id, Change::Cancel),
            // Nobody but Nordnet knows of it.
            State::Local => {
                self.end(id);
                self.tell_action(id, "DEL_CONF");
            }
        }
        Ok(self.accepted(id))
    }

    /// `PUT /accounts/{accid}/orders/{order_id}/activate`
    pub(super) fn activate_orders(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let ids = call.segment(1).split(',').map(order_id);
        let mut verdicts = Vec::new();
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            let state = self.order_of(account, id).map(|order| order.state);
            verdicts.push(match state {
                None => self.declined(id, Verdict::NOT_FOUND, call),
                Some(State::Local) => {
                    self.fire(id);
                    self.accepted(id)
                }
                Some(_) => self.declined(id, Verdict::NOT_INACTIVE, call),
            });
        }
        Ok(Json::Array(verdicts))
    }

    /// Makes the order that a ticket asks for, if it may be entered.
    fn draft(&self, account: usize, ticket: Ticket) -> Result<Order, Verdict> {
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

    fn check_change(&self, id: i64, terms: Terms, currency: Option<&str>) -> Result<(), Verdict> {
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

    /// Changes an order: at once while it is held, else through the market.
    fn change(&mut self, id: i64, terms: Terms) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        if order.state != State::Local {
            self.request(id, Change::Modify(terms));
            return;
        }
        order.volume = order.total(&terms);
        order.price = terms.price.unwrap_or(order.price);
        order.peak = terms.peak.or(order.peak);
        self.tell_action(id, "MOD_CONF");
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

    fn order_of(&self, account: usize, id: i64) -> Option<&Order> {
        self.orders
            .get(&id)
            .filter(|order| order.account == account)
    }

    fn accepted(&self, id: i64) -> Json {
        let order = self.orders.get(&id);
        object! {
            "order_id": id,
            "result_code": "OK",
            "order_state": order.map(|order| order.state.code()),
            "action_state": order.map(|order| order.action),
        }
    }

    /// Refuses an order request the way that the dialect wants it.
    fn refused(&mut self, id: i64, verdict: Verdict, call: &Call<'_>) -> Result<Json, Refusal> {
        let about = if id == 0 {
            "an order".to_owned()
        } else {
            format!("a request for order {id}")
        };
        self.note(format!("{about} is refused: {}", verdict.code));
        match self.config.dialect.refusals {
            Refusals::Reply => Ok(self.declined(id, verdict, call)),
            Refusals::Error => Err(Refusal::order(verdict)),
        }
    }

    fn declined(&self, id: i64, verdict: Verdict, call: &Call<'_>) -> Json {
        let order = self.orders.get(&id);
        let known = order.filter(|_| verdict != Verdict::NOT_FOUND);
        object! {
            "order_id": id,
            "result_code": call.code(verdict.code),
            "message": call.message(verdict.code, verdict.about),
            "order_state": known.map(|order| order.state.code()),
        }
    }

    /// Returns the date of today, where the dialect says.
    pub(super) fn today(&self) -> Date {
        let at = self.market_time();
        match self.config.dialect.today {
            Today::Stockholm => Date::in_stockholm(at),
            Today::Utc => Date::of(at),
        }
    }

    /// Returns when the day began, so many days ago.
    fn days_ago(&self, days: i64) -> i64 {
        let date = self.today().back(days);
        match self.config.dialect.today {
            Today::Stockholm => date.at_minute(0),
            Today::Utc => date.start(),
        }
    }

    /// Turns a list round, if the dialect says so.
    fn in_order(&self, mut items: Vec<Json>) -> Json {
        if self.config.dialect.lists == ListOrder::Newest {
            items.reverse();
        }
        Json::Array(items)
    }
}

fn order_id(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::parameter("order_id"))
}
