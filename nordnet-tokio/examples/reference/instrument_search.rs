//! Lists of instruments, searched, sorted and with prices.

use nordnet_tokio::api::{
    EntityType, SearchAttributes, SearchBullBear, SearchStocks, SortOrder, StockGroup,
};
use nordnet_tokio::{Client, Result};

use crate::or_dash;

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    let sortable = SearchAttributes::new().entity(EntityType::Stocks);
    let sortable = nordnet.send(sortable.only_sortable()).await?;
    println!("  stocks sort by {} attributes", sortable.attributes.len());

    let winners = SearchStocks::new()
        .groups([StockGroup::Instrument, StockGroup::Price])
        .sort("diff_pct", SortOrder::Descending)
        .limit(5);
    for stock in nordnet.send(winners).await?.results {
        let name = stock.instrument_info.and_then(|info| info.name);
        let price = stock.price_info.unwrap_or_default();
        let last = or_dash(price.last.and_then(|last| last.price));
        let change = or_dash(price.diff_pct);
        println!("  {:<24} {last:>10} {change:>8} %", or_dash(name));
    }

    let on_ericsson = nordnet.send(SearchBullBear::new().text("eric")).await?;
    for product in on_ericsson.results {
        let name = product.instrument_info.and_then(|info| info.name);
        let terms = product.certificate_info.unwrap_or_default();
        let leverage = or_dash(terms.static_leverage);
        println!("  {:<24} leverage {leverage}", or_dash(name));
    }
    Ok(())
}
