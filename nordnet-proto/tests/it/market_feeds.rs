//! A market that outlives its feed.

use nordnet_proto::market::{QuoteState, StaleReason};

use crate::feed_sim::{KEY, market, price, secs};
use crate::market_forgets::{Desk, bid};

const LOST: QuoteState = QuoteState::Stale(StaleReason::Disconnected);

/// Gives a desk another feed, which has the price of 1, and is not told yet.
fn open_another(desk: &mut Desk) {
    let mut next = market();
    next.now = desk.sim.now + secs(1);
    next.subscribe(&price("1"));
    next.login(KEY);
    next.connect();
    next.write();
    desk.sim = next;
}

#[test]
fn it_goes_on_with_another_feed_after_the_end_of_the_first() {
    let mut desk = Desk::live(market(), &["1", "2"]);
    desk.sim.feed.close(desk.sim.now);
    desk.sim.disconnected(None);
    desk.listen();
    open_another(&mut desk);
    let closed = QuoteState::Stale(StaleReason::Closed);
    assert_eq!(desk.quote("1").state(), closed);
    desk.listen();
    assert_eq!(desk.quote("1").state(), LOST);
    assert_eq!(bid(&desk.quote("1")).as_deref(), Some("86"));
    assert_eq!(desk.quote("3").state(), QuoteState::Waiting);
    desk.tell("1", ",\"bid\":87");
    assert_eq!(desk.quote("1").state(), QuoteState::Live);
    assert_eq!(desk.quote("2").state(), LOST, "nobody asked for it");
}

#[test]
fn it_goes_on_with_another_feed_though_the_first_was_just_dropped() {
    let mut desk = Desk::live(market(), &["1"]);
    open_another(&mut desk);
    desk.listen();
    assert_eq!(desk.quote("1").state(), LOST);
}
