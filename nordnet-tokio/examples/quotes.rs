//! Prints the quotes of some listings each time one changes.
//!
//! ```text
//! cargo run --example quotes -- 11:101 "XSTO:VOLV B"
//! ```

use std::error::Error;

use nordnet_tokio::flow::ListingKey;
use nordnet_tokio::{Event, FindListings, MarketMessage};

const KEYS: [&str; 2] = ["11:101", "XSTO:VOLV B"];

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
    let found = nordnet.run(FindListings::of_all(keys)).await?;
    let stocks = found.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut market = nordnet.market().price(&stocks).open()?;
    while let Some(event) = market.next().await {
        match event {
            Event::Message(MarketMessage::Price(tick)) => {
                let Some(stock) = stocks.iter().find(|stock| stock.id() == *tick.tradable()) else {
                    continue;
                };
                let quote = market.quote(stock);
                let price =
                    |price: Option<_>| price.map_or_else(|| "-".into(), |price| format!("{price}"));
                let (bid, ask) = (price(quote.bid()), price(quote.ask()));
                println!("{stock:<10} bid {bid:<8} ask {ask:<8} {}", quote.state());
            }
            // It reconnects by itself; each listing begins with a full tick again.
            Event::Disconnected(lost) => eprintln!("{lost}; all quotes are stale"),
            Event::Refused {
                subscription,
                message,
            } => eprintln!("{subscription}: {message}"),
            Event::Closed(reason) => return Err(reason.to_string().into()),
            _ => {}
        }
    }
    Ok(())
}
