//! Orders and own trades, and how they look on the wire.

use std::collections::VecDeque;

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::accounts::amount;
use super::market::Side;

/// An order from its entry to the end of the day.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) account: usize,
    pub(crate) instrument: usize,
    pub(crate) side: Side,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) traded: i64,
    pub(crate) state: State,
    pub(crate) action: &'static str,
    pub(crate) reference: Option<String>,
    pub(crate) valid_until: Option<i64>,
    pub(crate) modified: i64,
    /// The place in the queue: earlier entries trade first at the same price.
    pub(crate) queued: u64,
    /// Executions that are agreed but not yet told.
    pub(crate) agreed: VecDeque<(Fixed, i64)>,
    /// What the market has yet to confirm, oldest first.
    pub(crate) changes: VecDeque<Change>,
    /// Whether it was entered with the condition to be held back.
    pub(crate) manual: bool,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    OnMarket,
    Local,
    Deleted,
}

impl State {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::OnMarket => "ON_MARKET",
            Self::Local => "LOCAL",
            Self::Deleted => "DELETED",
        }
    }
}

/// A request that waits for the market.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Enter,
    Modify { price: Fixed, volume: i64 },
    Cancel,
}

impl Order {
    pub(crate) fn remaining(&self) -> i64 {
        self.volume - self.traded
    }

    /// Returns what is neither traded nor agreed.
    pub(crate) fn open(&self) -> i64 {
        self.remaining() - self.agreed.iter().map(|(_, volume)| volume).sum::<i64>()
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.traded == self.volume
    }
}

/// An execution of an own order.
#[derive(Debug)]
pub(crate) struct OwnTrade {
    pub(crate) account: usize,
    pub(crate) order: i64,
    pub(crate) instrument: usize,
    pub(crate) side: Side,
    pub(crate) price: Fixed,
    pub(crate) volume: i64,
    pub(crate) at: i64,
    pub(crate) id: String,
    pub(crate) counterparty: &'static str,
}

impl Exchange {
    /// Returns the orders of an account that are live, on one side.
    pub(super) fn open_orders(&self, account: usize, side: Side) -> impl Iterator<Item = &Order> {
        self.orders.values().filter(move |order| {
            order.account == account && order.side == side && order.state != State::Deleted
        })
    }

    pub(super) fn order_json(&self, order: &Order, epoch: u64) -> Json {
        let listing = &self.market[order.instrument].listing;
        let manual = order.manual.then(|| object! { "type": "MANUAL" });
        object! {
            "accid": self.accid(order.account, epoch),
            "accno": self.accounts[order.account].accno,
            "tradable": self.tradable_id(order.instrument),
            "side": order.side.code(),
            "order_type": "LIMIT",
            "price_condition": "LIMIT",
            "volume_condition": "NORMAL",
            "order_id": order.id,
            "order_state": order.state.code(),
            "action_state": order.action,
            "price": amount(order.price, listing.currency()),
            "volume": Fixed::from_units(order.volume),
            "traded_volume": Fixed::from_units(order.traded),
            "validity": validity_json(order),
            "activation_condition": manual,
            "modified": order.modified,
            "reference": order.reference.clone(),
        }
    }

    pub(super) fn trade_json(&self, trade: &OwnTrade, epoch: u64) -> Json {
        object! {
            "accid": self.accid(trade.account, epoch),
            "accno": self.accounts[trade.account].accno,
            "order_id": trade.order,
            "side": trade.side.code(),
            "tradable": self.tradable_id(trade.instrument),
            "price": amount(trade.price, self.market[trade.instrument].listing.currency()),
            "volume": Fixed::from_units(trade.volume),
            "tradetime": trade.at,
            "trade_id": trade.id.as_str(),
            "counterparty": trade.counterparty,
        }
    }

    /// The members of the published feed example, in its order.
    pub(super) fn lean_order_json(&self, order: &Order, epoch: u64) -> Json {
        let condition = if order.manual { "MANUAL" } else { "NONE" };
        object! {
            "volume": Fixed::from_units(order.volume),
            "price": amount(order.price, self.market[order.instrument].listing.currency()),
            "volume_condition": "NORMAL",
            "order_id": order.id,
            "reference": order.reference.clone(),
            "tradable": self.tradable_id(order.instrument),
            "validity": validity_json(order),
            "accno": self.accounts[order.account].accno,
            "accid": self.accid(order.account, epoch),
            "side": order.side.code(),
            "modified": order.modified,
            "activation_condition": object! { "type": condition },
            "order_state": order.state.code(),
            "action_state": order.action,
            "order_type": "LIMIT",
        }
    }
}

fn validity_json(order: &Order) -> Json {
    match order.valid_until {
        None => object! { "type": "DAY" },
        Some(until) => object! { "type": "UNTIL_DATE", "valid_until": until },
    }
}
