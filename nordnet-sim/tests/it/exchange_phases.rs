//! The day of a venue: calls, auctions, the close, the night, and halts.

use std::time::Duration;

use nordnet_sim::{ConnectionId, FeedKind};
use serde_json::{Map, Value, json};

use crate::world::{INSURANCE, ISK, World, fixed, modify, orders, place, placed, quoted};

const ERIC: &str = "11:101";
const SECOND: Duration = Duration::from_secs(1);

/// Jumps to a time of day in Stockholm; the world begins at ten on a Tuesday.
fn at(world: &mut World, day: u64, hour: u64, minute: u64) {
    let seconds = (day * 24 + hour) * 3600 + minute * 60;
    let passed = market_time(world) - 1_773_738_000;
    let by = Duration::from_secs(seconds - 10 * 3600 - passed);
    world.exchange.jump_clock(by, world.now);
}

/// Seconds since 1970.
fn market_time(world: &mut World) -> u64 {
    world.get("")["timestamp"].as_u64().unwrap() / 1000
}

/// The merged state of one subscription.
struct Topic {
    feed: ConnectionId,
    state: Map<String, Value>,
}

impl Topic {
    fn new(world: &mut World, kind: &str) -> Self {
        let feed = world.feed(FeedKind::Public);
        world.subscribe(feed, &format!(r#"{{"t":"{kind}","m":11,"i":"101"}}"#));
        Self {
            feed,
            state: Map::new(),
        }
    }

    fn read(&mut self, world: &mut World) -> &Map<String, Value> {
        for message in world.messages(self.feed) {
            self.state
                .extend(message["data"].as_object().cloned().unwrap_or_default());
        }
        &self.state
    }

    fn text(&mut self, world: &mut World, name: &str) -> String {
        self.read(world)[name].as_str().unwrap().to_owned()
    }
}

fn action(world: &mut World, id: i64) -> (String, String) {
    let records = world.exchange.orders();
    let record = records.iter().find(|one| one.order_id == id).unwrap();
    (
        record.order_state.to_owned(),
        record.action_state.to_owned(),
    )
}

fn is(state: &str, action: &str) -> (String, String) {
    (state.to_owned(), action.to_owned())
}

#[test]
fn the_status_goes_round_with_the_day() {
    let mut world = World::with(|config| {
        config.instruments = 1;
        config.rate = 0.0;
        config.speed = 3600.0;
    });
    let mut status = Topic::new(&mut world, "trading_status");
    let mut seen = vec![status.text(&mut world, "status")];
    // A day is 24 seconds, and five minutes are 83 milliseconds.
    for _ in 0..24 * 50 {
        world.pass(Duration::from_millis(20));
        let letter = status.text(&mut world, "status");
        if seen.last() != Some(&letter) {
            seen.push(letter);
        }
    }
    assert_eq!(seen, ["R", "U", "C", "U", "R"]);
}

#[test]
fn a_call_collects_and_its_auction_trades_at_one_price() {
    let mut world = quoted();
    let mut price = Topic::new(&mut world, "price");
    let mut status = Topic::new(&mut world, "trading_status");
    let trades = world.feed(FeedKind::Public);
    world.subscribe(trades, r#"{"t":"trade","m":11,"i":"101"}"#);
    assert!(!price.read(&mut world).contains_key("ep"));

    at(&mut world, 0, 17, 26);
    assert_eq!(status.text(&mut world, "source_status"), "CLOSING_CALL");
    assert_eq!(status.text(&mut world, "orderbook_status"), "COLLECTING");
    let id = placed(&mut world, ISK, "side=BUY&volume=100&price=90");
    world.pass(3 * SECOND);
    assert_eq!(action(&mut world, id), is("ON_MARKET", "INS_CONF"));
    assert_eq!(world.text(trades), "", "nothing trades in a call");
    let state = price.read(&mut world).clone();
    assert!(state["bid"].as_f64() >= state["ask"].as_f64(), "{state:?}");
    let (ep, paired) = (state["ep"].clone(), state["paired"].as_i64().unwrap());
    assert!(paired >= 100 && state["imbalance"].is_i64(), "{state:?}");

    at(&mut world, 0, 17, 30);
    let state = price.read(&mut world).clone();
    for name in ["ep", "paired", "imbalance", "bid", "ask"] {
        assert_eq!(state[name], Value::Null, "{name}");
    }
    assert_eq!(state["last"], ep);
    let told = world.messages(trades);
    let told: Vec<_> = told.iter().map(|one| &one["data"]).collect();
    assert!(
        told.iter()
            .all(|one| one["price"] == ep && one["trade_type"] == "AUCTION")
    );
    let volume: i64 = told.iter().map(|one| one["volume"].as_i64().unwrap()).sum();
    assert_eq!(volume, paired);
    assert_eq!(status.text(&mut world, "status"), "C");
    let own = world.get(&format!("/accounts/{ISK}/trades"));
    assert_eq!(own[0]["price"]["value"], ep);
    assert_eq!(own[0]["volume"], json!(100.0));
}

#[test]
fn the_close_takes_day_orders_and_leaves_the_others() {
    let mut world = quoted();
    let feed = world.feed(FeedKind::Private);
    let day = placed(&mut world, ISK, "side=BUY&volume=10&price=80");
    let until = placed(
        &mut world,
        ISK,
        "side=BUY&volume=10&price=80&valid_until=2026-03-19",
    );
    let manual = placed(
        &mut world,
        ISK,
        "side=BUY&volume=10&price=80&activation_condition=MANUAL",
    );
    let stop = "market_id=11&identifier=101&side=BUY&volume=10&order_type=STOP_LIMIT&price=95\
        &activation_condition=STOP_ACTPRICE&trigger_condition=%3E%3D&trigger_value=94";
    let (_, reply) = world.form("POST", &format!("/accounts/{ISK}/orders"), stop);
    let stop = reply["order_id"].as_i64().unwrap();
    // Neither confirmed nor filled when the clock jumps over the close.
    let late = placed(&mut world, ISK, "side=BUY&volume=10&price=87");
    world.messages(feed);
    at(&mut world, 0, 18, 0);
    for id in [day, manual, stop] {
        assert_eq!(action(&mut world, id), is("DELETED", "DEL_PUSH"));
    }
    assert_eq!(action(&mut world, until), is("ON_MARKET", "INS_CONF"));
    assert_eq!(action(&mut world, late), is("DELETED", "INS_CONF"));
    assert_eq!(world.exchange.orders()[4].traded_volume, 10);
    let told = world.messages(feed);
    let lapsed = told
        .iter()
        .filter(|one| one["data"]["action_state"] == "DEL_PUSH");
    assert_eq!(lapsed.count(), 3);
    assert_eq!(world.money(ISK, "buy_orders_value"), "800.0");

    at(&mut world, 1, 18, 0);
    assert_eq!(action(&mut world, until), is("ON_MARKET", "INS_CONF"));
    at(&mut world, 2, 17, 29);
    assert_eq!(action(&mut world, until), is("ON_MARKET", "INS_CONF"));
    at(&mut world, 2, 17, 30);
    assert_eq!(action(&mut world, until), is("DELETED", "DEL_PUSH"));
    assert_eq!(orders(&mut world, ""), [] as [Value; 0]);
}

#[test]
fn requests_at_night_wait_for_the_opening() {
    let mut world = quoted();
    let old = |world: &mut World| {
        placed(
            world,
            ISK,
            "side=BUY&volume=10&price=80&valid_until=2026-03-19",
        )
    };
    let (changed, cancelled) = (old(&mut world), old(&mut world));
    at(&mut world, 0, 18, 0);
    let new = placed(&mut world, ISK, "side=BUY&volume=10&price=81");
    let gone = placed(&mut world, ISK, "side=BUY&volume=10&price=81");
    let (_, reply) = modify(&mut world, changed, "volume=5");
    assert_eq!(reply["action_state"], "MOD_WAIT");
    for id in [cancelled, gone] {
        let (_, reply) = world.call("DELETE", &format!("/accounts/{ISK}/orders/{id}"));
        assert_eq!(reply["action_state"], "DEL_WAIT");
    }
    world.pass(5 * SECOND);
    assert_eq!(action(&mut world, new), is("ON_MARKET", "INS_WAIT"));
    let now = "market_id=11&identifier=101&side=BUY&volume=1&order_type=FAK&price=90";
    let (_, reply) = world.form("POST", &format!("/accounts/{ISK}/orders"), now);
    assert_eq!(reply["result_code"], "MARKET_NOT_OPEN");

    at(&mut world, 1, 8, 45);
    for (id, pending) in [
        (new, "INS_PEND"),
        (changed, "MOD_PEND"),
        (cancelled, "DEL_PEND"),
    ] {
        assert_eq!(action(&mut world, id), is("ON_MARKET", pending));
    }
    world.pass(SECOND);
    assert_eq!(action(&mut world, new), is("ON_MARKET", "INS_CONF"));
    assert_eq!(action(&mut world, changed), is("ON_MARKET", "MOD_CONF"));
    for id in [cancelled, gone] {
        assert_eq!(action(&mut world, id), is("DELETED", "DEL_CONF"));
    }
    assert_eq!(world.exchange.orders()[0].volume, 5);
}

#[test]
fn a_day_opens_with_figures_of_its_own() {
    let mut world = quoted();
    let mut price = Topic::new(&mut world, "price");
    at(&mut world, 0, 18, 0);
    let last = price.read(&mut world)["last"].clone();
    let capital = world.money(ISK, "own_capital");
    at(&mut world, 1, 8, 50);
    let state = price.read(&mut world).clone();
    assert_eq!((&state["last"], &state["close"]), (&last, &last));
    for name in ["open", "high", "low", "vwap"] {
        assert_eq!(state[name], Value::Null, "{name}");
    }
    assert_eq!(state["turnover_volume"], 0);
    assert!(state["ep"].is_number());
    assert_eq!(world.money(ISK, "own_capital_morning"), capital);

    let (ep, paired) = (state["ep"].clone(), state["paired"].clone());
    at(&mut world, 1, 9, 0);
    let state = price.read(&mut world).clone();
    for name in ["open", "high", "low", "last"] {
        assert_eq!(state[name], ep, "{name}");
    }
    assert_eq!(state["turnover_volume"], paired);
    assert!(state["bid"].as_f64() < state["ask"].as_f64());
}

#[test]
fn a_stop_of_the_night_fires_after_the_opening() {
    let mut world = quoted();
    at(&mut world, 0, 20, 0);
    let stop = "market_id=11&identifier=101&side=SELL&volume=10&order_type=STOP_LIMIT&price=50\
        &activation_condition=STOP_ACTPRICE&trigger_condition=%3C%3D&trigger_value=200";
    let (_, reply) = world.form("POST", &format!("/accounts/{INSURANCE}/orders"), stop);
    assert_eq!(reply["action_state"], "INS_STOP");
    let id = reply["order_id"].as_i64().unwrap();
    at(&mut world, 1, 8, 59);
    assert_eq!(action(&mut world, id), is("LOCAL", "INS_STOP"));
    at(&mut world, 1, 9, 0);
    world.pass(2 * SECOND);
    assert_eq!(action(&mut world, id), is("DELETED", "INS_CONF"));
}

#[test]
fn nothing_opens_on_weekends_and_holidays() {
    let mut world = quoted();
    let mut status = Topic::new(&mut world, "trading_status");
    // From Friday the 20th of March until Monday; from Maundy Thursday, a half
    // day, until the Tuesday after Easter.
    for (day, hour, minute, letter) in [
        (3, 17, 29, "U"),
        (3, 17, 30, "C"),
        (5, 12, 0, "C"),
        (6, 8, 44, "C"),
        (6, 8, 45, "U"),
        (6, 9, 0, "R"),
        // The clocks go forward on the 29th, so that noon is an hour early here.
        (16, 11, 54, "R"),
        (16, 12, 0, "C"),
        (20, 12, 0, "C"),
        (21, 8, 0, "R"),
    ] {
        at(&mut world, day, hour, minute);
        assert_eq!(
            status.text(&mut world, "status"),
            letter,
            "{day} {hour}:{minute}"
        );
    }
    let info = world.get(&format!("/tradables/info/{ERIC}"));
    assert_eq!(info[0]["calendar"][0]["date"], "2026-04-07");
}

#[test]
fn venues_close_at_their_own_hours() {
    let mut world = World::still();
    let feed = world.feed(FeedKind::Public);
    world.subscribe(feed, r#"{"t":"trading_status","m":15,"i":"1301"}"#);
    world.messages(feed);
    at(&mut world, 0, 16, 25);
    let last = world.messages(feed).pop().unwrap();
    assert_eq!(last["data"]["status"], "C", "Oslo");
    let id = placed(&mut world, ISK, "side=BUY&volume=1&price=80");
    world.pass(SECOND);
    assert_eq!(
        action(&mut world, id),
        is("ON_MARKET", "INS_CONF"),
        "Stockholm"
    );
}

#[test]
fn a_halted_listing_collects_until_it_is_resumed() {
    let mut world = quoted();
    let mut status = Topic::new(&mut world, "trading_status");
    let mut price = Topic::new(&mut world, "price");
    let now = world.now;
    world.exchange.set_status(ERIC, "X", now).unwrap();
    assert_eq!(status.text(&mut world, "status"), "X");
    assert_eq!(status.text(&mut world, "halted"), "ORDERED");
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=87");
    world.pass(2 * SECOND);
    assert_eq!(world.exchange.orders()[0].traded_volume, 0);
    assert_eq!(price.read(&mut world)["paired"], 10);
    let fak = "market_id=11&identifier=101&side=BUY&volume=1&order_type=FAK&price=90";
    let (_, reply) = world.form("POST", &format!("/accounts/{ISK}/orders"), fak);
    assert_eq!(reply["result_code"], "MARKET_NOT_OPEN");

    let now = world.now;
    world.exchange.set_status(ERIC, "R", now).unwrap();
    assert_eq!(action(&mut world, id), is("DELETED", "INS_CONF"));
    assert_eq!(status.read(&mut world)["halted"], Value::Null);
    assert_eq!(price.read(&mut world)["ep"], Value::Null);
    let now = world.now;
    world.exchange.set_status(ERIC, "D", now).unwrap();
    assert_eq!(status.text(&mut world, "status"), "D");
    let order = place(&mut world, ISK, "side=BUY&volume=10&price=87");
    world.pass(2 * SECOND);
    let id = order["order_id"].as_i64().unwrap();
    assert_eq!(
        action(&mut world, id),
        is("DELETED", "INS_CONF"),
        "a letter alone halts nothing"
    );
}

#[test]
fn a_listing_may_trade_in_a_call_with_quotes_of_ones_own() {
    let mut world = quoted();
    at(&mut world, 1, 8, 46);
    let now = world.now;
    let quote = (Some(fixed("86.00")), Some(fixed("86.02")));
    world
        .exchange
        .set_quote(ERIC, quote.0, quote.1, now)
        .unwrap();
    let id = placed(&mut world, ISK, "side=BUY&volume=10&price=86.02");
    world.pass(SECOND);
    assert_eq!(action(&mut world, id), is("ON_MARKET", "INS_CONF"));
    at(&mut world, 1, 9, 0);
    let trades = world.get(&format!("/accounts/{ISK}/trades"));
    assert_eq!(trades[0]["price"]["value"].to_string(), "86.02");
}
