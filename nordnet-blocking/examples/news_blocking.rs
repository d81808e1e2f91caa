//! Searches the news and prints what it finds in full.
//!
//! ```text
//! cargo run --example news_blocking -- eric
//! ```

use nordnet_blocking::api::{GetNews, SearchMain, SearchSpace};

fn main() -> nordnet_blocking::Result<()> {
    let text = std::env::args().nth(1).unwrap_or_else(|| "eric".into());
    let nordnet = nordnet_blocking::from_env()?.login()?;

    let search = SearchMain::new(text).space(SearchSpace::News);
    let groups = nordnet.send(search)?;
    let hits = groups.iter().flat_map(|group| &group.results);
    let ids: Vec<_> = hits.filter_map(|hit| hit.external_news_id).collect();
    if ids.is_empty() {
        println!("no news");
        return nordnet.logout();
    }

    // News that the session may not read are left out.
    for article in &nordnet.send(GetNews::of_all(ids))? {
        println!("{}  {}", article.timestamp, article.headline);
        for line in article.body.iter().flat_map(|body| body.lines()) {
            println!("    {line}");
        }
    }
    nordnet.logout()
}
