//! Feeds with what their ticks add up to.

use std::future::poll_fn;
use std::time::Duration;

use nordnet_proto::driver::{Client, LatestWatch, MarketWatch};
use nordnet_proto::market::Update;
use nordnet_proto::{
    Event, MarketMessage, Quote, QuoteState, StaleReason, Subscription, TradableId,
};
use nordnet_sim::{Cut, Feeds, Server};

use crate::shared::{Waits, builder, ericsson, eventually};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn a_quote_is_never_behind_the_event<R: Waits>() {
    let (server, nordnet) = world::<R>();
    let mut market = nordnet.market().price([ericsson()]).open().unwrap();
    assert_eq!(market.quote(ericsson()).state(), QuoteState::Waiting);
    let (mut ticks, mut losses) = (0, 0);
    while let Some(event) = event(&mut market) {
        let quote = market.quote(ericsson());
        match event {
            Event::Message(MarketMessage::Price(tick)) => {
                ticks += 1;
                assert!(quote.is_live());
                if let Some(bid) = tick.bid().value() {
                    assert_eq!(quote.bid(), Some(bid));
                }
                assert!(quote.age().is_some_and(|age| age < PATIENCE));
                match (ticks, losses) {
                    (5, 0) => server.control().cut_feeds(Feeds::Public, Cut::Abrupt),
                    (10.., 1) => market.close(),
                    _ => {}
                }
            }
            Event::Disconnected(_) => {
                losses += 1;
                assert_eq!(quote.state(), QuoteState::Stale(StaleReason::Disconnected));
            }
            Event::Closed(_) => {
                assert_eq!(quote.state(), QuoteState::Stale(StaleReason::Closed));
            }
            _ => {}
        }
    }
    assert_eq!(losses, 1);
    assert_eq!(market.counters().gaps, 1);
}

pub(crate) fn a_slow_reader_misses_nothing_that_counts<R: Waits>() {
    let (server, nordnet) = world::<R>();
    let volvo = TradableId::new(11, "366");
    let both = [ericsson(), volvo.clone()];
    let mut market = nordnet.market().price(both).latest().unwrap();
    let first = update(&mut market);
    assert!(
        matches!(
            first,
            Some(Update::Event(Event::Connected { after_gap: None }))
        ),
        "{first:?}"
    );
    // A reader that does something else for a while.
    eventually("ticks are merged meanwhile", || market.conflated() > 10);
    let mut told = 0;
    while told <= 10 {
        if let Some(Update::Changed {
            subscription,
            ticks,
        }) = update(&mut market)
        {
            assert!(matches!(subscription, Subscription::Price(_)));
            told += ticks;
        }
    }
    assert!(market.quote(ericsson()).is_live());
    assert!(market.counters().prices >= told);

    server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
    let live = || [ericsson(), volvo.clone()].map(|id| market.quote(id).is_live());
    eventually("all are stale", || live() == [false; 2]);
    eventually("all are live again", || live() == [true; 2]);
    let loss = update(&mut market);
    assert!(
        matches!(loss, Some(Update::Event(Event::Disconnected(_)))),
        "the loss comes before all ticks: {loss:?}"
    );
    let live = market.read(|all, now| all.quotes(now).filter(Quote::is_live).count());
    assert_eq!(live, 2);
    market.handle().close();
    let told: Vec<_> = std::iter::from_fn(|| update(&mut market)).collect();
    assert!(
        matches!(told.last(), Some(Update::Event(Event::Closed(_)))),
        "{told:?}"
    );
    assert_eq!(
        market.quote(ericsson()).state(),
        QuoteState::Stale(StaleReason::Closed)
    );
    assert_eq!(market.dropped(), 0);
}

pub(crate) fn what_is_watched_no_more_is_forgotten<R: Waits>() {
    let (_server, nordnet) = world::<R>();
    let mut market = nordnet.market().price([ericsson()]).open().unwrap();
    let latest = nordnet.market().price([ericsson()]).latest().unwrap();
    while !market.quote(ericsson()).is_live() {
        event(&mut market).unwrap();
    }
    eventually("a tick", || latest.quote(ericsson()).is_live());
    let price = Subscription::Price(ericsson());
    market.handle().unsubscribe(price.clone());
    latest.unsubscribe(&price);
    while market.quote(ericsson()).state() != QuoteState::Waiting {
        event(&mut market).unwrap();
    }
    let state = || latest.quote(ericsson()).state();
    eventually("it is forgotten", || state() == QuoteState::Waiting);
    assert_eq!(market.quotes().count(), 0);
    assert_eq!(latest.read(|all, now| all.quotes(now).count()), 0);
}

fn world<R: Waits>() -> (Server, Client<R>) {
    let server = Server::builder().seed(11).rate(20.0).start().unwrap();
    let nordnet = R::result(builder::<R>(&server).login()).unwrap();
    (server, nordnet)
}

fn event<R: Waits>(market: &mut MarketWatch<R>) -> Option<Event<MarketMessage>> {
    let event = R::in_time(PATIENCE, poll_fn(|cx| market.poll_event(cx)));
    event.expect("an event in time")
}

fn update<R: Waits>(market: &mut LatestWatch<R>) -> Option<Update> {
    let update = R::in_time(PATIENCE, poll_fn(|cx| market.poll_update(cx)));
    update.expect("an update in time")
}
