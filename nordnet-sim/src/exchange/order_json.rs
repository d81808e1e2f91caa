//! Orders and own trades as JSON.

use crate::fixed::Fixed;
use crate::json::{Json, object};

use super::Exchange;
use super::accounts::amount;
use super::order::{Kind, Life, Order, OwnTrade};
use super::stops::Rule;

impl Exchange {
    pub(super) fn order_json(&self, order: &Order, epoch: u64) -> Json {
        let listing = &self.market[order.instrument].listing;
        object! {
            "accid": self.accid(order.account, epoch),
            "accno": self.accounts[order.account].accno,
            "tradable": self.tradable_id(order.instrument),
            "side": order.side.code(),
            "order_type": order.kind.code(),
            "price_condition": "LIMIT",
            "volume_condition": volume_condition(order),
            "order_id": order.id,
            "order_state": order.state.code(),
            "action_state": order.action,
            "price": amount(order.price, listing.currency()),
            "volume": Fixed::from_units(order.volume),
            "open_volume": order.peak.map(Fixed::from_units),
            "traded_volume": Fixed::from_units(order.traded),
            "validity": validity(order),
            "activation_condition": order.rule.as_ref().map(condition),
            "modified": order.modified,
            "reference": order.reference.clone(),
        }
    }

    /// The members of the published feed example, in its order.
    pub(super) fn lean_order_json(&self, order: &Order, epoch: u64) -> Json {
        let none = || object! { "type": "NONE" };
        object! {
            "volume": Fixed::from_units(order.volume),
            "price": amount(order.price, self.market[order.instrument].listing.currency()),
            "volume_condition": volume_condition(order),
            "order_id": order.id,
            "reference": order.reference.clone(),
            "tradable": self.tradable_id(order.instrument),
            "validity": validity(order),
            "accno": self.accounts[order.account].accno,
            "accid": self.accid(order.account, epoch),
            "side": order.side.code(),
            "modified": order.modified,
            "activation_condition": order.rule.as_ref().map_or_else(none, condition),
            "order_state": order.state.code(),
            "action_state": order.action,
            "order_type": order.kind.code(),
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
}

fn volume_condition(order: &Order) -> &'static str {
    if order.kind == Kind::FillOrKill {
        "ALL_OR_NOTHING"
    } else {
        "NORMAL"
    }
}

fn validity(order: &Order) -> Json {
    match order.life {
        Life::Day => object! { "type": "DAY" },
        Life::Until(until) => object! { "type": "UNTIL_DATE", "valid_until": until },
        Life::Extended => object! { "type": "EXTENDED_HOURS" },
        Life::Immediate => object! { "type": "IMMEDIATE" },
    }
}

/// The target of a stop is not told.
fn condition(rule: &Rule) -> Json {
    let trigger = rule.trigger();
    let trailing = match rule {
        Rule::Trailing { best, .. } => Some(*best),
        _ => None,
    };
    object! {
        "type": rule.code(),
        "trailing_value": trailing,
        "trigger_value": trigger.map(|trigger| trigger.value),
        "trigger_condition": trigger.map(|trigger| trigger.when.code()),
    }
}
