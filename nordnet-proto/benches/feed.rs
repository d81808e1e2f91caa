//! The way of a message through the core, step by step; see `README.md` beside
//! this file for results.
//!
//! `cargo bench -p nordnet-proto --bench feed`

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a benchmark fails by panicking"
)]

mod corpus;

use std::time::Instant;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use nordnet_proto::{
    Command, Decoded, Event, FeedConfig, LineDecoder, LoggedIn, Market, MarketFeed, MarketMessage,
    Output, Server, SessionKey, Subscription, TradableId,
};

use self::corpus::{Kind, corpus, identifier};

/// Also counts allocations.
#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

const LINES: usize = 4_000;
const INSTRUMENTS: u64 = 500;

/// As much as an adapter reads at once.
const CHUNK: usize = 16 << 10;

fn main() {
    divan::main();
}

#[divan::bench(args = Kind::ALL)]
fn decode(bencher: Bencher<'_, '_>, kind: Kind) {
    let text = corpus(kind, LINES, INSTRUMENTS);
    let mut lines = LineDecoder::new(FeedConfig::default().max_line);
    let bencher = bencher.counter(ItemsCount::new(LINES));
    bencher.bench_local(|| {
        let mut messages = 0;
        for chunk in text.as_bytes().chunks(CHUNK) {
            lines.push(chunk);
            while let Some(message) = MarketMessage::next(&mut lines) {
                messages += usize::from(black_box(&message).is_ok());
            }
        }
        assert_eq!(messages, LINES);
    });
}

#[divan::bench(args = Kind::ALL)]
fn merge(bencher: Bencher<'_, '_>, kind: Kind) {
    let text = corpus(kind, LINES, INSTRUMENTS);
    let messages: Vec<MarketMessage> = text.lines().map(message).collect();
    let (mut market, now) = (Market::new(), now());
    let bencher = bencher.counter(ItemsCount::new(LINES));
    bencher.bench_local(|| {
        for message in &messages {
            market.merge(black_box(message), now);
        }
    });
}

#[divan::bench(args = Kind::ALL)]
fn whole_feed(bencher: Bencher<'_, '_>, kind: Kind) {
    let text = corpus(kind, LINES, INSTRUMENTS);
    let (mut feed, now) = (MarketFeed::new(FeedConfig::default(), [0; 16]), now());
    feed.handle_login(Ok(session()), now);
    let Some(Output::Connect { attempt, .. }) = feed.poll_output() else {
        panic!("the feed does not connect");
    };
    feed.handle_connected(attempt, now);
    feed.handle_transmitted(attempt, feed.transmit().len(), now);
    let bencher = bencher.counter(ItemsCount::new(LINES));
    bencher.bench_local(|| {
        for chunk in text.as_bytes().chunks(CHUNK) {
            feed.handle_input(attempt, chunk, now);
            while let Some(Output::Event(event)) = feed.poll_output() {
                assert!(!matches!(black_box(event), Event::Malformed(_)));
            }
        }
    });
}

/// Ten thousand subscribe commands.
#[divan::bench]
fn encode(bencher: Bencher<'_, '_>) {
    let subscriptions: Vec<_> = (0..10_000).map(subscription).collect();
    let mut line = Vec::with_capacity(256);
    let bencher = bencher.counter(ItemsCount::new(subscriptions.len()));
    bencher.bench_local(|| {
        for subscription in &subscriptions {
            line.clear();
            Command::Subscribe(black_box(subscription)).encode(&mut line);
            black_box(&line);
        }
    });
}

/// Ten thousand subscriptions made, paced, and written to the wire.
#[divan::bench]
fn subscribe(bencher: Bencher<'_, '_>) {
    let subscriptions: Vec<_> = (0..10_000).map(subscription).collect();
    let start = now();
    let bencher = bencher.counter(ItemsCount::new(subscriptions.len()));
    bencher.bench_local(|| {
        let (mut feed, mut now) = (MarketFeed::new(FeedConfig::default(), [0; 16]), start);
        feed.handle_login(Ok(session()), now);
        let Some(Output::Connect { attempt, .. }) = feed.poll_output() else {
            panic!("the feed does not connect");
        };
        feed.handle_connected(attempt, now);
        for subscription in &subscriptions {
            feed.subscribe(subscription.clone(), now);
        }
        while feed.counters().commands <= subscriptions.len() as u64 {
            now = feed.poll_timeout().unwrap().max(now);
            // Something is heard, or the line would be given up as silent.
            feed.handle_input(attempt, b"\n", now);
            let length = feed.transmit().len();
            feed.handle_transmitted(attempt, length, now);
            while let Some(Output::Event(_)) = feed.poll_output() {}
        }
    });
}

fn message(line: &str) -> MarketMessage {
    match MarketMessage::decode(line.as_bytes()) {
        Ok(Decoded::Message(message)) => message,
        other => panic!("{line}: {other:?}"),
    }
}

fn subscription(instrument: u64) -> Subscription {
    Subscription::Price(TradableId::new(11, identifier(instrument)))
}

fn session() -> LoggedIn {
    let server = Server::new("127.0.0.1", 443, true);
    LoggedIn::new(SessionKey::new("bench"), server.clone(), server)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an origin for virtual time; it never passes by itself"
)]
fn now() -> Instant {
    Instant::now()
}
