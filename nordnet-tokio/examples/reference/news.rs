//! News: who publishes them, finding some, and reading them in full.

use nordnet_tokio::api::{GetNews, ListNewsSources, SearchMain, SearchSpace};
use nordnet_tokio::{Client, Result};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    for source in &nordnet.send(ListNewsSources::new()).await? {
        println!("  {:>4}  {:<9} {}", source.id, source.level, source.name);
    }

    let search = SearchMain::new("eric").space(SearchSpace::News);
    let groups = nordnet.send(search).await?;
    let hits = groups.iter().flat_map(|group| &group.results);
    let found: Vec<_> = hits.filter_map(|hit| hit.external_news_id).collect();
    if found.is_empty() {
        println!("  no news that match");
        return Ok(());
    }
    for article in &nordnet.send(GetNews::of_all(found)).await? {
        println!("  {}  {}", article.timestamp, article.headline);
        for line in article.body.iter().flat_map(|body| body.lines()) {
            println!("    {line}");
        }
    }
    Ok(())
}
