//! Prints the order book of a listing once a second, however often it changes.
//!
//! ```text
//! cargo run --example order_book -- 11:101
//! ```

use std::error::Error;
use std::time::Duration;

use nordnet_tokio::market::{Book, BookLevel};
use nordnet_tokio::{Event, TradableId};
use tokio::time::interval;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tradable: TradableId = match std::env::args().nth(1) {
        Some(key) => key.parse()?,
        None => TradableId::new(11, "101"), // ERIC B
    };
    let nordnet = nordnet_tokio::from_env()?.login().await?;
    let mut market = nordnet.market().depth([&tradable]).open()?;
    let mut paint = interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            // Dropping this future loses no event.
            event = market.next() => match event {
                Some(Event::Disconnected(lost)) => eprintln!("{lost}; the book is stale"),
                Some(Event::Refused { message, .. }) => return Err(message.into()),
                Some(Event::Closed(reason)) => return Err(reason.to_string().into()),
                Some(_) => {} // the book has it already
                None => return Ok(()),
            },
            _ = paint.tick() => print(&market.book(&tradable)),
        }
    }
}

fn print(book: &Book) {
    println!("{} is {}", book.tradable(), book.state());
    let side = |level: Option<BookLevel>| match level {
        Some(level) => (
            level.price.to_string(),
            level
                .volume
                .map_or_else(|| "-".into(), |volume| volume.normalized().to_string()),
        ),
        None => ("-".into(), "-".into()),
    };
    for level in 1..=Book::LEVELS {
        let ((bid, bid_volume), (ask, ask_volume)) = (side(book.bid(level)), side(book.ask(level)));
        println!("{bid_volume:>8} {bid:>9} | {ask:<9} {ask_volume:<8}");
    }
}
