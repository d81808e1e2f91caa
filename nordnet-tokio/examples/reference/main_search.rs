//! The search box: instruments, news and pages at once, in groups.

use nordnet_tokio::api::{InstrumentGroup, SearchMain, SearchSpace};
use nordnet_tokio::{Client, Result};

use crate::or_dash;

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    for group in &nordnet.send(SearchMain::new("eric").limit(3)).await? {
        let total = or_dash(group.total);
        println!("  {} ({total})", group.display_group_description);
        for hit in &group.results {
            println!("    {}", hit.display_name);
        }
    }

    let shares = SearchMain::new("volvo")
        .space(SearchSpace::Instruments)
        .groups([InstrumentGroup::Equity]);
    let groups = nordnet.send(shares).await?;
    for hit in groups.iter().flat_map(|group| &group.results) {
        let last = hit.last_price.as_ref().and_then(|last| last.price);
        println!("  {:<24} {:>10}", hit.display_name, or_dash(last));
    }
    Ok(())
}
