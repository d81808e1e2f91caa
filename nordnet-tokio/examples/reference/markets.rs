//! Where instruments trade.

use nordnet_tokio::api::{GetMarkets, ListMarkets};
use nordnet_tokio::{Client, Result};

use crate::{ericsson, or_dash};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    for market in &nordnet.send(ListMarkets::new()).await? {
        let country = or_dash(market.country.as_ref());
        println!("  {:>4}  {country:<2}  {}", market.id, market.name);
    }
    let home = GetMarkets::of(ericsson().market);
    for market in &nordnet.send(home).await? {
        println!("  ERIC B trades on {}", market.name);
    }
    Ok(())
}
