//! What the control port tells, as JSON.

use serde_json::{Map, Value, json};

use crate::exchange::{
    AccountRecord, AuditEntry, CommandEntry, Counters, OrderRecord, SessionRecord,
};
use crate::server::handle::ConnectionRecord;
use crate::server::plan::Channel;

pub(super) fn request(entry: &AuditEntry) -> Value {
    json!({
        "at_ms": entry.at.as_millis() as u64,
        "connection": entry.connection,
        "method": entry.method,
        "target": entry.target,
        "operation": entry.operation,
        "epoch": entry.epoch,
        "key_suffix": entry.key_suffix,
        "body": entry.body,
        "processed": entry.processed,
        "status": entry.status,
    })
}

/// As a text, if it is one.
pub(super) fn received(number: u64, bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!({ "connection": number, "text": text }),
        Err(_) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "connection": number, "hex": hex })
        }
    }
}

pub(super) fn command(entry: &CommandEntry) -> Value {
    json!({
        "at_ms": entry.at.as_millis() as u64,
        "feed": channel(entry.feed.into()),
        "connection": entry.connection,
        "text": entry.text,
    })
}

pub(super) fn connection(record: &ConnectionRecord) -> Value {
    json!({
        "connection": record.number,
        "channel": channel(record.channel),
        "peer": record.peer.to_string(),
        "received": record.received,
        "sent": record.sent,
        "epoch": record.epoch,
        "subscriptions": record.subscriptions,
    })
}

pub(super) fn session(record: &SessionRecord) -> Value {
    json!({
        "epoch": record.epoch,
        "key_suffix": record.key_suffix,
        "idle_ms": record.idle.as_millis() as u64,
    })
}

pub(super) fn order(order: &OrderRecord) -> Value {
    json!({
        "order_id": order.order_id,
        "accno": order.accno,
        "tradable": order.tradable,
        "side": order.side.code(),
        "price": order.price.to_string(),
        "volume": order.volume,
        "traded_volume": order.traded_volume,
        "order_state": order.order_state,
        "action_state": order.action_state,
        "reference": order.reference,
    })
}

pub(super) fn account(account: &AccountRecord) -> Value {
    let cash = account.cash.iter();
    let cash = cash.map(|(currency, sum)| ((*currency).to_owned(), json!(sum.to_string())));
    let holdings = account.holdings.iter();
    let holdings = holdings.map(|(tradable, count)| (tradable.clone(), json!(count)));
    json!({
        "accno": account.accno,
        "cash": cash.collect::<Map<_, _>>(),
        "holdings": holdings.collect::<Map<_, _>>(),
    })
}

pub(super) fn counters(counters: &Counters) -> Value {
    json!({
        "requests": counters.requests,
        "login_starts": counters.login_starts,
        "logins": counters.logins,
        "refused_logins": counters.refused_logins,
        "public_connections": counters.public_connections,
        "private_connections": counters.private_connections,
        "commands": counters.commands,
    })
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Rest => "rest",
        Channel::Public => "public",
        Channel::Private => "private",
    }
}
