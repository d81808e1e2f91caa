//! Watches: feeds with the quotes that their ticks add up to.

use std::time::Duration;

use nordnet_driver::Client;
use nordnet_proto::market::Update;
use nordnet_proto::{
    Event, MarketMessage, Quote, QuoteState, StaleReason, Subscription, TradableId,
};
use nordnet_sim::{Cut, Feeds, Server};

use crate::adapter::{Adapter, Events, with_own_client};
use crate::shared::{builder, ericsson, eventually};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn quotes_are_as_new_as_the_last_event(adapter: Adapter) {
    let (server, nordnet) = world(adapter);
    with_own_client!(adapter, nordnet, {
        let mut market = nordnet.market().price([ericsson()]).open().unwrap();
        assert_eq!(market.quote(ericsson()).state(), QuoteState::Waiting);
        let (mut ticks, mut losses) = (0, 0);
        while let Some(event) = next(adapter, &mut market) {
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
    });
}

pub(crate) fn slow_reader_gets_all_events_and_merged_ticks(adapter: Adapter) {
    let _runtime = adapter.enter();
    let (server, nordnet) = world(adapter);
    with_own_client!(adapter, nordnet, {
        let volvo = TradableId::new(11, "366");
        let both = [ericsson(), volvo.clone()];
        let mut market = nordnet.market().price(both).latest().unwrap();
        let first = next(adapter, &mut market);
        assert!(
            matches!(
                first,
                Some(Update::Event(Event::Connected { after_gap: None }))
            ),
            "{first:?}"
        );
        // A reader that does something else for a while.
        eventually("ticks are merged meanwhile", || market.conflated() > 10);
        let mut ticks_seen = 0;
        while ticks_seen <= 10 {
            if let Some(Update::Changed {
                subscription,
                ticks,
            }) = next(adapter, &mut market)
            {
                assert!(matches!(subscription, Subscription::Price(_)));
                ticks_seen += ticks;
            }
        }
        assert!(market.quote(ericsson()).is_live());
        assert!(market.counters().prices >= ticks_seen);

        server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
        let live = || [ericsson(), volvo.clone()].map(|id| market.quote(id).is_live());
        eventually("all are stale", || live() == [false; 2]);
        eventually("all are live again", || live() == [true; 2]);
        let loss = next(adapter, &mut market);
        assert!(
            matches!(loss, Some(Update::Event(Event::Disconnected(_)))),
            "the loss comes before all ticks: {loss:?}"
        );
        let live = market.read(|all, now| all.quotes(now).filter(Quote::is_live).count());
        assert_eq!(live, 2);
        market.handle().close();
        let rest: Vec<_> = std::iter::from_fn(|| next(adapter, &mut market)).collect();
        assert!(
            matches!(rest.last(), Some(Update::Event(Event::Closed(_)))),
            "{rest:?}"
        );
        assert_eq!(
            market.quote(ericsson()).state(),
            QuoteState::Stale(StaleReason::Closed)
        );
        assert_eq!(market.dropped(), 0);
    });
}

pub(crate) fn unsubscribing_drops_the_quote(adapter: Adapter) {
    let _runtime = adapter.enter();
    let (_server, nordnet) = world(adapter);
    with_own_client!(adapter, nordnet, {
        let mut market = nordnet.market().price([ericsson()]).open().unwrap();
        let latest = nordnet.market().price([ericsson()]).latest().unwrap();
        while !market.quote(ericsson()).is_live() {
            next(adapter, &mut market).unwrap();
        }
        eventually("a tick", || latest.quote(ericsson()).is_live());
        let price = Subscription::Price(ericsson());
        market.handle().unsubscribe(price.clone());
        latest.unsubscribe(&price);
        while market.quote(ericsson()).state() != QuoteState::Waiting {
            next(adapter, &mut market).unwrap();
        }
        let state = || latest.quote(ericsson()).state();
        eventually("the quote is dropped", || state() == QuoteState::Waiting);
        assert_eq!(market.quotes().count(), 0);
        assert_eq!(latest.read(|all, now| all.quotes(now).count()), 0);
    });
}

fn world(adapter: Adapter) -> (Server, Client) {
    let server = Server::builder().seed(11).rate(20.0).start().unwrap();
    let nordnet = adapter.login(builder(adapter, &server)).unwrap();
    (server, nordnet)
}

/// Waits for the next event or update; `None` after the end.
fn next<E: Events>(adapter: Adapter, watch: &mut E) -> Option<E::Item> {
    let item = watch.next_within(adapter, PATIENCE);
    item.expect("an event or update in time")
}
