//! What watches have on plain threads alone.

use std::time::Duration;

use nordnet_blocking::market::Update;
use nordnet_blocking::{Elapsed, Event};

use crate::support::{builder, ericsson, server};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_watch_is_waited_for_so_long_or_to_its_end() {
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
fn the_latest_is_waited_for_so_long_or_to_its_end() {
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
