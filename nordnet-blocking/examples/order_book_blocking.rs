//! Prints the order book of a listing once a second, however often it changes.
//!
//! ```text
//! cargo run --example order_book_blocking -- 11:101
//! ```

use std::error::Error;
use std::time::{Duration, Instant};

use nordnet_blocking::market::{Book, BookLevel};
use nordnet_blocking::{Elapsed, Event, TradableId};

const FRAME: Duration = Duration::from_secs(1);

fn main() -> Result<(), Box<dyn Error>> {
    let tradable: TradableId = match std::env::args().nth(1) {
        Some(key) => key.parse()?,
        None => TradableId::new(11, "101"), // ERIC B
    };
    let nordnet = nordnet_blocking::from_env()?.login()?;
    let mut market = nordnet.market().depth([&tradable]).open()?;
    let mut paint = Instant::now() + FRAME;
    loop {
        match market.next_before(paint) {
            Ok(Some(Event::Disconnected(lost))) => eprintln!("{lost}; the book is stale"),
            Ok(Some(Event::Refused { message, .. })) => return Err(message.into()),
            Ok(Some(Event::Closed(reason))) => return Err(reason.to_string().into()),
            Ok(Some(_)) => {} // the book has it already
            Ok(None) => return Ok(()),
            Err(Elapsed) => {
                print(&market.book(&tradable));
                paint += FRAME;
            }
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
