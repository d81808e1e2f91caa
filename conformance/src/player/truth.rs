//! What the exchange knows, whatever the client has seen.

use nordnet_sim::{Channel, Control};

use super::{Seen, unclear};
use crate::trouble::Trouble;

pub(super) fn show(control: &Control, what: &str) -> Result<Seen, Trouble> {
    let counters = control.counters();
    Ok(match what {
        "orders" => {
            let orders = control.orders();
            let line = |order: &nordnet_sim::OrderRecord| {
                let reference = order.reference.as_deref().unwrap_or("without a reference");
                format!(
                    "{reference}: {} of {} at {}, {}",
                    order.traded_volume, order.volume, order.price, order.order_state
                )
            };
            orders.iter().map(line).collect()
        }
        "requests" => {
            let audit = control.audit();
            let line = |entry: &nordnet_sim::AuditEntry| {
                let operation = entry.operation.unwrap_or("unknown");
                let status = entry
                    .status
                    .map_or_else(|| "no answer".into(), |code| code.to_string());
                let session = entry.epoch.map(|epoch| format!(" in session {epoch}"));
                format!("{operation}{}: {status}", session.unwrap_or_default())
            };
            audit.iter().map(line).collect()
        }
        "commands" => {
            let commands = control.commands();
            commands
                .iter()
                .map(|command| command.text.clone())
                .collect()
        }
        "subscriptions" => {
            let feeds = control.connections();
            feeds
                .into_iter()
                .flat_map(|feed| feed.subscriptions)
                .collect()
        }
        "logins" => vec![format!("{} of {}", counters.logins, counters.login_starts)],
        "sessions" => vec![control.sessions().len().to_string()],
        "connections" => vec![format!(
            "{} public, {} private so far",
            counters.public_connections, counters.private_connections
        )],
        _ => return Err(unclear()),
    })
}

/// Returns `true` if there is a feed on a channel, and all such feeds are logged in.
pub(super) fn is_logged_in(control: &Control, channel: Channel) -> bool {
    let connections = control.connections();
    let mut feeds = connections
        .iter()
        .filter(|one| one.channel == channel)
        .peekable();
    feeds.peek().is_some() && feeds.all(|feed| feed.epoch.is_some())
}

/// Returns the number of the order with a reference.
pub(super) fn order_id(control: &Control, reference: &str) -> Result<i64, Trouble> {
    let orders = control.orders();
    let mut orders = orders.iter();
    let order = orders.find(|order| order.reference.as_deref() == Some(reference));
    order
        .map(|order| order.order_id)
        .ok_or_else(|| Trouble::new(format!("there is no order {reference}")))
}
