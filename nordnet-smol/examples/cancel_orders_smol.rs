//! Cancels all open orders, and reports those that it could not cancel.
//!
//! ```text
//! cargo run --example cancel_orders_smol
//! ```

use std::error::Error;

use nordnet_smol::api::{ListAccounts, ListOrders};
use nordnet_smol::{CancelOrder, Outcome};

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let nordnet = nordnet_smol::from_env()?.trading().login().await?;
    let mut failed = 0;
    for account in nordnet.send(ListAccounts::new()).await?.open() {
        // What fails for one account or order does not end the others.
        let orders = match nordnet.send(ListOrders::of(account)).await {
            Ok(orders) => orders,
            Err(error) => {
                failed += 1;
                eprintln!("{account}: {error}");
                continue;
            }
        };
        for order in orders.iter().filter(|order| !order.is_filled()) {
            let cancel = CancelOrder::new(order.order_id, account);
            let problem = match nordnet.send(cancel).await {
                Ok(Outcome::Accepted(_)) => None,
                Ok(Outcome::Rejected(rejection)) if rejection.is_already_gone() => None,
                Ok(Outcome::Rejected(rejection)) => Some(rejection.to_string()),
                Ok(Outcome::Unknown(unresolved)) => Some(unresolved.to_string()),
                Err(error) => Some(error.to_string()),
            };
            match problem {
                None => println!("order {} is being cancelled", order.order_id),
                Some(problem) => {
                    failed += 1;
                    eprintln!("order {}: {problem}", order.order_id);
                }
            }
        }
        for unread in orders.skipped() {
            failed += 1;
            eprintln!("one order could not be read, and may be open: {unread}");
        }
    }
    nordnet.logout().await?;
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} failures; orders may still be open").into()),
    }
}
