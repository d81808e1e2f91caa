//! Which prices an order may have, and how to round to one.

use nordnet_tokio::api::{GetTickSizes, ListTickSizes, LookupInstruments, Side};
use nordnet_tokio::{Client, Decimal, Result};

use crate::{ericsson, or_dash};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    let all = nordnet.send(ListTickSizes::new()).await?;
    println!("  {} tables", all.len());

    let lookup = LookupInstruments::by_tradable(ericsson());
    let found = nordnet.send(lookup).await?;
    let Some(tradable) = found.iter().flat_map(|one| &one.tradables).next() else {
        return Ok(());
    };
    let table = GetTickSizes::of(tradable.tick_size_id);
    for table in &nordnet.send(table).await? {
        println!("  table {}, that of ERIC B", table.id);
        for range in &table.intervals {
            let (from, to) = (range.from_price, range.to_price);
            println!("  {from:>10} to {to:<10} tick {}", range.tick);
        }
        let price = Decimal::new(86_531, 3);
        let buy = or_dash(table.round(price, &Side::Buy));
        let sell = or_dash(table.round(price, &Side::Sell));
        println!("  {price} becomes {buy} to buy, {sell} to sell");
    }
    Ok(())
}
