//! Quotes and books as a trader reads them.

use std::time::{Duration, Instant};

use nordnet_proto::market::{Market, QuoteState, StaleReason};
use nordnet_proto::{IndicatorId, MarketMessage, Public, Rounding, Subscription, TradableId};

use crate::feed_sim::{HEARTBEAT, Sim, depth, market, millis, origin, price, secs};

/// A feed, and a market that is told all that the feed tells.
struct Desk {
    sim: Sim<Public>,
    market: Market,
}

impl Desk {
    fn open(subscriptions: &[Subscription]) -> Self {
        let mut sim = market();
        for subscription in subscriptions {
            sim.subscribe(subscription);
        }
        let mut desk = Self {
            sim,
            market: Market::new(),
        };
        desk.sim = desk.sim.up();
        desk
    }

    fn tell(&mut self, kind: &str, members: &str) {
        let line =
            format!("{{\"type\":\"{kind}\",\"data\":{{\"i\":\"101\",\"m\":11,{members}}}}}\n");
        self.sim.input(&line);
        self.listen();
    }

    fn listen(&mut self) {
        let now = self.sim.now;
        for event in self.sim.events() {
            self.market.handle_event(&event, now);
        }
    }

    fn quote(&self) -> nordnet_proto::Quote {
        self.market.quote(&ericsson(), self.sim.now)
    }

    fn book(&self) -> nordnet_proto::Book {
        self.market.book(&ericsson(), self.sim.now)
    }
}

fn ericsson() -> TradableId {
    TradableId::new(11, "101")
}

fn text(number: Option<impl ToString>) -> String {
    number.map_or_else(|| "-".into(), |number| number.to_string())
}

#[test]
fn absent_keeps_null_clears_and_full_replaces() {
    let mut desk = Desk::open(&[price("101")]);
    assert_eq!(desk.quote().state(), QuoteState::Waiting);
    desk.tell(
        "price",
        r#""bid":86.50,"bid_volume":2050,"ask":86.52,"ep":86.5,"tick_timestamp":7"#,
    );
    desk.tell(
        "price",
        r#""bid":null,"last":86.52,"last_volume":10,"trade_timestamp":9"#,
    );
    let quote = desk.quote();
    assert_eq!(quote.state(), QuoteState::Live);
    assert_eq!(text(quote.bid()), "-");
    assert_eq!(text(quote.bid_volume()), "2050");
    assert_eq!(text(quote.ask()), "86.52");
    assert_eq!(text(quote.ep()), "86.5");
    assert_eq!(quote.tick_timestamp().unwrap().as_millis(), 7);
    let trade = quote.last_trade().unwrap();
    assert_eq!(text(Some(trade.price)), "86.52");
    assert_eq!(text(trade.volume), "10");
    assert_eq!(trade.time.unwrap().as_millis(), 9);

    desk.sim.eof();
    desk.listen();
    desk.sim.reconnect();
    desk.sim.write();
    desk.listen();
    assert_eq!(
        desk.quote().state(),
        QuoteState::Stale(StaleReason::Disconnected)
    );
    assert_eq!(text(desk.quote().ask()), "86.52", "the last one known");
    desk.tell("price", r#""bid":86.40"#);
    let quote = desk.quote();
    assert_eq!(quote.state(), QuoteState::Live);
    assert_eq!(text(quote.bid()), "86.40");
    assert_eq!(quote.ask(), None, "not in the full tick");
    assert_eq!(quote.tick_timestamp(), None);
}

#[test]
fn stays_stale_over_any_number_of_losses() {
    let mut sim = market().live();
    sim.eof();
    let loss = sim.event();
    let full = |identifier: &str| {
        let line = format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{identifier}\",\"m\":11}}}}");
        match crate::feed_sim::market_message(&line) {
            MarketMessage::Price(tick) => MarketMessage::Price(tick.into_full()),
            other => panic!("{other:?}"),
        }
    };
    let (old, busy) = (full("101"), full("7"));
    let mut market = Market::new();
    market.merge(&old, sim.now);
    for _ in 0..70_000 {
        market.merge(&busy, sim.now);
        market.handle_event(&loss, sim.now);
        let state = market.quote(&ericsson(), sim.now).state();
        assert_eq!(state, QuoteState::Stale(StaleReason::Disconnected));
    }
    market.merge(&old, sim.now);
    assert!(market.quote(&ericsson(), sim.now).is_live());
    assert!(!market.quote(&TradableId::new(11, "7"), sim.now).is_live());
}

