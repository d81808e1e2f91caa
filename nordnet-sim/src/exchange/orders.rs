//! Order entry: what is asked for, whether it may be, and the verdict.

use crate::dialect::FilledOrders;
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::accounts::exchange_rate;
use super::clock::Date;
use super::market::Side;
use super::order::{Change, Order, OwnTrade, State};
use super::request::parse_form;
use super::rest::{Call, Refusal};
use super::texts::text;

const MOST_VOLUME: i64 = 1_000_000_000;
const LONGEST_REFERENCE: usize = 1024;

/// The form of an order request.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let kind = call.request.header("content-type").unwrap_or_default();
        if !kind
            .to_ascii_lowercase()
            .starts_with("application/x-www-form-urlencoded")
        {
            return Err(Refusal::parameter("content-type"));
        }
        let body = std::str::from_utf8(&call.request.body)
            .ok()
            .and_then(parse_form);
        body.map(Self).ok_or(Refusal::parameter("body"))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let pair = self
            .0
            .iter()
            .find(|(key, value)| key == name && !value.is_empty());
        pair.map(|(_, value)| value.as_str())
    }

    fn price(&self) -> Result<Option<Fixed>, Refusal> {
        let Some(text) = self.get("price") else {
            return Ok(None);
        };
        let price = text
            .parse::<Fixed>()
            .map_err(|_| Refusal::parameter("price"))?;
        if price <= Fixed::ZERO {
            return Err(Refusal::parameter("price"));
        }
        Ok(Some(price))
    }

    fn volume(&self) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.get("volume") else {
            return Ok(None);
        };
        let volume = text.parse().map_err(|_| Refusal::parameter("volume"))?;
        if !(1..=MOST_VOLUME).contains(&volume) {
            return Err(Refusal::parameter("volume"));
        }
        Ok(Some(volume))
    }
}

/// A refusal inside HTTP 200.
type Verdict = &'static str;

impl Exchange {
    /// `GET /accounts/{accid}/orders`
    pub(super) fn list_orders(&self, call: &Call<'_>) -> Result<Json, Refusal> {
        let deleted = call.flag("deleted", false)?;
        let accounts = self.accounts_named(call)?;
        let today = Date::of(self.market_time()).start();
        let listed = |order: &&Order| {
            let gone = order.state == State::Deleted;
            let kept =
                order.is_filled() && self.config.dialect.filled_orders == FilledOrders::Listed;
            accounts.contains(&order.account)
                && (!gone || kept || (deleted && order.modified >= today))
        };
        let orders = self.orders.values().filter(listed);
        Ok(Json::Array(
            orders
                .map(|order| self.order_json(order, call.epoch()))
                .collect(),
        ))
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
        let since = Date::of(self.market_time()).back(days).start();
        let listed = |trade: &&OwnTrade| accounts.contains(&trade.account) && trade.at >= since;
        let trades = self.trades.iter().filter(listed);
        Ok(Json::Array(
            trades
                .map(|trade| self.trade_json(trade, call.epoch()))
                .collect(),
        ))
    }

