//! Orders over REST: lists, entry, change, cancel, activation.

use crate::dialect::{
    ChangedVolume, EmptyChange, FilledOrders, ListOrder, Refusals, RepeatedCancel, Today,
};
use crate::json::{Json, object};

use super::Exchange;
use super::clock::Date;
use super::entry::{Form, Ticket};
use super::order::{Change, NewVolume, Order, OwnTrade, State, Terms};
use super::rest::{Call, Refusal};
use super::verdict::Verdict;

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
        let fixed = FIXED_FIELDS
            .into_iter()
            .find(|name| form.get(name).is_some());
        if let Some(name) = fixed {
            return self.refused(id, Verdict::forbidden(name), call);
        }
        let empty = terms.price.is_none() && terms.volume.is_none() && terms.peak.is_none();
        if empty && self.config.dialect.empty_change == EmptyChange::Refused {
            return Err(Refusal::parameter("price"));
        }
        match self.check_change(id, terms, form.get("currency")) {
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
