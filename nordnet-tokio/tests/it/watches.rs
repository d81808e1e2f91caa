//! Feeds with what their ticks add up to.

use std::time::Duration;

use nordnet_sim::{Cut, Feeds};
use nordnet_tokio::market::Update;
use nordnet_tokio::{
    Event, MarketMessage, Quote, QuoteState, StaleReason, Subscription, TradableId,
};
use tokio::time::timeout;

use crate::support::{builder, ericsson, server};

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_quote_is_never_behind_the_event() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let mut market = nordnet.market().price([ericsson()]).open().unwrap();
    assert_eq!(market.quote(ericsson()).state(), QuoteState::Waiting);
    let (mut ticks, mut losses) = (0, 0);
    let scene = async {
        while let Some(event) = market.next().await {
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
    };
    timeout(PATIENCE, scene).await.unwrap();
    assert_eq!(losses, 1);
    assert_eq!(market.counters().gaps, 1);
}

#[tokio::test]
async fn a_slow_reader_misses_nothing_that_counts_and_learns_how_much_was_merged() {
    let server = server();
    let nordnet = builder(&server).login().await.unwrap();
    let volvo = TradableId::new(11, "366");
    let mut market = nordnet
        .market()
        .price([ericsson(), volvo.clone()])
        .latest()
        .unwrap();
    let scene = async {
        let Some(Update::Event(Event::Connected { after_gap: None })) = market.next().await else {
            panic!("the connection comes first");
        };
        // A reader that does something else for a while.
        until(|| market.conflated() > 10).await;
        let mut told = 0;
        while told <= 10 {
            if let Some(Update::Changed {
                subscription,
                ticks,
            }) = market.next().await
            {
                assert!(matches!(subscription, Subscription::Price(_)));
                told += ticks;
            }
        }
        assert!(market.quote(ericsson()).is_live());

        server.control().cut_feeds(Feeds::Public, Cut::Abrupt);
        until(|| !market.quote(ericsson()).is_live() && !market.quote(&volvo).is_live()).await;
        let Some(Update::Event(Event::Disconnected(_))) = market.next().await else {
            panic!("the loss comes before all ticks");
        };
        until(|| market.quote(ericsson()).is_live() && market.quote(&volvo).is_live()).await;
        let live = market.read(|all, now| {
            all.quotes(now)
                .filter(Quote::is_live)
                .count()
        });
        assert_eq!(live, 2);
        market.close();
        let mut last = None;
        while let Some(update) = market.next().await {
            last = Some(update);
        }
        assert!(last.is_some(), "the end is told");
    };
    timeout(PATIENCE, scene).await.unwrap();
    assert_eq!(
        market.quote(ericsson()).state(),
        QuoteState::Stale(StaleReason::Closed)
    );
    assert_eq!(market.dropped(), 0);
}

async fn until(wanted: impl Fn() -> bool) {
    while !wanted() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
