//! The life of an order on the market.
//!
//! ```text
//!  MANUAL ─▶ Local ── activate ─┐        modify: MOD_PEND ─▶ MOD_CONF | MOD_FAIL
//!                               ▼              ▲   │
//!  LIMIT ──▶ INS_PEND ──▶ INS_CONF, on the book ───┴──▶ filled ─▶ Deleted
//!                                        │
//!                                        └─ cancel: DEL_PEND ─▶ DEL_CONF, Deleted
//! ```
//!
//! An order that reaches the other side when it arrives takes liquidity at
//! once; the executions are told one after the other. What is left rests and
//! trades at its own price when the market comes to it, best price first,
//! then oldest first.

use std::collections::VecDeque;
use std::time::Duration;

use crate::dialect::OrderEvents;
use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::market::Side;
use super::order::{Change, Order, OwnTrade, State};
use super::{Event, Exchange};

const CONFIRMS_AFTER: Duration = Duration::from_millis(80);
const FIRST_FILL_AFTER: Duration = Duration::from_millis(200);
const NEXT_FILL_AFTER: Duration = Duration::from_millis(400);
const FIRST_ORDER_ID: i64 = 430_518_872;

impl Exchange {
    /// Makes an order that is not entered yet.
    pub(super) fn next_order(
        &self,
        account: usize,
        instrument: usize,
        side: Side,
        price: Fixed,
        volume: i64,
    ) -> Order {
        let id = FIRST_ORDER_ID + self.orders.len() as i64;
        Order {
            id,
            account,
            instrument,
            side,
            price,
            volume,
            traded: 0,
            state: State::OnMarket,
            action: "INS_PEND",
            reference: None,
            valid_until: None,
            modified: self.market_time(),
            queued: 0,
            agreed: VecDeque::new(),
            changes: VecDeque::new(),
            manual: false,
        }
    }

    /// Enters an order and returns the verdict.
    pub(super) fn enter(&mut self, mut order: Order) -> Json {
        let id = order.id;
        let what = format!(
            "order {id}: {} {} {} at {}",
            order.side.code(),
            order.volume,
            self.market[order.instrument].listing.symbol,
            order.price,
        );
        self.note(what);
        if order.manual {
            order.state = State::Local;
            order.action = "INS_STOP";
            self.orders.insert(id, order);
            self.tell_order(id);
        } else {
            self.orders.insert(id, order);
            self.request_change(id, Change::Enter, "INS_PEND");
        }
        self.verdict(id)
    }

    /// Sends a held order to the market and returns the verdict.
    pub(super) fn activate(&mut self, id: i64) -> Json {
        if let Some(order) = self.orders.get_mut(&id) {
            order.state = State::OnMarket;
        }
        self.request_change(id, Change::Enter, "INS_PEND");
        self.verdict(id)
    }

    /// Notes that the market has to confirm something.
    pub(super) fn request_change(&mut self, id: i64, change: Change, action: &'static str) {
        let modified = self.market_time();
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        order.changes.push_back(change);
        order.action = action;
        order.modified = modified;
        self.tell_order(id);
        self.after(self.clock.span(CONFIRMS_AFTER), Event::Confirm(id));
    }

    /// Lets the market confirm the oldest request for an order.
    pub(super) fn confirm(&mut self, id: i64) {
        self.queued += 1;
        let (modified, queued) = (self.market_time(), self.queued);
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let Some(change) = order.changes.pop_front() else {
            return;
        };
        // A fill may have been faster than what is confirmed here.
        if order.state == State::Deleted {
            return;
        }
        order.modified = modified;
        let mut arrives = false;
        match change {
            Change::Enter => {
                order.action = "INS_CONF";
                order.queued = queued;
                arrives = true;
            }
            Change::Modify { volume, .. } if volume <= order.volume - order.open() => {
                order.action = "MOD_FAIL";
            }
            Change::Modify { price, volume } => {
                arrives = order.state == State::OnMarket
                    && (price != order.price || volume > order.volume);
                if arrives {
                    order.queued = queued;
                }
                (order.price, order.volume, order.action) = (price, volume, "MOD_CONF");
            }
            Change::Cancel => {
                order.action = "DEL_CONF";
                order.state = State::Deleted;
                order.agreed.clear();
            }
        }
        let (state, instrument) = (order.state, order.instrument);
        if state == State::Deleted {
            self.note(format!("order {id} cancelled"));
            self.books[instrument].retain(|other| *other != id);
        }
        self.tell_order(id);
        if arrives {
            self.arrive(id);
        }
        self.market[instrument].ticked_at = modified;
        self.publish(instrument);
    }

