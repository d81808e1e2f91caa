//! What a hundred thousand instruments take, and that a million messages about
//! them take no more.
//!
//! `cargo bench -p nordnet-proto --bench memory`
//!
//! Each instrument is subscribed to with its price and its book. The bytes are
//! those that the allocator has handed out, of the feed machine and the market
//! together and of the market alone.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark fails by panicking"
)]

#[path = "corpus.rs"]
mod corpus;

use std::time::{Duration, Instant};

use allocation_counter::measure;
use nordnet_proto::{
    Decoded, Event, FeedConfig, LoggedIn, Market, MarketFeed, MarketMessage, Output, Server,
    SessionKey, Subscription, TradableId,
};

use self::corpus::{Kind, corpus, identifier};

const INSTRUMENTS: u64 = 100_000;
const MESSAGES: usize = 1_000_000;
/// A step of the recording, played again and again.
const STEP: usize = 100_000;

fn main() {
    let mut feed = Playing::open();
    let subscribed = measure(|| feed.subscribe());
    println!(
        "subscribed  {INSTRUMENTS} instruments, {} commands, {} bytes an instrument",
        feed.machine.counters().commands,
        subscribed.bytes_current / INSTRUMENTS as i64
    );
    let steps: Vec<String> = [Kind::Steady, Kind::Depth]
        .map(|kind| corpus(kind, STEP, INSTRUMENTS))
        .into();
    let first = measure(|| feed.full_ticks());
    println!(
        "warm        {} full ticks, {} bytes an instrument more",
        2 * INSTRUMENTS,
        first.bytes_current / INSTRUMENTS as i64
    );
    for step in 1..=MESSAGES / STEP {
        let text = &steps[step % steps.len()];
        let used = measure(|| feed.play(text));
        println!(
            "{:>9} messages: {:+} bytes kept, {} at most, {} allocations",
            step * STEP,
            used.bytes_current,
            used.bytes_max,
            used.count_total
        );
        assert!(step == 1 || used.bytes_current == 0, "memory grows");
    }

    let mut market = Market::new();
    let ten_thousand = measure(|| {
        for instrument in 0..10_000 {
            for kind in ["price", "depth"] {
                market.merge(&full_tick(kind, instrument), feed.now);
            }
        }
    });
    println!(
        "the market alone: {} bytes an instrument, price and book, of 10000",
        ten_thousand.bytes_current / 10_000
    );
}

/// A feed without a network, and a market that hears all of it.
struct Playing {
    machine: MarketFeed,
    attempt: nordnet_proto::Attempt,
    market: Market,
    now: Instant,
}

impl Playing {
    fn open() -> Self {
        let (mut machine, now) = (MarketFeed::new(FeedConfig::default(), [0; 16]), now());
        let server = Server::new("127.0.0.1", 443, true);
        let session = LoggedIn::new(SessionKey::new("bench"), server.clone(), server);
        machine.handle_login(Ok(session), now);
        let Some(Output::Connect { attempt, .. }) = machine.poll_output() else {
            panic!("the feed does not connect");
        };
        machine.handle_connected(attempt, now);
        Self {
            machine,
            attempt,
            market: Market::new(),
            now,
        }
    }

    fn subscribe(&mut self) {
        for instrument in 0..INSTRUMENTS {
            let id = TradableId::new(11, identifier(instrument));
            self.machine
                .subscribe(Subscription::Price(id.clone()), self.now);
            self.machine.subscribe(Subscription::Depth(id), self.now);
        }
        while self.machine.counters().commands <= 2 * INSTRUMENTS {
            self.now += Duration::from_secs(1);
            self.play("\n");
            let length = self.machine.transmit().len();
            self.machine
                .handle_transmitted(self.attempt, length, self.now);
        }
        self.play("");
    }

    fn full_ticks(&mut self) {
        for instrument in 0..INSTRUMENTS {
            for kind in ["price", "depth"] {
                self.play(&line(kind, instrument));
            }
        }
    }

    fn play(&mut self, text: &str) {
        for chunk in text.as_bytes().chunks(16 << 10) {
            self.machine.handle_input(self.attempt, chunk, self.now);
            while let Some(Output::Event(event)) = self.machine.poll_output() {
                assert!(!matches!(
                    event,
                    Event::Malformed(_) | Event::Disconnected(_)
                ));
                self.market.handle_event(&event, self.now);
            }
        }
    }
}

fn line(kind: &str, instrument: u64) -> String {
    let (name, of) = (
        identifier(instrument),
        if kind == "price" { "" } else { "1" },
    );
    format!(
        "{{\"type\":\"{kind}\",\"data\":{{\"i\":\"{name}\",\"m\":11,\"bid{of}\":86.5,\"ask{of}\":86.52}}}}\n"
    )
}

fn full_tick(kind: &str, instrument: u64) -> MarketMessage {
    match MarketMessage::decode(line(kind, instrument).trim_end().as_bytes()) {
        Ok(Decoded::Message(MarketMessage::Price(tick))) => MarketMessage::Price(tick.into_full()),
        Ok(Decoded::Message(MarketMessage::Depth(tick))) => MarketMessage::Depth(tick.into_full()),
        other => panic!("{other:?}"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an origin for virtual time; it never passes by itself"
)]
fn now() -> Instant {
    Instant::now()
}
