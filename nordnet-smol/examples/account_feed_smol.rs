//! Prints what happens to the orders of all accounts, and nothing is missed.
//!
//! ```text
//! cargo run --example account_feed_smol
//! ```

use std::error::Error;

use nordnet_smol::api::{ListAccounts, ListFills, ListOrders};
use nordnet_smol::{AccountMessage, Client, Event};

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let nordnet = nordnet_smol::from_env()?.login().await?;
    let mut feed = nordnet.account_feed()?;
    while let Some(event) = feed.next().await {
        match event {
            // From here on nothing is missed. What happened before is read.
            Event::Live { .. } => print_all(&nordnet).await?,
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
                print_all(&nordnet).await?;
            }
            Event::Closed(reason) => return Err(reason.to_string().into()),
            _ => {}
        }
    }
    Ok(())
}

/// Prints the orders and fills of today; some may come as an event too.
async fn print_all(nordnet: &Client) -> nordnet_smol::Result<()> {
    for account in nordnet.send(ListAccounts::new()).await?.open() {
        for order in &nordnet.send(ListOrders::of(account)).await? {
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
        let fills = nordnet.send(ListFills::of(account)).await?;
        println!("{account} has {} fills today", fills.len());
    }
    Ok(())
}
