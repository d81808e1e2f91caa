//! Reads a public feed to its end as fast as it comes, and counts.
//!
//! `drain_smol HOST:PORT --plain` connects to a server that needs no REST login
//! (the session key is `bench`); without `--plain` the connection uses TLS.

use std::error::Error;
use std::hint::black_box;

use nordnet_smol::feed::Reconnect;
use nordnet_smol::proto::{LoggedIn, Server, SessionKey};
use nordnet_smol::{Event, FeedConfig, MarketFeed, Smol};

const USAGE: &str = "usage: drain_smol HOST:PORT [--plain]";

fn main() -> Result<(), Box<dyn Error>> {
    smol::block_on(drain())
}

async fn drain() -> Result<(), Box<dyn Error>> {
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
    let mut feed = MarketFeed::standalone(Smol, logged_in, config)?;
    while let Some(event) = feed.next().await {
        if let Event::Malformed(malformed) = black_box(&event) {
            eprintln!("{malformed}");
        }
    }
    println!("messages={}", feed.counters().messages());
    Ok(())
}
