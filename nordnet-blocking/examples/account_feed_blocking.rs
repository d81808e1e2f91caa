//! Prints what happens to the orders of all accounts, and nothing is missed.
//!
//! ```text
//! cargo run --example account_feed_blocking
//! ```

use std::error::Error;

use nordnet_blocking::api::{ListAccounts, ListFills, ListOrders};
use nordnet_blocking::{AccountMessage, Client, Event};

fn main() -> Result<(), Box<dyn Error>> {
    let nordnet = nordnet_blocking::from_env()?.login()?;
    let feed = nordnet.account_feed()?;
    for event in feed {
        match event {
            // From here on nothing is missed. What happened before is read.
            Event::Live { .. } => print_all(&nordnet)?,
            Event::Message(AccountMessage::Order(order)) => {
                let state = order
                    .state
                    .map_or_else(|| "-".into(), |state| state.to_string());
                println!("order {} is {state}", order.order_id);
            }
            Event::Message(AccountMessage::Fill(fill)) => println!(
                "order {}: {} {} at {}",
                fill.order_id,
                fill.side,
                fill.volume.normalized(),
                fill.price
            ),
            Event::Disconnected(lost) => eprintln!("{lost}"),
            // The line may have been about an order.
            Event::Malformed(line) => {
                eprintln!("{line}");
                print_all(&nordnet)?;
            }
            Event::Closed(reason) => return Err(reason.to_string().into()),
            _ => {}
        }
    }
    Ok(())
}

/// Prints the orders and fills of today; some may come as an event too.
fn print_all(nordnet: &Client) -> nordnet_blocking::Result<()> {
    for account in nordnet.send(ListAccounts::new())?.open() {
        for order in &nordnet.send(ListOrders::of(account))? {
            println!(
                "order {}: {} {} of {} at {}, {}",
                order.order_id,
                order.side,
                order.volume.normalized(),
                order.tradable,
                order.price,
                order.state
            );
        }
        let fills = nordnet.send(ListFills::of(account))?;
        println!("{account} has {} fills today", fills.len());
    }
    Ok(())
}