    /// Tells the next execution that is agreed.
    pub(super) fn deliver(&mut self, id: i64) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let instrument = order.instrument;
        if let Some((price, volume)) = order.agreed.pop_front() {
            self.execute(id, volume, price);
            self.publish(instrument);
        }
    }

    /// Lets resting orders trade that the market has come to.
    pub(super) fn sweep(&mut self, instrument: usize) {
        let mut resting = self.books[instrument].clone();
        resting.sort_by_key(|id| {
            self.orders.get(id).map(|order| match order.side {
                Side::Buy => (-order.price, order.queued),
                Side::Sell => (order.price, order.queued),
            })
        });
        for id in resting {
            let Some(order) = self.orders.get(&id) else {
                continue;
            };
            let (side, price, open) = (order.side, order.price, order.open());
            let taken = self.market[instrument].take(side, price, open);
            let volume = taken.iter().map(|(_, volume)| volume).sum();
            if volume > 0 {
                self.execute(id, volume, price);
            }
        }
    }

    /// Books an execution and tells everybody.
    pub(super) fn execute(&mut self, id: i64, volume: i64, price: Fixed) {
        let at = self.market_time();
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let (account, instrument, side) = (order.account, order.instrument, order.side);
        let volume = volume.min(order.remaining());
        order.traded += volume;
        order.modified = at;
        if order.remaining() == 0 {
            order.state = State::Deleted;
            order.agreed.clear();
            self.books[instrument].retain(|other| *other != id);
        }
        let progress = format!("{} of {}", order.traded, order.volume);
        let market = &mut self.market[instrument];
        let public = market.record(price, volume, Some(side), at);
        let currency = market.listing.currency();
        self.note(format!("order {id} filled {volume} at {price}: {progress}"));
        self.accounts[account].settle(instrument, side, volume, price, currency);
        let trade = OwnTrade {
            account,
            order: id,
            instrument,
            side,
            price,
            volume,
            at,
            id: public.id.clone(),
            counterparty: if side == Side::Buy {
                public.seller
            } else {
                public.buyer
            },
        };
        self.tell_private(|exchange, epoch| {
            object! { "type": "trade", "data": exchange.trade_json(&trade, epoch) }
        });
        self.trades.push(trade);
        self.tell_order(id);
        self.tell_trade(instrument, &public);
    }

    /// Puts a confirmed order on the book and agrees on what it reaches.
    fn arrive(&mut self, id: i64) {
        let Some(order) = self.orders.get_mut(&id) else {
            return;
        };
        let index = order.instrument;
        let instrument = &mut self.market[index];
        let mut parts = instrument.take(order.side, order.price, order.open());
        let lot = instrument.listing.lot;
        if let [(price, volume)] = parts[..]
            && volume >= 2 * lot
        {
            // Two counterparties: two fifths first, then the rest.
            let first = (volume * 2 / 5 / lot).max(1) * lot;
            parts = vec![(price, first), (price, volume - first)];
        }
        let count = parts.len() as u32;
        order.agreed.extend(parts);
        if !self.books[index].contains(&id) {
            self.books[index].push(id);
        }
        for part in 0..count {
            let wait = FIRST_FILL_AFTER + NEXT_FILL_AFTER * part;
            self.after(self.clock.span(wait), Event::Deliver(id));
        }
    }

    /// Tells all private feeds about an order.
    pub(super) fn tell_order(&mut self, id: i64) {
        self.tell_private(|exchange, epoch| {
            let data =
                exchange
                    .orders
                    .get(&id)
                    .map(|order| match exchange.config.dialect.order_events {
                        OrderEvents::Full => exchange.order_json(order, epoch),
                        OrderEvents::Lean => exchange.lean_order_json(order, epoch),
                    });
            object! { "type": "order", "data": data }
        });
    }
}
