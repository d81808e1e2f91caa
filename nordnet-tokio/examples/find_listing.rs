//! Looks up listings by number, market and symbol, or ISIN.
//!
//! ```text
//! cargo run --example find_listing -- 11:101 "XSTO:VOLV B" SE0000108227
//! ```

use std::error::Error;

use nordnet_tokio::FindListings;
use nordnet_tokio::flow::ListingKey;

const KEYS: [&str; 3] = ["11:101", "XSTO:VOLV B", "SE0000108227"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut keys: Vec<ListingKey> = Vec::new();
    for key in std::env::args().skip(1) {
        keys.push(key.parse()?);
    }
    if keys.is_empty() {
        keys = KEYS
            .iter()
            .map(|key| key.parse())
            .collect::<Result<_, _>>()?;
    }

    let nordnet = nordnet_tokio::from_env()?.login().await?;
    for found in nordnet.run(FindListings::of_all(keys)).await? {
        match found {
            Ok(listing) => {
                println!("{listing} ({})", listing.instrument.name);
                println!("  tradable    {}", listing.id());
                println!("  prices in   {}", listing.price_unit());
                println!("  lot size    {}", listing.lot_size().normalized());
                for order_type in listing.order_types() {
                    println!("  order type  {}", order_type.name);
                }
            }
            Err(not_listed) => eprintln!("{not_listed}"),
        }
    }
    nordnet.logout().await?;
    Ok(())
}
