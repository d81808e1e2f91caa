//! The life of an order on the market.
//!
//! ```text
//!  held ─▶ Local ── activated, or fired ─┐   modify: MOD_PEND ─▶ MOD_CONF | MOD_FAIL
//!    (INS_STOP)                          ▼           ▲   │
//!  plain ──▶ INS_PEND ──▶ INS_CONF, on the book ─────┴───┴──▶ filled ─▶ Deleted
//!                │                       │
//!                └▶ INS_FAIL, Deleted    ├─ cancel: DEL_PEND ─▶ DEL_CONF, Deleted | DEL_FAIL
//!                                        └─ its time is over: DEL_PUSH, Deleted
//! ```
//!
//! While the market is closed, `_WAIT` stands for `_PEND`: the requests are
//! sent on when the opening call begins.
//!
//! How orders trade is told in the module `fills`.

use std::time::Duration;

use crate::dialect::OrderEvents;
use crate::fixed::Fixed;
use crate::json::object;

use super::accounts::exchange_rate;
use super::market::Side;
use super::order::{Change, Order, Request, State, Terms};
use super::{Event, Exchange};

const CONFIRMS_AFTER: Duration = Duration::from_millis(80);

impl Exchange {
    /// Enters an order that was found to be good.
    pub(super) fn enter(&mut self, order: Order) {
        let Order { id, instrument, .. } = order;
        let mut what = format!(
            "order {id}: {} {} {} {}",
            order.side.code(),
            order.volume,
            self.market[instrument].listing.symbol,
            order.kind.code(),
        );
        // A trailing stop has no price before it fires.
        if order.price > Fixed::ZERO {
            what += &format!(" at {}", order.price);
        }
        self.note(what);
        let watches = order.rule.is_some_and(|rule| rule.trigger().is_some());
        let held = order.state == State::Local;
        self.orders.insert(id, order);
        self.live.insert(id);
        if watches {
            self.stops[instrument].push(id);
        }
        if held {
            self.tell_order(id);
        } else {
            self.request(id, Change::Enter);
        }
        self.trigger(instrument);
    }

    /// Asks the market for a change, or puts it off until it opens.
    pub(super) fn request(&mut self, id: i64, change: Change) {
        let modified = self.market_time();
        let due = self.now.saturating_add(self.clock.span(CONFIRMS_AFTER));
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let open = self.market[order.instrument].takes_orders();
        if !order.is_going() {
            order.action = if open {
                change.pending()
            } else {
                change.waiting()
            };
        }
        order.modified = modified;
        let due = open.then_some(due);
        order.requests.push_back(Request { change, due });
        self.tell_order(id);
        if let Some(due) = due {
            self.timers.push(due, Event::Confirm(id));
        }
    }

    /// Sends on what has waited for the market to open.
    pub(super) fn send_waiting(&mut self, id: i64) {
        let due = self.now.saturating_add(self.clock.span(CONFIRMS_AFTER));
        let modified = self.market_time();
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let Some(newest) = order.requests.back().map(|one| one.change) else {
            return;
        };
        for request in &mut order.requests {
            request.due = request.due.or(Some(due));
        }
        order.action = match order.is_going() {
            true => Change::Cancel.pending(),
            false => newest.pending(),
        };
        order.modified = modified;
        self.tell_order(id);
        self.timers.push(due, Event::Confirm(id));
    }

    /// Lets the market confirm the requests for an order that are due.
    pub(super) fn confirm(&mut self, id: i64) {
        self.confirm_until(id, self.now);
    }

    /// Lets the market confirm everything, and tells all that is agreed.
    pub(super) fn wind_up(&mut self, id: i64) {
        self.confirm_until(id, Duration::MAX);
        self.deliver_all(id);
    }

    fn confirm_until(&mut self, id: i64, time: Duration) {
        while let Some(order) = self.orders.get_mut(&id)
            && let Some(request) = order.requests.front()
            && request.due.is_some_and(|due| due <= time)
            && let Some(request) = order.requests.pop_front()
        {
            let instrument = order.instrument;
            self.apply(id, request.change);
            self.market[instrument].ticked_at = self.market_time();
            self.publish(instrument);
        }
    }

    fn apply(&mut self, id: i64, change: Change) {
        // What is agreed came before.
        self.deliver_all(id);
        let Some(order) = self.orders.get(&id) else {
            return;
        };
        if !order.is_live() {
            // A fill was faster; what has lapsed says so already. Of a request
            // before a cancellation that is pending nothing is left to say.
            if order.is_filled() && !order.is_going() {
                self.tell_action(id, change.failed());
            }
            return;
        }
        match change {
            Change::Enter => self.admit(id),
            Change::Modify(terms) => self.apply_terms(id, terms, "MOD_CONF"),
            Change::Fire => {
                let terms = Terms {
                    price: order.rule.and_then(|rule| rule.stop_leg()),
                    ..Terms::default()
                };
                self.apply_terms(id, terms, "MOD_PUSH");
            }
            Change::Cancel => {
                self.end(id);
                self.tell_action(id, "DEL_CONF");
            }
        }
    }

