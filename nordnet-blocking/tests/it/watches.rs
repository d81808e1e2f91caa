//! Waits with an end, which only blocking watches have.

use std::time::Duration;

use nordnet_blocking::market::Update;
use nordnet_blocking::{Elapsed, Event};

use crate::support::{builder, ericsson, server};

/// Longer than any step takes that succeeds.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_watch_is_waited_for_in_time_and_to_its_end() {
    let server = server();
    let nordnet = builder(&server).login().unwrap();
    let mut market = nordnet.market().price([ericsson()]).open().unwrap();
    assert_eq!(market.next_within(Duration::ZERO).unwrap_err(), Elapsed);
    while !market.quote(ericsson()).is_live() {
        market.next_within(PATIENCE).unwrap().unwrap();
    }
    market.close();
    let last = market.last();
    assert!(matches!(last, Some(Event::Closed(_))), "{last:?}");
}

#[test]
fn a_latest_watch_is_waited_for_in_time_and_to_its_end() {
    let server = server();
    let nordnet = builder(&server).login().unwrap();
    let mut market = nordnet.market().price([ericsson()]).latest().unwrap();
    assert_eq!(market.next_within(Duration::ZERO).unwrap_err(), Elapsed);
    while !market.quote(ericsson()).is_live() {
        market.next_within(PATIENCE).unwrap().unwrap();
    }
    market.close();
    let last = market.by_ref().last();
    assert!(
        matches!(last, Some(Update::Event(Event::Closed(_)))),
        "{last:?}"
    );
}