    /// `POST /accounts/{accid}/orders`
    pub(super) fn place_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let form = Form::read(call)?;
        let market: i64 = form
            .get("market_id")
            .and_then(|text| text.parse().ok())
            .ok_or(Refusal::parameter("market_id"))?;
        let identifier = form
            .get("identifier")
            .ok_or(Refusal::parameter("identifier"))?;
        let side = match form.get("side") {
            Some("BUY") => Side::Buy,
            Some("SELL") => Side::Sell,
            _ => return Err(Refusal::parameter("side")),
        };
        let volume = form.volume()?.ok_or(Refusal::parameter("volume"))?;
        let price = form.price()?;
        let reference = form.get("reference");
        if reference.is_some_and(|text| text.len() > LONGEST_REFERENCE) {
            return Err(Refusal::parameter("reference"));
        }
        let valid_until = match form.get("valid_until") {
            None => None,
            Some(text) => Some(Date::parse(text).ok_or(Refusal::parameter("valid_until"))?),
        };
        let kind = form.get("order_type").unwrap_or("NORMAL");
        let manual = match (kind, form.get("activation_condition")) {
            ("LIMIT" | "NORMAL", None) => false,
            ("LIMIT" | "NORMAL", Some("MANUAL")) => true,
            ("FAK" | "FOK" | "STOP_LIMIT" | "STOP_TRAILING" | "OCO" | "LIMIT" | "NORMAL", _) => {
                return Ok(refused(0, "ORDER_TYPE_NOT_SUPPORTED", call));
            }
            _ => return Err(Refusal::parameter("order_type")),
        };
        let price = price.ok_or(Refusal::parameter("price"))?;
        if form.get("open_volume").is_some() {
            return Ok(refused(0, "ORDER_TYPE_NOT_SUPPORTED", call));
        }
        let Some(instrument) = self.instrument_at(market, identifier) else {
            return Ok(refused(0, "INVALID_TRADABLE", call));
        };
        let entered = self.next_order(account, instrument, side, price, volume);
        let order = Order {
            reference: reference.map(str::to_owned),
            manual,
            ..entered
        };
        if let Err(verdict) = self.check(&order, form.get("currency"), Fixed::ZERO, 0) {
            return Ok(refused(0, verdict, call));
        }
        match self.validity(instrument, valid_until) {
            Err(verdict) => Ok(refused(0, verdict, call)),
            Ok(valid_until) => Ok(self.enter(Order {
                valid_until,
                ..order
            })),
        }
    }

    /// `PUT /accounts/{accid}/orders/{order_id}`
    pub(super) fn modify_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let id = order_id(call.segment(1))?;
        let form = Form::read(call)?;
        let (price, volume) = (form.price()?, form.volume()?);
        let order = self
            .order_of(account, id)
            .ok_or(Refusal::order_not_found())?;
        if price.is_none() && volume.is_none() {
            return Err(Refusal::parameter("price"));
        }
        if price.is_some() && form.get("currency").is_none() {
            return Err(Refusal::parameter("currency"));
        }
        if order.state == State::Deleted {
            return Ok(refused(id, "ORDER_NOT_ACTIVE", call));
        }
        let (price, volume) = (price.unwrap_or(order.price), volume.unwrap_or(order.volume));
        if volume <= order.traded {
            return Ok(refused(id, "INVALID_VOLUME", call));
        }
        // Only what comes on top of the present order has to be paid for.
        let bound = order.price.times(order.remaining());
        let changed = Order {
            price,
            volume: volume - order.traded,
            ..self.next_order(account, order.instrument, order.side, price, volume)
        };
        let held_back = order.remaining();
        if let Err(verdict) = self.check(&changed, form.get("currency"), bound, held_back) {
            return Ok(refused(id, verdict, call));
        }
        self.request_change(id, Change::Modify { price, volume }, "MOD_PEND");
        Ok(self.verdict(id))
    }

    /// `DELETE /accounts/{accid}/orders/{order_id}`
    pub(super) fn cancel_order(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let id = order_id(call.segment(1))?;
        let Some(order) = self.order_of(account, id) else {
            return Ok(refused(id, "ORDER_NOT_FOUND", call));
        };
        if order.state == State::Deleted {
            return Ok(refused(id, "ORDER_NOT_ACTIVE", call));
        }
        self.request_change(id, Change::Cancel, "DEL_PEND");
        Ok(self.verdict(id))
    }

    /// `PUT /accounts/{accid}/orders/{order_id}/activate`
    pub(super) fn activate_orders(&mut self, call: &Call<'_>) -> Result<Json, Refusal> {
        let account = self.account_named(call.segment(0), call)?;
        let ids = call.segment(1).split(',').map(order_id);
        let mut verdicts = Vec::new();
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            let state = self.order_of(account, id).map(|order| order.state);
            verdicts.push(match state {
                None => refused(id, "ORDER_NOT_FOUND", call),
                Some(State::Local) => self.activate(id),
                Some(_) => refused(id, "ORDER_NOT_INACTIVE", call),
            });
        }
        Ok(Json::Array(verdicts))
    }

    pub(super) fn verdict(&self, id: i64) -> Json {
        let order = self.orders.get(&id);
        object! {
            "order_id": id,
            "result_code": "OK",
            "order_state": order.map(|order| order.state.code()),
            "action_state": order.map(|order| order.action),
        }
    }

    fn order_of(&self, account: usize, id: i64) -> Option<&Order> {
        self.orders
            .get(&id)
            .filter(|order| order.account == account)
    }

    /// Says why an order cannot be entered. `bound` and `held_back` are the
    /// value and the volume that it replaces.
    fn check(
        &self,
        order: &Order,
        currency: Option<&str>,
        bound: Fixed,
        held_back: i64,
    ) -> Result<(), Verdict> {
        let instrument = &self.market[order.instrument];
        let listing = &instrument.listing;
        if currency.is_some_and(|currency| currency != listing.currency()) {
            return Err("INVALID_CURRENCY");
        }
        if !listing.suits_customer() {
            return Err("NOT_SUITABLE");
        }
        if !listing.ticks.allows(order.price) {
            return Err("INVALID_PRICE");
        }
        if order.volume % listing.lot != 0 {
            return Err("INVALID_VOLUME");
        }
        let in_the_way = self.books[order.instrument].iter().any(|id| {
            self.orders.get(id).is_some_and(|other| {
                other.side != order.side && order.side.reaches(order.price, other.price)
            })
        });
        if in_the_way {
            return Err("OWN_ORDER_IN_THE_WAY");
        }
        match order.side {
            Side::Buy => {
                let rate = exchange_rate(listing.currency());
                let cost = order.price.times(order.volume).at_rate(rate) - bound.at_rate(rate);
                if cost > self.trading_power(order.account) {
                    return Err("NOT_ENOUGH_TRADING_POWER");
                }
            }
            Side::Sell => {
                let account = &self.accounts[order.account];
                let offered: i64 = self
                    .open_orders(order.account, Side::Sell)
                    .filter(|other| {
                        account.home(other.instrument) == account.home(order.instrument)
                    })
                    .map(Order::remaining)
                    .sum();
                let held = account.held(order.instrument);
                if order.volume > held - (offered - held_back) {
                    return Err("NOT_ENOUGH_HOLDINGS");
                }
            }
        }
        Ok(())
    }

    fn validity(&self, instrument: usize, until: Option<Date>) -> Result<Option<i64>, Verdict> {
        let Some(until) = until else {
            return Ok(None);
        };
        let days = self.trading_days(instrument);
        let day = days.into_iter().find(|(date, ..)| *date == until);
        match day {
            None => Err("INVALID_VALIDITY"),
            // Until today is what a day order is.
            Some((date, ..)) if date == Date::of(self.market_time()) => Ok(None),
            Some((_, _, close)) => Ok(Some(close)),
        }
    }
}

/// Makes the reply to an order request that is refused.
fn refused(id: i64, code: Verdict, call: &Call<'_>) -> Json {
    object! { "order_id": id, "result_code": call.code(code), "message": text(code, call.english) }
}

fn order_id(text: &str) -> Result<i64, Refusal> {
    text.parse().map_err(|_| Refusal::parameter("order_id"))
}
