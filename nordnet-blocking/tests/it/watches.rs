//! Feeds with what their ticks add up to, on plain threads.

use std::thread;
use std::time::{Duration, Instant};

use nordnet_blocking::market::Update;
use nordnet_blocking::{Elapsed, Event, MarketMessage, QuoteState, StaleReason};
use nordnet_sim::{Cut, Feeds};

use crate::support::{builder, ericsson, server};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_quote_is_never_behind_the_event() {
    let server = server();
    let nordnet = builder(&server).login().unwrap();
    let mut market = nordnet.market().price([ericsson()]).open().unwrap();
    assert_eq!(market.next_within(Duration::ZERO).unwrap_err(), Elapsed);
    let mut losses = 0;
    while let Some(event) = market.next_within(PATIENCE).unwrap() {
        let quote = market.quote(ericsson());
        match event {
            Event::Message(MarketMessage::Price(_)) => {
                assert!(quote.is_live());
                if losses == 1 {
                    break;
                }
                server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
            }
            Event::Disconnected(_) => {
                losses += 1;
                assert_eq!(quote.state(), QuoteState::Stale(StaleReason::Disconnected));
            }
            _ => {}
        }
    }
    assert_eq!(losses, 1);
    market.close();
    let last = market.last();
    assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
}

#[test]
fn a_slow_reader_gets_the_latest_and_the_count() {
    let server = server();
    let nordnet = builder(&server).login().unwrap();
    let mut market = nordnet.market().price([ericsson()]).latest().unwrap();
    let until = Instant::now() + PATIENCE;
    while market.conflated() < 5 {
        assert!(Instant::now() < until, "nothing is read meanwhile");
        thread::sleep(Duration::from_millis(10));
    }
    let first = market.next_within(PATIENCE).unwrap();
    assert!(matches!(
        first,
        Some(Update::Event(Event::Connected { .. }))
    ));
    match market.next_within(PATIENCE).unwrap() {
        Some(Update::Changed { ticks, .. }) => assert!(ticks > 5, "{ticks}"),
        other => panic!("{other:?}"),
    }
    assert!(market.quote(ericsson()).is_live());
    market.close();
    let told = market.by_ref().last();
    assert!(told.is_some(), "the end is told");
    assert_eq!(
        market.quote(ericsson()).state(),
        QuoteState::Stale(StaleReason::Closed)
    );
}
