//! Searches stocks and prints those that have risen most today.
//!
//! ```text
//! cargo run --example search_stocks_smol -- bank
//! ```

use nordnet_smol::api::{SearchStocks, SortOrder, StockGroup};
use nordnet_smol::flow::Pages;

fn main() -> nordnet_smol::Result<()> {
    smol::block_on(run())
}

async fn run() -> nordnet_smol::Result<()> {
    let mut search = SearchStocks::new()
        .groups([StockGroup::Instrument, StockGroup::Price])
        .sort("diff_pct", SortOrder::Descending)
        .limit(20);
    if let Some(text) = std::env::args().nth(1) {
        search = search.text(text);
    }

    let nordnet = nordnet_smol::from_env()?.login().await?;
    // One call for each page of 20 rows.
    let found = nordnet.run(Pages::of(search).at_most(60)).await?;
    for stock in &found.results {
        let (Some(instrument), Some(prices)) = (&stock.instrument_info, &stock.price_info) else {
            continue;
        };
        let name = instrument.name.as_deref().unwrap_or("-");
        let last = prices.last.as_ref().and_then(|last| last.price);
        match (last, prices.diff_pct) {
            (Some(last), Some(change)) => println!("{name:<30} {last:>10} {change:>8} %"),
            _ => println!("{name:<30} has no price"),
        }
    }
    if let Some(total) = found.total_hits {
        println!("{} of {total} stocks", found.results.len());
    }
    nordnet.logout().await
}
