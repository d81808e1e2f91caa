//! A strategy, and its test: ten minutes of market in a few seconds.
//!
//! ```text
//! cargo run --bin nordnet-sim -- run -- cargo run -p nordnet-tokio --features sim --example strategy
//! cargo test -p nordnet-tokio --features sim --example strategy
//! ```

use std::time::Duration;

use nordnet_tokio::api::{Amount, ListAccounts};
use nordnet_tokio::{
    AccountNumber, CancelOrder, Client, Decimal, Outcome, PlaceOrder, Result, TradableId, Trading,
};
use tokio::time::{Instant, timeout_at};

#[tokio::main]
async fn main() -> Result<()> {
    let nordnet = nordnet_tokio::from_env()?.trading().login().await?;
    let accounts = nordnet.send(ListAccounts::new()).await?;
    let Some(account) = accounts.preselected() else {
        println!("no account is preselected");
        return nordnet.logout().await;
    };
    let spread = Decimal::new(10, 2);
    let quotes = quote(&nordnet, account.number, spread, Duration::from_secs(10)).await?;
    println!("{quotes} orders were placed and taken back");
    nordnet.logout().await
}

/// Bids one share of Ericsson `below` the best bid, and bids again whenever that has
/// moved, for `time`. Returns how many orders were placed.
async fn quote(
    nordnet: &Client<Trading>,
    account: AccountNumber,
    below: Decimal,
    time: Duration,
) -> Result<usize> {
    let ericsson = TradableId::new(11, "101");
    let mut watch = nordnet.market().price([ericsson.clone()]).open()?;
    let end = Instant::now() + time;
    let mut resting = None;
    let mut placed = 0;
    while let Ok(Some(_)) = timeout_at(end, watch.next()).await {
        let bid = watch.quote(ericsson.clone()).bid();
        let Some(price) = bid.and_then(|bid| bid.checked_sub(below)) else {
            continue;
        };
        if resting.as_ref().is_some_and(|(at, _)| *at == price) {
            continue;
        }
        if let Some((_, order)) = resting.take() {
            take_back(nordnet, order).await?;
        }
        let order = PlaceOrder::buy(1, ericsson.clone(), Amount::new(price, "SEK"), account)?;
        match nordnet.send(order).await? {
            Outcome::Accepted(accepted) => {
                placed += 1;
                resting = Some((price, CancelOrder::new(accepted.order_id, account)));
            }
            Outcome::Rejected(rejection) => println!("refused: {rejection}"),
            // It may rest on the market: nothing is placed before somebody has looked.
            Outcome::Unknown(unresolved) => {
                println!("unknown: look for {} on the market", unresolved.reference);
                break;
            }
        }
    }
    if let Some((_, order)) = resting {
        take_back(nordnet, order).await?;
    }
    Ok(placed)
}

async fn take_back(nordnet: &Client<Trading>, order: CancelOrder) -> Result<()> {
    if let Outcome::Rejected(rejection) = nordnet.send(order).await? {
        println!("not cancelled: {rejection}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use nordnet_tokio::sim::{self, Server};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn quotes_for_ten_minutes_and_leaves_no_order_behind() {
        let simulator = Server::builder().seed(7).start_in_memory().unwrap();
        let control = simulator.control();
        let builder = sim::builder(simulator).unwrap();
        let nordnet = builder.trading().login().await.unwrap();

        let account = AccountNumber::new(60012345);
        let minutes = Duration::from_secs(600);
        let began = Instant::now();
        let placed = quote(&nordnet, account, Decimal::new(10, 2), minutes).await;

        assert!(began.elapsed() >= minutes);
        // An accepted cancellation takes a moment on the market.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let orders = control.orders();
        assert!(placed.unwrap() > 10);
        let resting = orders.iter().find(|order| order.order_state == "ON_MARKET");
        assert_eq!(resting, None);
    }
}
