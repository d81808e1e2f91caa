//! Reads a public feed to its end as fast as it comes, and counts.
//!
//! `drain_blocking HOST:PORT --plain` connects to a server that needs no REST login
//! (the session key is `bench`); without `--plain` the connection uses TLS.

use std::error::Error;
use std::hint::black_box;

use nordnet_blocking::feed::Reconnect;
use nordnet_blocking::proto::{LoggedIn, Server, SessionKey};
use nordnet_blocking::{Blocking, Event, FeedConfig, MarketFeed};

const USAGE: &str = "usage: drain_blocking HOST:PORT [--plain]";

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let address = args.next().ok_or(USAGE)?;
    let (host, port) = address.rsplit_once(':').ok_or(USAGE)?;
    let encrypted = match args.next().as_deref() {
        None => true,
        Some("--plain") => false,
        Some(_) => return Err(USAGE.into()),
    };
    let server = Server::new(host, port.parse()?, encrypted);
    let logged_in = LoggedIn::new(SessionKey::new("bench"), server.clone(), server);

    let mut config = FeedConfig::default();
    config.reconnect = Reconnect::Never;
    let mut feed = MarketFeed::standalone(Blocking, logged_in, config)?;
    for event in &mut feed {
        if let Event::Malformed(malformed) = black_box(&event) {
            eprintln!("{malformed}");
        }
    }
    println!("messages={}", feed.counters().messages());
    Ok(())
}