#[test]
fn figures_of_a_quote_are_exact() {
    let mut desk = Desk::open(&[price("101")]);
    desk.tell(
        "price",
        r#""bid":86.51,"bid_volume":300,"ask":86.54,"ask_volume":100.0"#,
    );
    let quote = desk.quote();
    assert_eq!(text(quote.spread()), "0.03");
    assert_eq!(text(quote.mid()), "86.525");
    assert_eq!(text(quote.volume_imbalance(3, Rounding::HalfEven)), "0.500");
    assert_eq!(quote.last_trade(), None);
    desk.tell("price", r#""ask":null"#);
    assert_eq!(desk.quote().spread(), None);
    assert_eq!(desk.quote().mid(), None);
}

#[test]
fn a_book_has_sides_and_leaves_out_levels_without_a_price() {
    let mut desk = Desk::open(&[depth("101")]);
    desk.tell(
        "depth",
        concat!(
            r#""bid1":86.50,"bid_volume1":100,"bid_orders1":3,"bid2":86.48,"bid_volume2":200,"#,
            r#""ask1":86.52,"ask_volume1":50,"ask3":86.6,"ask_volume3":50,"ask_volume4":9"#
        ),
    );
    let book = desk.book();
    let bids: Vec<_> = book.bids().map(|level| level.price.to_string()).collect();
    let asks: Vec<_> = book.asks().map(|level| level.price.to_string()).collect();
    assert_eq!(bids, ["86.50", "86.48"]);
    assert_eq!(asks, ["86.52", "86.6"]);
    assert_eq!(book.bid(1).unwrap().orders, Some(3));
    assert_eq!(text(book.ask(3).unwrap().volume), "50");
    assert_eq!(book.ask(4), None);
    assert_eq!(book.bid(0), None);
    assert_eq!(text(book.spread()), "0.02");
    assert_eq!(text(book.mid()), "86.51");
    assert_eq!(text(book.volume_imbalance(2, Rounding::HalfEven)), "0.50");
    desk.tell("depth", r#""bid1":null,"bid2":86.4"#);
    let book = desk.book();
    assert_eq!(text(book.bids().next().map(|level| level.price)), "86.4");
    assert_eq!(book.spread(), None, "the best bid is gone");
}

#[test]
fn tells_the_age_of_a_tick_from_the_silence_of_the_line() {
    let mut desk = Desk::open(&[price("101")]);
    assert_eq!(desk.quote().age(), None);
    desk.tell("price", r#""last":86"#);
    desk.sim.pass(secs(4));
    desk.sim.input(HEARTBEAT);
    desk.listen();
    desk.sim.pass(secs(3));
    let quote = desk.quote();
    assert_eq!(quote.age(), Some(secs(7)));
    assert_eq!(quote.silence(), Some(secs(3)));
    assert_eq!(desk.market.silence(desk.sim.now), Some(secs(3)));
    assert_eq!(desk.market.silence(desk.sim.base), Some(Duration::ZERO));
}

#[test]
fn delayed_is_a_state_of_its_own() {
    let mut desk = Desk::open(&[price("101")]);
    desk.tell("price", r#""last":86,"delayed":15"#);
    assert_eq!(desk.quote().state(), QuoteState::Delayed);
    assert!(desk.quote().is_delayed() && !desk.quote().is_live());
    desk.tell("price", r#""last":87"#);
    assert_eq!(desk.quote().state(), QuoteState::Delayed);
    desk.tell("price", r#""delayed":0"#);
    assert_eq!(desk.quote().state(), QuoteState::Live);
    assert!(desk.quote().is_live());
    desk.tell("price", r#""delayed":1"#);
    desk.tell("price", r#""delayed":null"#);
    assert_eq!(desk.quote().state(), QuoteState::Live);
}

#[test]
fn a_refusal_and_the_end_are_reasons_to_be_stale() {
    let mut desk = Desk::open(&[price("101"), depth("101")]);
    desk.tell("depth", r#""bid1":86"#);
    let refusal = "{\"type\":\"err\",\"data\":{\"msg\":\"no\",\"cmd\":{\"cmd\":\"subscribe\",\"args\":{\"t\":\"price\",\"m\":11,\"i\":\"101\"}}}}\n";
    desk.sim.input(refusal);
    desk.listen();
    assert_eq!(
        desk.quote().state(),
        QuoteState::Waiting,
        "it is sent once more"
    );
    desk.sim.pass(secs(3));
    desk.sim.input(refusal);
    desk.listen();
    assert_eq!(
        desk.quote().state(),
        QuoteState::Stale(StaleReason::Refused)
    );
    assert!(desk.book().is_live());
    desk.sim.feed.close(desk.sim.now);
    desk.sim.disconnected(None);
    desk.listen();
    assert_eq!(desk.book().state(), QuoteState::Stale(StaleReason::Closed));
    let unknown = desk.market.quote(&TradableId::new(1, "1"), desk.sim.now);
    assert_eq!(unknown.state(), QuoteState::Stale(StaleReason::Closed));
}

#[test]
fn holds_indices_and_trading_statuses() {
    let index = IndicatorId::new("SSE", "OMXS30");
    let mut desk = Desk::open(&[
        Subscription::Indicator(index.clone()),
        Subscription::TradingStatus(ericsson()),
    ]);
    let value = |desk: &Desk| desk.market.indicator(&index, desk.sim.now);
    let status = |desk: &Desk| desk.market.trading_state(&ericsson(), desk.sim.now);
    assert_eq!(value(&desk).state(), QuoteState::Waiting);
    desk.sim.input(
        "{\"type\":\"indicator\",\"data\":{\"i\":\"OMXS30\",\"m\":\"SSE\",\"last\":2500.5,\"high\":2510}}\n",
    );
    desk.listen();
    desk.tell("trading_status", r#""status":"C","halted":"N""#);
    desk.tell("trading_status", r#""status":"X","halted":null"#);
    assert_eq!(text(value(&desk).last()), "2500.5");
    assert_eq!(text(value(&desk).low()), "-");
    assert!(value(&desk).is_live());
    assert_eq!(status(&desk).status(), Some("X"));
    assert_eq!(status(&desk).halted(), None);
    let (market, now) = (&desk.market, desk.sim.now);
    let indices: Vec<_> = market.indicators(now).collect();
    assert_eq!(indices.len(), 1);
    assert_eq!(
        (indices[0].indicator(), text(indices[0].last())),
        (&index, "2500.5".into())
    );
    let statuses: Vec<_> = market.trading_states(now).collect();
    assert_eq!(statuses.len(), 1);
    assert_eq!(
        (statuses[0].tradable(), statuses[0].status()),
        (&ericsson(), Some("X"))
    );
    desk.sim.eof();
    desk.listen();
    assert_eq!(
        value(&desk).state(),
        QuoteState::Stale(StaleReason::Disconnected)
    );
    assert_eq!(
        status(&desk).state(),
        QuoteState::Stale(StaleReason::Disconnected)
    );
}

#[test]
fn lists_in_the_order_of_the_first_ticks() {
    let mut market = Market::new();
    let now = origin();
    let message = |id: &str| {
        let line = format!("{{\"type\":\"price\",\"data\":{{\"i\":\"{id}\",\"m\":11}}}}");
        crate::feed_sim::market_message(&line)
    };
    for id in ["9", "5", "7", "5"] {
        market.merge(&message(id), now);
    }
    let ids = |market: &Market| -> Vec<String> {
        market
            .quotes(now)
            .map(|quote| quote.tradable().to_string())
            .collect()
    };
    assert_eq!(ids(&market), ["11:9", "11:5", "11:7"]);
    market.forget(&price("5"));
    assert_eq!(ids(&market), ["11:9", "11:7"]);
    market.merge(&message("8"), now);
    assert_eq!(ids(&market), ["11:9", "11:8", "11:7"]);
}

#[test]
fn time_that_goes_backwards_changes_nothing() {
    let start: Instant = origin();
    let mut market = Market::new();
    let line = "{\"type\":\"price\",\"data\":{\"i\":\"1\",\"m\":11}}";
    let message = crate::feed_sim::market_message(line);
    market.merge(&message, start + secs(5));
    market.merge(&message, start);
    let quote = market.quote(&TradableId::new(11, "1"), start + secs(5) + millis(1));
    assert_eq!(quote.age(), Some(millis(1)));
    assert_eq!(quote.silence(), Some(millis(1)));
}