    /// Lets an order into the market, unless it would trade with an own one or
    /// a test wants it refused.
    fn admit(&mut self, id: i64) {
        let Some(order) = self.orders.get(&id) else {
            return;
        };
        let book = &self.market[order.instrument].book;
        let rejected = self.rejections > 0;
        self.rejections = self.rejections.saturating_sub(1);
        if rejected || book.meets_own(order.side, order.price) {
            self.end(id);
            self.tell_action(id, Change::Enter.failed());
        } else {
            self.tell_action(id, "INS_CONF");
            self.arrive(id);
        }
    }

    /// Changes an order on the market. It keeps its place in the queue if
    /// nothing but its volume changes, and that to less.
    fn apply_terms(&mut self, id: i64, terms: Terms, confirmed: &'static str) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let book = &mut self.market[order.instrument].book;
        let total = order.total(&terms);
        let price = terms.price.unwrap_or(order.price);
        let peak = terms.peak.or(order.peak);
        let executed = order.volume - order.open();
        let moves = price != order.price;
        if total <= executed || (moves && book.meets_own(order.side, price)) {
            self.tell_action(id, "MOD_FAIL");
            return;
        }
        let more =
            |new: Option<i64>, old: Option<i64>| new.unwrap_or(i64::MAX) > old.unwrap_or(i64::MAX);
        let requeues = moves || total > order.volume || more(peak, order.peak);
        let left = total - executed;
        if requeues {
            book.remove(order.side, order.price, id);
        } else {
            book.keep(order.side, order.price, id, left, peak.unwrap_or(left));
        }
        (order.price, order.volume, order.peak) = (price, total, peak);
        self.tell_action(id, confirmed);
        if requeues {
            self.arrive(id);
        }
    }

    /// Takes an order out because its time is over.
    pub(super) fn lapse(&mut self, id: i64) {
        self.end(id);
        if let Some(order) = self.orders.get_mut(&id) {
            order.requests.clear();
        }
        self.tell_action(id, "DEL_PUSH");
    }

    /// Takes an order off wherever it waits.
    pub(super) fn end(&mut self, id: i64) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        order.state = State::Deleted;
        let instrument = order.instrument;
        self.market[instrument]
            .book
            .remove(order.side, order.price, id);
        self.stops[instrument].retain(|other| *other != id);
        self.live.remove(&id);
    }

    /// Returns what an account keeps back for a buy order, in its currency.
    pub(super) fn bound_by(&self, order: &Order) -> Fixed {
        let listing = &self.market[order.instrument].listing;
        let rate = exchange_rate(listing.currency());
        order.most_value(listing.ticks).at_rate(rate)
    }

    /// Returns the orders of an account that are live, on one side.
    pub(super) fn open_orders(&self, account: usize, side: Side) -> impl Iterator<Item = &Order> {
        self.live_orders()
            .filter(move |order| order.account == account && order.side == side)
    }

    pub(super) fn live_orders(&self) -> impl Iterator<Item = &Order> {
        self.live.iter().filter_map(|id| self.orders.get(id))
    }

    /// Notes what has become of an order, and tells it.
    pub(super) fn tell_action(&mut self, id: i64, action: &'static str) {
        let modified = self.market_time();
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        // A cancellation is the newest request: what the market says of those
        // before it does not take its place, unless the order is gone by that.
        let is_over = !order.is_live() && !order.is_filled();
        if is_over || !order.is_going() {
            order.action = action;
        }
        order.modified = modified;
        let what = match action {
            "INS_CONF" => "on the market".to_owned(),
            "INS_FAIL" => "refused by the market".to_owned(),
            "MOD_CONF" | "MOD_PUSH" => format!("changed to {} at {}", order.volume, order.price),
            "MOD_FAIL" => "not changed".to_owned(),
            "DEL_CONF" => "cancelled".to_owned(),
            "DEL_PUSH" => "lapsed".to_owned(),
            "DEL_FAIL" => "not cancelled".to_owned(),
            other => other.to_owned(),
        };
        self.note(format!("order {id} {what}"));
        self.tell_order(id);
    }

    /// Tells all private feeds about an order.
    pub(super) fn tell_order(&mut self, id: i64) {
        self.tell_private(|exchange, epoch| {
            let shape = exchange.config.dialect.order_events;
            let data = exchange.orders.get(&id).map(|order| match shape {
                OrderEvents::Full => exchange.order_json(order, epoch),
                OrderEvents::Lean => exchange.lean_order_json(order, epoch),
            });
            object! { "type": "order", "data": data }
        });
    }
}
