//! Names of countries.

use nordnet_tokio::api::{GetCountries, ListCountries};
use nordnet_tokio::{Client, Result};

pub(crate) async fn show(nordnet: &Client) -> Result<()> {
    let all = nordnet.send(ListCountries::new()).await?;
    println!("  {} countries, among them", all.len());
    let nordic = GetCountries::of_all(["SE", "NO", "DK", "FI"]);
    for country in &nordnet.send(nordic).await? {
        println!("  {}  {}", country.code, country.name);
    }
    Ok(())
}
